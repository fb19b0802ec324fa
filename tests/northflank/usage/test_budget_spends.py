"""What was spent of budgets: every period and scope as the ledger has it, and clear words where it cannot be told."""

from decimal import Decimal

import httpx
import pytest

from exporter.domain.budget import Budget, BudgetSpend, Scope
from exporter.domain.calendar import PeriodKind
from exporter.domain.invoice import Category, Period
from exporter.domain.report import UsageSection
from exporter.domain.usage import Spend, Usage
from exporter.errors import ForbiddenError
from exporter.northflank.usage.budget_spends import Budgeted, fetch_budgets
from exporter.northflank.usage.spends import EVERYTHING
from exporter.sandbox.options import Generation
from tests.builders import price
from tests.northflank.asking import ok, refused
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, Watched

DAY = 24 * HOUR
NOW = "2026-11-18T12:20"
THROUGH = at("2026-11-18T12:00")


def budget(
    scope: Scope = EVERYTHING, period: PeriodKind = PeriodKind.MONTH, name: str = "b", currency: str = "USD"
) -> Budget:
    """A budget of a hundred."""
    return Budget(name, Decimal(100), currency, scope, period)


async def watched_at(now: str, generation: Generation = "2026-10") -> Watched:
    """An account whose own figures were polled."""
    watched = Watched(now, generation=generation)
    await watched.poll_usage()
    return watched


def only(budgeted: Budgeted) -> BudgetSpend:
    """What was spent of the one budget."""
    assert () == budgeted.notes
    (spend,) = budgeted.section.spends.values()
    return spend


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        pytest.param(PeriodKind.DAY, "2026-11-18", "2026-11-19", id="day"),
        pytest.param(PeriodKind.WEEK, "2026-11-16", "2026-11-23", id="week"),
        pytest.param(PeriodKind.MONTH, "2026-11-01", "2026-12-01", id="month"),
        pytest.param(PeriodKind.QUARTER, "2026-10-01", "2027-01-01", id="quarter"),
        pytest.param(PeriodKind.YEAR, "2026-01-01", "2027-01-01", id="year"),
    ],
)
async def test_periods(period: PeriodKind, start: str, end: str) -> None:
    """A team's budget counts from the beginning of its period, and the trailing day across it."""
    watched = await watched_at(NOW)
    spend = only(await watched.budgets(budget(Scope(team_id="platform"), period)))
    spent = (await watched.ledger(at(start), THROUGH))["platform",]
    day = (await watched.ledger(THROUGH - DAY, THROUGH))["platform",]
    assert BudgetSpend(Period(at(start), at(end)), THROUGH, spent, day) == spend


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_the_account(generation: Generation) -> None:
    """A budget of the whole account holds every category, and costs no request that the figures did not."""
    watched = await watched_at(NOW, generation)
    spend = only(await watched.budgets(budget()))
    assert watched.usage.month_to_date
    assert watched.usage.trailing_day
    month, day = (each.usage.categories for each in (watched.usage.month_to_date, watched.usage.trailing_day))
    assert sum(each.total for each in month.values()) == spend.spent
    assert sum(each.total for each in day.values()) == spend.trailing_day
    assert len(month) > 1
    windows = [query["startTime"] for _, query in watched.sandbox.requests]
    assert [] == windows


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(Scope("platform"), {"teamId": "platform"}, id="team"),
        pytest.param(Scope("platform", "api"), {"teamId": "platform", "projectId": "api"}, id="project"),
        pytest.param(Scope(project_id="api"), {"projectId": "api"}, id="project of any team"),
        pytest.param(Scope(resource_type="service"), {"resourceType": "service"}, id="type"),
        pytest.param(
            Scope("platform", "api", "addon"),
            {"teamId": "platform", "projectId": "api", "resourceType": "addon"},
            id="everything",
        ),
    ],
)
async def test_scopes(scope: Scope, expected: dict[str, str]) -> None:
    """A scope narrows what is asked for, and with one it is PaaS alone."""
    watched = await watched_at(NOW)
    spend = only(await watched.budgets(budget(scope)))
    filters = {"teamId", "projectId", "resourceType"}
    assert [expected] * 2 == [
        {name: value for name, value in query.items() if name in filters} for _, query in watched.sandbox.requests
    ]
    usage = await watched.spends.of(Period(at("2026-11-01"), THROUGH), scope)
    assert usage
    assert usage.categories[Category.PAAS].total == spend.spent
    assert Category.BYOC in usage.categories


async def test_two_budgets_of_one_scope() -> None:
    """Budgets that share scope and period share the requests."""
    watched = await watched_at(NOW)
    scope = Scope(team_id="platform")
    budgeted = await watched.budgets(
        budget(scope, name="a"), budget(scope, name="b"), budget(scope, PeriodKind.DAY, "c")
    )
    assert {"a", "b", "c"} == set(budgeted.section.spends)
    assert 3 == len(watched.sandbox.requests)
    await watched.budgets(budget(scope))
    assert 0 == len(watched.sandbox.requests)


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_the_first_instant(generation: Generation) -> None:
    """When a period has just begun nothing was spent in it, and that is not asked for."""
    watched = await watched_at("2026-12-01T00:20", generation)
    spend = only(await watched.budgets(budget()))
    assert (Period(at("2026-12-01"), at("2027-01-01")), at("2026-12-01")) == (spend.period, spend.through)
    assert 0 == spend.spent
    assert spend.trailing_day
    asked = {query.get("startTime") for _, query in watched.sandbox.requests}
    assert str(int(at("2026-12-01"))) not in asked


async def test_less_than_a_day() -> None:
    """Without 24 hours there is no trailing day, and it is not asked for."""
    watched = await watched_at(NOW)
    watched.usage = UsageSection(hour=watched.usage.hour)
    spend = only(await watched.budgets(budget(Scope("platform"))))
    assert None is spend.trailing_day
    assert 1 == len(watched.sandbox.requests)


@pytest.mark.parametrize("now", [NOW, "2026-12-01T00:20"])
@pytest.mark.parametrize("scope", [Scope("nobody"), Scope("platform", "nothing"), Scope(resource_type="spaceship")])
async def test_a_scope_that_does_not_exist(scope: Scope, now: str) -> None:
    """A scope that the API refuses is absent and said, asked for once, whatever the instant; other budgets are told."""
    watched = await watched_at(now)
    budgeted = await watched.budgets(budget(scope, name="typo"), budget(name="all"))
    assert {"all"} == set(budgeted.section.spends)
    (note,) = budgeted.notes
    assert note.startswith("budget typo: the account has no usage under ")
    assert 1 == len(watched.sandbox.requests)
    assert ["typo", "all"] == [each.name for each in budgeted.section.budgets]


@pytest.mark.parametrize(
    ("scope", "spent"),
    [
        pytest.param(Scope("platform"), 0, id="a known team"),
        pytest.param(Scope("platform", "api"), 0, id="a known project"),
        pytest.param(Scope(project_id="api"), 0, id="a known project of any team"),
        pytest.param(Scope(resource_type="job"), 0, id="a type"),
        pytest.param(Scope("payments", "api"), None, id="a project of another team"),
        pytest.param(Scope("nobody"), None, id="an unknown team"),
        pytest.param(Scope(project_id="platform"), None, id="a team in place of a project"),
    ],
)
async def test_an_empty_answer(scope: Scope, spent: int | None) -> None:
    """Where the API answers nothing for a filter, who is known has spent nothing, and who is not is unknown."""
    watched = await watched_at(NOW)
    watched.known = frozenset({("platform",), ("platform", "api")})
    watched.sandbox.fault = lambda _: ok({"granularity": "total", "usage": []})
    spend = (await watched.budgets(budget(scope))).section.spends.get("b")
    assert spent == (spend and spend.spent)


async def test_another_currency() -> None:
    """A budget in another currency than the usage is not compared with it, and nothing is asked for its sake."""
    watched = await watched_at(NOW)
    budgeted = await watched.budgets(budget(Scope("platform"), currency="EUR"))
    assert {} == budgeted.section.spends
    assert ("budget b: in EUR, while the account's usage is in USD; set its currency",) == budgeted.notes
    assert [] == watched.sandbox.requests


async def test_scopes_of_a_generation_without_them() -> None:
    """2026-06 tells of the whole account alone."""
    watched = await watched_at(NOW, "2026-06")
    budgeted = await watched.budgets(budget(Scope("platform"), name="team"), budget(name="all"))
    assert {"all"} == set(budgeted.section.spends)
    (note,) = budgeted.notes
    assert "leave its scope out" in note


async def test_a_generation_without_hours() -> None:
    """2024 tells no spend of any budget."""
    budgeted = await fetch_budgets(None, (budget(),), UsageSection(), frozenset())
    assert {} == budgeted.section.spends
    assert (budget(),) == budgeted.section.budgets
    (note,) = budgeted.notes
    assert "cannot be watched" in note


async def test_no_usage_yet() -> None:
    """Before the account's figures are there, nothing is told of any budget, and nothing is said."""
    watched = Watched(NOW)
    budgeted = await watched.budgets(budget())
    assert ({}, (), (budget(),)) == (budgeted.section.spends, budgeted.notes, budgeted.section.budgets)
    assert [] == watched.sandbox.requests


async def test_nothing_used_of_late() -> None:
    """Without a recent hour budgets go on as the month to date does."""
    watched = await watched_at(NOW)
    usage = Usage("USD", {Category.PAAS: price("5")})
    watched.usage = UsageSection(month_to_date=Spend(Period(at("2026-11-01"), THROUGH), usage))
    spend = only(await watched.budgets(budget(Scope("platform"))))
    assert (THROUGH, (await watched.ledger(at("2026-11-01"), THROUGH))["platform",]) == (spend.through, spend.spent)


async def test_a_failure() -> None:
    """Any other refusal fails the poll: it says nothing of a scope."""
    watched = await watched_at(NOW)

    def forbidden(_: httpx.Request) -> httpx.Response:
        return refused(403)

    watched.sandbox.fault = forbidden
    with pytest.raises(ForbiddenError):
        await watched.budgets(budget(Scope("platform")))
