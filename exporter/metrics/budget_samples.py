"""The families of budgets: what the configuration allows, and of the dataset `budgets` what was spent of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from exporter.domain.budget import Budget, BudgetSpend
from exporter.domain.report import AccountReport
from exporter.metrics import labels
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples


def amount(report: AccountReport) -> Iterator[Sample]:
    """What the configuration allows."""
    for budget in report.declared.budgets:
        yield Sample((report.account, budget.name, budget.currency), budget.amount)


def threshold_ratio(report: AccountReport) -> Iterator[Sample]:
    """The shares at which alerts fire, by severity."""
    names = labels.of_budgets(report)
    for budget in report.declared.budgets:
        more = labels.values(budget.labels, names)
        for severity, ratio in budget.thresholds.items():
            yield Sample((report.account, budget.name, severity, *more), ratio)


def info(report: AccountReport) -> Iterator[Sample]:
    """What each budget is for."""
    names = labels.of_budgets(report)
    for budget in report.declared.budgets:
        scope = (budget.scope.team_id, budget.scope.project_id, budget.scope.resource_type)
        more = labels.values(budget.labels, names)
        yield Sample((report.account, budget.name, budget.period, *(each or "" for each in scope), *more), 1)


def spend_amount(value: Callable[[BudgetSpend], Decimal | None]) -> Samples:
    """An amount that was spent, in the budget's currency; none while it is not known."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for budget, spend in _spends(report):
            stated = value(spend)
            if stated is not None:
                yield Sample((report.account, budget.name, budget.currency), stated)

    return samples


def spend_instant(value: Callable[[BudgetSpend], float]) -> Samples:
    """An instant that belongs to what was spent, Unix seconds."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for budget, spend in _spends(report):
            yield Sample((report.account, budget.name), value(spend))

    return samples


def _spends(report: AccountReport) -> Iterator[tuple[Budget, BudgetSpend]]:
    """What was spent of the budgets that are configured now."""
    spends = report.budgets.spends if report.budgets else {}
    for budget in report.declared.budgets:
        if budget.name in spends:
            yield budget, spends[budget.name]
