"""Spend: budgets, what was spent of them and what they are forecast to come to; and credits."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.forecasts import budget_forecast, budget_share
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, areas, bars, lines
from scripts.dashboards.promql import once
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_BUDGET = "{{account}} {{budget}}"
_SHARE = Look(fields.SHARE, 0, fields.SHARE_OF_BUDGET)
_ENDS = f"{once('budget_period_end_timestamp_seconds')} * {fields.DATE_FACTOR}"


def _beside(figure: str) -> str:
    """A figure without a currency with that of the budget's amount, so that a table's rows meet."""
    return f"0 * {once('budget_amount')} + on (account, budget) group_left () ({figure})"


ROW = Row(
    "Budgets and credits",
    (
        bars(
            "Spent of each budget",
            "In the budget's current period.",
            Place(8),
            Look(fields.SHARE, 0, fields.SHARE_OF_BUDGET, most=1.2),
            [Query(f"sort_desc({budget_share(once('budget_spent_amount'))})", _BUDGET)],
        ),
        listing(
            "Budgets",
            "The forecast is at the rate of the newest 24 hours; at the period's own while there is less than a day.",
            Place(16),
            [
                Column("Account", "account"),
                Column("Budget", "budget"),
                Column("Currency", "currency"),
                Column("Amount", once("budget_amount"), MONEY),
                Column("Spent", once("budget_spent_amount"), MONEY),
                Column("Share", budget_share(once("budget_spent_amount")), _SHARE),
                Column("Forecast", budget_forecast(), MONEY),
                Column("Forecast share", budget_share(f"({budget_forecast()})"), _SHARE),
                Column("Period ends", _beside(_ENDS), Look(fields.DATE)),
            ],
            Order("Share", descending=True),
        ),
        lines(
            "Forecast as a share of each budget",
            "At 100 percent the budget is just used up at the end of its period.",
            Place(12),
            Look(fields.SHARE, 0),
            [Query(budget_share(f"({budget_forecast()})"), _BUDGET)],
        ),
        areas(
            "Credits by source",
            "What can be spent, by where it comes from; a balance that is owed is below zero.",
            Place(12),
            MONEY,
            [
                Query(
                    f"sum by (source, state, currency) ({once('credit_source_amount')})",
                    "{{source}} {{state}} {{currency}}",
                )
            ],
        ),
    ),
)
