"""What was spent of each budget, asked for within its scope and period."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.budget import Budget, BudgetSpend, Scope
from exporter.domain.calendar import period_of
from exporter.domain.invoice import Category, Period
from exporter.domain.money import ZERO, add_up
from exporter.domain.report import BudgetsSection, UsageSection
from exporter.domain.tree import Path
from exporter.domain.usage import Usage
from exporter.errors import NotFoundError, RefusedError
from exporter.northflank.usage.spends import Spends

NO_SPENDS: Mapping[str, BudgetSpend] = MappingProxyType({})
_NO_USAGE = "this generation of the API does not tell what was used when; it cannot be watched"


@dataclass(frozen=True, slots=True)
class Budgeted:
    """What was spent of the budgets, and one line for each of which it cannot be told."""

    section: BudgetsSection
    notes: tuple[str, ...] = ()


async def fetch_budgets(
    spends: Spends | None, budgets: tuple[Budget, ...], usage: UsageSection, known: AbstractSet[Path]
) -> Budgeted:
    """The spends of the budgets as of the newest complete hour; `known` are teams and projects. Raises PollError.

    `spends` is None where the generation tells none.
    """
    newest = usage.hour or usage.month_to_date
    if spends is None:
        return Budgeted(
            BudgetsSection(NO_SPENDS, budgets), tuple(f"budget {each.name}: {_NO_USAGE}" for each in budgets)
        )
    if newest is None:
        return Budgeted(BudgetsSection(NO_SPENDS, budgets))
    found: dict[str, BudgetSpend] = {}
    notes: list[str] = []
    for budget in budgets:
        fault = _fault(budget, spends, newest.usage.currency)
        spend = None if fault else await _spend(spends, budget, usage, newest.period.end, known)
        if spend:
            found[budget.name] = spend
        else:
            notes.append(fault or _unknown(budget))
    return Budgeted(BudgetsSection(MappingProxyType(found), budgets), tuple(notes))


async def _spend(
    spends: Spends, budget: Budget, usage: UsageSection, through: float, known: AbstractSet[Path]
) -> BudgetSpend | None:
    """None where the API knows nothing of the scope."""
    period = period_of(budget.period, through)
    spent = await _amount(spends, Period(period.start, through), budget.scope, known)
    if spent is None:
        return None
    trailing = await _trailing_day(spends, budget.scope, usage, known)
    # In a period's first hour only the day before tells whether there is such a scope.
    if usage.trailing_day and trailing is None:
        return None
    return BudgetSpend(period, through, spent, trailing)


async def _trailing_day(spends: Spends, scope: Scope, usage: UsageSection, known: AbstractSet[Path]) -> Decimal | None:
    day = usage.trailing_day
    if day is None or scope.is_account:
        return _total(day.usage, scope) if day else None
    return await _amount(spends, day.period, scope, known)


async def _amount(spends: Spends, period: Period, scope: Scope, known: AbstractSet[Path]) -> Decimal | None:
    if period.start == period.end:
        return ZERO
    try:
        used = await spends.of(period, scope)
    except (NotFoundError, RefusedError):
        return None
    if used is None:
        return ZERO if _is_known(scope, known) else None
    return _total(used, scope)


def _total(used: Usage, scope: Scope) -> Decimal:
    if scope.is_account:
        return add_up(price.total for price in used.categories.values())
    paas = used.categories.get(Category.PAAS)
    return paas.total if paas else ZERO


def _is_known(scope: Scope, known: AbstractSet[Path]) -> bool:
    if scope.project_id is not None:
        return any(path[1:2] == (scope.project_id,) and scope.team_id in {None, path[0]} for path in known)
    return scope.team_id is None or any(path[0] == scope.team_id for path in known)


def _fault(budget: Budget, spends: Spends, currency: str) -> str | None:
    if budget.currency != currency:
        return (
            f"budget {budget.name}: in {budget.currency}, while the account's usage is in {currency}; set its currency"
        )
    if not budget.scope.is_account and not spends.has_scopes:
        return (
            f"budget {budget.name}: this generation of the API does not tell what a team, project or resource type "
            "spends; leave its scope out"
        )
    return None


def _unknown(budget: Budget) -> str:
    scope = budget.scope
    stated = {"team_id": scope.team_id, "project_id": scope.project_id, "resource_type": scope.resource_type}
    text = ", ".join(f"{name} {value}" for name, value in stated.items() if value is not None) or "the whole account"
    return (
        f"budget {budget.name}: the account has no usage under {text}; correct its scope, "
        "or leave it: it is shown once there is some"
    )
