"""The rows of budgets: as configured, and of the dataset `budgets` what was spent."""

from __future__ import annotations

from exporter.domain.report import Dataset
from exporter.metrics import budget_samples, labels
from exporter.metrics.catalog_usage import AT_PRICES
from exporter.metrics.family import Family
from exporter.metrics.row import Row

_BUDGET = ("account", "budget")
_AMOUNT = (*_BUDGET, "currency")
_SCOPE = "with a team, project or type in the scope PaaS alone"
_BUDGETS = (Dataset.BUDGETS,)

BUDGET_ROWS = (
    Row(
        Family(
            "northflank_budget_amount",
            "What the configuration allows in a period, in major units of the currency.",
            _AMOUNT,
        ),
        _BUDGETS,
        budget_samples.amount,
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_budget_spent_amount",
            f"Spent within the budget's scope in the current period, {_SCOPE}: {AT_PRICES}. Scopes may overlap: add "
            "two budgets only if theirs do not.",
            _AMOUNT,
        ),
        _BUDGETS,
        budget_samples.spend_amount(lambda spend: spend.spent),
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_budget_trailing_day_amount",
            f"Spent within the budget's scope in the newest 24 complete hours, across the period's turn, {_SCOPE}; "
            f"absent while fewer are known: {AT_PRICES}. It overlaps with what is spent: never add the two.",
            _AMOUNT,
        ),
        _BUDGETS,
        budget_samples.spend_amount(lambda spend: spend.trailing_day),
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_budget_threshold_ratio",
            "The share of the budget at which an alert of that severity fires: 0.8 for 80 percent; with the labels "
            "that the budget is given.",
            (*_BUDGET, "severity"),
        ),
        _BUDGETS,
        budget_samples.threshold_ratio,
        reads_declared=True,
        more_labels=labels.of_budgets,
    ),
    Row(
        Family(
            "northflank_budget_period_start_timestamp_seconds",
            "The first instant of the budget's period (UTC) of which the spent amount is, Unix time; cached.",
            _BUDGET,
        ),
        _BUDGETS,
        budget_samples.spend_instant(lambda spend: spend.period.start),
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_budget_period_end_timestamp_seconds",
            "The first instant after the budget's period (UTC) of which the spent amount is, Unix time; cached.",
            _BUDGET,
        ),
        _BUDGETS,
        budget_samples.spend_instant(lambda spend: spend.period.end),
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_budget_spent_through_timestamp_seconds",
            "The instant up to which the budget's spent amount is complete, Unix time: a full hour; cached.",
            _BUDGET,
        ),
        _BUDGETS,
        budget_samples.spend_instant(lambda spend: spend.through),
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_budget_info",
            "1; what the budget is for: empty ids and types are not in the scope, which without any is the whole "
            f"account, {_SCOPE}; with the labels that the budget is given.",
            (*_BUDGET, "period", "team_id", "project_id", "resource_type"),
        ),
        _BUDGETS,
        budget_samples.info,
        reads_declared=True,
        more_labels=labels.of_budgets,
    ),
)
