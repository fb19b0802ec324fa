"""What a poller shows of running spend from before a restart, and what it asks for after it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import HOUR_SECONDS, PeriodKind
from exporter.domain.question import Urgency
from exporter.domain.report import Dataset
from exporter.errors import PostponedError, ServerFaultError
from exporter.poller import Poller
from tests.builders import usage_invoice
from tests.polling import B_MINOR, JULY, NOW, Billing, Polled, started

ALL = Budget("all", Decimal(100), "USD")
WEB = Budget("web", Decimal(10), "USD", Scope(team_id="web"))
MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
RESOURCE = (
    'northflank_hourly_resource_cost{account="acme",component="other",currency="USD",project_id="api",'
    'resource_id="gateway",resource_type="service",team_id="web"}'
)
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
SPENT = 'northflank_budget_spent_amount{account="acme",budget="all",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
OF_USAGE = (Dataset.USAGE, Dataset.USAGE_DETAILS, Dataset.CREDITS, Dataset.BUDGETS)
POSTPONED = PostponedError("GET /x: not asked", seconds=600, remedy="raise api.share")
TEN_MINUTES = 600.0


def billing() -> Billing:
    """A source of an account that spent 4 dollars, 3 of them by a team, and has 50 left."""
    return Billing(invoices=(usage_invoice(),))


async def restarted(
    polled: Polled, source: Billing, budgets: tuple[Budget, ...] = (ALL,), seconds: float = 0.0
) -> Poller:
    """A poller so many seconds after NOW, which shows what was kept."""
    polled.now = NOW + seconds
    poller = polled.poller(source, declared=Declared(budgets=budgets))
    await poller.restore()
    return poller


async def poll(poller: Poller) -> None:
    """Both polls."""
    await poller.poll_invoices()
    await poller.poll_usage()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The folder of the state after two polls of everything at NOW: nothing is left to be asked."""
    async with started(tmp_path) as polled:
        poller = await restarted(polled, billing())
        for _ in range(2):
            await poll(poller)
    return tmp_path


@pytest.fixture
async def polled(folder: Path) -> AsyncIterator[Polled]:
    """Pollers after the restart."""
    async with started(folder) as polled:
        yield polled


def another_hour(source: Billing) -> None:
    """Another hour of usage is known, in which both spent a dollar."""
    source.hours, source.web = {**source.hours, JULY.end: "1"}, {**source.web, JULY.end: "1"}


async def test_shown_at_once(polled: Polled) -> None:
    """Before any poll what was spent is shown as it was, with its true age."""
    source = billing()
    await restarted(polled, source, seconds=TEN_MINUTES)

    assert (4, 3, 50, 4) == tuple(polled.value(each) for each in (MONTH, TEAM, CREDITS, SPENT))
    assert [NOW] * 4 == [polled.health(LAST_SUCCESS, dataset) for dataset in OF_USAGE]
    assert [None] * 4 == [polled.health(UP, dataset) for dataset in OF_USAGE]
    assert [] == source.asked


async def test_exposition_is_the_same(folder: Path) -> None:
    """What is shown after a restart is what was shown before it, byte for byte."""
    async with started(folder) as polled:
        source = billing()
        await poll(await restarted(polled, source))
        before = polled.exposition.snapshot.plain()
    async with started(folder) as polled:
        await restarted(polled, source)
        assert before == polled.exposition.snapshot.plain()


async def test_nothing_known_is_asked_again(polled: Polled) -> None:
    """After a restart only what is asked at each poll is asked: the lists and the credits."""
    source = billing()
    await poll(await restarted(polled, source, seconds=60))

    asked = [(dataset, type(question).__name__) for dataset, question in source.asked]
    assert [
        (Dataset.INVOICES, "ListInvoices"),
        (Dataset.USAGE, "ListHours"),
        (Dataset.CREDITS, "GetCredits"),
    ] == asked
    assert {NOW + 60} == {polled.health(LAST_SUCCESS, dataset) for dataset in OF_USAGE}


async def test_usage_of_another_generation(folder: Path) -> None:
    """Figures of another generation than the server speaks by now are not shown after a restart: units may differ."""
    async with started(folder) as polled:
        source = billing()
        source.api = B_MINOR
        source.faults[Dataset.USAGE] = ServerFaultError("500")
        await poll(await restarted(polled, source))
    async with started(folder) as polled:
        await restarted(polled, billing())
        assert (None, None) == (polled.value(MONTH), polled.health(LAST_SUCCESS, "usage"))


async def test_usage_without_a_list(tmp_path: Path) -> None:
    """Where the list never came, usage is shown after a restart all the same."""
    async with started(tmp_path) as polled:
        source = billing()
        source.faults[Dataset.INVOICES] = ServerFaultError("500")
        await poll(await restarted(polled, source))
    async with started(tmp_path) as polled:
        await restarted(polled, billing())
        assert (4, NOW) == (polled.value(MONTH), polled.health(LAST_SUCCESS, "usage"))


@pytest.mark.parametrize(
    ("budgets", "spent"),
    [
        pytest.param((ALL,), 4, id="the_same"),
        pytest.param((replace(WEB, currency="EUR"), ALL), 4, id="one_more_that_cannot_be_watched"),
        pytest.param((replace(ALL, amount=Decimal(1)),), 4, id="another_amount"),
        pytest.param((replace(ALL, thresholds={"info": Decimal(1)}, labels={"owner": "me"}),), 4, id="other_alerts"),
        pytest.param((replace(ALL, scope=Scope(team_id="web")),), None, id="another_team"),
        pytest.param((replace(ALL, scope=Scope(project_id="api")),), None, id="another_project"),
        pytest.param((replace(ALL, period=PeriodKind.DAY),), None, id="another_period"),
        pytest.param((replace(ALL, currency="EUR"),), None, id="another_currency"),
        pytest.param((replace(ALL, name="renamed"),), None, id="another_name"),
        pytest.param((), None, id="none"),
    ],
)
async def test_other_budgets(polled: Polled, budgets: tuple[Budget, ...], spent: float | None) -> None:
    """What was spent is shown of those budgets whose totals are known, whatever else of them has changed."""
    await restarted(polled, billing(), budgets)

    assert (spent, 4) == (polled.value(SPENT), polled.value(MONTH))


async def test_no_age_of_budgets_that_are_not_shown(polled: Polled) -> None:
    """Where kept budgets are not shown, they have no age either."""
    await restarted(polled, billing(), (replace(ALL, period=PeriodKind.YEAR),))

    assert None is polled.health(LAST_SUCCESS, "budgets")


async def test_what_was_never_whole_is_not_shown(tmp_path: Path) -> None:
    """A tree that was not complete has no age to be shown with after a restart; its answers are kept."""
    async with started(tmp_path) as polled:
        source = billing()
        source.faults_of[Urgency.RESOURCES] = POSTPONED
        await poll(await restarted(polled, source))
        assert 3 == polled.value(TEAM)

    async with started(tmp_path) as polled:
        source = billing()
        poller = await restarted(polled, source)
        assert (None, None) == (polled.value(TEAM), polled.health(LAST_SUCCESS, "usage_details"))

        await poll(poller)
        (first, *_) = [question for dataset, question in source.asked if dataset is Dataset.USAGE_DETAILS]
        assert "projectId" in str(first)
        assert (3, 1) == (polled.value(TEAM), polled.value(RESOURCE))


async def test_what_was_whole_once_is_kept_as_it_is_by_now(folder: Path) -> None:
    """A month that goes on while its resources wait is shown as far as it is, as old as when all of it was whole."""
    async with started(folder) as polled:
        source = billing()
        another_hour(source)
        source.faults_of[Urgency.RESOURCES] = POSTPONED
        await poll(await restarted(polled, source, seconds=HOUR_SECONDS))
        assert (5, 4, NOW) == (polled.value(MONTH), polled.value(TEAM), polled.health(LAST_SUCCESS, "usage_details"))
    async with started(folder) as polled:
        await restarted(polled, source, seconds=HOUR_SECONDS)
        assert (5, 4, NOW) == (polled.value(MONTH), polled.value(TEAM), polled.health(LAST_SUCCESS, "usage_details"))


@pytest.mark.parametrize(("postponed", "is_asked"), [(False, False), (True, True)], ids=["whole", "not_whole"])
async def test_details_that_were_missing(folder: Path, postponed: bool, is_asked: bool) -> None:  # noqa: FBT001 - parameters of the test
    """Details that were not whole are gone on with at once, also while usage fails; whole ones wait for it."""
    async with started(folder) as polled:
        source = billing()
        another_hour(source)
        source.faults_of = {Urgency.RESOURCES: POSTPONED} if postponed else {}
        await poll(await restarted(polled, source, seconds=HOUR_SECONDS))

    async with started(folder) as polled:
        source = billing()
        another_hour(source)
        source.faults[Dataset.USAGE] = ServerFaultError("500")
        await poll(await restarted(polled, source, seconds=HOUR_SECONDS))
        assert is_asked is (Dataset.USAGE_DETAILS in source.polled)


async def test_what_was_answered_of_a_failed_poll_is_kept(tmp_path: Path) -> None:
    """A poll that fails half-way keeps what was answered until then, so that it is not asked for again."""
    async with started(tmp_path) as polled:
        source = billing()
        source.faults_of[Urgency.RESOURCES] = ServerFaultError("500")
        await poll(await restarted(polled, source))
        answered = [str(each) for dataset, each in source.asked if dataset is Dataset.USAGE_DETAILS][:1]

    async with started(tmp_path) as polled:
        source = billing()
        await poll(await restarted(polled, source))
        (first, *_) = [str(each) for dataset, each in source.asked if dataset is Dataset.USAGE_DETAILS]
        assert [first] != answered
        assert 1 == polled.value(RESOURCE)
