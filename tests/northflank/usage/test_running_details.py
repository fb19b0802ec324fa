"""Teams, projects and resources within an allowance that does not suffice for all at once: the most urgent first."""

from decimal import Decimal

import httpx
import pytest

from exporter.domain.invoice import Period
from exporter.domain.report import UsageDetailsSection, UsageSection
from exporter.domain.tree import Level
from exporter.errors import ForbiddenError
from exporter.northflank.usage.spends import NO_RECENT
from tests.northflank.asking import refused
from tests.northflank.usage.agreeing import nonzero
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, Watched, totals

# Of the account: the list, two sums and the months. An hour takes 4 down to projects, and 6 more for resources.
ACCOUNT, PROJECTS, RESOURCES = 4, 4, 6
SCOPES = 9


async def test_month_to_date_before_resources() -> None:
    """With a small share the projects' month is there, and the tree down to projects, before any resource is."""
    watched = Watched("2026-11-18T12:20", level=Level.RESOURCE, requests_an_hour=ACCOUNT + PROJECTS + SCOPES)
    gathered = await watched.gather()
    assert gathered.postponed
    section = gathered.section
    assert section.month_to_date
    assert nonzero(await watched.ledger(at("2026-11-01"), at("2026-11-18T12:00"))) == nonzero(
        totals(section.month_to_date.rows)
    )
    assert section.hour
    assert (Level.PROJECT, at("2026-11-18T11:00")) == (section.hour.level, section.hour.start)
    assert (None, None) == (section.trailing_day, section.past_month)


async def test_the_hour_before_the_month() -> None:
    """With a smaller one still, the newest hour's projects are there before what they spent in the month."""
    watched = Watched("2026-11-18T12:20", level=Level.RESOURCE, requests_an_hour=ACCOUNT + PROJECTS + 3)
    gathered = await watched.gather()
    assert gathered.postponed
    assert gathered.section.hour
    assert None is gathered.section.month_to_date


async def test_nothing_fits() -> None:
    """A share that the account's own figures use up shows no projects, and says what to change."""
    watched = Watched("2026-11-18T12:20", level=Level.RESOURCE, requests_an_hour=ACCOUNT)
    gathered = await watched.gather()
    assert UsageDetailsSection() == gathered.section
    assert gathered.postponed
    assert "api.share" in gathered.postponed.remedy


async def test_what_can_wait() -> None:
    """The trailing day and the last month come later within the share; until then the rest is whole."""
    watched = Watched("2026-11-18T12:20", level=Level.RESOURCE, requests_an_hour=60)
    section = (await watched.gather()).section
    assert section.month_to_date
    assert section.hour
    assert Level.RESOURCE is section.hour.level
    assert (None, None) == (section.trailing_day, section.past_month)
    hours = 0
    while section.trailing_day is None or section.past_month is None:
        hours += 1
        watched.now += HOUR
        section = (await watched.gather()).section
    assert hours <= 12
    through = at("2026-11-18T12:00") + hours * HOUR
    assert Period(through - 24 * HOUR, through) == section.trailing_day.period
    day = await watched.ledger(through - 24 * HOUR, through)
    assert nonzero({path: each for path, each in day.items() if len(path) > 1}) == nonzero(
        totals(section.trailing_day.rows)
    )


async def test_a_day_of_hours() -> None:
    """Where only newest hours can be had, the trailing day is there after 24 of them."""
    watched = Watched("2026-11-18T12:20")
    late = "2026-11-18T11:00"

    def refuse_before(request: httpx.Request) -> httpx.Response | None:
        hour = request.url.path.rpartition("/")[2]
        return refused(404) if hour.isdecimal() and float(hour) < at(late) else None

    watched.sandbox.fault = refuse_before
    days: list[bool] = []
    for _ in range(25):
        days.append((await watched.section()).trailing_day is not None)
        watched.now += HOUR
    assert [False] * 23 + [True] * 2 == days


async def test_the_tree_deepens() -> None:
    """Once the resources have come the tree is whole; the next one costs no question that was asked already."""
    watched = Watched("2026-11-18T12:20", level=Level.RESOURCE, requests_an_hour=ACCOUNT + PROJECTS + SCOPES)
    first = (await watched.gather()).section
    watched.now += HOUR + 60
    second = (await watched.gather()).section
    assert first.hour
    assert second.hour
    assert (Level.PROJECT, at("2026-11-18T11:00")) == (first.hour.level, first.hour.start)
    assert (Level.RESOURCE, at("2026-11-18T12:00")) == (second.hour.level, second.hour.start)


async def test_no_hour() -> None:
    """Of an account without a complete hour nothing is told, and nothing is asked for."""
    watched = Watched("2026-11-18T12:20")
    gathered = await watched.details.fetch(UsageSection(), NO_RECENT, (), watched.now)
    assert (UsageDetailsSection(), None) == (gathered.section, gathered.postponed)
    assert 0 == sum(watched.asked.values())


async def test_nothing_used_for_a_month() -> None:
    """While nothing is used the last figures stay those of their months, and are not shown as later ones."""
    watched = Watched("2026-11-18T12:20", teams=1)
    before = await watched.section()
    for now, month, past in (
        ("2026-11-25T10:20", before.month_to_date, before.past_month),
        ("2026-12-01T00:20", None, None),
    ):
        gathered = await watched.details.fetch(UsageSection(), NO_RECENT, (), at(now))
        assert UsageDetailsSection(month_to_date=month, past_month=past) == gathered.section
    assert before.past_month


async def test_a_failure() -> None:
    """A refusal fails the poll; what was answered until then is not asked for again."""
    watched = Watched("2026-11-18T12:20")
    watched.sandbox.fault = lambda request: refused(403) if "granularity" in request.url.params else None
    await_usage = watched.sandbox.fault
    watched.sandbox.fault = lambda _: None
    await watched.poll_usage()
    watched.sandbox.fault = await_usage
    with pytest.raises(ForbiddenError):
        await watched.details.fetch(watched.usage, watched.spends.newest, (), watched.now)
    watched.sandbox.fault = lambda _: None
    await watched.section()
    assert at("2026-11-18T11:00") not in watched.hours_asked


async def test_the_month_before_is_not_shown_as_this_one() -> None:
    """As long as the new month is not known by project, last month's figures are not shown as this one's."""
    watched = Watched("2026-11-30T20:20", generation="2026-06")
    for now in ("2026-11-01T20:20", "2026-11-03T20:20"):
        watched.now = at(now)
        section = await watched.section()
    assert section.month_to_date
    watched.now = at("2026-12-10T10:20")
    assert None is (await watched.section()).month_to_date


async def test_a_past_month_lacks_something() -> None:
    """What the account spent in the last month beyond its known teams is a team `_other`."""
    watched = Watched("2026-11-18T12:20")

    def hidden(request: httpx.Request) -> httpx.Response | None:
        return refused(404) if request.url.params.get("teamId") == "payments" and is_sum(request) else None

    watched.sandbox.fault = hidden
    section = await watched.section()
    assert section.past_month
    shown, month = totals(section.past_month.rows), section.past_month.period
    expected = await watched.ledger(month.start, month.end)
    assert expected["payments",] == shown["_other",]
    assert sum(each for path, each in expected.items() if len(path) == 1) == sum(
        (each for path, each in shown.items() if len(path) == 1), Decimal(0)
    )


async def test_a_trailing_day_lacks_something() -> None:
    """What a team spent in the trailing day beyond the projects that can be asked for is a project `_other`."""
    watched = Watched("2026-11-18T12:20")
    watched.sandbox.fault = lambda request: refused(404) if is_drilled(request, "payments") else None
    section = await watched.section()
    assert section.trailing_day
    day = section.trailing_day.period
    expected = await watched.ledger(day.start, day.end)
    assert {("payments", "_other"): expected["payments",]} == {
        path: each for path, each in totals(section.trailing_day.rows).items() if path[0] == "payments"
    }


def is_drilled(request: httpx.Request, team_id: str) -> bool:
    """Whether the projects of a team are asked for, in an hour."""
    is_hour = request.url.path.rpartition("/")[2].isdecimal()
    return is_hour and team_id == request.url.params.get("teamId")


def is_sum(request: httpx.Request) -> bool:
    """Whether a total is asked for."""
    return "total" == str(request.url.params.get("granularity"))
