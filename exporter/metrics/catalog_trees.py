"""The rows of the trees of the newest invoices that bill usage: dataset `invoice_details`."""

from __future__ import annotations

from exporter.domain.report import Dataset
from exporter.metrics import tree_samples
from exporter.metrics.family import Family
from exporter.metrics.labels import BY_LEVEL, INVOICE_AMOUNT
from exporter.metrics.row import Row

_LEVELS = "PaaS, unfiltered, newest invoices that bill usage; levels overlap: never add two; cached"
_DETAILS = (Dataset.INVOICE_DETAILS,)

TREE_ROWS = (
    *(
        Row(
            Family(
                f"northflank_invoice_{level}_cost",
                f"Price of a {level.replace('_', ' ')} by component: {_LEVELS}.",
                (*INVOICE_AMOUNT, *labels, "component"),
            ),
            _DETAILS,
            tree_samples.level_cost(level),
        )
        for level, labels in BY_LEVEL.items()
    ),
    Row(
        Family(
            "northflank_invoice_cluster_cost",
            "Price of a BYOC cluster by component, newest invoices that bill usage; cached.",
            (*INVOICE_AMOUNT, "cluster_id", "component"),
        ),
        _DETAILS,
        tree_samples.cluster_cost,
    ),
    Row(
        Family(
            "northflank_invoice_unattributed_cost",
            "What the level above holds beyond the sum of this level: 0 when all is accounted for, negative when too "
            "much is; cached.",
            (*INVOICE_AMOUNT, "level"),
        ),
        _DETAILS,
        tree_samples.unattributed_cost,
    ),
)
