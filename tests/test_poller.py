from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.report import Dataset
from exporter.errors import (
    ConnectionFailedError,
    DecodeError,
    PollError,
    RateLimitedError,
    ServerFaultError,
    UnauthorizedError,
)
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled

DAY = 86_400.0
AMOUNT = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="usage-1"}'
TAX = 'northflank_invoice_tax_amount{account="acme",currency="USD",invoice_id="usage-1"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
BOTH = ("invoices", "invoice_details")


def billing() -> Billing:
    """A source with one usage invoice of 12 dollars, 2 of them tax."""
    return Billing(invoices=(usage_invoice(),), detail=InvoiceDetail(tax_amount=Decimal(2)))


async def test_success() -> None:
    """After a poll both datasets are shown, up, and as old as the moment when they were asked for."""
    polled = Polled()
    await polled.poller(billing()).poll_invoices()

    assert (12, 2) == (polled.value(AMOUNT), polled.value(TAX))
    assert [1, 1] == [polled.health(UP, dataset) for dataset in BOTH]
    assert [NOW, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]
    assert [1, 1] == [polled.polls(dataset, "success") for dataset in BOTH]
    assert 1 == polled.value('northflank_api_info{account="acme",amounts="major",generation="2026-10"}')


async def test_before_the_first_poll() -> None:
    """What has not been polled is neither up nor down, and nothing is shown of it."""
    polled = Polled()
    poller = polled.poller(billing())

    assert [None, None] == [polled.health(name, "invoices") for name in (UP, LAST_SUCCESS)]
    assert (None, False) == (polled.value(AMOUNT), poller.is_settled)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        pytest.param(ServerFaultError("500"), "server_error", id="500"),
        pytest.param(RateLimitedError("429"), "rate_limited", id="429"),
        pytest.param(UnauthorizedError("401"), "unauthorized", id="401"),
        pytest.param(DecodeError("odd"), "decode", id="odd"),
        pytest.param(KeyError("bug"), "internal", id="bug"),
    ],
)
async def test_list_that_fails(fault: Exception, outcome: str) -> None:
    """The last good list stays as it is, with its age; the failure is counted by its class."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.faults[Dataset.INVOICES] = fault
    polled.now += 60
    await poller.poll_invoices()

    assert 12 == polled.value(AMOUNT)
    assert (0, NOW) == (polled.health(UP, "invoices"), polled.health(LAST_SUCCESS, "invoices"))
    assert (1, 1) == (polled.polls("invoices", "success"), polled.polls("invoices", outcome))


async def test_details_that_fail() -> None:
    """A failure of the details leaves the list its own success, and the last good details in place."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.faults[Dataset.INVOICE_DETAILS] = ServerFaultError("500")
    source.invoices = (replace(source.invoices[0], total=Decimal(13)),)
    polled.now += 60
    await poller.poll_invoices()

    assert (13, 2) == (polled.value(AMOUNT), polled.value(TAX))
    assert (1, NOW + 60) == (polled.health(UP, "invoices"), polled.health(LAST_SUCCESS, "invoices"))
    assert (0, NOW) == (polled.health(UP, "invoice_details"), polled.health(LAST_SUCCESS, "invoice_details"))


async def test_recovers() -> None:
    """The first success after failures is up again, with the new age."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    source.faults[Dataset.INVOICES] = ConnectionFailedError("no")
    await poller.poll_invoices()
    assert (0, None) == (polled.health(UP, "invoices"), polled.health(LAST_SUCCESS, "invoices"))

    source.faults.clear()
    polled.now += 60
    await poller.poll_invoices()
    assert (1, NOW + 60) == (polled.health(UP, "invoices"), polled.health(LAST_SUCCESS, "invoices"))


async def test_clock_that_was_set_back() -> None:
    """Figures of a time that is yet to come are shown as of now, and age from there: alerts go by that."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    polled.now += DAY
    await poller.poll_invoices()
    source.faults[Dataset.INVOICES] = ServerFaultError("500")
    for seconds in (0, 60):
        polled.now = NOW + seconds
        await poller.poll_invoices()

    assert [NOW, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]


async def test_no_list_no_details() -> None:
    """Before there is a list no detail is asked for."""
    polled, source = Polled(), billing()
    source.faults[Dataset.INVOICES] = ServerFaultError("500")
    await polled.poller(source).poll_invoices()

    assert {Dataset.INVOICES} == set(source.polled)
    assert (None, 0) == (polled.health(UP, "invoice_details"), polled.polls("invoice_details", "server_error"))


async def test_vanished_invoice_vanishes() -> None:
    """An invoice that is no longer in the list is no longer shown."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.invoices = ()
    polled.now += DAY
    await poller.poll_invoices()

    assert (None, None) == (polled.value(AMOUNT), polled.value(TAX))
    assert 1 == polled.health(UP, "invoices")


async def test_empty_account() -> None:
    """An account without invoices is a success with nothing to show."""
    polled, source = Polled(), Billing()
    poller = polled.poller(source)
    await poller.poll_invoices()

    assert [1, 1] == [polled.health(UP, dataset) for dataset in BOTH]
    assert [0, 0] == [polled.health("northflank_exporter_series", dataset) for dataset in BOTH]
    assert poller.is_settled


async def test_duplicates_leave_the_exposition() -> None:
    """Two invoices that would be one series fail the list; what was exposed before stays, byte for byte."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    before = polled.exposition.snapshot.plain()
    source.invoices = (usage_invoice(), usage_invoice())
    await poller.poll_invoices()

    assert before == polled.exposition.snapshot.plain()
    assert (0, 1) == (polled.health(UP, "invoices"), polled.polls("invoices", "duplicate_series"))

    source.invoices = (usage_invoice("usage-2"),)
    await poller.poll_invoices()
    assert 1 == polled.health(UP, "invoices")
    assert polled.value(AMOUNT) is None


async def test_generation_that_is_not_known() -> None:
    """While the generation is not known there is no series of it."""
    polled, source = Polled(), billing()
    source.faults[Dataset.INVOICES] = ServerFaultError("500")
    await polled.poller(source).poll_invoices()
    assert b"northflank_api_info{" not in polled.exposition.plain()

    source.faults.clear()
    await polled.poller(source, "other").poll_invoices()
    assert 1 == polled.value('northflank_api_info{account="other",amounts="major",generation="2026-10"}')


async def test_two_accounts() -> None:
    """An account with a bad token takes nothing from the other one."""
    polled, bad = Polled(), billing()
    bad.faults[Dataset.INVOICES] = UnauthorizedError("401")
    good, refused = polled.poller(billing()), polled.poller(bad, "other")
    for poller in (good, refused, good):
        await poller.poll_invoices()

    assert 12 == polled.value(AMOUNT)
    assert (1, 0) == (polled.health(UP, "invoices"), polled.health(UP, "invoices", "other"))
    assert (True, True) == (good.is_settled, refused.is_settled)


def test_outcome_of_a_fault_of_ours() -> None:
    """It has an outcome of its own, beside those of the classes of errors."""
    assert "internal" == PollError.outcome
