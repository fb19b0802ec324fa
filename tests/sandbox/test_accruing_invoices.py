"""Invoices, previews and credits as the clock goes on."""

from decimal import Decimal

import pytest

from tests.sandbox.going import (
    DAY,
    DECEMBER,
    HOUR,
    INVOICES,
    MIDNIGHT,
    NOVEMBER,
    PLAIN,
    USAGE,
    Path,
    Prices,
    amount,
    going,
    page,
    prices,
)
from tests.sandbox.reaching import NOW, Json, body, data


def _added(trees: list[Json]) -> dict[Path, Prices]:
    rows: dict[Path, Prices] = {}
    for path, price in (row for tree in trees for row in prices(tree)):
        known = rows.setdefault(path, {})
        known.update({part: known.get(part, Decimal()) + value for part, value in price.items()})
    return rows


async def test_invoice_closes_at_the_threshold() -> None:
    """An invoice closes at the full hour at which the threshold is reached, and is what its hours come to."""
    async with going(DECEMBER + 6 * HOUR + 1, threshold=Decimal("29.75")) as hand:
        before = await hand.newest_usage()
        while (closed := await hand.newest_usage()) == before:
            hand.now += HOUR
        assert DECEMBER + 10 * HOUR < hand.now
        end = DECEMBER + (int(hand.now) - DECEMBER) // HOUR * HOUR
        assert (DECEMBER, end, "open") == (closed["start"], closed["end"], closed["status"])
        less = await hand.ledger(DECEMBER, end - HOUR, depth="account")
        assert Decimal(less["total"]) < Decimal("29.75") <= Decimal(closed["sub_total"])
        hours = [await hand.ledger(at, at + HOUR) for at in range(DECEMBER, end, HOUR)]
        assert dict(prices(closed)) == _added(hours)
        assert Decimal(closed["sub_total"]) == sum(Decimal(hour["total"]) for hour in hours)


async def test_invoice_closes_at_the_turn_of_the_month() -> None:
    """At the month's turn the rest is billed, a subscription comes on top, and what accrues is of the new month."""
    async with going(DECEMBER - 2 * HOUR, threshold=0) as hand:
        hand.now = DECEMBER + 1_800
        rows = (await data(hand.client, INVOICES, **PLAIN))["invoices"]
        closed = await hand.newest_usage()
        month = await hand.ledger(NOVEMBER, DECEMBER)
        assert DECEMBER == rows[0]["period"]["start"]
        assert "paas" not in rows[0]
        assert (NOVEMBER, DECEMBER) == (closed["start"], closed["end"])
        assert (closed["categories"], closed["clusters"], closed["teams"]) == (
            month["categories"],
            month["clusters"],
            month["teams"],
        )
        month_to_date = (await data(hand.client, USAGE, granularity="total", startTime=DECEMBER, **PLAIN))["usage"]
        assert [DECEMBER] == [row["timestamp"] for row in month_to_date]
        expected = await hand.ledger(DECEMBER, DECEMBER + 1_800)
        assert Decimal(expected["total"]) == amount(month_to_date[0]["total"])


async def test_closed_invoice_stays_but_for_its_status() -> None:
    """A closed invoice keeps its figures; after a day it is paid."""
    async with going(corrections=True) as hand:
        hand.now += HOUR
        closed = await hand.newest_usage()
        hand.now += DAY
        later = await hand.newest_usage()
        assert {**closed, "status": "paid"} == later


async def test_closed_invoice_is_as_known_when_it_closed() -> None:
    """An hour that is corrected after an invoice closed does not change it, whenever it is looked at first."""
    looked_at = []
    for late_hours in (0, 10):
        async with going(DECEMBER - HOUR, corrections=True, threshold=0) as hand:
            hand.now = DECEMBER + late_hours * HOUR
            looked_at.append(await hand.newest_usage())
            corrected = await hand.ledger(NOVEMBER, DECEMBER, depth="account")
    assert looked_at[0] == looked_at[1]
    assert corrected["total"] < looked_at[1]["sub_total"]


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_closed_invoice_is_drilled_down(generation: str) -> None:
    """A closed invoice is there by its id, with filters and prices as any other."""
    async with going(generation=generation) as hand:
        hand.now += HOUR
        closed = await hand.newest_usage()
        detail = await data(hand.client, f"{INVOICES}/{closed['id']}", teamId="web", projectId="api")
        field, unit = ("paas", 1) if generation == "2026-10" else ("paasUsage", 100)
        project = detail[field]["teams"][0]["projects"][0]
        expected = next(row for path, row in prices(closed) if path == ("web", "api"))
        assert expected["total"] == amount(project["price"]["total"]) / unit
        assert len(project["resourceTypes"]) > 3


async def test_payments_fail() -> None:
    """The newest invoice cannot be paid, and is owed."""
    async with going(payments_fail=True, threshold=0) as hand:
        hand.now = DECEMBER + DAY
        closed = await hand.newest_usage()
        credit = await page(hand.client, "/-/ledger/credits")
        assert "payment_failed" == closed["status"]
        assert -Decimal(closed["total"]) == Decimal(credit["customer_balance"])
        assert Decimal(credit["grants_available"]) == Decimal(credit["available"])


async def test_preview_of_2024() -> None:
    """The preview is what has accrued since the newest usage invoice, and begins anew when the next one closes."""
    async with going(generation="2024") as hand:
        preview = await data(hand.client, f"{INVOICES}/details")
        told = await hand.ledger(NOVEMBER, NOW)
        assert {"start": NOVEMBER, "end": NOW} == preview["period"]
        assert Decimal(told["categories"]["paas"]["total"]) == amount(preview["paasUsage"]["price"]["total"]) / 100
        assert Decimal(told["categories"]["byoc"]["total"]) == amount(preview["byocUsage"]["price"]["total"]) / 100
        hand.now += HOUR + 60
        preview = await data(hand.client, f"{INVOICES}/details")
        assert {"start": NOW + HOUR, "end": NOW + HOUR + 60} == preview["period"]


async def test_2024_tells_of_closed_invoices() -> None:
    """A closed invoice is in the list of 2024, and any instant within it asks for its details."""
    async with going(generation="2024") as hand:
        hand.now += HOUR
        listed = (await data(hand.client, INVOICES))["invoices"][1]
        detail = await data(hand.client, f"{INVOICES}/details", timestamp=int(NOW) - DAY)
        assert ({"start": NOVEMBER, "end": NOW + HOUR}, False) == (listed["period"], listed["paid"])
        assert (listed["period"], listed["total"]) == (detail["period"], detail["total"])


async def test_credits_burn_down() -> None:
    """What was used goes from the grants, hour by hour."""
    async with going() as hand:
        first = await data(hand.client, "/v1/billing/credit-balance")
        hand.now += 2 * HOUR + 10
        later = await data(hand.client, "/v1/billing/credit-balance")
        ledger = await page(hand.client, "/-/ledger/credits")
        used = (await hand.ledger(NOW, NOW + 2 * HOUR))["total"]
        assert Decimal(used) == amount(first["grants"]["available"]) - amount(later["grants"]["available"])
        assert "2026-11-22T04:00:00.000Z" == later["lastSyncedAt"]
        assert int(NOW) + 2 * HOUR == ledger["synced"]
        assert amount(later["total"]["available"]) == Decimal(ledger["available"])
        assert amount(later["customerBalance"]["amount"]) == Decimal(ledger["customer_balance"])


async def test_pages_move_when_an_invoice_closes() -> None:
    """A cursor is a place in the list: where an invoice has come on top since, the next page repeats a row."""
    async with going() as hand:
        first = await body(hand.client, INVOICES, perPage=5)
        hand.now += HOUR
        second = await body(hand.client, INVOICES, perPage=5, cursor=first["pagination"]["cursor"])
        assert first["data"]["invoices"][-1]["id"] == second["data"]["invoices"][0]["id"]


async def test_usage_is_in_the_first_currency() -> None:
    """Usage, credits and the invoices that come are in the first currency; yen have no minor unit."""
    async with going(currencies=("JPY", "eur"), threshold=0) as hand:
        hand.now = DECEMBER
        rows = (await data(hand.client, INVOICES, **PLAIN))["invoices"]
        usage = (await data(hand.client, USAGE, granularity="day", startTime=MIDNIGHT, endTime=MIDNIGHT + DAY))["usage"]
        minor, major = (usage[0][field]["price"]["total"] for field in ("paasUsage", "paas"))
        assert ["jpy", "jpy", "jpy", "eur"] == [row["currency"] for row in rows[:4]]
        assert "jpy" == usage[0]["currency"]
        assert minor == major > 50


async def test_empty_account() -> None:
    """An account without teams and invoices has hours that cost what its clusters do, and invoices in time."""
    async with going(teams=0, invoices=0, threshold=0) as hand:
        assert [] == (await data(hand.client, INVOICES))["invoices"]
        assert 0 == (await data(hand.client, USAGE))["usage"][0]["paas"]["price"]["total"]
        hand.now = DECEMBER
        assert 2 == len((await data(hand.client, INVOICES))["invoices"])


async def test_clock_that_goes_back() -> None:
    """A clock that goes back takes away what has come; nothing fails."""
    async with going() as hand:
        before = await data(hand.client, INVOICES)
        hand.now = DECEMBER + DAY
        assert before != await data(hand.client, INVOICES)
        hand.now = NOW
        assert before == await data(hand.client, INVOICES)
        hand.now = NOVEMBER - DAY
        assert NOVEMBER - DAY - HOUR == (await data(hand.client, USAGE))["usage"][0]["timestamp"]
        assert 100 == (await data(hand.client, "/v1/billing/credit-balance"))["grants"]["available"]
