"""The account's own figures over hours, months, corrections and clocks that jump; and what is asked for them."""

import pytest

from exporter.domain.invoice import Period
from exporter.domain.report import Generation, UsageSection
from exporter.domain.usage import Spend
from exporter.errors import ForbiddenError
from exporter.northflank.usage.running import Bill
from tests.northflank.usage.account import Account
from tests.northflank.usage.listed import at, hours, paas, usage_of

HOUR = 3600.0
GENERATIONS = pytest.mark.parametrize("generation", [Generation.B, Generation.C])


def spend(start: str, end: str, total: int) -> Spend:
    """So many dollars in a time."""
    return Spend(Period(at(start), at(end)), usage_of(total))


@GENERATIONS
async def test_mid_month(generation: Generation) -> None:
    """All ends at the newest complete hour: month to date, trailing day, the hour itself."""
    account = Account(hours("2026-10-01", "2026-11-22T13:00"), generation)
    section = await account.figures("2026-11-22T12:20")
    assert spend("2026-11-22T11:00", "2026-11-22T12:00", 1) == section.hour
    assert spend("2026-11-01", "2026-11-22T12:00", 21 * 24 + 12) == section.month_to_date
    assert spend("2026-11-21T12:00", "2026-11-22T12:00", 24) == section.trailing_day
    assert None is section.unbilled


async def test_past_months() -> None:
    """Finished months by how many months ago they were."""
    section = await Account(hours("2026-09-01", "2026-11-22T13:00")).figures("2026-11-22T12:20")
    assert {1: spend("2026-10-01", "2026-11-01", 744), 2: spend("2026-09-01", "2026-10-01", 720)} == section.past_months


@GENERATIONS
async def test_the_month_s_turn(generation: Generation) -> None:
    """In a month's first hour nothing was spent in it yet: zeros, in the parts that the newest hour has."""
    section = await Account(hours("2026-11-20", "2026-12-01T01:00"), generation).figures("2026-12-01T00:20")
    assert spend("2026-11-30T23:00", "2026-12-01", 1) == section.hour
    assert spend("2026-12-01", "2026-12-01", 0) == section.month_to_date
    assert spend("2026-11-30", "2026-12-01", 24) == section.trailing_day


@GENERATIONS
async def test_the_first_hour(generation: Generation) -> None:
    """After it the month to date is that hour, and the trailing day goes across the turn."""
    section = await Account(hours("2026-11-20", "2026-12-01T01:00"), generation).figures("2026-12-01T01:20")
    assert spend("2026-12-01", "2026-12-01T01:00", 1) == section.month_to_date == section.hour
    assert spend("2026-11-30T01:00", "2026-12-01T01:00", 24) == section.trailing_day


async def test_the_turn_of_an_account_that_is_watched() -> None:
    """Hour by hour over the turn, the month that ended becomes the last finished one at once."""
    account = Account(hours("2026-11-01", "2026-12-01T05:00"))
    assert {} == (await account.figures("2026-11-30T23:59")).past_months
    section = await account.figures("2026-12-01T00:00")
    assert {1: spend("2026-11-01", "2026-12-01", 720)} == section.past_months
    assert spend("2026-12-01", "2026-12-01", 0) == section.month_to_date


@GENERATIONS
async def test_a_leap_day(generation: Generation) -> None:
    """February of a leap year has 29 days, and the day before March is the 29th."""
    account = Account(hours("2028-02-01", "2028-03-02"), generation)
    section = await account.figures("2028-02-29T12:30")
    assert spend("2028-02-01", "2028-02-29T12:00", 28 * 24 + 12) == section.month_to_date
    section = await account.figures("2028-03-01T05:30")
    assert spend("2028-03-01", "2028-03-01T05:00", 5) == section.month_to_date
    assert spend("2028-02-29T05:00", "2028-03-01T05:00", 24) == section.trailing_day
    assert spend("2028-02-01", "2028-03-01", 29 * 24) == section.past_months[1]


@GENERATIONS
@pytest.mark.parametrize("jump", ["2026-11-21T12:20", "2026-11-23T12:20", "2026-12-01T00:20", "2026-10-31T23:20"])
async def test_the_clock_jumps(generation: Generation, jump: str) -> None:
    """Set back or forth and back again, the figures are at once those of the hour that the clock shows."""
    dollars = hours("2026-09-01", "2026-12-02")
    account = Account(dollars, generation)
    for now in ("2026-11-22T12:20", jump, "2026-11-22T12:20"):
        section = await account.figures(now)
        fresh = await Account(dollars, generation).figures(now)
        assert (fresh.hour, fresh.month_to_date, fresh.trailing_day) == (
            section.hour,
            section.month_to_date,
            section.trailing_day,
        )


async def test_past_months_after_a_clock_that_was_ahead() -> None:
    """What was asked for by a clock that was days ahead is asked for anew once it is set right, and then once a day."""
    account = Account(hours("2026-10-01", "2026-11-30"))
    for now in ("2026-11-22T12:20", "2026-11-28T12:20"):
        await account.figures(now)
    assert "month" in await account.granularities("2026-11-22T12:20")
    assert ["hour"] == await account.granularities("2026-11-22T12:30")
    account.server.dollars[at("2026-10-05")] = 8
    section = await account.figures("2026-11-23T12:50")
    assert 744 + 7 == paas(section.past_months[1].usage)


@GENERATIONS
async def test_no_hours_at_all(generation: Generation) -> None:
    """Of an account that never used anything nothing is known."""
    assert UsageSection() == await Account({}, generation).figures("2026-11-22T12:20")


@GENERATIONS
async def test_nothing_used_of_late(generation: Generation) -> None:
    """Without a recent hour the month goes on with the clock, and turns with it."""
    account = Account(hours("2026-11-01", "2026-11-02"), generation)
    section = await account.figures("2026-11-22T12:20")
    assert (None, None) == (section.hour, section.trailing_day)
    assert spend("2026-11-01", "2026-11-22T12:00", 24) == section.month_to_date
    section = await account.figures("2026-11-22T13:20")
    assert spend("2026-11-01", "2026-11-22T13:00", 24) == section.month_to_date
    await account.figures("2026-11-30T23:50")
    section = await account.figures("2026-12-01T00:10")
    assert (None, {1: spend("2026-11-01", "2026-12-01", 24)}) == (section.month_to_date, section.past_months)


@GENERATIONS
async def test_late_hours(generation: Generation) -> None:
    """Figures end where the hours end that are told, however late that is: after the turn, in the old month."""
    account = Account(hours("2026-11-01", "2026-11-30T22:00"), generation)
    section = await account.figures("2026-12-01T01:20")
    assert spend("2026-11-01", "2026-11-30T22:00", 29 * 24 + 22) == section.month_to_date
    account.server.dollars |= hours("2026-11-30T22:00", "2026-12-01T01:00")
    section = await account.figures("2026-12-01T01:30")
    assert spend("2026-12-01", "2026-12-01T01:00", 1) == section.month_to_date
    assert spend("2026-11-01", "2026-12-01", 720) == section.past_months[1]


async def test_an_hour_of_the_last_month_that_is_late() -> None:
    """One that appears after the turn is in the finished month at the next poll."""
    account = Account(hours("2026-11-01", "2026-12-01T02:00"))
    del account.server.dollars[at("2026-11-30T23:00")]
    section = await account.figures("2026-12-01T01:20")
    assert 719 == paas(section.past_months[1].usage)
    assert None is section.trailing_day
    account.server.dollars[at("2026-11-30T23:00")] = 1
    section = await account.figures("2026-12-01T01:30")
    assert 720 == paas(section.past_months[1].usage)


async def test_what_is_asked_for() -> None:
    """While nothing changes a poll is one page; an hour's turn takes two sums more, a month's or a day's the months."""
    account = Account(hours("2026-10-01", "2026-12-02"))
    bill = Bill(at("2026-11-20"), "USD")
    everything = ["hour", "total", "total", "month"]
    assert everything == await account.granularities("2026-11-22T12:20", bill)
    assert ["hour"] == await account.granularities("2026-11-22T12:30", bill)
    assert ["hour"] == await account.granularities("2026-11-22T12:59", bill)
    assert ["hour", "total", "total"] == await account.granularities("2026-11-22T13:00", bill)
    account.server.dollars[at("2026-11-21")] = 2
    assert everything == await account.granularities("2026-11-22T13:10", bill)
    assert ["hour"] == await account.granularities("2026-11-22T13:20", bill)
    assert ["hour", "total", "total"] == await account.granularities("2026-11-22T14:00", bill)
    assert ["hour", "total", "total"] == await account.granularities("2026-11-23T13:00", bill)
    assert ["hour", "month"] == await account.granularities("2026-11-23T13:10", bill)
    assert ["hour"] == await account.granularities("2026-11-23T13:20", bill)
    assert ["hour", "total", "total"] == await account.granularities("2026-11-23T14:00", bill)
    # At the turn nothing is asked of the month that begins.
    await account.granularities("2026-11-30T23:50", bill)
    assert ["hour", "total", "month"] == await account.granularities("2026-12-01T00:00", bill)
    assert ["hour", "total", "total"] == await account.granularities("2026-12-01T01:00", bill)


async def test_a_failure() -> None:
    """When a poll fails nothing has changed, and the next one asks for what failed."""
    account = Account(hours("2026-10-01", "2026-11-22T14:00"))
    before = await account.figures("2026-11-22T12:20")
    account.server.is_down = True
    with pytest.raises(ForbiddenError):
        await account.figures("2026-11-22T13:20")
    account.server.is_down = False
    assert before is await account.figures("2026-11-22T12:59")
    after = await account.figures("2026-11-22T13:20")
    assert spend("2026-11-01", "2026-11-22T13:00", 21 * 24 + 13) == after.month_to_date
