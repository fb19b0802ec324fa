"""All metric families: each is defined in one place, its name, labels, meaning, and where its samples come from."""

from __future__ import annotations

from itertools import groupby

from exporter.metrics.catalog_budgets import BUDGET_ROWS
from exporter.metrics.catalog_credits import CREDIT_ROWS
from exporter.metrics.catalog_invoices import INVOICE_ROWS
from exporter.metrics.catalog_names import NAME_ROWS
from exporter.metrics.catalog_trees import TREE_ROWS
from exporter.metrics.catalog_usage import USAGE_ROWS
from exporter.metrics.catalog_usage_details import HOUR_ROWS, SCOPED_ROWS
from exporter.metrics.family import Family
from exporter.metrics.health import HEALTH
from exporter.metrics.row import Row

ROWS: tuple[Row, ...] = (
    *(*INVOICE_ROWS, *TREE_ROWS),
    *(*USAGE_ROWS, *SCOPED_ROWS, *HOUR_ROWS),
    *(*CREDIT_ROWS, *BUDGET_ROWS, *NAME_ROWS),
)

BY_FAMILY: tuple[tuple[Family, tuple[Row, ...]], ...] = tuple(
    (family, tuple(rows)) for family, rows in groupby(ROWS, key=lambda row: row.family)
)
"""The rows of each family, which stand side by side: those that name things have one for each dataset."""

FAMILIES = (*(family for family, _ in BY_FAMILY), *HEALTH)
