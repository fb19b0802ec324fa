"""Spend: budgets, what was spent of them and what they are forecast to come to; and credits."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.forecasts import budget_forecast, budget_share
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, areas, bars, lines
from scripts.dashboards.promql import once, one_of
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_BUDGET = "{{account}} {{budget}}"
_SHARE = Look(fields.SHARE, 0, fields.SHARE_OF_BUDGET)
_ENDS = f"{once('budget_period_end_timestamp_seconds')} * {fields.DATE_FACTOR}"
_INFO = one_of("account, budget", once("budget_info"))
_WITH_PERIOD = f"{once('budget_amount')} * on (account, budget) group_left (period) {_INFO}"
_THRESHOLD = once("budget_threshold_ratio")
_SPENT = f"max by (account, budget) ({budget_share(once('budget_spent_amount'))})"
_REACHED = f"{_SPENT} / on (account, budget) group_right () ({_THRESHOLD} > 0)"


def _beside(figure: str) -> str:
    """A figure without a currency with that of the budget's amount, so that a table's rows meet."""
    return f"0 * {once('budget_amount')} + on (account, budget) group_left () ({figure})"


ROW = Row(
    "Budgets and credits",
    (
        bars(
            "Spent of each budget",
            "In the budget's current period.",
            Place(6),
            Look(fields.SHARE, 0, fields.SHARE_OF_BUDGET, most=1.2),
            [Query(f"sort_desc({budget_share(once('budget_spent_amount'))})", _BUDGET)],
        ),
        listing(
            "Budgets",
            "The forecast is at the rate of the newest 24 hours; at the period's own while there is less than a day.",
            Place(18),
            [
                Column("Account", "account"),
                Column("Budget", "budget"),
                Column("Currency", "currency"),
                Column("Period", "period"),
                Column("Amount", _WITH_PERIOD, MONEY),
                Column("Spent", once("budget_spent_amount"), MONEY),
                Column("Share", budget_share(once("budget_spent_amount")), _SHARE),
                Column("Forecast", budget_forecast(), MONEY),
                Column("Share then", budget_share(f"({budget_forecast()})"), _SHARE),
                Column("Period ends", _beside(_ENDS), Look(fields.DATE)),
            ],
            Order("Share", descending=True),
        ),
        lines(
            "Forecast as a share of each budget",
            "At 100 percent the budget is just used up at the end of its period.",
            Place(8),
            Look(fields.SHARE, 0),
            [Query(budget_share(f"({budget_forecast()})"), _BUDGET)],
        ),
        listing(
            "Thresholds",
            "At what share of a budget an alert of a severity fires, and how far the budget is on the way there.",
            Place(8),
            [
                Column("Account", "account"),
                Column("Budget", "budget"),
                Column("Severity", "severity"),
                Column("Fires at", _THRESHOLD, Look(fields.SHARE, 0)),
                Column("Reached", _REACHED, _SHARE),
            ],
            Order("Reached", descending=True),
        ),
        areas(
            "Credits by source",
            "What can be spent, by where it comes from; a balance that is owed is below zero.",
            Place(8),
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
