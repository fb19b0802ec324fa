"""An account whose usage is in another currency from an hour on: what the API and the ledger say."""

from decimal import Decimal

import pytest

from tests.sandbox.going import DAY, DECEMBER, HOUR, INVOICES, MIDNIGHT, NOVEMBER, USAGE, amount, going, page
from tests.sandbox.reaching import Json, data

CHANGE = MIDNIGHT + 12 * HOUR
WORLD = {"currency_change": (CHANGE, "eur"), "threshold": 0}


async def test_rows_are_in_the_currency_of_their_hour() -> None:
    """Hours that end by the change are in the old currency, later ones in the new; details agree with the list."""
    async with going(MIDNIGHT, **WORLD) as hand:
        hand.now = MIDNIGHT + DAY
        rows = (await data(hand.client, USAGE, startTime=CHANGE - HOUR, endTime=CHANGE + HOUR))["usage"]
        assert [(CHANGE, "eur"), (CHANGE - HOUR, "usd")] == [(row["timestamp"], row["currency"]) for row in rows]
        for row in rows:
            detail = await data(hand.client, f"{USAGE}/{row['timestamp']}")
            told = await hand.ledger(row["timestamp"], row["timestamp"] + HOUR)
            assert row["currency"] == detail["currency"] == told["currency"]
            assert Decimal(told["total"]) == amount(row["total"]) == amount(detail["total"])


@pytest.mark.parametrize("granularity", ["day", "month", "total"])
async def test_an_answer_across_the_change_is_a_plain_sum(granularity: str) -> None:
    """A row whose time has both currencies is in the new one; the ledger says how much of it is in which."""
    async with going(MIDNIGHT, **WORLD) as hand:
        hand.now = MIDNIGHT + DAY
        window: Json = {"startTime": MIDNIGHT, "endTime": MIDNIGHT + DAY, "granularity": granularity}
        (row,) = (await data(hand.client, USAGE, **window))["usage"]
        told = await hand.ledger(MIDNIGHT, MIDNIGHT + DAY)
        assert ["usd", "eur"] == [part["currency"] for part in told["currencies"]]
        parts = [await hand.ledger(part["start"], part["end"]) for part in told["currencies"]]
        assert ["usd", "eur"] == [part["currency"] for part in parts]
        assert ("eur", sum(Decimal(part["total"]) for part in parts)) == (row["currency"], amount(row["total"]))


@pytest.mark.parametrize("generation", ["2024", "2026-06", "2026-10"])
async def test_an_invoice_closes_at_the_change(generation: str) -> None:
    """What was used before is billed in the old currency, what comes after in the new."""
    async with going(MIDNIGHT, generation=generation, **WORLD) as hand:
        hand.now = DECEMBER
        rows = [row for row in (await data(hand.client, INVOICES))["invoices"] if row["period"]["start"] >= NOVEMBER]
        periods = {(row["period"]["start"], row["period"]["end"]): row["currency"] for row in rows}
        expected = {(NOVEMBER, CHANGE): "usd", (CHANGE, DECEMBER): "eur"}
        assert expected.items() <= periods.items()
        for row in (await page(hand.client, "/-/ledger"))["invoices"]:
            if (row["start"], row["end"]) in expected:
                used = await hand.ledger(row["start"], row["end"])
                assert (used["currency"], used["categories"]) == (row["currency"], row["categories"])


async def test_a_subscription_keeps_its_currency() -> None:
    """The fee of a month that had begun before the change stays in the old currency, the next is in the new."""
    async with going(MIDNIGHT, **WORLD) as hand:
        hand.now = DECEMBER
        told = (await page(hand.client, "/-/ledger"))["invoices"]
        fees = {row["start"]: row["currency"] for row in told if row["kind"] == "subscription"}
    assert ("usd", "eur") == (fees[NOVEMBER], fees[DECEMBER])


async def test_a_change_in_the_past() -> None:
    """Invoices of before the start are in the currency of their end."""
    async with going(MIDNIGHT, currency_change=(NOVEMBER - 31 * DAY, "eur")) as hand:
        told = (await page(hand.client, "/-/ledger"))["invoices"]
        usage = {row["end"]: row["currency"] for row in told if row["kind"] == "usage"}
    assert {"usd"} == {currency for end, currency in usage.items() if end <= NOVEMBER - 31 * DAY}
    assert {"eur"} == {currency for end, currency in usage.items() if end > NOVEMBER - 31 * DAY}


async def test_credits_are_in_the_new_currency_at_once() -> None:
    """The balance is stated in the currency that holds now."""
    async with going(CHANGE - 1, **WORLD) as hand:
        for now, currency in ((CHANGE - 1, "usd"), (CHANGE, "eur")):
            hand.now = now
            assert currency == (await data(hand.client, "/v1/billing/credit-balance"))["currency"]
            assert currency == (await page(hand.client, "/-/ledger/credits"))["currency"]
