"""Accounts in which nothing runs at night, during a pause, or any more: what the API and the ledger say."""

from decimal import Decimal

import pytest

from exporter.sandbox import FOR_GOOD
from tests.sandbox.going import DAY, DECEMBER, HOUR, INVOICES, MIDNIGHT, NOVEMBER, USAGE, amount, going
from tests.sandbox.reaching import Json, data

NIGHT, MORNING = MIDNIGHT - 4 * HOUR, MIDNIGHT + 6 * HOUR


async def _timestamps(client: object, **query: str | int) -> list[int]:
    return [row["timestamp"] for row in (await data(client, USAGE, perPage=100, per_page=100, **query))["usage"]]  # type: ignore[arg-type]


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_idle_hours_have_no_row(generation: str) -> None:
    """The list leaves out the hours of the night, their details are not found, and the ledger says zero."""
    async with going(MIDNIGHT + 8 * HOUR, generation=generation, idle_nights=True) as hand:
        listed = await _timestamps(hand.client, startTime=NIGHT - HOUR, endTime=MORNING + HOUR)
        assert [MORNING, NIGHT - HOUR] == listed
        assert 404 == (await hand.client.get(f"{USAGE}/{MIDNIGHT}")).status_code
        assert 200 == (await hand.client.get(f"{USAGE}/{MORNING}")).status_code
        night = await hand.ledger(NIGHT, MORNING)
        assert 0 == Decimal(night["total"]) == Decimal(night["categories"]["byoc"]["total"])
        assert [{"start": NIGHT, "end": MORNING}] == night["idle"]


async def test_the_running_hour_of_a_night_has_no_row() -> None:
    """Nothing has been used in a running hour of the night, so that it is not listed."""
    async with going(MIDNIGHT + 1_800, idle_nights=True) as hand:
        assert NIGHT - HOUR == (await _timestamps(hand.client))[0]


@pytest.mark.parametrize("granularity", ["hour", "day", "month", "total"])
async def test_rows_without_usage_are_left_out(granularity: str) -> None:
    """A day, a month or a total has a row if anything ran in one of its hours; the row is what the ledger says."""
    async with going(MIDNIGHT, pauses=((MIDNIGHT - 2 * DAY, FOR_GOOD),)) as hand:
        hand.now = DECEMBER + DAY
        before: Json = {"startTime": MIDNIGHT - 3 * DAY, "endTime": MIDNIGHT, "granularity": granularity}
        rows = (await data(hand.client, USAGE, **before))["usage"]
        spent = sum(amount(row["total"]) for row in rows)
        assert Decimal((await hand.ledger(MIDNIGHT - 3 * DAY, MIDNIGHT))["total"]) == spent > 0
        assert (24 if granularity == "hour" else 1) == len(rows)
        assert [] == await _timestamps(hand.client, startTime=MIDNIGHT, endTime=DECEMBER + DAY, granularity=granularity)


async def test_a_pause_ends() -> None:
    """After a pause usage goes on as before."""
    async with going(MIDNIGHT, pauses=((MIDNIGHT, MIDNIGHT + DAY),)) as hand:
        hand.now = MIDNIGHT + 2 * DAY
        listed = await _timestamps(hand.client, startTime=MIDNIGHT - HOUR, endTime=MIDNIGHT + 25 * HOUR)
        assert [MIDNIGHT + DAY, MIDNIGHT - HOUR] == listed


async def test_no_invoice_bills_an_idle_month() -> None:
    """An account that stopped gets no further invoice for usage; nothing is unbilled then."""
    async with going(MIDNIGHT, threshold=0, pauses=((MIDNIGHT, FOR_GOOD),)) as hand:
        hand.now = DECEMBER + 40 * DAY
        newest = await hand.newest_usage()
        assert (NOVEMBER, DECEMBER) == (newest["start"], newest["end"])
        assert Decimal((await hand.ledger(NOVEMBER, DECEMBER))["total"]) == Decimal(newest["sub_total"])


async def test_invoices_of_idle_nights_are_the_sum_of_their_hours() -> None:
    """An invoice that closes bills what was used in the hours that are listed."""
    async with going(MIDNIGHT + 8 * HOUR, idle_nights=True, threshold=0) as hand:
        hand.now = DECEMBER
        newest = await hand.newest_usage()
        rows = (await data(hand.client, USAGE, startTime=NOVEMBER, endTime=DECEMBER, granularity="day"))["usage"]
        assert Decimal(newest["sub_total"]) == sum(amount(row["total"]) for row in rows)
        assert newest["id"] in {row["id"] for row in (await data(hand.client, INVOICES))["invoices"]}


async def test_preview_of_2024_counts_no_idle_time() -> None:
    """The preview of an account that stopped is what was used before."""
    async with going(MIDNIGHT, generation="2024", threshold=0, pauses=((MIDNIGHT, FOR_GOOD),)) as hand:
        hand.now = MIDNIGHT + DAY
        preview = (await data(hand.client, f"{INVOICES}/details"))["paasUsage"]["price"]
        before, later = [await hand.ledger(NOVEMBER, end) for end in (MIDNIGHT, DECEMBER)]
        assert before["categories"] == later["categories"]
        assert 100 * Decimal(before["categories"]["paas"]["total"]) == amount(preview["total"])


async def test_corrections_of_running_hours_stay() -> None:
    """Hours that run are corrected as ever, idle ones stay at zero."""
    five = MIDNIGHT + 5 * HOUR
    for world, differs in (({}, True), ({"pauses": ((five, five + HOUR),)}, False)):
        async with going(five + HOUR, corrections=True, **world) as hand:
            first = Decimal((await hand.ledger(five, five + HOUR))["total"])
            hand.now += 5 * HOUR
            assert differs == (first != Decimal((await hand.ledger(five, five + HOUR))["total"]))
