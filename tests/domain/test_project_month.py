"""The month to date of teams and projects: bases, and the hours that came since."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.domain.facts import NOTHING, Base, ProjectMonth
from exporter.domain.price import Price
from exporter.domain.project_month import folded, rewound, spent, with_gap
from exporter.domain.tree import Path, Row, Rows
from tests.builders import price, row

HOUR = 3600.0
START = 1_793_491_200.0  # 2026-11-01T00:00:00Z
TEAM, API, WEB = ("acme",), ("acme", "api"), ("acme", "web")

Hours = Mapping[float, Rows]


def hour(place: int) -> float:
    """The beginning of an hour of the month, or where the one before ends."""
    return START + place * HOUR


def hours_of(several: Mapping[int, Mapping[Path, str]]) -> Hours:
    """Hours by their place in the month."""
    return {
        hour(place): {path: row(total, cpu=total) for path, total in prices.items()}
        for place, prices in several.items()
    }


HOURS = hours_of({3: {TEAM: "3", API: "3"}, 4: {TEAM: "5", API: "4", WEB: "1"}, 5: {TEAM: "7", API: "7"}})


def spent_of(path: Path, month: ProjectMonth, hours: Hours, through: float) -> Price | None:
    """What a project spent up to an instant; None where it is not known what it spent before."""
    found = spent(month, hours, hours.__getitem__, through)
    return None if path in found.unknown else found.prices.get(path, NOTHING if month.base_of(path) else None)


def folded_before(month: ProjectMonth, hours: Hours, before: float) -> ProjectMonth:
    """The month with hours in what it is counted from."""
    return folded(month, hours, hours.__getitem__, before)


def test_base_then_hours() -> None:
    """The hours since what was asked for are added to it, part by part; those before are in it already."""
    month = ProjectMonth(bases={API: Base(hour(4), price("100", cpu="60", memory="40"), hour(4))})
    assert price("111", cpu="71", memory="40") == spent_of(API, month, HOURS, hour(6))
    assert price("104", cpu="64", memory="40") == spent_of(API, month, HOURS, hour(5))
    assert price("100", cpu="60", memory="40") == spent_of(API, month, HOURS, hour(4))


def test_nothing_to_count_from() -> None:
    """A project that was never asked for is not known, unless the month was seen from its beginning."""
    assert None is spent_of(API, ProjectMonth(), HOURS, hour(6))
    assert price("14", cpu="14") == spent_of(API, ProjectMonth(START), HOURS, hour(6))
    assert NOTHING == spent_of(("gone",), ProjectMonth(START), HOURS, hour(6))


def test_what_is_known_of_an_unknown_one() -> None:
    """Of a project that was never asked for, what its known hours hold is known, and that it is not all."""
    found = spent(ProjectMonth(), HOURS, HOURS.__getitem__, hour(6))

    assert {TEAM, API, WEB} == found.unknown
    assert {TEAM: Decimal(15), API: Decimal(14), WEB: Decimal(1)} == {
        path: each.total for path, each in found.prices.items()
    }


def test_who_was_used() -> None:
    """Those that the hours list are used, be it at no price; those that were asked for alone are not."""
    month = ProjectMonth(START, {("old",): Base(START, NOTHING, START)})
    found = spent(month, HOURS, HOURS.__getitem__, hour(5))

    assert {TEAM, API, WEB} == found.used
    assert NOTHING == found.prices["old",]


def test_what_is_counted_from_later() -> None:
    """What was asked for up to a later instant does not tell what was spent until now."""
    month = ProjectMonth(bases={API: Base(hour(6), price("100"), hour(6))})
    assert None is spent_of(API, month, HOURS, hour(5))


def test_a_row_without_a_price() -> None:
    """An hour that gives a project no price adds nothing."""
    hours: Hours = {hour(0): {API: Row(None, None)}, hour(1): {API: row("2")}}
    assert price("2") == spent_of(API, ProjectMonth(START), hours, hour(2))


def test_hours_that_are_many() -> None:
    """However many hours are added up, the sum is exact, and each is read once."""
    hours: Hours = {hour(place): {API: row("0.0000001", cpu="0.0000001")} for place in range(744)}
    read: list[float] = []

    def rows_of(start: float) -> Rows:
        read.append(start)
        return hours[start]

    found = spent(ProjectMonth(START), reversed(list(hours)), rows_of, hour(744))

    assert price("0.0000744", cpu="0.0000744") == found.prices[API]
    assert sorted(hours) == read


def test_counted_from() -> None:
    """Every hour since the earliest base is needed."""
    base = Base(hour(4), NOTHING, 0)
    assert None is ProjectMonth().counted_from
    assert START == ProjectMonth(START).counted_from
    assert hour(2) == ProjectMonth(hour(3), {API: base, WEB: Base(hour(2), NOTHING, 0)}).counted_from
    assert hour(3) == ProjectMonth(hour(3), {API: base}).counted_from


paths = st.sampled_from([TEAM, API, WEB, ("beta",), ("beta", "api")])
amounts = st.decimals(min_value=-5, max_value=1000, places=4, allow_nan=False)
some_hours = st.dictionaries(
    st.integers(0, 12).map(hour), st.dictionaries(paths, amounts.map(lambda amount: row(str(amount)))), max_size=10
)
some_bases = st.dictionaries(
    paths, st.builds(Base, st.integers(0, 12).map(hour), amounts.map(lambda amount: price(str(amount))), st.just(7.0))
)
instants = st.integers(0, 13).map(hour)


@given(some_hours, some_bases, st.none() | instants, instants, instants)
def test_folding_keeps_sums(
    hours: Hours, bases: Mapping[Path, Base], whole: float | None, before: float, later: float
) -> None:
    """Whenever hours are taken into what is counted from, every project has spent the same as before."""
    known = ProjectMonth(whole, bases)
    month = folded_before(known, hours, before)
    kept = {start: rows for start, rows in hours.items() if start >= before}
    through = max(before, later)
    for path in (TEAM, API, WEB, ("beta",), ("beta", "api"), ("unseen",)):
        expected, actual = spent_of(path, known, hours, through), spent_of(path, month, kept, through)
        assert (expected and expected.total) == (actual and actual.total)


@given(some_hours, some_bases, st.none() | instants, instants)
def test_folding_goes_forth(hours: Hours, bases: Mapping[Path, Base], whole: float | None, before: float) -> None:
    """After folding, no hour before that instant is needed; when each was asked for stays known."""
    month = folded_before(ProjectMonth(whole, bases), hours, before)
    assert month.counted_from is None or month.counted_from >= before
    assert {7.0} >= {month.bases[path].fetched_at for path in bases}


@given(some_hours, some_bases, st.none() | instants, instants, instants)
def test_folding_twice(
    hours: Hours, bases: Mapping[Path, Base], whole: float | None, before: float, later: float
) -> None:
    """Folding in two steps, over a restart or not, comes to the same as folding at once."""
    first, second = sorted((before, later))
    known = ProjectMonth(whole, bases)
    kept = {start: rows for start, rows in hours.items() if start >= first}
    at_once = folded_before(known, hours, second)
    in_steps = folded_before(folded_before(known, hours, first), kept, second)

    assert at_once.whole_through == in_steps.whole_through
    assert {path: (base.through, base.price.total) for path, base in at_once.bases.items()} == {
        path: (base.through, base.price.total) for path, base in in_steps.bases.items()
    }


def test_folding_keeps_parts() -> None:
    """Components survive, not the total alone."""
    month = folded_before(ProjectMonth(START), HOURS, hour(6))
    assert price("14", cpu="14") == month.bases[API].price
    assert hour(6) == month.whole_through


def test_the_account_is_no_base() -> None:
    """The hours' rows of the account itself are not taken for a team."""
    hours: Hours = {START: {(): row("1"), TEAM: row("1")}}
    assert {TEAM} == set(folded_before(ProjectMonth(START), hours, hour(1)).bases)


def test_folding_keeps_names() -> None:
    """Names of hours that are folded are still known."""
    month = ProjectMonth(START, names={TEAM: "Acme"})
    assert {TEAM: "Acme"} == folded_before(month, HOURS, hour(6)).names


@pytest.mark.parametrize(
    ("through", "bases", "whole"),
    [
        pytest.param(6, {API, WEB}, hour(3), id="nothing is later"),
        pytest.param(5, {WEB}, None, id="one is later"),
        pytest.param(2, set(), None, id="all are later"),
    ],
)
def test_rewinding(through: int, bases: set[Path], whole: float | None) -> None:
    """What was counted up to later is dropped, and then nobody counts as having spent nothing."""
    known = ProjectMonth(hour(3), {API: Base(hour(6), price("9"), 0), WEB: Base(hour(4), price("1"), 0)})
    month = rewound(known, hour(through))
    assert (bases, whole) == (set(month.bases), month.whole_through)


def test_rewinding_nothing() -> None:
    """Where nothing is later all stays as it is, and need not be written again."""
    known = ProjectMonth(hour(3), {API: Base(hour(6), price("9"), 0)})
    assert known is rewound(known, hour(6))


def test_rewinding_what_was_seen_from_the_beginning() -> None:
    """A month of which more was seen than there is now is not taken to be known."""
    assert None is rewound(ProjectMonth(hour(6)), hour(5)).whole_through


def test_a_rewound_project_is_asked_for() -> None:
    """A project whose base is dropped is not taken for one that spent nothing until then."""
    known = ProjectMonth(hour(3), {API: Base(hour(6), price("900"), 0)})
    assert None is spent_of(API, rewound(known, hour(5)), HOURS, hour(5))


def test_a_gap() -> None:
    """Where hours are missing, those that were seen go on from what they had; nobody else spent nothing in it."""
    month = ProjectMonth(hour(3), {API: Base(hour(2), price("9"), 0)}, names={TEAM: None, API: None, WEB: None})
    gap = with_gap(month)

    assert None is gap.whole_through
    assert {API: month.bases[API], **dict.fromkeys((TEAM, WEB), Base(hour(3), NOTHING, hour(3)))} == gap.bases
    assert month.names == gap.names
    assert None is gap.base_of(("unseen",))
    assert gap is with_gap(gap)


def test_hours_do_not_change() -> None:
    """Folding changes nothing in place."""
    known = ProjectMonth(START)
    folded_before(known, HOURS, hour(6))
    assert (START, {}) == (known.whole_through, known.bases)
    assert Decimal(3) == (HOURS[hour(3)][API].price or NOTHING).total
