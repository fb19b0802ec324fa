"""A month by team and project: what it lacks, what is asked for, and what outlives a gap."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from exporter.domain.accumulated import Accumulated, Base
from exporter.domain.budget import Scope
from exporter.domain.invoice import Category, Period
from exporter.domain.memory import Memory
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import Spend, Usage
from exporter.errors import NotFoundError
from exporter.domain.question import Urgency
from exporter.northflank.usage.project_months import ProjectMonth
from exporter.northflank.usage.spends import EVERYTHING, NO_RECENT, Recent
from tests.builders import price, row
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, totals

START = at("2026-11-01")
TEAM, API, OLD = ("acme",), ("acme", "api"), ("acme", "old")


@dataclass
class Told:
    """What the API says that teams and projects spent, whatever the period; of others it knows nothing."""

    dollars: Mapping[Path, int] = field(default_factory=dict)
    has_scopes: bool = True
    asked: list[Path] = field(default_factory=list)
    newest: Recent = NO_RECENT
    known_since: float | None = None

    async def recent(self, currency: str | None, now: float) -> Recent:  # noqa: ARG002 - the protocol's
        """No hours."""
        return NO_RECENT

    async def of(self, period: Period, scope: Scope = EVERYTHING, urgency: Urgency = Urgency.ACCOUNT) -> Usage | None:  # noqa: ARG002 - the protocol's
        """What a scope spent."""
        path = tuple(each for each in (scope.team_id, scope.project_id) if each)
        self.asked.append(path)
        if path not in self.dollars:
            raise NotFoundError("unknown")
        return Usage("USD", {Category.PAAS: price(str(self.dollars[path]))})

    async def past_months(self, month: Period) -> Mapping[int, Spend]:  # noqa: ARG002 - the protocol's
        """None."""
        return {}

    def memory(self) -> Memory:
        """Nothing."""
        return {}

    def resume(self, memory: Memory) -> None:
        """Nothing to go on from."""


def hours_of(*places: int, projects: int = 1) -> dict[float, Rows]:
    """Hours of the month, by how many came before, in which a team's projects spent a dollar each."""
    paths: list[Path] = [*(("acme", f"p{place}") for place in range(1, projects)), API]
    rows: Rows = {TEAM: row(str(projects)), **{path: row("1") for path in paths}}
    return {START + place * HOUR: rows for place in places}


def until(place: int) -> Period:
    """The month's first hours."""
    return Period(START, START + place * HOUR)


def starts(*places: int) -> tuple[float, ...]:
    """The beginnings of hours."""
    return tuple(START + place * HOUR for place in places)


def month_of(told: Told, accumulated: Accumulated | None = None) -> ProjectMonth:
    """A month of which nothing is known, or that."""
    return ProjectMonth(told, Level.RESOURCE, accumulated or Accumulated(START))


def spent(month: ProjectMonth, hours: Mapping[float, Rows], period: Period) -> dict[Path, int] | None:
    """What each spent in the period, in whole dollars."""
    told = month.spend((), hours, period, None, "USD")
    return {path: int(each) for path, each in totals(told.rows).items()} if told else None


def test_to_ask_changes_nothing() -> None:
    """What the month lacks can be looked at as often as one likes: it stays what it is."""
    month = month_of(Told(), Accumulated(START, bases={TEAM: Base(START + 2 * HOUR, price("2"), START)}))
    before, hours = month.accumulated, hours_of(2, 5)
    assert starts(3, 4) == month.missing(hours, START + 6 * HOUR)
    assert month.is_sooner_asked(starts(3, 4, 6), (), hours)
    assert before is month.accumulated


def test_missing_from_the_start() -> None:
    """Where nothing is counted from, each hour of the month is wanted."""
    assert starts(0, 1, 3) == month_of(Told()).missing(hours_of(2), START + 4 * HOUR)


@pytest.mark.parametrize(
    ("missing", "projects", "has_scopes", "expected"),
    [
        pytest.param(2, 1, True, False, id="as_many_hours_as_paths"),
        pytest.param(3, 1, True, True, id="more_hours"),
        pytest.param(72, 99, True, False, id="three_days_of_a_large_team"),
        pytest.param(73, 99, True, True, id="more_than_three_days"),
        pytest.param(0, 1, True, False, id="nothing_is_missing"),
        pytest.param(500, 1, False, False, id="it_cannot_be_asked"),
    ],
)
def test_sooner_asked(missing: int, projects: int, has_scopes: bool, expected: bool) -> None:  # noqa: FBT001 - columns
    """Asked is where that is fewer requests, and where hours are too many to be fetched one by one."""
    hours = hours_of(600, projects=projects)
    assert expected == month_of(Told(has_scopes=has_scopes)).is_sooner_asked(starts(*range(missing)), (), hours)


@pytest.mark.parametrize(("count", "expected"), [(7, True), (8, False)])
def test_projects_of_before_are_asked_too(count: int, expected: bool) -> None:  # noqa: FBT001 - a column
    """Projects that come and go make asking dearer: each that was seen this month, or is known, is a request."""
    gone = [("acme", f"gone{place}") for place in range(count)]
    month = month_of(Told(), Accumulated(START, bases=dict.fromkeys(gone[1:], Base(START, price("1"), START))))
    assert expected == month.is_sooner_asked(starts(*range(10)), gone[:1], hours_of(600))


async def test_what_was_known_before_a_gap() -> None:
    """A project that is used no more keeps what it spent when all are asked anew, be it that the API forgot it."""
    for dollars in ({TEAM: 9, API: 5, OLD: 4}, {TEAM: 9, API: 5}):
        told = Told(dollars)
        bases = {TEAM: Base(START + HOUR, price("5"), START), OLD: Base(START + HOUR, price("4"), START)}
        month, hours = month_of(told, Accumulated(START, bases=bases)), hours_of(1, 8)
        assert starts(*range(2, 8)) == month.missing(hours, START + 9 * HOUR)
        month.settle(hours, START + 2 * HOUR)
        await month.ask((), hours, until(9), recent=NO_RECENT, now=START + 9 * HOUR)

        assert [TEAM, API, OLD] == told.asked
        assert {TEAM: 9, API: 5, OLD: 4} == spent(month, hours, until(9))


async def test_hours_of_what_the_api_forgot() -> None:
    """What was seen of a project on both sides of a gap stays its own when the API forgot it; the rest is `_other`."""
    told = Told({TEAM: 9})
    month, hours = month_of(told, Accumulated(START, whole_through=START)), hours_of(0, 1, 8)
    month.settle(hours, START + 2 * HOUR)
    assert spent(month, hours, until(9)) is None
    await month.ask((), hours, until(9), recent=NO_RECENT, now=START + 9 * HOUR)

    assert {TEAM: 9, API: 3, ("acme", "_other"): 6} == spent(month, hours, until(9))


async def test_asked_anew_in_part() -> None:
    """Who was asked for after a gap is not asked for again, when the others are."""
    told = Told({TEAM: 10, API: 10})
    bases = {TEAM: Base(START + 9 * HOUR, price("9"), START), API: Base(START + 2 * HOUR, price("2"), START)}
    month, hours = month_of(told, Accumulated(START, bases=bases)), hours_of(8, 9)
    month.settle(hours, START + 2 * HOUR)
    await month.ask((), hours, until(10), recent=NO_RECENT, now=START + 10 * HOUR)

    assert [API] == told.asked
    assert {TEAM: 10, API: 10} == spent(month, hours, until(10))


def test_the_first_instant() -> None:
    """Nobody has spent anything when a month begins; what is counted from something else goes on from that."""
    month = month_of(Told())
    month.count_from_the_start()
    assert {TEAM: 2, API: 2} == spent(month, hours_of(0, 1), until(2))

    counted = month_of(Told(), Accumulated(START, bases={TEAM: Base(START + HOUR, price("7"), START)}))
    before = counted.accumulated
    counted.count_from_the_start()
    assert before is counted.accumulated


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        pytest.param(0.5, [], id="half_a_day_later"),
        pytest.param(1.5, [API], id="a_day_later"),
        pytest.param(-3, [API], id="by_a_clock_that_was_set_back"),
    ],
)
async def test_asked_once_a_day(days: float, asked: list[Path]) -> None:
    """Each is asked for again once a day, also where it was last asked for by a clock that was ahead."""
    told, fetched_at = Told({API: 5}), START + 240 * HOUR
    month = month_of(told, Accumulated(START, bases={API: Base(START + HOUR, price("5"), fetched_at)}))
    await month.refresh((), {}, until(1), fetched_at + days * 24 * HOUR)

    assert asked == told.asked
