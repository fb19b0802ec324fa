"""Running spend of 2024: what the preview of the next invoice holds."""

from typing import Any

import httpx
import pytest

from exporter.domain.invoice import Category, Period
from exporter.domain.report import Generation, UsageSection
from exporter.domain.usage import Spend, Usage
from exporter.errors import DecodeError
from exporter.northflank.usage.preview import Preview
from exporter.northflank.usage.running import Bill
from exporter.northflank.wire.generations import WIRES
from tests.builders import price
from tests.northflank.asking import NOW, Json, Script, client_of, ok

ENDED = NOW - 86_400.0
BILL = Bill(ended=ENDED, currency="USD")
PREVIEW: Json = {
    "period": {"start": ENDED + 60, "end": NOW},
    "paasUsage": {"price": {"total": 1234, "cpu": 1000}},
    "byocUsage": {"price": {"total": 5}},
}
USAGE = Usage("USD", {Category.PAAS: price("12.34", cpu="10"), Category.BYOC: price("0.05")})


async def fetched(bill: Bill = BILL, **changes: Any) -> UsageSection:  # noqa: ANN401 - any field of an answer
    """What an answer comes to."""
    stated = {name: value for name, value in {**PREVIEW, **changes}.items() if value is not None}
    return await preview_of(Script([ok(stated)])).fetch(bill, NOW)


def preview_of(server: Script) -> Preview:
    """The preview of a server."""
    wire = WIRES[Generation.A]
    assert wire.preview
    return Preview(client_of(server), wire, wire.unit, wire.preview)


async def test_unbilled() -> None:
    """The preview is what has accrued until now, in major units; nothing else is known."""
    assert UsageSection(unbilled=Spend(Period(ENDED + 60, NOW), USAGE)) == await fetched()


async def test_no_period() -> None:
    """Where the preview does not say since when, it is since the newest invoice that bills usage."""
    assert UsageSection(unbilled=Spend(Period(ENDED, NOW), USAGE)) == await fetched(period=None)


@pytest.mark.parametrize(
    ("bill", "changes"),
    [
        pytest.param(Bill(), {}, id="no currency"),
        pytest.param(Bill(currency="USD"), {"period": None}, id="no beginning"),
        pytest.param(BILL, {"paasUsage": None, "byocUsage": None}, id="no usage"),
    ],
)
async def test_nothing_told(bill: Bill, changes: Json) -> None:
    """What is not known is absent."""
    assert UsageSection() == await fetched(bill, **changes)


async def test_no_currency_asks_for_nothing() -> None:
    """An account without an invoice is not asked for a preview that could not be read."""
    server = Script([httpx.Response(500)])
    await preview_of(server).fetch(Bill(), NOW)
    assert [] == server.requests


async def test_the_request() -> None:
    """The preview is the detail without a timestamp."""
    server = Script([ok(PREVIEW)])
    await preview_of(server).fetch(BILL, NOW)
    assert ["/v1/billing/invoices/details"] == server.targets


async def test_another_currency() -> None:
    """A preview in another currency than the invoices is not shown as theirs."""
    with pytest.raises(DecodeError, match="in EUR, while the invoices are in USD"):
        await fetched(currency="eur")


async def test_a_clock_that_is_behind() -> None:
    """A preview that begins after now ends where it begins."""
    start = NOW + 30
    section = await fetched(period={"start": start, "end": start + 1})
    assert section.unbilled
    assert Period(start, start) == section.unbilled.period
