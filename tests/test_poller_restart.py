"""What a poller shows of before a restart, and what it asks for after it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.money import Unit
from exporter.domain.report import AccountReport, Api, Dataset, Generation, InvoicesSection
from exporter.errors import ServerFaultError
from exporter.northflank.source import Resumed
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled, Shelf

HOUR = 3600.0
AMOUNT = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="usage-1"}'
TAX = 'northflank_invoice_tax_amount{account="acme",currency="USD",invoice_id="usage-1"}'
UNPAID_SINCE = 'northflank_invoice_unpaid_since_timestamp_seconds{account="acme",invoice_id="usage-1"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
BOTH = (Dataset.INVOICES, Dataset.INVOICE_DETAILS)
C_MAJOR = Api(Generation.C, Unit.MAJOR)


def billing() -> Billing:
    """A source with one usage invoice of 12 dollars, 2 of them tax."""
    return Billing(invoices=(usage_invoice(),), detail=InvoiceDetail(tax_amount=Decimal(2)))


@pytest.fixture
async def shelf() -> Shelf:
    """A store after one whole poll at NOW."""
    shelf = Shelf()
    await Polled().poller(billing(), store=shelf).poll_invoices()
    return shelf


async def test_shown_at_once(shelf: Shelf) -> None:
    """Before any poll the last good figures are shown with their true age, ready, and neither up nor down."""
    polled = Polled()
    polled.now = NOW + HOUR
    source = Billing(api=C_MAJOR)
    poller = polled.poller(source, store=shelf)
    await poller.restore()

    assert (12, 2) == (polled.value(AMOUNT), polled.value(TAX))
    assert [NOW, NOW] == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]
    assert [None, None] == [polled.health(UP, dataset) for dataset in BOTH]
    assert [0, 0] == [polled.polls(dataset, "success") for dataset in BOTH]
    assert [polled.board.series("acme", dataset) for dataset in BOTH] == [
        polled.health("northflank_exporter_series", dataset) for dataset in BOTH
    ]
    assert 1 == polled.value('northflank_api_info{account="acme",amounts="major",generation="2026-10"}')
    assert poller.is_settled
    assert 0 == source.requests_made


async def test_clock_that_was_set_back(shelf: Shelf) -> None:
    """Figures of a time that is yet to come are told to be as of now: what never ages could not be told to be stale."""
    polled = Polled()
    polled.now = NOW - HOUR
    await polled.poller(billing(), store=shelf).restore()

    assert [NOW - HOUR] * 2 == [polled.health(LAST_SUCCESS, dataset) for dataset in BOTH]


async def test_nothing_ever_succeeded() -> None:
    """After a restart an account of which nothing was ever fetched is not ready: it has nothing to show."""
    shelf, source = Shelf(), billing()
    source.list_fault = source.usage_fault = source.credits_fault = ServerFaultError("500")
    await Polled().poller(source, store=shelf).poll_invoices()
    assert shelf.kept is not None
    poller = Polled().poller(source, store=shelf)
    with capture_logs() as logs:
        await poller.restore()

    assert (False, []) == (poller.is_settled, logs)


async def test_source_goes_on(shelf: Shelf) -> None:
    """The source is told what was found and fetched before, and the list is read only as far as it is shown."""
    polled, source = Polled(), billing()
    polled.now = NOW + HOUR
    poller = polled.poller(source, store=shelf)
    await poller.restore()
    await poller.poll_invoices()

    assert shelf.kept is not None
    assert source.resumed is not None
    assert C_MAJOR == source.resumed.api
    assert shelf.kept.report.invoice_details == source.resumed.report.invoice_details
    assert [{"usage-1"}] == source.untils
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
async def test_whole_list_daily(shelf: Shelf, seconds: float, is_whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The list is read whole once a day over restarts too, and at once where the clock went back."""
    polled, source = Polled(), billing()
    polled.now = NOW + seconds
    poller = polled.poller(source, store=shelf)
    await poller.restore()
    await poller.poll_invoices()

    assert [set() if is_whole else {"usage-1"}] == source.untils


async def test_failure_after_a_restart(shelf: Shelf) -> None:
    """A first poll that fails leaves the figures and their age, those that are kept too; no detail is asked for."""
    before = shelf.kept
    polled, source = Polled(), billing()
    source.list_fault = ServerFaultError("500")
    poller = polled.poller(source, store=shelf)
    await poller.restore()
    await poller.poll_invoices()

    assert (12, 0, NOW) == (polled.value(AMOUNT), polled.health(UP, BOTH[0]), polled.health(LAST_SUCCESS, BOTH[0]))
    assert [] == source.asked
    assert before == shelf.kept


async def test_details_that_were_missing(shelf: Shelf) -> None:
    """Details that are older than their list are asked for after a restart, also while the list fails."""
    polled, source = Polled(), billing()
    polled.now = NOW + 60
    poller = polled.poller(source, store=shelf)
    await poller.restore()
    source.details_fault = ServerFaultError("500")
    await poller.poll_invoices()

    again = billing()
    again.list_fault = ServerFaultError("500")
    after = Polled()
    after.now = NOW + 60
    poller = after.poller(again, store=shelf)
    await poller.restore()
    assert [NOW + 60, NOW] == [after.health(LAST_SUCCESS, dataset) for dataset in BOTH]
    await poller.poll_invoices()
    assert [(["usage-1"], ["usage-1"])] == again.asked


async def test_details_of_another_generation(shelf: Shelf) -> None:
    """Details that were read in another generation than the list are shown, and not taken for final ones."""
    polled, source = Polled(), billing()
    source.details_fault = ServerFaultError("500")
    source.api = Api(Generation.B, Unit.MINOR)
    poller = polled.poller(source, store=shelf)
    await poller.restore()
    await poller.poll_invoices()

    after, again = Polled(), billing()
    await after.poller(again, store=shelf).restore()
    assert again.resumed is not None
    assert (Api(Generation.B, Unit.MINOR), None) == (again.resumed.api, again.resumed.report.invoice_details)
    assert 2 == after.value(TAX)


async def test_generation_that_was_not_known() -> None:
    """Where it was not known what the server speaks, it is found out after the restart."""
    shelf, source = Shelf(), billing()
    source.api = None
    await Polled().poller(source, store=shelf).poll_invoices()
    polled, again = Polled(), billing()
    await polled.poller(again, store=shelf).restore()

    assert None is again.resumed
    assert 12 == polled.value(AMOUNT)


async def test_unpaid_since_is_kept(shelf: Shelf) -> None:
    """An invoice that is found unpaid counts from when it was first seen so, over restarts."""
    unpaid = (replace(usage_invoice(), status="open"),)
    seen = []
    for hours in (1, 2):
        polled = Polled()
        polled.now = NOW + hours * HOUR
        poller = polled.poller(Billing(invoices=unpaid), store=shelf)
        await poller.restore()
        await poller.poll_invoices()
        seen.append(polled.value(UNPAID_SINCE))

    assert [NOW + HOUR, NOW + HOUR] == seen


async def test_first_start() -> None:
    """With nothing kept nothing is shown, and that is not worth a line."""
    polled = Polled()
    poller = polled.poller(billing(), store=Shelf())
    with capture_logs() as logs:
        await poller.restore()

    assert (None, False, []) == (polled.value(AMOUNT), poller.is_settled, logs)


async def test_restore_is_logged(shelf: Shelf) -> None:
    """A restart says that old figures are shown, and how old they are."""
    with capture_logs() as logs:
        await Polled().poller(billing(), store=shelf).restore()

    (line,) = logs
    assert ("store.restored", "info", "acme") == (line["event"], line["log_level"], line["account"])
    assert {"invoices": NOW, "invoice_details": NOW} == line["fetched_at"]


async def test_what_cannot_be_shown(shelf: Shelf) -> None:
    """Figures that this version cannot show are left, with one line: the exporter starts as for the first time."""
    assert shelf.kept is not None
    twice = InvoicesSection((usage_invoice(), usage_invoice()), None, {}, ())
    shelf.kept = replace(shelf.kept, report=AccountReport("acme", twice))
    polled, source = Polled(), billing()
    poller = polled.poller(source, store=shelf)
    with capture_logs() as logs:
        await poller.restore()
    assert ["store.not_shown"] == [line["event"] for line in logs]
    assert (None, False) == (polled.value(AMOUNT), poller.is_settled)

    await poller.poll_invoices()
    assert [frozenset()] == source.untils
    assert 12 == polled.value(AMOUNT)


class Puzzled(Billing):
    """A source that cannot make anything of what was kept."""

    def resume(self, resumed: Resumed) -> None:
        """A fault of ours."""
        raise KeyError(resumed.api)


async def test_what_cannot_be_gone_on_with(shelf: Shelf) -> None:
    """A fault of ours in what is kept does not keep the exporter from starting, at this start and each one after it."""
    polled, source = Polled(), Puzzled(invoices=(usage_invoice(),))
    poller = polled.poller(source, store=shelf)
    with capture_logs() as logs:
        await poller.restore()
    await poller.poll_invoices()

    assert ["store.not_shown"] == [line["event"] for line in logs]
    assert [frozenset()] == source.untils
    assert (12, None) == (polled.value(AMOUNT), polled.value(TAX))
