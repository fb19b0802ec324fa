"""What a poller shows of running spend from before a restart, and what it asks for after it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.budget import Budget, BudgetSpend, Declared, Scope
from exporter.domain.calendar import PeriodKind, month_of
from exporter.domain.memory import HoursSince
from exporter.domain.money import Unit
from exporter.domain.report import Api, BudgetsSection, Dataset, Generation
from exporter.errors import PostponedError, ServerFaultError
from exporter.northflank.usage.budget_spends import Budgeted
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled, Shelf, spent_by_team

ALL, WEB = Budget("all", Decimal(100), "USD"), Budget("web", Decimal(10), "USD")
SPENT = BudgetsSection({"all": BudgetSpend(month_of(NOW), NOW - 1200, Decimal(40), None)})
MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
SPENT_AMOUNT = 'northflank_budget_spent_amount{account="acme",budget="all",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
OF_USAGE = (Dataset.USAGE, Dataset.USAGE_DETAILS, Dataset.CREDITS, Dataset.BUDGETS)
POSTPONED = PostponedError("GET /x: not asked", seconds=600, remedy="raise api.share")
PARTS = {"hours_since": HoursSince(NOW, NOW)}
TEN_MINUTES = 600.0


def billing() -> Billing:
    """A source that tells of all datasets, and has something to be known after a restart."""
    return Billing(invoices=(usage_invoice(),), budgeted=Budgeted(SPENT), parts=PARTS)


async def polled_once(source: Billing, shelf: Shelf, declared: Declared | None = None) -> Polled:
    """Both polls of an account, at NOW."""
    polled = Polled()
    poller = polled.poller(source, store=shelf, declared=declared or Declared(budgets=(ALL,)))
    await poller.poll_invoices()
    await poller.poll_usage()
    return polled


@pytest.fixture
async def shelf() -> Shelf:
    """A store after one poll of everything at NOW."""
    shelf = Shelf()
    await polled_once(billing(), shelf)
    return shelf


async def test_shown_at_once(shelf: Shelf) -> None:
    """Before any poll what was spent is shown as it was, with its true age."""
    polled, source = Polled(), billing()
    polled.now += TEN_MINUTES
    await polled.poller(source, store=shelf, declared=Declared(budgets=(ALL,))).restore()

    assert (4, 3, 50, 40) == tuple(polled.value(each) for each in (MONTH, TEAM, CREDITS, SPENT_AMOUNT))
    assert [NOW] * 4 == [polled.health(LAST_SUCCESS, dataset) for dataset in OF_USAGE]
    assert [None] * 4 == [polled.health(UP, dataset) for dataset in OF_USAGE]
    assert 0 == source.requests_made


async def test_source_goes_on(shelf: Shelf) -> None:
    """The source is told what was shown, and what it wanted to know besides."""
    source = billing()
    await Polled().poller(source, store=shelf, declared=Declared(budgets=(ALL,))).restore()

    assert source.resumed is not None
    assert shelf.kept is not None
    assert PARTS == source.resumed.memory
    assert [shelf.kept.report.section(each) for each in Dataset] == [
        source.resumed.report.section(each) for each in Dataset
    ]


async def test_what_was_read_otherwise_is_not_gone_on_with(shelf: Shelf) -> None:
    """Figures of another generation than the list's are shown, and nothing is reckoned on from them."""
    assert shelf.kept is not None
    before = Api(Generation.B, Unit.MINOR)
    usage = replace(shelf.kept.fetched[Dataset.USAGE], api=before)
    shelf.kept = replace(shelf.kept, fetched={**shelf.kept.fetched, Dataset.USAGE: usage})
    polled, source = Polled(), billing()
    await polled.poller(source, store=shelf, declared=Declared(budgets=(ALL,))).restore()

    assert 4 == polled.value(MONTH)
    assert source.resumed is not None
    assert (None, spent_by_team("3").section) == (source.resumed.report.usage, source.resumed.report.usage_details)


async def test_usage_without_a_list_is_gone_on_with() -> None:
    """Where the list never came, what the usage was read in is known all the same."""
    shelf, failing, source = Shelf(), billing(), billing()
    failing.list_fault = ServerFaultError("500")
    await polled_once(failing, shelf)
    await Polled().poller(source, store=shelf).restore()

    assert source.resumed is not None
    assert (Api(Generation.C, Unit.MAJOR), failing.usage) == (source.resumed.api, source.resumed.report.usage)


@pytest.mark.parametrize(
    ("budgets", "spent"),
    [
        pytest.param((ALL,), 40, id="the_same"),
        pytest.param((WEB, ALL), 40, id="one_more"),
        pytest.param((replace(ALL, amount=Decimal(1)),), 40, id="another_amount"),
        pytest.param((replace(ALL, thresholds={"info": Decimal(1)}, labels={"owner": "me"}),), 40, id="other_alerts"),
        pytest.param((replace(ALL, scope=Scope(team_id="web")),), None, id="another_scope"),
        pytest.param((replace(ALL, period=PeriodKind.DAY),), None, id="another_period"),
        pytest.param((replace(ALL, currency="EUR"),), None, id="another_currency"),
        pytest.param((replace(ALL, name="renamed"),), None, id="another_name"),
        pytest.param((), None, id="none"),
    ],
)
async def test_other_budgets(shelf: Shelf, budgets: tuple[Budget, ...], spent: float | None) -> None:
    """What was spent is shown under the budget that it was asked for alone, of which other things may have changed."""
    polled = Polled()
    poller = polled.poller(billing(), store=shelf, declared=Declared(budgets=budgets))
    await poller.restore()

    assert (spent, 4) == (polled.value(SPENT_AMOUNT), polled.value(MONTH))


async def test_no_age_of_budgets_that_are_not_shown(shelf: Shelf) -> None:
    """Where kept budgets are not shown, no age of them is told either."""
    polled = Polled()
    await polled.poller(billing(), store=shelf, declared=Declared(budgets=(WEB,))).restore()

    assert None is polled.health(LAST_SUCCESS, "budgets")


async def test_what_was_never_whole_is_not_kept_as_shown() -> None:
    """A tree that was not complete has no age to be shown with after a restart; its answers are kept."""
    shelf, source = Shelf(), billing()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    before = await polled_once(source, shelf)
    after = Polled()
    await after.poller(billing(), store=shelf, declared=Declared(budgets=(ALL,))).restore()

    assert (4, None) == (before.value(TEAM), after.value(TEAM))
    assert shelf.kept is not None
    assert Dataset.USAGE_DETAILS not in shelf.kept.fetched
    assert PARTS == shelf.kept.memory


async def test_what_was_whole_once_is_kept_as_it_is_by_now() -> None:
    """A tree that is gathered anew is kept as far as it is, as old as when it was last whole."""
    shelf, source = Shelf(), billing()
    polled = Polled()
    poller = polled.poller(source, store=shelf)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    polled.now += TEN_MINUTES
    await poller.poll_usage()
    after = Polled()
    await after.poller(billing(), store=shelf).restore()

    assert (4, NOW) == (after.value(TEAM), after.health(LAST_SUCCESS, "usage_details"))


@pytest.mark.parametrize(("postponed", "asked"), [(None, 0), (POSTPONED, 1)], ids=["whole", "not_whole"])
async def test_details_that_were_missing(postponed: PostponedError | None, asked: int) -> None:
    """Details that were not whole are gone on with at once, also while usage fails; whole ones wait for it."""
    shelf, source = Shelf(), billing()
    polled = Polled()
    poller = polled.poller(source, store=shelf)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.gathered = replace(spent_by_team("4"), postponed=postponed)
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    again = billing()
    again.usage_fault = ServerFaultError("500")
    poller = Polled().poller(again, store=shelf)
    await poller.restore()
    await poller.poll_invoices()
    await poller.poll_usage()
    assert asked == again.polled.count(Dataset.USAGE_DETAILS)


async def test_what_was_answered_of_a_failed_poll_is_kept(shelf: Shelf) -> None:
    """A poll that fails half-way keeps what it was told until then, so that it is not asked for again."""
    source = billing()
    source.usage_details_fault = ServerFaultError("500")
    source.parts = {"hours_since": HoursSince(NOW + 1, NOW)}
    await polled_once(source, shelf)

    assert shelf.kept is not None
    assert source.parts == shelf.kept.memory
