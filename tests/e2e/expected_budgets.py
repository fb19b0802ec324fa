"""The families of the datasets `credits` and `budgets`, and what else the configuration says: from the contract."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from exporter.domain.budget import Budget, Declared, Scope
from tests.e2e.dialect import Ledger
from tests.e2e.expected import Line, Series
from tests.e2e.expected_periods import DAY, period
from tests.e2e.expected_running import USD, Running


async def credit_lines(running: Running) -> list[Line]:
    """The credits; only grants can be pending."""
    if not running.dialect.has_credits:
        return []
    left: Ledger = (await running.http.get("/-/ledger/credits")).raise_for_status().json()
    grants, balance = {**USD, "source": "grants"}, {**USD, "source": "customer_balance"}
    return [
        ("credit_available_amount", USD, Decimal(left["available"])),
        ("credit_pending_amount", USD, Decimal(left["grants_pending"])),
        ("credit_source_amount", {**grants, "state": "available"}, Decimal(left["grants_available"])),
        ("credit_source_amount", {**grants, "state": "pending"}, Decimal(left["grants_pending"])),
        ("credit_source_amount", {**balance, "state": "available"}, Decimal(left["customer_balance"])),
        ("credit_last_synced_timestamp_seconds", {}, left["synced"]),
    ]


async def budget_lines(running: Running) -> list[Line]:
    """What is configured of each budget, and what was spent of those that the generation can tell of."""
    lines: list[Line] = []
    for budget in running.declared.budgets:
        lines += _configured(budget, running.declared)
        if budget.currency == "USD" and running.has_currency and running.dialect.has_hours:
            lines += await _spent(running, budget)
    return lines


def _configured(budget: Budget, declared: Declared) -> Iterator[Line]:
    key, scope = {"budget": budget.name}, budget.scope
    labels = {**dict.fromkeys(_names(each.labels for each in declared.budgets), ""), **budget.labels}
    ids = {"team_id": scope.team_id, "project_id": scope.project_id, "resource_type": scope.resource_type}
    yield "budget_amount", {**key, "currency": budget.currency}, budget.amount
    for severity, ratio in budget.thresholds.items():
        yield "budget_threshold_ratio", {**key, **labels, "severity": severity}, ratio
    of_scope = {name: value or "" for name, value in ids.items()}
    yield "budget_info", {**key, **labels, "period": budget.period.value, **of_scope}, 1


async def _spent(running: Running, budget: Budget) -> list[Line]:
    start, end = period(budget.period.value, running.through)
    spent = await _within(running, budget.scope, start)
    trailing_day = await _within(running, budget.scope, running.through - DAY)
    if spent is None or trailing_day is None:
        return []
    key = {"budget": budget.name}
    return [
        ("budget_spent_amount", {**key, **USD}, spent),
        ("budget_trailing_day_amount", {**key, **USD}, trailing_day),
        ("budget_period_start_timestamp_seconds", key, start),
        ("budget_period_end_timestamp_seconds", key, end),
        ("budget_spent_through_timestamp_seconds", key, running.through),
    ]


async def _within(running: Running, scope: Scope, start: int) -> Decimal | None:
    """What was spent within a scope until the newest complete hour; None where nobody can tell, or there is no such."""
    if not running.has_hours(start):
        return None
    used = await running.used(start, running.through, "resource_type")
    if scope == Scope():
        return sum((Decimal(price["total"]) for price in used["categories"].values()), Decimal(0))
    if not (running.dialect.filters_usage and _exists(running, used, scope)):
        return None
    return sum(_prices(used, scope), Decimal(0))


def _exists(running: Running, used: Ledger, scope: Scope) -> bool:
    projects = {(team["id"], project["id"]) for team in used["teams"] for project in team["projects"]}
    return scope.resource_type in (None, *running.dialect.usage_types) and any(
        scope.team_id in (None, team_id) and scope.project_id in (None, project_id) for team_id, project_id in projects
    )


def _prices(used: Ledger, scope: Scope) -> Iterator[Decimal]:
    """What each resource type of each project in the scope cost: together the scope's price."""
    for team in used["teams"]:
        for project in team["projects"]:
            if scope.team_id in (None, team["id"]) and scope.project_id in (None, project["id"]):
                for each in project["resource_types"]:
                    if scope.resource_type in (None, each["resource_type"]):
                        yield Decimal(each["price"]["total"])


def with_project_labels(series: Series, declared: Declared) -> Series:
    """The same series, with the labels that the configuration gives projects; empty where it gives none."""
    none = dict.fromkeys(_names(declared.project_labels.values()), "")
    labelled: Series = {}
    for (name, labels), value in series.items():
        told = dict(labels)
        if name == "northflank_project_info":
            given = declared.project_labels.get((told["team_id"], told["project_id"]), {})
            told = {**told, **none, **given}
        labelled[name, frozenset(told.items())] = value
    return labelled


def _names(labels: Iterable[Mapping[str, str]]) -> set[str]:
    return {name for each in labels for name in each}
