"""What a poller shows of running spend, and what it asks for, beside its invoices."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import pytest
from structlog.testing import capture_logs

from exporter.background import Background
from exporter.domain.budget import Scope
from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.invoice import Period
from exporter.domain.question import GetTotal, ListHours, Question, Urgency
from exporter.domain.report import Dataset
from exporter.errors import ForbiddenError, NotFoundError, PostponedError, ServerFaultError
from exporter.publisher import Publisher
from tests.builders import usage_invoice
from tests.polling import A_MINOR, JULY, NEWEST, NOW, Billing, Polled, balance, july

T = TypeVar("T")

INVOICE = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="usage-1"}'
MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
DAY_PROJECT = (
    'northflank_trailing_day_project_cost{account="acme",component="other",currency="USD",project_id="api",'
    'team_id="web"}'
)
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
UNBILLED = 'northflank_unbilled_cost{account="acme",category="paas",component="other",currency="USD"}'
UNBILLED_START = 'northflank_unbilled_start_timestamp_seconds{account="acme"}'
LISTED_THROUGH = 'northflank_usage_listed_through_timestamp_seconds{account="acme"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
OF_USAGE = (Dataset.USAGE, Dataset.CREDITS, Dataset.USAGE_DETAILS)
ALL = {Dataset.INVOICES, Dataset.INVOICE_DETAILS, *OF_USAGE}


def billing() -> Billing:
    """A source with one usage invoice of 12 dollars, 4 spent since, 3 of them by a team, and 50 left."""
    return Billing(invoices=(usage_invoice(),))


def spend(source: Billing, account: str, web: str) -> None:
    """From now on so much was spent in July: what was stated of its earlier hours is corrected."""
    source.hours, source.web = july(account, web)


def shown(polled: Polled) -> tuple[float | None, ...]:
    """A figure of each dataset."""
    return tuple(polled.value(sample) for sample in (INVOICE, MONTH, TEAM, CREDITS))


async def test_success() -> None:
    """After both polls all is shown, up, and as old as the moment when it was asked for, the deepest asked for last."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    polled.now += 60
    await poller.poll_usage()

    assert (12, 4, 3, 50) == shown(polled)
    assert [1, 1, 1] == [polled.health(UP, dataset) for dataset in OF_USAGE]
    assert [NOW + 60] * 3 == [polled.health(LAST_SUCCESS, dataset) for dataset in OF_USAGE]
    assert [NOW] == [polled.health(LAST_SUCCESS, "invoices")]
    assert JULY.end == polled.value(LISTED_THROUGH)
    assert list(OF_USAGE) == source.polled[2:]


class HeldRendering(Background):
    """Renders once it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def run(self, work: Callable[[], T]) -> T:
        """What the work returns, later."""
        await self.may_go_on.wait()
        return await super().run(work)


async def test_two_polls_at_once() -> None:
    """Of two polls that end while the first is still rendered, what both have brought is shown."""
    polled, source, rendering = Polled(), billing(), HeldRendering()
    polled.publisher = Publisher(polled.exposition, rendering)
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.invoices = (replace(usage_invoice(), total=Decimal(13)),)
    spend(source, "6", "5")
    polled.now += 1800
    rendering.may_go_on.clear()
    polls = asyncio.gather(poller.poll_invoices(), poller.poll_usage())
    for _ in range(50):  # turns of the event loop and of a thread, in which both polls come as far as they can
        await Background().run(lambda: None)
    rendering.may_go_on.set()
    await polls

    assert (13, 6, 5, 50) == shown(polled)


async def test_usage_waits_for_the_first_list() -> None:
    """Since when usage is unbilled only the list shows: nothing is asked before it was tried, however the two start."""
    polled, source = Polled(), billing()
    source.waits[Dataset.INVOICES] = asyncio.Event()
    poller = polled.poller(source)
    usage = asyncio.create_task(poller.poll_usage())
    invoices = asyncio.create_task(poller.poll_invoices())
    await source.reached(Dataset.INVOICES)
    assert [Dataset.INVOICES] == source.polled

    source.waits[Dataset.INVOICES].set()
    await asyncio.gather(usage, invoices)
    (invoice,) = source.invoices
    assert invoice.period.end == polled.value(UNBILLED_START)
    assert (12, 4, 3, 50) == shown(polled)


async def test_usage_without_a_list() -> None:
    """A list that failed is not waited for: usage is shown without it, in what the answers state."""
    polled, source = Polled(), billing()
    source.faults[Dataset.INVOICES] = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert {""} == {each.currency for each in source.questions(ListHours) if isinstance(each, ListHours)}
    assert (None, 4, 3, 50) == shown(polled)
    assert None is polled.value(UNBILLED_START)


async def test_generation_that_cannot_be_found_out() -> None:
    """Where nothing shows which generation the server speaks, usage is down and says why: it is no success."""
    polled, source = Polled(), billing()
    source.faults[Dataset.INVOICES] = ServerFaultError("500")
    source.unknown_api = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert (0, 1) == (polled.health(UP, "usage"), polled.polls("usage", "server_error"))
    assert None is polled.health(LAST_SUCCESS, "usage")


@pytest.mark.parametrize("slow", [Dataset.USAGE, Dataset.INVOICES])
async def test_the_two_at_once(slow: Dataset) -> None:
    """Whichever of the two ends last, it puts back nothing of what the other one has replaced meanwhile."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.invoices = (replace(source.invoices[0], total=source.invoices[0].total + 1),)
    spend(source, "5", "4")
    source.balance = balance("49")
    source.waits[slow] = asyncio.Event()
    source.forget()
    first, second = poller.poll_usage, poller.poll_invoices
    if slow is Dataset.INVOICES:
        first, second = second, first
    polled.now += 600
    waiting = asyncio.create_task(first())
    await source.reached(slow)
    await second()
    source.waits[slow].set()
    await waiting

    assert (13, 5, 4, 49) == shown(polled)
    assert {1.0} == {polled.health(UP, dataset) for dataset in ALL}


async def test_the_two_end_at_once() -> None:
    """Where both have an answer in the same moment, both are shown."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    both_answer = asyncio.Event()
    source.waits = dict.fromkeys((Dataset.INVOICES, Dataset.USAGE), both_answer)
    source.faults = dict.fromkeys((Dataset.INVOICE_DETAILS, Dataset.USAGE_DETAILS), ServerFaultError("500"))
    source.invoices = (replace(source.invoices[0], total=source.invoices[0].total + 1),)
    spend(source, "5", "3")
    source.forget()
    polled.now += 600
    both = asyncio.gather(poller.poll_invoices(), poller.poll_usage())
    await source.reached(Dataset.INVOICES)
    await source.reached(Dataset.USAGE)
    both_answer.set()
    await both

    assert (13, 5, 3, 50) == shown(polled)


async def test_nothing_new() -> None:
    """A poll that brings nothing new renders and compresses nothing, and is a success like any other."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    for _ in range(2):
        await poller.poll_invoices()
        await poller.poll_usage()
    before = polled.exposition.snapshot
    source.balance = balance("50")
    polled.now += 600
    await poller.poll_invoices()
    await poller.poll_usage()

    assert before is polled.exposition.snapshot
    assert {NOW + 600} == {polled.health(LAST_SUCCESS, dataset) for dataset in ALL}


async def test_usage_that_fails() -> None:
    """The last good figures stay, with their age; what ends with the same hour is not asked for, credits are."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.faults[Dataset.USAGE] = ServerFaultError("500")
    source.forget()
    polled.now += 600
    await poller.poll_usage()

    assert (12, 4, 3, 50) == shown(polled)
    assert [0, 1, 1] == [polled.health(UP, dataset) for dataset in OF_USAGE]
    assert [NOW, NOW + 600, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in OF_USAGE]
    assert [Dataset.USAGE, Dataset.CREDITS] == source.polled


@pytest.mark.parametrize("dataset", [Dataset.CREDITS, Dataset.USAGE_DETAILS])
async def test_one_that_fails_touches_no_other(dataset: Dataset) -> None:
    """A fault of one dataset is its own: all others are as fresh as without it."""
    polled, source = Polled(), billing()
    source.faults[dataset] = ForbiddenError("403")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert {dataset: 0, **dict.fromkeys(ALL - {dataset}, 1)} == {each: polled.health(UP, each) for each in ALL}
    assert None is polled.health(LAST_SUCCESS, dataset)
    assert 1 == polled.polls(dataset, "forbidden")


async def test_details_that_failed_are_due_again() -> None:
    """Details that are not whole yet are asked for at the next poll, also where usage itself fails then."""
    polled, source = Polled(), billing()
    source.faults[Dataset.USAGE_DETAILS] = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.faults = {Dataset.USAGE: ServerFaultError("500")}
    await poller.poll_usage()

    assert (12, 4, 3, 50) == shown(polled)
    assert [0, 1, 1] == [polled.health(UP, dataset) for dataset in OF_USAGE]


async def test_no_usage_no_details() -> None:
    """Before the account's own figures are known, nothing is asked that has to agree with them."""
    polled, source = Polled(), billing()
    source.faults[Dataset.USAGE] = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert Dataset.USAGE_DETAILS not in source.polled
    assert (None, 0) == (polled.health(UP, "usage_details"), polled.polls("usage_details", "server_error"))


async def test_what_the_generation_has_not() -> None:
    """What a generation does not state is not asked for, and neither up nor down."""
    polled, source = Polled(), billing()
    source.api = A_MINOR
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert ALL - {Dataset.CREDITS, Dataset.USAGE_DETAILS} == set(source.polled)
    assert [None, None] == [polled.health(UP, each) for each in (Dataset.CREDITS, Dataset.USAGE_DETAILS)]


async def test_projects_of_an_hour_before() -> None:
    """A team and a project that spent nothing in the newest hour are shown: the hour before had them."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.hours = {**source.hours, JULY.end: "1"}
    source.web = {**source.web, JULY.end: "0"}
    polled.now += HOUR_SECONDS
    source.forget()
    await poller.poll_usage()

    assert (12, 5, 3, 50) == shown(polled)


async def test_unbilled_from_the_newest_usage_invoice() -> None:
    """What an invoice that closes meanwhile changes is known at the next poll of usage."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    assert (usage_invoice().period.end, 4) == (polled.value(UNBILLED_START), polled.value(UNBILLED))

    later = Period(source.invoices[0].period.end, NEWEST - 60)
    source.invoices = (usage_invoice("usage-2", period=later), *source.invoices)
    polled.now += 1800
    await poller.poll_invoices()
    await poller.poll_usage()
    assert (NEWEST - 60, 1) == (polled.value(UNBILLED_START), polled.value(UNBILLED))


async def test_each_answer_is_asked_for_once() -> None:
    """Within a poll no question is asked twice, and a list is read once, whatever its answer makes known."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    for _ in range(3):
        source.forget()
        await poller.poll_invoices()
        await poller.poll_usage()
        asked: list[tuple[Dataset, Question]] = source.asked
        assert len(asked) == len({(dataset, str(question)) for dataset, question in asked})
        assert 1 == len(source.untils) == len(source.questions(ListHours))
        polled.now += 600


async def test_pending_requests() -> None:
    """Once all is there nothing is pending; the parts of a plan that the allowance has cut are."""
    polled, source = Polled(), billing()
    source.faults_of[Urgency.RESOURCES] = PostponedError("not asked", seconds=600, remedy="raise api.share")
    poller = polled.poller(source)
    assert [None] * len(ALL) == [polled.pending(each) for each in ALL]

    await poller.poll_invoices()
    await poller.poll_usage()
    assert (polled.pending("usage_details") or 0) > 0
    assert {0.0} == {polled.pending(each) for each in ALL - {Dataset.USAGE_DETAILS}}

    source.faults_of.clear()
    for _ in range(2):
        await poller.poll_usage()
    assert {0.0} == {polled.pending(each) for each in ALL}


LATER = (Urgency.LATER, Urgency.BACKFILL)


@pytest.mark.parametrize("fault", [ServerFaultError("500: no"), ForbiddenError("403: no")], ids=["500", "403"])
async def test_what_can_wait_fails(fault: Exception) -> None:
    """A fault of what can wait does not fail the poll: it is said once, and again when it comes back."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    said = []
    all_faults: tuple[dict[Urgency, Exception], ...] = (dict.fromkeys(LATER, fault), dict.fromkeys(LATER, fault), {})
    for faults in all_faults:
        source.faults_of = faults
        with capture_logs() as logs:
            await poller.poll_usage()
        said.append([(line["event"], line["dataset"], line["error"]) for line in logs if "error" in line])
        assert (1, 3) == (polled.health(UP, "usage_details"), polled.value(TEAM))

    assert [[("poll.later_failed", "usage_details", str(fault))], [], []] == said
    assert 3 == polled.value(DAY_PROJECT)


async def test_what_can_wait_is_postponed() -> None:
    """What can wait does wait where the allowance is short: that is no fault, no age and not worth a line."""
    polled, source = Polled(), billing()
    source.faults_of = dict.fromkeys(LATER, PostponedError("not asked", seconds=600, remedy="raise api.share"))
    poller = polled.poller(source)
    await poller.poll_invoices()
    with capture_logs() as logs:
        await poller.poll_usage()

    assert {"poll.finished"} == {line["event"] for line in logs}
    assert (1, NOW) == (polled.health(UP, "usage_details"), polled.health(LAST_SUCCESS, "usage_details"))
    assert (polled.pending("usage_details") or 0) > 0


async def test_past_hours_that_the_server_does_not_know() -> None:
    """A server may know the newest hours alone: past ones that are not found are no fault of the poll."""
    polled, source = Polled(), billing()
    source.faults_of = dict.fromkeys(LATER, NotFoundError("404"))
    poller = polled.poller(source)
    await poller.poll_invoices()
    with capture_logs() as logs:
        await poller.poll_usage()

    assert {"poll.finished"} == {line["event"] for line in logs}
    assert 1 == polled.health(UP, "usage_details")


async def test_scopes_that_are_asked_for() -> None:
    """What a team spent in the month is asked for by its id alone, in the period of the account's figure."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    totals = [each for dataset, each in source.asked if dataset is Dataset.USAGE_DETAILS and isinstance(each, GetTotal)]
    assert Scope(team_id="web") in {each.scope for each in totals}
    assert {JULY} == {each.period for each in totals}
