"""Month to date, trailing day and last month by team and project: the ledger's figures, in few requests."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from exporter.domain.invoice import Period
from exporter.domain.tree import Level
from tests.northflank.asking import ok, refused
from tests.northflank.usage.agreeing import assert_agrees, nonzero, whole
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, Watched, totals

DAY = 24 * HOUR
# Three teams, six projects; an hour takes one request and one a team.
SCOPES = 9
NO_REQUESTS: dict[str, int] = {}


async def test_the_first_poll() -> None:
    """In the middle of a month every team and project is asked for once, for this month and for the last one."""
    watched = Watched("2026-11-18T12:20")
    section = await watched.section()
    await assert_agrees(watched, section, "2026-11-01")
    assert (2 * SCOPES, 24, 24 * 3) == tuple(watched.asked[each] for each in ("sums", "details", "details+teamId"))
    past = section.past_month
    assert past
    assert Period(at("2026-10-01"), at("2026-11-01")) == past.period
    assert nonzero(await whole(watched, past.period)) == totals(past.rows)


async def test_an_hour_later() -> None:
    """Within an hour nothing is asked for; another hour costs its own tree and no sums."""
    watched = Watched("2026-11-18T12:20")
    before = await watched.section()
    watched.now += 600
    assert (before, NO_REQUESTS) == (await watched.section(), watched.asked)
    watched.now += HOUR
    await assert_agrees(watched, await watched.section(), "2026-11-01")
    assert {"details": 1, "details+teamId": 3} == watched.asked


async def test_three_hours_without_a_poll() -> None:
    """After a short stop the hours that were missed are fetched: that is fewer than asking for every project."""
    watched = Watched("2026-11-18T12:20")
    await watched.section()
    watched.now += 3 * HOUR
    await assert_agrees(watched, await watched.section(), "2026-11-01")
    assert {"details": 3, "details+teamId": 9} == watched.asked
    assert {at(f"2026-11-18T{hour}:00") for hour in (12, 13, 14)} == watched.hours_asked


async def test_three_days_without_a_poll() -> None:
    """After a long one every team and project is asked for anew, and the trailing day's hours are fetched."""
    watched = Watched("2026-11-18T12:20")
    await watched.section()
    watched.now += 3 * DAY
    await assert_agrees(watched, await watched.section(), "2026-11-01")
    assert {"details": 24, "details+teamId": 72, "sums": SCOPES} == watched.asked


@pytest.mark.parametrize("days", [0, 4])
async def test_one_team_of_many_projects(days: int) -> None:
    """Where an hour is one request, more hours than three days' are not fetched one by one: all are asked for."""
    watched = Watched("2026-11-04T12:20", teams=1, projects=100, resources=1)
    for now in (watched.now, watched.now + days * DAY):
        watched.now = now
        await assert_agrees(watched, await watched.section(), "2026-11-01")
    assert (101 if days else 0) == watched.asked["sums"]


async def test_days_of_polls() -> None:
    """Hours are folded away and the figures stay the ledger's; each project is asked for about once a day."""
    watched = Watched("2026-11-14T12:20", teams=1)
    await watched.section()
    sums: list[int] = []
    for _ in range(24 * 3):
        watched.now += HOUR
        section = await watched.section()
        sums.append(watched.asked["sums"])
    await assert_agrees(watched, section, "2026-11-01")
    assert [0] * 24 == sums[:24]
    assert [3, 3] == [sum(sums[day : day + 24]) for day in (24, 48)]
    assert 1 == max(sums)
    hours = [name for name in watched.details.memory() if name.startswith("project_hour.")]
    assert 75 == len(hours)


async def test_a_restart() -> None:
    """What was kept is not asked for again, and the figures go on from it."""
    watched = Watched("2026-11-18T12:20")
    before = await watched.section()
    watched.restart()
    watched.now += 600
    assert (before, NO_REQUESTS) == (await watched.section(), watched.asked)
    watched.restart()
    watched.now += HOUR
    await assert_agrees(watched, await watched.section(), "2026-11-01")
    assert {"details": 1, "details+teamId": 3} == watched.asked


async def test_a_correction() -> None:
    """A corrected hour is fetched anew, and whoever was asked for before it was corrected is asked for again."""
    watched = Watched("2026-11-18T10:20", corrections=True)
    await watched.section()
    watched.now = at("2026-11-18T11:10")
    section = await watched.section()
    await assert_agrees(watched, section, "2026-11-01")
    assert {at("2026-11-18T05:00"), at("2026-11-18T10:00")} == watched.hours_asked
    assert SCOPES == watched.asked["sums"]
    watched.now += HOUR
    await assert_agrees(watched, await watched.section(), "2026-11-01")
    assert {"details": 1, "details+teamId": 3} == watched.asked


async def test_a_correction_of_an_hour_that_is_counted_by_itself() -> None:
    """Where the month is counted from an earlier instant, the corrected hour alone is fetched anew."""
    watched = Watched("2026-11-18T04:20", corrections=True)
    for _ in range(8):
        section = await watched.section()
        watched.now += HOUR
    await assert_agrees(watched, section, "2026-11-01")
    assert ({at("2026-11-18T05:00"), at("2026-11-18T10:00")}, 0) == (watched.hours_asked, watched.asked["sums"])


async def test_a_project_that_vanished() -> None:
    """What a project spent that the API no longer knows is in `_other` of its team: nothing is lost."""
    watched = Watched("2026-11-18T12:20")
    watched.sandbox.fault = lambda request: (
        refused(404) if (request.url.params.get("teamId"), request.url.params.get("projectId")) == GONE else None
    )
    section = await watched.section()
    assert section.month_to_date
    shown = totals(section.month_to_date.rows)
    expected = await whole(watched, section.month_to_date.period)
    assert expected[GONE] == shown["platform", "_other"] + shown.get(GONE, Decimal(0))
    assert expected["platform",] == shown["platform",]


@pytest.mark.parametrize(
    "answer",
    [pytest.param(refused(404), id="404"), pytest.param(ok({"granularity": "total", "usage": []}), id="nothing")],
)
async def test_a_project_that_vanishes_later(answer: httpx.Response) -> None:
    """What is known of a project stays its own when the API no longer tells of it, also when it is asked anew."""
    watched = Watched("2026-11-18T12:20")
    await watched.section()
    watched.sandbox.fault = lambda request: (
        httpx.Response(answer.status_code, content=answer.content)
        if (request.url.params.get("teamId"), request.url.params.get("projectId")) == GONE
        else None
    )
    for _ in range(36):
        watched.now += HOUR
        section = await watched.section()
    assert section.month_to_date
    expected = await whole(watched, section.month_to_date.period)
    assert expected[GONE] == totals(section.month_to_date.rows)[GONE]


GONE = ("platform", "api")


async def test_a_team_that_is_known_from_elsewhere() -> None:
    """A project of the invoices that spends nothing now is asked for too, and has no row where it spent nothing."""
    watched = Watched("2026-11-18T12:20")
    watched.known = frozenset({("platform", "old"), ("gone",)})
    section = await watched.section()
    assert 2 * (SCOPES + 2) == watched.asked["sums"]
    assert section.month_to_date
    assert {("platform", "old"), ("gone",)}.isdisjoint(section.month_to_date.rows)
    await assert_agrees(watched, section, "2026-11-01")


@pytest.mark.parametrize("variant", [{"noise": True}, {"rounding": "row"}], ids=["noise", "rounding"])
async def test_what_is_no_remainder(variant: dict[str, Any]) -> None:
    """Binary noise and rows that are rounded by themselves leave no `_other`, however many hours are added up."""
    watched = Watched("2026-11-18T12:20", teams=1, **variant)
    for _ in range(9):
        section = await watched.section()
        watched.now += 3 * HOUR
    assert section.month_to_date
    assert section.past_month
    ids = {each for spend in (section.month_to_date, section.past_month) for path in spend.rows for each in path}
    assert "_other" not in ids


async def test_teams_alone() -> None:
    """Where projects are not shown they are not asked for: an hour is one request, and no day is added up."""
    watched = Watched("2026-11-18T12:20", level=Level.TEAM)
    section = await watched.section()
    assert {"details": 1, "sums": 2 * 3} == watched.asked
    assert None is section.trailing_day
    assert section.month_to_date
    assert {1} == {len(path) for path in section.month_to_date.rows}
    expected = await whole(watched, section.month_to_date.period)
    assert {path: each for path, each in expected.items() if len(path) == 1} == totals(section.month_to_date.rows)


async def test_hours_alone() -> None:
    """Where sums cannot be asked for, a month is told of by project when all of its hours could be fetched."""
    watched = Watched("2026-11-02T12:20", generation="2026-06")
    section = await watched.section()
    assert {"details": 36, "details+teamId": 108} == watched.asked
    await assert_agrees(watched, section, "2026-11-01")
    assert None is section.past_month


async def test_hours_alone_and_too_many() -> None:
    """In the middle of a month only the trailing day is; the next month is told of from its beginning."""
    watched = Watched("2026-11-28T12:20", generation="2026-06")
    section = await watched.section()
    assert (None, {"details": 24, "details+teamId": 72}) == (section.month_to_date, watched.asked)
    watched.now = at("2026-11-30T22:20")
    await watched.section()
    for _ in range(4):
        watched.now += HOUR
        section = await watched.section()
    await assert_agrees(watched, section, "2026-12-01")
    assert None is section.past_month


async def test_hours_are_folded_away() -> None:
    """A month that is seen from its beginning is told of to its end, though its hours are not kept for that long."""
    watched = Watched("2026-11-01T02:20", generation="2026-06", teams=1)
    for _ in range(30):
        section = await watched.section()
        watched.now += 3 * HOUR
    await assert_agrees(watched, section, "2026-11-01")
    assert 75 == sum(name.startswith("project_hour.") for name in watched.details.memory())
