"""The one place where a metric family is defined: its name, labels, meaning, and where its samples come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exporter.domain.report import AccountReport, Dataset
from exporter.domain.tree import Level
from exporter.metrics import invoice_samples, tree_samples
from exporter.metrics.family import Family, Sample
from exporter.metrics.health import HEALTH

_INVOICE = ("account", "invoice_id")
_AMOUNT = (*_INVOICE, "currency")
_LINE_ITEM = (*_AMOUNT, "position", "title")
_TEAM = ("team_id",)
_PROJECT = (*_TEAM, "project_id")
_TYPE = (*_PROJECT, "resource_type")
_RESOURCE = (*_TYPE, "resource_id")

_MAJOR = "in major units of the currency; cached"
_LEVELS = "PaaS, unfiltered, newest invoices that bill usage; levels overlap: never add two; cached"


@dataclass(frozen=True, slots=True)
class Row:
    """A family that is rendered from the report: its samples depend on nothing but the sections it reads.

    The first of them is the dataset to which its series are counted.
    """

    family: Family
    reads: tuple[Dataset, ...]
    samples: Callable[[AccountReport], Iterator[Sample]]


_LIST = (Dataset.INVOICES,)
_BOTH = (Dataset.INVOICES, Dataset.INVOICE_DETAILS)
_DETAILS = (Dataset.INVOICE_DETAILS,)

INVOICE_ROWS = (
    Row(
        Family("northflank_invoice_amount", f"Total to pay, tax included, {_MAJOR}.", _AMOUNT),
        _LIST,
        invoice_samples.of_invoice_amount(lambda invoice: invoice.total),
    ),
    Row(
        Family("northflank_invoice_subtotal_amount", f"Amount before tax and discounts, {_MAJOR}.", _AMOUNT),
        _LIST,
        invoice_samples.of_invoice_amount(lambda invoice: invoice.subtotal),
    ),
    Row(
        Family("northflank_invoice_discount_amount", f"Discounts, positive when taken off, {_MAJOR}.", _AMOUNT),
        _DETAILS,
        invoice_samples.discount,
    ),
    Row(
        Family("northflank_invoice_tax_amount", f"Tax, {_MAJOR}.", _AMOUNT),
        _DETAILS,
        invoice_samples.of_detail_amount(lambda detail: detail.tax_amount),
    ),
    Row(
        Family("northflank_invoice_tax_ratio", "Tax rate: 0.2 for 20 percent; cached.", _INVOICE),
        _DETAILS,
        invoice_samples.tax_ratio,
    ),
    Row(
        Family(
            "northflank_invoice_paid",
            "1 when paid, 0 for any other status (void and draft too: use the status to tell); cached.",
            _INVOICE,
        ),
        _BOTH,
        invoice_samples.paid,
    ),
    Row(
        Family(
            "northflank_invoice_status",
            "1 for the current status, 0 for each other known one; cached.",
            (*_INVOICE, "status"),
        ),
        _BOTH,
        invoice_samples.status,
    ),
    Row(
        Family(
            "northflank_invoice_unpaid_since_timestamp_seconds",
            "When an open or payment_failed invoice was first seen so; its period's end when found so at the first "
            "start; absent otherwise; cached.",
            _INVOICE,
        ),
        _BOTH,
        invoice_samples.unpaid_since,
    ),
    Row(
        Family(
            "northflank_invoice_period_start_timestamp_seconds",
            "Start of the period billed, Unix time; cached.",
            _INVOICE,
        ),
        _LIST,
        invoice_samples.of_invoice(lambda invoice: invoice.period.start),
    ),
    Row(
        Family(
            "northflank_invoice_period_end_timestamp_seconds", "End of the period billed, Unix time; cached.", _INVOICE
        ),
        _LIST,
        invoice_samples.of_invoice(lambda invoice: invoice.period.end),
    ),
    Row(
        Family(
            "northflank_invoice_info",
            "1; kind is usage, other (subscription, credit purchase) or unknown; ISO dates in UTC, the end exclusive; "
            "cached.",
            (*_INVOICE, "kind", "period_start", "period_end"),
        ),
        _LIST,
        invoice_samples.info,
    ),
    Row(
        Family(
            "northflank_latest_invoice_info",
            "1 for the newest invoice that bills usage (where the list does not tell: the newest), to join on; cached.",
            _INVOICE,
        ),
        _LIST,
        invoice_samples.latest,
    ),
    Row(
        Family(
            "northflank_invoice_cost",
            "Usage price by category and component, before tax and discounts, "
            f"{_MAJOR}. Summing over component gives the API's total.",
            (*_AMOUNT, "category", "component"),
        ),
        _BOTH,
        invoice_samples.cost,
    ),
    Row(
        Family(
            "northflank_invoice_line_item_amount",
            "One line item; whether line items stand beside usage or contain it is not documented: never add the two; "
            f"{_MAJOR}.",
            _LINE_ITEM,
        ),
        _DETAILS,
        invoice_samples.of_line_item(lambda item: item.total),
    ),
    Row(
        Family("northflank_invoice_line_item_base_amount", f"One line item before proration, {_MAJOR}.", _LINE_ITEM),
        _DETAILS,
        invoice_samples.of_line_item(lambda item: item.base),
    ),
    Row(
        Family(
            "northflank_invoice_line_item_proration_amount", f"The proration of one line item, {_MAJOR}.", _LINE_ITEM
        ),
        _DETAILS,
        invoice_samples.of_line_item(lambda item: item.proration),
    ),
)

TREE_ROWS = (
    *(
        Row(
            Family(
                f"northflank_invoice_{level}_cost",
                f"Price of a {level.replace('_', ' ')} by component: {_LEVELS}.",
                (*_AMOUNT, *labels, "component"),
            ),
            _DETAILS,
            tree_samples.level_cost(level),
        )
        for level, labels in (
            (Level.TEAM, _TEAM),
            (Level.PROJECT, _PROJECT),
            (Level.RESOURCE_TYPE, _TYPE),
            (Level.RESOURCE, _RESOURCE),
        )
    ),
    Row(
        Family(
            "northflank_invoice_cluster_cost",
            "Price of a BYOC cluster by component, newest invoices that bill usage; cached.",
            (*_AMOUNT, "cluster_id", "component"),
        ),
        _DETAILS,
        tree_samples.cluster_cost,
    ),
    Row(
        Family(
            "northflank_invoice_unattributed_cost",
            "What the level above holds beyond the sum of this level: 0 when all is accounted for, negative when too "
            "much is; cached.",
            (*_AMOUNT, "level"),
        ),
        _DETAILS,
        tree_samples.unattributed_cost,
    ),
)

NAME_ROWS = (
    Row(
        Family("northflank_team_info", "1; the newest name of a team; cached.", ("account", *_TEAM, "team_name")),
        _DETAILS,
        tree_samples.level_info(Level.TEAM),
    ),
    Row(
        Family(
            "northflank_project_info",
            "1; the newest name of a project; cached.",
            ("account", *_PROJECT, "project_name"),
        ),
        _DETAILS,
        tree_samples.level_info(Level.PROJECT),
    ),
    Row(
        Family(
            "northflank_resource_info",
            "1; the newest name of a resource; cached.",
            ("account", *_RESOURCE, "resource_name"),
        ),
        _DETAILS,
        tree_samples.level_info(Level.RESOURCE),
    ),
    Row(
        Family(
            "northflank_cluster_info",
            "1; the newest name of a BYOC cluster; cached.",
            ("account", "cluster_id", "cluster_name"),
        ),
        _DETAILS,
        tree_samples.cluster_info,
    ),
)

ROWS = (*INVOICE_ROWS, *TREE_ROWS, *NAME_ROWS)

FAMILIES = (*(row.family for row in ROWS), *HEALTH)
