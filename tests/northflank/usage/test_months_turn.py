"""Teams and projects over the turn of a month, a leap day, and a clock that is set back."""

from decimal import Decimal

import pytest

from exporter.domain.invoice import Period
from tests.northflank.usage.agreeing import assert_agrees, whole
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, Watched, totals

SCOPES = 9


async def test_a_month_that_is_seen_from_its_beginning() -> None:
    """Over the turn the new month begins with its hours alone, and the old one is carried over: no sums at all."""
    watched = Watched("2026-11-30T20:20")
    await watched.section()
    for _ in range(6):
        watched.now += HOUR
        section = await watched.section()
        assert 0 == watched.asked["sums"]
    await assert_agrees(watched, section, "2026-12-01")
    past = section.past_month
    assert past
    assert Period(at("2026-11-01"), at("2026-12-01")) == past.period
    assert await whole(watched, past.period) == totals(past.rows)


async def test_the_turn_itself() -> None:
    """At the month's first instant each team and project of the newest hour has spent nothing, and no more is asked."""
    watched = Watched("2026-11-30T23:20")
    await watched.section()
    watched.now = at("2026-12-01T00:00")
    section = await watched.section()
    spent = section.month_to_date
    assert spent
    assert Period(at("2026-12-01"), at("2026-12-01")) == spent.period
    assert ({Decimal(0)}, SCOPES) == (set(totals(spent.rows).values()), len(spent.rows))
    assert section.past_month
    assert await whole(watched, section.past_month.period) == totals(section.past_month.rows)
    assert {"details": 1, "details+teamId": 3} == watched.asked


async def test_a_leap_day() -> None:
    """The last day of a leap year's February is in that month."""
    watched = Watched("2028-02-29T22:20")
    await assert_agrees(watched, await watched.section(), "2028-02-01")
    for _ in range(3):
        watched.now += HOUR
        section = await watched.section()
    await assert_agrees(watched, section, "2028-03-01")
    assert section.past_month
    assert Period(at("2028-02-01"), at("2028-03-01")) == section.past_month.period


@pytest.mark.parametrize(("polls", "hours"), [(2, 1), (28, 80)])
async def test_the_clock_is_set_back(polls: int, hours: int) -> None:
    """What was counted up to later is let go: nothing of the future is shown, also after days of hours were folded."""
    watched = Watched("2026-11-14T12:20", teams=1)
    for _ in range(polls):
        watched.now += 3 * HOUR
        await watched.section()
    for jump in (-hours, hours):
        watched.now += jump * HOUR
        await assert_agrees(watched, await watched.section(), "2026-11-01")


async def test_a_finished_month_is_asked_for_once_more() -> None:
    """Each project of a month is asked for when it has been over for a day, and then no more."""
    watched = Watched("2026-11-30T12:20", teams=1)
    window = {"startTime": str(int(at("2026-11-01"))), "endTime": str(int(at("2026-12-01")))}
    asked: list[tuple[float, str]] = []
    for _ in range(28):
        await watched.section()
        sums = [query for _, query in watched.sandbox.requests if window.items() <= query.items()]
        asked += [(watched.now, query.get("projectId", query["teamId"])) for query in sums]
        watched.now += 3 * HOUR
    late = [name for now, name in asked if now > at("2026-12-02")]
    assert ["api", "platform", "staging"] == sorted(late)
