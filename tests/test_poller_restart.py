"""What a poller shows of before a restart, and what it asks for after it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.domain.invoice import InvoiceDetail, Period
from exporter.domain.question import GetInvoicePage
from exporter.domain.report import Dataset
from exporter.errors import ServerFaultError
from exporter.ledger.database import FILE
from exporter.poller import Poller
from tests.builders import usage_invoice
from tests.polling import B_MINOR, NOW, Billing, Polled, started

HOUR = 3600.0
AMOUNT = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="usage-1"}'
TAX = 'northflank_invoice_tax_amount{account="acme",currency="USD",invoice_id="usage-1"}'
UNPAID_SINCE = 'northflank_invoice_unpaid_since_timestamp_seconds{account="acme",invoice_id="usage-1"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
BOTH = (Dataset.INVOICES, Dataset.INVOICE_DETAILS)


def billing() -> Billing:
    """A source with one usage invoice of 12 dollars, 2 of them tax."""
    return Billing(invoices=(usage_invoice(),), detail=InvoiceDetail(tax_amount=Decimal(2)))


def failing() -> Billing:
    """The same, while the server answers nothing."""
    source = billing()
    source.faults = dict.fromkeys(Dataset, ServerFaultError("500"))
    return source


async def restarted(polled: Polled, source: Billing, seconds: float = 0.0) -> Poller:
    """A poller so many seconds after NOW, which shows what was kept."""
    polled.now = NOW + seconds
    poller = polled.poller(source)
    await poller.restore()
    return poller


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The folder of the state after one whole poll of the invoices at NOW."""
    async with started(tmp_path) as polled:
        await (await restarted(polled, billing())).poll_invoices()
    return tmp_path


@pytest.fixture
async def polled(folder: Path) -> AsyncIterator[Polled]:
    """Pollers after the restart."""
    async with started(folder) as polled:
        yield polled


async def test_shown_at_once(polled: Polled) -> None:
    """Before any poll the last good figures are shown with their true age, ready, and neither up nor down."""
    source = billing()
    poller = await restarted(polled, source, HOUR)

    assert (12, 2) == (polled.value(AMOUNT), polled.value(TAX))
    assert [NOW, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]
    assert [None, None] == [polled.health(UP, dataset) for dataset in BOTH]
    assert [0, 0] == [polled.polls(dataset, "success") for dataset in BOTH]
    assert [polled.publisher.series("acme", dataset) for dataset in BOTH] == [
        polled.health("northflank_exporter_series", dataset) for dataset in BOTH
    ]
    assert 1 == polled.value('northflank_api_info{account="acme",amounts="major",generation="2026-10"}')
    assert poller.is_settled
    assert [] == source.asked


async def test_clock_that_was_set_back(polled: Polled) -> None:
    """Figures of a time that is yet to come are shown as of now: what never ages could not be seen to be stale."""
    source = failing()
    poller = await restarted(polled, source, -HOUR)
    assert [NOW - HOUR] * 2 == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]

    for seconds in (0, 60):
        polled.now = NOW - HOUR + seconds
        await poller.poll_invoices()
    assert [NOW - HOUR] * 2 == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]


async def test_nothing_ever_succeeded(tmp_path: Path) -> None:
    """After a restart an account of which nothing was ever fetched is not ready: it has nothing to show."""
    async with started(tmp_path) as polled:
        await (await restarted(polled, failing())).poll_invoices()
    async with started(tmp_path) as polled:
        with capture_logs() as logs:
            poller = await restarted(polled, failing())

        assert (False, []) == (poller.is_settled, logs)


async def test_nothing_final_is_asked_again(polled: Polled) -> None:
    """After a restart the list is read only as far as it is shown, and no final detail is asked for again."""
    source = billing()
    poller = await restarted(polled, source, HOUR)
    await poller.poll_invoices()

    assert [{"usage-1"}] == source.untils
    assert [Dataset.INVOICES] == source.polled
    assert [1, 1] == [polled.health(UP, dataset) for dataset in BOTH]
    assert [NOW + HOUR] * 2 == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]


@pytest.mark.parametrize(
    ("seconds", "is_whole"),
    [
        pytest.param(23 * HOUR, False, id="same_day"),
        pytest.param(24 * HOUR, True, id="next_day"),
        pytest.param(-1.0, True, id="clock_set_back"),
    ],
)
async def test_whole_list_daily(polled: Polled, seconds: float, is_whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The list is read whole once a day over restarts too, and at once where the clock went back."""
    source = billing()
    poller = await restarted(polled, source, seconds)
    await poller.poll_invoices()

    assert [set() if is_whole else {"usage-1"}] == source.untils


async def test_failure_after_a_restart(folder: Path) -> None:
    """A first poll that fails leaves the figures and their age, over a further restart too; no detail is asked for."""
    for _ in range(2):
        async with started(folder) as polled:
            source = failing()
            poller = await restarted(polled, source, HOUR)
            await poller.poll_invoices()

            assert (12, 2, 0) == (polled.value(AMOUNT), polled.value(TAX), polled.health(UP, BOTH[0]))
            assert [NOW, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]
            assert [Dataset.INVOICES] == source.polled


async def test_details_that_were_missing(folder: Path) -> None:
    """Details that are older than their list are asked for after a restart, also while the list fails."""
    newer = usage_invoice("usage-2", period=Period(usage_invoice().period.end, NOW - HOUR))
    async with started(folder) as polled:
        source = billing()
        source.invoices = (newer, *source.invoices)
        source.faults[Dataset.INVOICE_DETAILS] = ServerFaultError("500")
        await (await restarted(polled, source, 60)).poll_invoices()

    async with started(folder) as polled:
        again = billing()
        again.faults[Dataset.INVOICES] = ServerFaultError("500")
        poller = await restarted(polled, again, 60)
        assert [NOW + 60, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]
        await poller.poll_invoices()
        assert ["usage-2"] == [
            each.invoice.id for each in again.questions(GetInvoicePage) if isinstance(each, GetInvoicePage)
        ]


async def test_details_of_another_generation(folder: Path) -> None:
    """Details that were read in another generation than the list are not shown as if they were of the list's."""
    async with started(folder) as polled:
        source = billing()
        source.api = B_MINOR
        source.faults[Dataset.INVOICE_DETAILS] = ServerFaultError("500")
        poller = await restarted(polled, source)
        await poller.poll_invoices()
        assert 1 == polled.value('northflank_api_info{account="acme",amounts="minor",generation="2026-06"}')

    async with started(folder) as polled:
        await restarted(polled, billing())
        assert (12, None) == (polled.value(AMOUNT), polled.value(TAX))
        assert None is polled.health(LAST_SUCCESS, "invoice_details")


async def test_unpaid_since_is_kept(folder: Path) -> None:
    """An invoice that is found unpaid counts from when it was first seen so, over restarts."""
    seen = []
    for hours in (1, 2):
        async with started(folder) as polled:
            source = billing()
            source.invoices = (replace(usage_invoice(), status="open"),)
            poller = await restarted(polled, source, hours * HOUR)
            await poller.poll_invoices()
            seen.append(polled.value(UNPAID_SINCE))

    assert [NOW + HOUR, NOW + HOUR] == seen


async def test_first_start(tmp_path: Path) -> None:
    """With nothing kept nothing is shown, and that is not worth a line."""
    async with started(tmp_path) as polled:
        with capture_logs() as logs:
            poller = await restarted(polled, billing())

        assert (None, False, []) == (polled.value(AMOUNT), poller.is_settled, logs)


async def test_restore_is_logged(polled: Polled) -> None:
    """A restart says that old figures are shown, and how old they are."""
    with capture_logs() as logs:
        await restarted(polled, billing())

    (line,) = logs
    assert ("store.restored", "info", "acme") == (line["event"], line["log_level"], line["account"])
    assert {"invoices": NOW, "invoice_details": NOW} == line["fetched_at"]


async def test_what_cannot_be_shown(tmp_path: Path) -> None:
    """Facts of which this version cannot make a section are left, with one line, and polls go on."""
    async with started(tmp_path) as polled:
        source = billing()
        poller = await restarted(polled, source)
        await poller.poll_invoices()
        source.invoices = (usage_invoice(), usage_invoice())
        await poller.poll_invoices()

    async with started(tmp_path) as polled:
        with capture_logs() as logs:
            poller = await restarted(polled, billing())
        assert ["store.not_shown"] == [line["event"] for line in logs]
        assert (None, False) == (polled.value(AMOUNT), poller.is_settled)

        await poller.poll_invoices()
        assert (12, 2, 1) == (polled.value(AMOUNT), polled.value(TAX), polled.health(UP, BOTH[0]))


async def test_facts_that_are_damaged(folder: Path) -> None:
    """Facts that cannot be read do not keep the exporter from starting; it starts as for the first time."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE fact SET payload = x'00' WHERE kind = 'invoices'")
    async with started(folder) as polled:
        source = billing()
        with capture_logs() as logs:
            poller = await restarted(polled, source)
        assert "error" in logs[0]
        assert (None, False) == (polled.value(AMOUNT), poller.is_settled)

        await poller.poll_invoices()
        assert [set()] == source.untils
        assert (12, 2) == (polled.value(AMOUNT), polled.value(TAX))
