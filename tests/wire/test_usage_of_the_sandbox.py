from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx
import pytest

from exporter.domain.credit import CreditBalance
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, totals_of
from exporter.northflank.wire.answer import Answer
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, LIST_USAGE, Request
from tests.sandbox.reaching import NOW, sandbox

HOUR = 3600
START, END = int(NOW) - 24 * HOUR, int(NOW)

VARIANTS = [
    pytest.param(Generation.B, {}, id="2026-06"),
    pytest.param(Generation.B, {"currencies": ("jpy",)}, id="2026-06_yen"),
    pytest.param(Generation.C, {}, id="2026-10"),
    pytest.param(Generation.C, {"currencies": ("kwd",)}, id="2026-10_dinars"),
    pytest.param(Generation.C, {"legacy_fields": True}, id="2026-10_legacy_fields"),
    pytest.param(Generation.C, {"noise": True}, id="2026-10_noise"),
]


async def asked(client: httpx.AsyncClient, request: Request, **query: str) -> Answer:
    """The sandbox's answer to a request."""
    response = await client.get(f"/v1{request.path}", params={**request.query, **query})
    assert httpx.codes.OK == response.status_code
    return Answer(request.path, response.content)


async def ledger(client: httpx.AsyncClient, page: str, **query: int) -> dict[str, Any]:
    """What the sandbox's own books say."""
    return dict((await client.get(f"/-/ledger{page}", params=query)).json())


def prices(usage: Usage) -> dict[str, dict[str, Decimal]]:
    """The prices of a usage as the ledger has them, to a billionth."""
    return {
        str(category): {name: round(amount, 9) for name, amount in (("total", price.total), *price.parts)}
        for category, price in usage.categories.items()
    }


def decimals(stated: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Decimal]]:
    """The ledger's texts as numbers."""
    return {category: {name: Decimal(text) for name, text in figures.items()} for category, figures in stated.items()}


@pytest.mark.parametrize(("generation", "options"), VARIANTS)
async def test_a_day(generation: Generation, options: dict[str, Any]) -> None:
    """The hours of a day, added up, are what the sandbox's own books say of that day, and nothing is left over."""
    wire = WIRES[generation]
    assert wire.read_usage is not None
    currency = options.get("currencies", ("usd",))[0].upper()
    async with sandbox(generation=str(generation), **options) as client:
        request = LIST_USAGE.with_query({**(wire.usage_query or {}), "startTime": str(START), "endTime": str(END)})
        rows = wire.read_usage(await asked(client, request), wire.unit, currency).content
        stated = await ledger(client, "/usage", start=START, end=END)
    (total,) = totals_of(row.usage for row in rows)

    assert [float(END - HOUR * ago) for ago in range(1, 25)] == [row.timestamp for row in rows]
    assert currency == total.currency
    assert decimals(stated["categories"]) == prices(total)


async def test_quantities_of_an_hour() -> None:
    """The quantities of 2026-10 are those of the sandbox's own books, unit by unit."""
    wire = WIRES[Generation.C]
    assert wire.read_usage is not None
    async with sandbox() as client:
        request = LIST_USAGE.with_query({"startTime": str(END - HOUR), "endTime": str(END)})
        (row,) = wire.read_usage(await asked(client, request), wire.unit, "USD").content
        stated = await ledger(client, "/usage", start=END - HOUR, end=END)

    assert {
        category: {unit.replace("_gib_", "_gibibyte_"): quantity for unit, quantity in units.items()}
        for category, units in decimals(stated["quantities"]).items()
    } == row.usage.quantities


@pytest.mark.parametrize(("generation", "options"), VARIANTS)
async def test_an_hour(generation: Generation, options: dict[str, Any]) -> None:
    """An hour's detail has the prices that the sandbox's own books have of that hour, and of each team."""
    wire = WIRES[generation]
    assert wire.usage_detail is not None
    assert wire.read_usage_detail is not None
    currency = options.get("currencies", ("usd",))[0].upper()
    async with sandbox(generation=str(generation), **options) as client:
        detail = wire.read_usage_detail(
            await asked(client, wire.usage_detail(float(END - HOUR))), wire.unit, currency
        ).content
        stated = await ledger(client, "/usage", start=END - HOUR, end=END)

    assert END - HOUR == detail.timestamp
    assert decimals(stated["categories"]) == prices(Usage(currency, detail.categories or {}))
    assert {(team["id"],): Decimal(team["price"]["total"]) for team in stated["teams"]} == {
        path: round(row.price.total, 9) for path, row in detail.rows.items() if path and row.price
    }


async def test_preview() -> None:
    """The preview of 2024 has accrued what the sandbox's own books say of the time since the last invoice."""
    wire = WIRES[Generation.A]
    assert wire.preview is not None
    async with sandbox(generation="2024") as client:
        detail = wire.read_detail(await asked(client, wire.preview), wire.unit, "USD").content
        assert detail.period is not None
        stated = await ledger(client, "/usage", start=int(detail.period.start), end=END)

    assert detail.status is None
    assert decimals(stated["categories"]) == prices(Usage("USD", detail.categories or {}))


async def test_credits() -> None:
    """The credit balance is what the sandbox's own books say."""
    wire = WIRES[Generation.C]
    assert wire.read_credit_balance is not None
    async with sandbox() as client:
        balance = wire.read_credit_balance(await asked(client, GET_CREDIT_BALANCE), wire.unit)
        stated = await ledger(client, "/credits")

    assert (
        CreditBalance(
            currency="USD",
            available=Decimal(stated["available"]),
            pending=Decimal(stated["grants_pending"]),
            grants_available=Decimal(stated["grants_available"]),
            grants_pending=Decimal(stated["grants_pending"]),
            customer_balance=Decimal(stated["customer_balance"]),
            last_synced_at=float(stated["synced"]),
        )
        == balance
    )
