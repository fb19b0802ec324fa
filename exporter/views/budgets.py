"""What was spent within each budget's scope and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.budget import Budget, BudgetSpend, Scope
from exporter.domain.calendar import period_of
from exporter.domain.extent import Extent
from exporter.domain.facts import NO_TOTALS, ONLY, Facts
from exporter.domain.hours import Hours, hours_of, paas_price, total_price, trailing_day
from exporter.domain.invoice import Period
from exporter.domain.money import ZERO, add_up
from exporter.domain.report import BudgetsSection
from exporter.domain.totals import Totals
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import Usage
from exporter.ledger.packing import unpack_rows
from exporter.northflank.wire.generations import WIRES

NO_SPENDS: Mapping[str, BudgetSpend] = MappingProxyType({})
_NO_USAGE = "this generation of the API does not state what was used when; it cannot be watched"


@dataclass(frozen=True, slots=True)
class Budgeted:
    """What was spent of the budgets, and one line for each that cannot be watched as it is configured."""

    section: BudgetsSection
    notes: tuple[str, ...] = ()


def budgets_view(facts: Facts, extent: Extent, through: float | None) -> Budgeted | None:
    """The spends up to `through`, where the account's own figures end (None: nothing was ever used).

    None as long as a total of a budget was never asked for.
    """
    api, budgets = facts.api.get(ONLY), extent.declared.budgets
    if api is None:
        return None
    wire = WIRES[api.generation]
    if wire.usage_query is None:
        return Budgeted(
            BudgetsSection(NO_SPENDS, budgets), tuple(f"budget {each.name}: {_NO_USAGE}" for each in budgets)
        )
    hours = hours_of(facts, extent.late_after_seconds)
    if hours is None or through is None:
        return Budgeted(BudgetsSection(NO_SPENDS, budgets))
    spending = _Spending(facts, hours.until(through), adds_up=wire.filters_usage)
    found: dict[str, BudgetSpend] = {}
    notes: list[str] = []
    for budget in budgets:
        fault = spending.fault(budget)
        spend = None if fault else spending.of(budget)
        if fault:
            notes.append(fault)
        elif spend is None:
            return None
        else:
            found[budget.name] = spend
    return Budgeted(BudgetsSection(MappingProxyType(found), budgets), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Spending:
    facts: Facts
    hours: Hours
    adds_up: bool

    def of(self, budget: Budget) -> BudgetSpend | None:
        """None where it was never asked for."""
        through = self.hours.through
        period, day = period_of(budget.period, through), trailing_day(through)
        spent = self._amount(budget, Period(period.start, through))
        trailing = self._amount(budget, day) if self.hours.is_known(day.start) else None
        if spent is None or (trailing is None and self.hours.is_known(day.start)):
            return None
        if trailing is not None and not budget.scope.is_account:
            # What the API has forgotten since was spent all the same.
            trailing = max(trailing, self._of_known_hours(budget, day))
        return BudgetSpend(period, through, spent, trailing)

    def _amount(self, budget: Budget, period: Period) -> Decimal | None:
        if not self.adds_up or (budget.scope.is_account and period == trailing_day(self.hours.through)):
            usages = self.hours.used(period) if self.hours.is_known(period.start) else None
        else:
            usages = Totals(self.facts, self.hours).spent(budget.scope, period, budget.currency)
        if usages is None:
            return None
        value = total_price if budget.scope.is_account else paas_price
        return add_up(value(usage) for usage in usages if usage.currency == budget.currency)

    def _of_known_hours(self, budget: Budget, day: Period) -> Decimal:
        """What those hours of the day add up to that are known by project, or by resource for a resource type."""
        scope, amounts = budget.scope, [ZERO]
        for start, usage in self.hours.within(day):
            if usage.currency == budget.currency:
                amounts.append(_within(scope, self._rows(start, scope)))
        return add_up(amounts)

    def _rows(self, start: float, scope: Scope) -> Rows:
        known = self.facts.hour_resources if scope.resource_type else self.facts.hour_projects
        hour, corrections = known.get(start), self.facts.corrections.get(start, ())
        is_usable = hour is not None and not any(each.seen_at > hour.asked_at for each in corrections)
        return unpack_rows(hour.packed) if hour and is_usable else {}

    def fault(self, budget: Budget) -> str | None:
        """Why a budget cannot be watched, and what to do; None where it can."""
        if budget.currency not in self._currencies():
            return (
                f"budget {budget.name}: in {budget.currency}, in which the account has never spent anything; "
                f"its usage is in {self.hours.currency_at(self.hours.through)}: set the budget's currency"
            )
        if budget.scope.is_account:
            known_since = self.hours.is_known(period_of(budget.period, self.hours.through).start)
            return None if self.adds_up or known_since else _not_known_yet(budget)
        if not self.adds_up:
            return (
                f"budget {budget.name}: this generation of the API does not state what a team, project or resource "
                "type spends; leave its scope out"
            )
        return None if self._is_seen(budget.scope) else _unknown(budget)

    def _currencies(self) -> frozenset[str]:
        months = self.facts.months.get(ONLY)
        of_months = (usage for usages in (months.usages.values() if months else ()) for usage in usages)
        usages: tuple[Usage, ...] = (*self.hours.listed.values(), *of_months)
        return frozenset((*(each.currency for each in usages), *(each.currency for each in self.facts.listed)))

    def _is_seen(self, scope: Scope) -> bool:
        """Whether anything was ever spent in the scope: what was never seen is not shown as zero."""
        if self.facts.totals.get(scope, NO_TOTALS).seen_at is not None:
            return True
        return any(_is_in(scope, path) for path in self._paths())

    def _paths(self) -> Iterator[Path]:
        for month in self.facts.project_months.values():
            yield from month.names
        for resources in self.facts.resource_months.values():
            yield from resources.rows
        for fact in self.facts.trees.values():
            yield from fact.tree.rows if fact.tree else ()
        for hour in self.facts.hour_tree.values():
            yield from hour.rows


def _is_in(scope: Scope, path: Path) -> bool:
    """Whether a team, project or type is the scope, or a part of it."""
    stated = zip((scope.team_id, scope.project_id, scope.resource_type), (*path, None, None, None), strict=False)
    return bool(path) and all(wanted in {None, found} for wanted, found in stated)


def _within(scope: Scope, rows: Rows) -> Decimal:
    """What the rows of one level hold within a scope: projects, teams, or resources where a type is stated."""
    level = Level.RESOURCE if scope.resource_type else Level.PROJECT if scope.project_id else Level.TEAM
    return add_up(
        row.price.total for path, row in rows.items() if len(path) == level.depth and row.price and _is_in(scope, path)
    )


def _not_known_yet(budget: Budget) -> str:
    return f"budget {budget.name}: the hours of its period are not all known yet; it is shown once they are"


def _unknown(budget: Budget) -> str:
    return (
        f"budget {budget.name}: the account has no usage under {budget.scope}; correct its scope, "
        "or leave it: it is shown once there is some"
    )
