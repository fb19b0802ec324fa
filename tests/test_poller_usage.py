"""What a poller shows of running spend, and what it asks for, beside its invoices."""

import asyncio
from dataclasses import replace

import pytest

from exporter.domain.invoice import Period
from exporter.domain.report import Dataset, UsageDetailsSection
from exporter.domain.tree import Level
from exporter.domain.usage import HourTree
from exporter.errors import ForbiddenError, ServerFaultError
from exporter.northflank.usage.running import Bill
from exporter.northflank.usage.running_details import Gathered
from tests.builders import row, usage_invoice
from tests.polling import NOW, Billing, Polled, balance, spent, spent_by_team

INVOICE = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="usage-1"}'
MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
OF_USAGE = (Dataset.USAGE, Dataset.CREDITS, Dataset.USAGE_DETAILS)
ALL = {Dataset.INVOICES, Dataset.INVOICE_DETAILS, *OF_USAGE}


def billing() -> Billing:
    """A source with one usage invoice of 12 dollars, 4 spent since, 3 of them by a team, and 50 left."""
    return Billing(invoices=(usage_invoice(),))


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
    assert list(OF_USAGE) == source.polled[2:]


async def test_usage_waits_for_the_first_list() -> None:
    """Since when usage is unbilled only the list tells: nothing is asked before it was tried, however the two start."""
    polled, source = Polled(), billing()
    source.waits[Dataset.INVOICES] = asyncio.Event()
    poller = polled.poller(source)
    usage = asyncio.create_task(poller.poll_usage())
    invoices = asyncio.create_task(poller.poll_invoices())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [Dataset.INVOICES] == source.polled

    source.waits[Dataset.INVOICES].set()
    await asyncio.gather(usage, invoices)
    (invoice,) = source.invoices
    assert [Bill(ended=invoice.period.end, currency="USD")] == source.bills
    assert (12, 4, 3, 50) == shown(polled)


async def test_usage_without_a_list() -> None:
    """A list that failed is not waited for: usage is shown without it, in what the answers tell."""
    polled, source = Polled(), billing()
    source.list_fault = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert [Bill()] == source.bills
    assert (None, 4, 3, 50) == shown(polled)


@pytest.mark.parametrize("slow", [Dataset.USAGE, Dataset.INVOICES])
async def test_the_two_at_once(slow: Dataset) -> None:
    """Whichever of the two ends last, it puts back nothing of what the other one has replaced meanwhile."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.invoices = (replace(source.invoices[0], total=source.invoices[0].total + 1),)
    source.usage, source.gathered, source.balance = spent("5"), spent_by_team("4"), balance("49")
    source.waits[slow] = asyncio.Event()
    first, second = poller.poll_usage, poller.poll_invoices
    if slow is Dataset.INVOICES:
        first, second = second, first
    waiting = asyncio.create_task(first())
    await asyncio.sleep(0)
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
    source.waits = dict.fromkeys((Dataset.INVOICES, Dataset.USAGE), asyncio.Event())
    source.details_fault = source.usage_details_fault = ServerFaultError("500")
    source.invoices = (replace(source.invoices[0], total=source.invoices[0].total + 1),)
    source.usage = spent("5")
    both = asyncio.gather(poller.poll_invoices(), poller.poll_usage())
    await asyncio.sleep(0)
    source.waits[Dataset.USAGE].set()
    await both

    assert (13, 5, 3, 50) == shown(polled)


async def test_nothing_new() -> None:
    """A poll that brings nothing new renders and compresses nothing, and is a success like any other."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    before = polled.exposition.snapshot
    source.balance, source.usage = balance("50"), spent("4")
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
    source.usage_fault = ServerFaultError("500")
    source.polled.clear()
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
    setattr(source, f"{dataset}_fault", ForbiddenError("403"))
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert {dataset: 0, **dict.fromkeys(ALL - {dataset}, 1)} == {each: polled.health(UP, each) for each in ALL}
    assert None is polled.health(LAST_SUCCESS, dataset)
    assert 1 == polled.polls(dataset, "forbidden")


async def test_details_that_failed_are_due_again() -> None:
    """Details that are not whole yet are asked for at the next poll, also where usage itself fails then."""
    polled, source = Polled(), billing()
    source.usage_details_fault = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.usage_details_fault, source.usage_fault = None, ServerFaultError("500")
    await poller.poll_usage()

    assert (12, 4, 3, 50) == shown(polled)
    assert [0, 1, 1] == [polled.health(UP, dataset) for dataset in OF_USAGE]


async def test_no_usage_no_details() -> None:
    """Before the account's own figures are known, nothing is asked that has to agree with them."""
    polled, source = Polled(), billing()
    source.usage_fault = ServerFaultError("500")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert Dataset.USAGE_DETAILS not in source.polled
    assert (None, 0) == (polled.health(UP, "usage_details"), polled.polls("usage_details", "server_error"))


@pytest.mark.parametrize("dataset", [Dataset.CREDITS, Dataset.USAGE_DETAILS])
async def test_what_the_generation_has_not(dataset: Dataset) -> None:
    """What a generation does not tell is not asked for, and neither up nor down."""
    polled, source = Polled(), billing()
    source.untold = {dataset}
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert ALL - {dataset} == set(source.polled)
    assert None is polled.health(UP, dataset)


async def test_projects_seen_elsewhere() -> None:
    """Teams and projects that any tree has are asked about, too: some spent nothing in the newest hour."""
    polled, source = Polled(), billing()
    rows = {(): row("2"), ("ops",): row("2"), ("ops", "ci"): row("2"), ("ops", "ci", "job"): row("2")}
    tree = HourTree(NOW - 7200, "USD", Level.RESOURCE, rows, clusters=(), unattributed={}, vanished=frozenset())
    source.gathered = Gathered(UsageDetailsSection(hour=tree))
    poller = polled.poller(source)
    await poller.poll_invoices()
    for _ in range(2):
        await poller.poll_usage()

    assert [set(), {("ops",), ("ops", "ci")}] == source.known


async def test_unbilled_from_the_newest_usage_invoice() -> None:
    """What an invoice that closes meanwhile changes is known at the next poll of usage."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    later = Period(source.invoices[0].period.end, NOW - 60)
    source.invoices = (usage_invoice("usage-2", period=later), *source.invoices)
    polled.now += 1800
    await poller.poll_invoices()
    await poller.poll_usage()

    assert [usage_invoice().period.end, NOW - 60] == [bill.ended for bill in source.bills]
