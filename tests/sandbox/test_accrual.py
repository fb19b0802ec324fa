"""An hour, a day, a month and an invoice's period are one truth."""

import datetime as dt
from functools import reduce
from itertools import pairwise

import pytest

from exporter.sandbox.accrual import EVERYTHING, Accrual
from exporter.sandbox.bill import NO_BYOC, NO_FEE, NO_PAAS, Bill, added
from exporter.sandbox.narrow import Filters, narrowed
from exporter.sandbox.organisation import organisation
from exporter.sandbox.pricing import Consumption
from exporter.sandbox.span import Span
from exporter.sandbox.tree import Tree
from tests.sandbox.reaching import options

HOUR = 3_600
DAY = 24 * HOUR
LATER = 10**11


def _unix(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


TODAY = _unix("2024-02-28")
Path = tuple[str, ...]


def _accrual(*, corrections: bool = False, **changes: int) -> Accrual:
    return Accrual(organisation(options(**changes)), TODAY, corrections=corrections)


def _resources(tree: Tree) -> dict[Path, Bill]:
    return {
        (team.id, project.id, kind.name, resource.id): resource.bill
        for team in tree.teams
        for project in team.projects
        for kind in project.resource_types
        for resource in kind.resources
    }


def _rows(tree: Tree) -> dict[Path, Bill]:
    """Every row of every level by its path."""
    teams: dict[Path, Bill] = {(team.id,): team.bill for team in tree.teams}
    projects: dict[Path, Bill] = {(team.id, row.id): row.bill for team in tree.teams for row in team.projects}
    types: dict[Path, Bill] = {
        (team.id, row.id, kind.name): kind.bill
        for team in tree.teams
        for row in team.projects
        for kind in row.resource_types
    }
    return {(): tree.bill, **teams, **projects, **types, **_resources(tree)}


def _summed(many: list[Consumption]) -> dict[Path, Bill]:
    def together(known: dict[Path, Bill], one: Consumption) -> dict[Path, Bill]:
        rows = _rows(one.paas)
        return {path: added((known.get(path, NO_PAAS), rows.get(path, NO_PAAS)), NO_PAAS) for path in {*known, *rows}}

    return reduce(together, many, {})


def _pieces(start: int, end: int, seconds: int) -> list[Span]:
    return [Span(one, two, LATER) for one, two in pairwise([*range(start, end, seconds), end])]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        pytest.param("2024-02-28", "2024-03-02", HOUR, id="hours over leap day, month's turn, spike and deletion"),
        pytest.param("2024-02-01", "2024-03-01", DAY, id="days of a leap month"),
        pytest.param("2024-02-29T05:00", "2024-02-29T07:00", 61, id="seconds"),
    ],
)
def test_parts_make_the_whole(start: str, end: str, seconds: int) -> None:
    """The parts of a time add up to it: at every level, part by part, quantity by quantity."""
    accrual = _accrual()
    parts = [accrual.consumption(span) for span in _pieces(_unix(start), _unix(end), seconds)]
    whole = accrual.consumption(Span(_unix(start), _unix(end), LATER))
    assert _rows(whole.paas) == _summed(parts)
    assert whole.byoc == added((one.byoc for one in parts), NO_BYOC)
    assert whole.egress_ip == added((one.egress_ip for one in parts), NO_FEE)
    assert whole.load_balancer == added((one.load_balancer for one in parts), NO_FEE)


def test_levels_add_up() -> None:
    """In a running hour too resources make their type, types their project, projects their team, teams the price."""
    paas = _accrual().consumption(Span(TODAY + 14 * HOUR, TODAY + 14 * HOUR + 1_234, LATER)).paas
    assert paas.bill == added((team.bill for team in paas.teams), NO_PAAS)
    assert paas.bill == added(_resources(paas).values(), NO_PAAS)
    for team in paas.teams:
        assert team.bill == added((project.bill for project in team.projects), NO_PAAS)


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(EVERYTHING, id="everything"),
        pytest.param(Filters("web", None, None), id="team"),
        pytest.param(Filters(None, "api", None), id="project in any team"),
        pytest.param(Filters("web", "api", "service"), id="all three"),
        pytest.param(Filters(None, None, "harness"), id="type that rests at times"),
    ],
)
@pytest.mark.parametrize("hour", [3, 12])
def test_filters(filters: Filters, hour: int) -> None:
    """What a list tells of a filter is what the tree narrowed by it comes to."""
    accrual, span = _accrual(), Span(TODAY + hour * HOUR, TODAY + (hour + 1) * HOUR, LATER)
    tree = accrual.consumption(span)
    flat = accrual.flat(span, filters)
    assert narrowed(tree.paas, filters).bill == flat.paas.bill
    assert (tree.byoc, tree.clusters, tree.egress_ip) == (flat.byoc, flat.clusters, flat.egress_ip)


def _of_hour(accrual: Accrual, hour: int, as_of: int = LATER) -> dict[Path, Bill]:
    return _resources(accrual.consumption(Span(TODAY + hour * HOUR, TODAY + (hour + 1) * HOUR, as_of)).paas)


def test_jobs_run_at_their_hours() -> None:
    """A nightly job is in the hours in which it runs, and in no other; services are in all."""
    accrual = _accrual()
    job, service = ("web", "api", "job", "nightly-report"), ("web", "api", "service", "web")
    assert [2, 3] == [hour for hour in range(24) if job in _of_hour(accrual, hour)]
    assert all(service in _of_hour(accrual, hour) for hour in range(24))


def test_spike() -> None:
    """One resource costs tens of times its usual for three hours; all the others cost what they cost at noon."""
    accrual = _accrual()
    hours = {hour: _of_hour(accrual, hour) for hour in (12, 14, 17)}
    dearer = {path for path, bill in hours[14].items() if bill.total > hours[12][path].total}
    assert {("platform", "api")} == {path[:2] for path in dearer}
    assert [31] == [hours[14][path].total / hours[12][path].total for path in dearer]
    assert [1] == [hours[17][path].total / hours[12][path].total for path in dearer]
    assert all(hours[14][path] == hours[12][path] for path in hours[12].keys() - dearer)


def test_deletion() -> None:
    """A resource is deleted at 7 o'clock of the second day: later hours lack it, a month that begins before has it."""
    accrual = _accrual(resources=7)
    rows = [_of_hour(accrual, hour).keys() for hour in (30, 31)]
    gone = rows[0] - rows[1]
    assert {("web", "api", "service", "gateway")} == gone
    assert gone < _resources(accrual.consumption(Span(TODAY, TODAY + 30 * DAY, LATER)).paas).keys()


def test_running_hour_grows_by_the_second() -> None:
    """Half an hour costs half of the hour."""
    accrual = _accrual()
    whole = accrual.flat(Span(TODAY, TODAY + HOUR, LATER)).total
    assert whole == 2 * accrual.flat(Span(TODAY, TODAY + HOUR // 2, LATER)).total


def test_corrections() -> None:
    """Five hours after its end one hour turns out dearer and another cheaper, if there are corrections."""
    accrual, plain = _accrual(corrections=True), _accrual()
    dearer, cheaper = (TODAY + hour * HOUR for hour in (5, 22))
    for hour, sign in ((dearer, 1), (cheaper, -1)):
        spans = [Span(hour, hour + HOUR, hour + late * HOUR) for late in (1, 5, 6)]
        first, still, corrected = (accrual.flat(span).total for span in spans)
        assert first == still == plain.flat(spans[2]).total
        assert sign * (corrected - first) > 0


def test_corrected_hours_make_the_whole() -> None:
    """What is known at one instant adds up, whether an hour has been corrected by then or not."""
    accrual, as_of = _accrual(corrections=True), TODAY + 11 * HOUR
    hours = [accrual.flat(Span(TODAY + one * HOUR, TODAY + (one + 1) * HOUR, as_of)).total for one in range(24)]
    assert accrual.flat(Span(TODAY, TODAY + DAY, as_of)).total == sum(hours)


def test_clusters_make_byoc() -> None:
    """Two clusters make the BYOC price of an hour."""
    hour = _accrual().consumption(Span(TODAY, TODAY + HOUR, LATER))
    assert 2 == len(hour.clusters)
    assert hour.byoc == added((row.bill for row in hour.clusters), NO_BYOC)
    assert hour.byoc.total > 0
