"""Which invoices a poll asks for and shows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.extent import Extent
from exporter.domain.invoice import InvoiceDetail, Period
from exporter.domain.question import GetInvoicePage
from exporter.domain.report import Dataset
from exporter.errors import ServerFaultError
from tests.builders import invoice, subscription, usage_invoice
from tests.polling import NOW, Billing, Polled

DAY = 86_400.0
UNPAID_SINCE = 'northflank_invoice_unpaid_since_timestamp_seconds{account="acme",invoice_id="usage-1"}'


def billing() -> Billing:
    """A source with one usage invoice of 12 dollars, 2 of them tax."""
    return Billing(invoices=(usage_invoice(),), detail=InvoiceDetail(tax_amount=Decimal(2)))


async def test_whole_list_daily() -> None:
    """The list is read whole at first and once a day, and otherwise as far as the invoices that are shown."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    for seconds in (0.0, 1800.0, DAY - 1, DAY, DAY + 1800.0, 2 * DAY):
        polled.now = NOW + seconds
        await poller.poll_invoices()

    part = {"usage-1"}
    assert [set(), part, part, set(), part, set()] == source.untils


async def test_failed_whole_list_is_due_again() -> None:
    """A whole list that could not be read is due at the next poll, too."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    polled.now += DAY
    source.faults[Dataset.INVOICES] = ServerFaultError("500")
    await poller.poll_invoices()
    source.faults.clear()
    await poller.poll_invoices()

    assert [set(), set(), set()] == source.untils


async def test_extent() -> None:
    """The details of the newest invoices are asked for, those of the newest that bill usage first."""
    month = 30 * DAY
    ahead = subscription("ahead", period=Period(NOW - DAY, NOW + month))
    ended = [usage_invoice(f"u{n}", period=Period(NOW - (n + 1) * month, NOW - n * month)) for n in range(4)]
    source = Billing(invoices=(ahead, subscription("sub", period=Period(NOW - month, NOW - 1)), *ended))
    polled = Polled()
    await polled.poller(source, extent=Extent(history=2, details=2)).poll_invoices()

    details = [each.invoice.id for each in source.questions(GetInvoicePage) if isinstance(each, GetInvoicePage)]
    # Those whose trees are shown come first; the rest can wait.
    assert ["u0", "u1", "ahead", "sub"] == details
    latest = 'northflank_latest_invoice_info{account="acme",invoice_id="u0"}'
    assert 1 == polled.value(latest)


@pytest.mark.parametrize("status", ["open", "payment_failed"])
async def test_unpaid_since(status: str) -> None:
    """Unpaid counts from the period's end when found so at first, else from when it was seen; paid, it is absent."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    found = source.invoices[0]
    source.invoices = (replace(found, status=status),)
    await poller.poll_invoices()
    assert found.period.end == polled.value(UNPAID_SINCE)

    polled.now += 60
    await poller.poll_invoices()
    assert found.period.end == polled.value(UNPAID_SINCE)

    source.invoices = (replace(found, status="paid"),)
    await poller.poll_invoices()
    assert polled.value(UNPAID_SINCE) is None

    source.invoices = (replace(found, status=status),)
    polled.now += 60
    await poller.poll_invoices()
    assert NOW + 120 == polled.value(UNPAID_SINCE)


async def test_unpaid_as_only_the_detail_tells() -> None:
    """The same where the list has no status and the detail does."""
    polled = Polled()
    source = Billing(invoices=(invoice("usage-1", status=None),), detail=InvoiceDetail(status="open"))
    await polled.poller(source).poll_invoices()

    assert source.invoices[0].period.end == polled.value(UNPAID_SINCE)
