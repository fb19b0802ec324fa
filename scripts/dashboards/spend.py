"""The dashboard *Spend*: what is being spent, by whom, and where that leads."""

from __future__ import annotations

from scripts.dashboards import spend_budgets, spend_changes, spend_month, spend_now, spend_places
from scripts.dashboards.frame import ACCOUNT, CURRENCY, PROJECT, TEAM, Sheet

SPEND = Sheet(
    name="spend",
    title="Northflank / Spend",
    description="What is being spent at Northflank, at its prices: before tax, discounts and credits.",
    since="now-30d",
    variables=(ACCOUNT, CURRENCY, TEAM, PROJECT),
    rows=(spend_now.ROW, spend_month.ROW, spend_budgets.ROW, spend_places.ROW, spend_changes.ROW),
)
