"""Spends where only hours are told: each is fetched once, kept, and added up."""

from decimal import Decimal

import pytest

from exporter.domain.budget import Scope
from exporter.domain.calendar import DAY_SECONDS, month_of
from exporter.domain.invoice import Period
from exporter.domain.memory import HoursSince, MonthHours
from exporter.domain.report import Generation
from exporter.errors import GenerationError
from exporter.northflank.usage.hourly_spends import HourlySpends
from tests.northflank.usage.listed import Listed, at, hours, paas, usage_of

HOUR = 3600.0
NOW = at("2026-11-22T12:20")
NOVEMBER = Period(at("2026-11-01"), at("2026-11-22T12:00"))
RETENTION = 395 * DAY_SECONDS


def listed() -> Listed:
    """An account that has spent a dollar an hour since July, the running hour included."""
    return Listed(hours("2026-07-01", "2026-11-22T13:00"), Generation.B)


def spends_of(server: Listed, retention: float = RETENTION) -> HourlySpends:
    """Its spends."""
    return HourlySpends(server.usage_list, retention_seconds=retention)


def starts(server: Listed) -> list[float]:
    """From when on each first page was asked for."""
    return [float(query["startTime"]) for query in server.queries if "cursor" not in query]


async def finished(spends: HourlySpends) -> dict[int, Decimal]:
    """What the finished months before now came to."""
    return {ago: paas(each.usage) for ago, each in (await spends.past_months(month_of(NOW))).items()}


async def test_no_currency() -> None:
    """Without an invoice nobody knows what the cents are of, and nothing is asked for."""
    server = listed()
    assert () == (await spends_of(server).recent(None, NOW)).rows
    assert [] == server.queries


async def test_the_running_month() -> None:
    """The first question brings all hours of the month: dollars of cents, complete hours alone."""
    server = listed()
    spends = spends_of(server)
    recent = await spends.recent("USD", NOW)
    assert [at("2026-11-01")] == starts(server)
    assert (72, at("2026-11-22T11:00"), usage_of(1)) == (
        len(recent.rows),
        recent.rows[0].timestamp,
        recent.rows[0].usage,
    )
    server.forget()
    assert 21 * 24 + 12 == paas(await spends.of(NOVEMBER))
    assert [] == server.queries


async def test_a_month_that_has_just_begun() -> None:
    """The three days before are asked for with it: they are the newest hours too."""
    server = Listed(hours("2026-10-01", "2026-11-01T02:00"), Generation.B)
    recent = await spends_of(server).recent("USD", at("2026-11-01T01:30"))
    assert [at("2026-10-29T01:00")] == starts(server)
    assert 72 == len(recent.rows)


async def test_each_hour_is_fetched_once() -> None:
    """Later polls ask for the newest three days alone, in one page; once a day for all of the month again."""
    server = Listed(hours("2026-11-01", "2026-11-25"), Generation.B)
    spends = spends_of(server)
    for poll in range(26):
        server.now = NOW + poll * HOUR
        await spends.recent("USD", server.now)
    # Three days before the newest hour that is known: at first the one that begins at 11:00.
    whole, newest = at("2026-11-01"), at("2026-11-19T10:00")
    assert [whole, *(newest + poll * HOUR for poll in range(1, 24)), whole, newest + 25 * HOUR] == starts(server)
    pages_of_a_month = 6
    assert 24 + 2 * pages_of_a_month == len(server.queries)


async def test_a_correction_of_long_ago() -> None:
    """An hour of the month that is corrected after days counts within a day."""
    server = listed()
    spends = spends_of(server)
    await spends.recent("USD", NOW)
    server.dollars[at("2026-11-02T03:00")] = 11
    await spends.recent("USD", NOW + 600)
    assert 21 * 24 + 12 == paas(await spends.of(NOVEMBER))
    await spends.recent("USD", NOW + DAY_SECONDS)
    assert 21 * 24 + 12 + 10 == paas(await spends.of(NOVEMBER))


async def test_a_correction_of_late() -> None:
    """A newest hour at another price counts at the next poll, and one that vanished does not count."""
    server = listed()
    spends = spends_of(server)
    await spends.recent("USD", NOW)
    server.dollars[at("2026-11-21T03:00")] = 5
    del server.dollars[at("2026-11-21T04:00")]
    recent = await spends.recent("USD", NOW + 600)
    assert {at("2026-11-21T03:00"): NOW + 600} == recent.corrected
    assert 21 * 24 + 12 + 4 - 1 == paas(await spends.of(NOVEMBER))


async def test_hours_before_the_month() -> None:
    """What an unpaid bill or a budget needs of earlier months is fetched once, up to the hours that are known."""
    server = listed()
    spends = spends_of(server)
    await spends.recent("USD", NOW)
    server.forget()
    quarter = Period(at("2026-10-01"), NOVEMBER.end)
    assert [31 * 24 + 21 * 24 + 12] * 2 == [paas(await spends.of(quarter)) for _ in range(2)]
    first = server.queries[0]
    assert (str(int(quarter.start)), str(int(NOVEMBER.start))) == (first["startTime"], first["endTime"])
    assert [quarter.start] == starts(server)
    server.forget()
    assert 5 == paas(await spends.of(Period(at("2026-09-30T19:00"), at("2026-10-01"))))
    assert [at("2026-09-30T19:00")] == starts(server)


async def test_past_months() -> None:
    """A finished month is told of once every hour of it is there; nothing is asked for its sake."""
    server = listed()
    spends = spends_of(server)
    assert {} == await spends.past_months(month_of(NOW))
    await spends.recent("USD", NOW)
    await spends.of(Period(at("2026-09-15"), NOVEMBER.end))
    server.forget()
    months = await spends.past_months(month_of(NOW))
    assert {1: 744} == {ago: paas(spend.usage) for ago, spend in months.items()}
    assert Period(at("2026-10-01"), at("2026-11-01")) == months[1].period
    assert [] == server.queries


async def test_a_long_stop() -> None:
    """After a stop over a month's turn the hours since the last known one are fetched: no month is left half told."""
    server = Listed(hours("2026-10-01", "2026-11-22T12:00"), Generation.B)
    spends = spends_of(server)
    await spends.recent("USD", at("2026-10-25T08:10"))
    server.forget()
    await spends.recent("USD", NOW)
    assert [at("2026-10-22T07:00")] == starts(server)
    assert {1: 744} == await finished(spends)


async def test_an_account_without_hours() -> None:
    """An empty list is nothing used, and asking for it does not reach further back with every poll."""
    server = Listed({}, Generation.B)
    spends = spends_of(server)
    for poll in range(30):
        assert () == (await spends.recent("USD", NOW + poll * HOUR)).rows
    assert at("2026-11-01") == min(starts(server))
    assert None is await spends.of(NOVEMBER)


@pytest.mark.parametrize("days", [1, 40])
async def test_a_clock_that_jumps(days: int) -> None:
    """Set forth or back, all that is asked for is right at once, by the clock as it is then."""
    server = Listed(hours("2026-09-01", "2027-01-10"), Generation.B)
    spends = spends_of(server)
    for now in (NOW, NOW + days * DAY_SECONDS, NOW, NOW - days * DAY_SECONDS, NOW):
        recent = await spends.recent("USD", now)
        through = now // HOUR * HOUR
        assert (72, through - HOUR) == (len(recent.rows), recent.rows[0].timestamp)
        month = Period(month_of(now).start, through)
        assert (through - month.start) / HOUR == paas(await spends.of(month))


async def test_retention() -> None:
    """Whole months are let go once they are older than what is kept; half a one is not told of as a month."""
    server = Listed(hours("2026-07-01", "2026-11-22T12:00"), Generation.B)
    spends = spends_of(server, retention=62 * DAY_SECONDS)
    await spends.recent("USD", NOW)
    await spends.of(Period(at("2026-07-01"), NOVEMBER.end))
    assert {1: 744, 2: 720, 3: 744, 4: 744} == await finished(spends)
    await spends.recent("USD", NOW + HOUR)
    kept = [name for name in spends.memory() if name.startswith("hours.")]
    assert [f"hours.{int(at(first))}" for first in ("2026-09-01", "2026-10-01", "2026-11-01")] == sorted(kept)
    assert {1: 744} == await finished(spends)
    assert 744 + 744 + 720 + 744 == paas(await spends.of(Period(at("2026-07-01"), at("2026-11-01"))))


async def test_a_restart() -> None:
    """What was kept is not asked for again: the newest days alone are."""
    server = listed()
    before = spends_of(server)
    await before.recent("USD", NOW)
    await before.of(Period(at("2026-10-01"), NOVEMBER.end))
    server.forget()
    after = spends_of(server)
    after.resume(before.memory())
    recent = await after.recent("USD", NOW + HOUR)
    assert [at("2026-11-19T11:00")] == starts(server)
    assert (72, {}) == (len(recent.rows), recent.corrected)
    assert 31 * 24 + 21 * 24 + 13 == paas(await after.of(Period(at("2026-10-01"), NOVEMBER.end + HOUR)))
    assert 1 == len(server.queries)


async def test_memory() -> None:
    """Hours are kept by month; a month of which nothing was told anew is the same object, and not written again."""
    server = listed()
    spends = spends_of(server)
    await spends.recent("USD", NOW)
    await spends.of(Period(at("2026-10-01"), NOVEMBER.end))
    before = spends.memory()
    october, november = (f"hours.{int(at(first))}" for first in ("2026-10-01", "2026-11-01"))
    assert HoursSince(at("2026-10-01"), whole_at=NOW) == before["hours_since"]
    assert isinstance(before[october], MonthHours)
    await spends.recent("USD", NOW + HOUR)
    assert before[october] is spends.memory()[october]
    assert before[november] != spends.memory()[november]


async def test_another_currency() -> None:
    """When the invoices go over to another currency, hours in the old one are let go: they do not add up."""
    server = listed()
    before = spends_of(server)
    await before.recent("USD", NOW)
    after = spends_of(server)
    after.resume(before.memory())
    for spends in (before, after):
        server.forget()
        assert {"EUR"} == {row.usage.currency for row in (await spends.recent("EUR", NOW + HOUR)).rows}
        assert [at("2026-11-01")] == starts(server)
        total = await spends.of(NOVEMBER)
        assert total
        assert "EUR" == total.currency
        assert 21 * 24 + 12 == paas(total)


async def test_scopes() -> None:
    """Hours of the account do not tell what a team spends."""
    spends = spends_of(listed())
    assert not spends.has_scopes
    with pytest.raises(GenerationError, match="by team, project or resource type"):
        await spends.of(NOVEMBER, Scope(team_id="platform"))
