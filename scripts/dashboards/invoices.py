"""The dashboard *Invoices*: what was billed, what is unpaid, what one invoice consists of."""

from __future__ import annotations

from scripts.dashboards import invoices_all, invoices_now, invoices_parts, invoices_tree
from scripts.dashboards.frame import ACCOUNT, CURRENCY, INVOICE, PROJECT, TEAM, Sheet

INVOICES = Sheet(
    name="invoices",
    title="Northflank / Invoices",
    description="Invoices with tax and discounts, what they bill, and whether their parts add up.",
    since="now-90d",
    variables=(ACCOUNT, CURRENCY, INVOICE, TEAM, PROJECT),
    rows=(invoices_now.ROW, invoices_all.ROW, invoices_tree.ROW, invoices_parts.ROW),
)
