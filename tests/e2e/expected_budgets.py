"""The families of the datasets `credits` and `budgets`, and what else the configuration says: from the contract."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from exporter.domain.budget import Budget, Declared, Scope
from tests.e2e.dialect import Ledger
from tests.e2e.expected import Line, Series
from tests.e2e.expected_periods import DAY, period
from tests.e2e.expected_running import Running, is_zero
from tests.e2e.figures import Figures


async def add_credits(running: Running, figures: Figures) -> None:
    """Add the credits; only grants can be pending."""
    if not running.dialect.has_credits:
        return
    left: Ledger = (await running.http.get("/-/ledger/credits")).raise_for_status().json()
    currency = {"currency": left["currency"].upper()}
    grants, balance = {**currency, "source": "grants"}, {**currency, "source": "customer_balance"}
    figures.must(
        [
            ("credit_available_amount", currency, Decimal(left["available"])),
            ("credit_pending_amount", currency, Decimal(left["grants_pending"])),
            ("credit_source_amount", {**grants, "state": "available"}, Decimal(left["grants_available"])),
            ("credit_source_amount", {**grants, "state": "pending"}, Decimal(left["grants_pending"])),
            ("credit_source_amount", {**balance, "state": "available"}, Decimal(left["customer_balance"])),
            ("credit_last_synced_timestamp_seconds", {}, left["synced"]),
        ]
    )


async def add_budgets(running: Running, figures: Figures) -> None:
    """Add what is configured of each budget, and what was spent in the currencies that the account has used."""
    is_known = running.has_currency and running.dialect.has_hours
    known = await running.currencies() if is_known else set()
    for budget in running.declared.budgets:
        figures.must(_configured(budget, running.declared))
        if budget.currency in known:
            await _add_spent(running, figures, budget)


def _configured(budget: Budget, declared: Declared) -> Iterator[Line]:
    key, scope = {"budget": budget.name}, budget.scope
    labels = {**dict.fromkeys(_names(each.labels for each in declared.budgets), ""), **budget.labels}
    ids = {"team_id": scope.team_id, "project_id": scope.project_id, "resource_type": scope.resource_type}
    yield "budget_amount", {**key, "currency": budget.currency}, budget.amount
    for severity, ratio in budget.thresholds.items():
        yield "budget_threshold_ratio", {**key, **labels, "severity": severity}, ratio
    of_scope = {name: value or "" for name, value in ids.items()}
    yield "budget_info", {**key, **labels, "period": budget.period.value, **of_scope}, 1


async def _add_spent(running: Running, figures: Figures, budget: Budget) -> None:
    """Whoever asks for all of an account has to know it; of a scope only a generation with filters has to.

    Of a scope in which nothing can have been seen, since nothing ran in the whole period, nothing has to be known.
    """
    start, end = period(budget.period.value, running.through)
    if not await exists(running, budget.scope, start):
        return
    spent = await spent_within(running, budget, start)
    trailing_day = await spent_within(running, budget, running.through - DAY)
    key = {"budget": budget.name}
    amount = {**key, "currency": budget.currency}
    lines: list[Line] = [
        ("budget_spent_amount", amount, spent),
        ("budget_trailing_day_amount", amount, trailing_day),
        ("budget_period_start_timestamp_seconds", key, start),
        ("budget_period_end_timestamp_seconds", key, end),
        ("budget_spent_through_timestamp_seconds", key, running.through),
    ]
    is_idle = start < running.through and is_zero(await running.used(start, running.through))
    is_account = budget.scope == Scope()
    required = running.has_hours(start) and (is_account or (running.dialect.filters_usage and not is_idle))
    if is_idle and not is_account:
        figures.allowed.extend([line] for line in lines)
    else:
        figures.add(lines, required=required)


async def spent_within(running: Running, budget: Budget, start: int) -> Decimal:
    """What was spent in a budget's currency and scope, from then on until the newest hour that counts."""
    used = (await running.by_currency(start, running.through, "resource_type")).get(budget.currency)
    if used is None:
        return Decimal(0)
    if budget.scope == Scope():
        return sum((Decimal(price["total"]) for price in used["categories"].values()), Decimal(0))
    return sum(_prices(running, used, budget.scope), Decimal(0))


async def exists(running: Running, scope: Scope, start: int) -> bool:
    """Whether there is anything of that scope; a type has to be one that the generation knows."""
    used = await running.used(start, running.through, "resource_type")
    projects = {(team["id"], project["id"]) for team in used["teams"] for project in team["projects"]}
    return scope.resource_type in (None, *running.dialect.usage_types) and any(
        scope.team_id in (None, team_id) and scope.project_id in (None, project_id) for team_id, project_id in projects
    )


def _prices(running: Running, used: Ledger, scope: Scope) -> Iterator[Decimal]:
    """What each resource type of each project in the scope cost: together the scope's price."""
    for team in used["teams"]:
        for project in team["projects"]:
            if scope.team_id in (None, team["id"]) and scope.project_id in (None, project["id"]):
                for each in project["resource_types"]:
                    if scope.resource_type in (None, running.dialect.type(each["resource_type"])):
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
