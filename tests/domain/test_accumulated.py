"""The month to date of teams and projects: bases, and the hours that came since."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.domain.accumulated import (
    NOTHING,
    Accumulated,
    Base,
    Hours,
    missing_hours,
    newest_names,
    summed,
)
from exporter.domain.tree import Path, Row
from tests.builders import price, row

HOUR = 3600.0
START = 1_793_491_200.0  # 2026-11-01T00:00:00Z
TEAM, API, WEB = ("acme",), ("acme", "api"), ("acme", "web")


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


def test_base_then_hours() -> None:
    """The hours since what was asked for are added to it, part by part; those before are in it already."""
    known = Accumulated(START, bases={API: Base(hour(4), price("100", cpu="60", memory="40"), hour(4))})
    assert price("111", cpu="71", memory="40") == known.spent(API, HOURS, hour(6))
    assert price("104", cpu="64", memory="40") == known.spent(API, HOURS, hour(5))
    assert price("100", cpu="60", memory="40") == known.spent(API, HOURS, hour(4))


def test_nothing_to_count_from() -> None:
    """A project that was never asked for is not known, unless the month was seen from its beginning."""
    assert None is Accumulated(START).spent(API, HOURS, hour(6))
    assert price("14", cpu="14") == Accumulated(START, whole_through=START).spent(API, HOURS, hour(6))
    assert NOTHING == Accumulated(START, whole_through=START).spent(("gone",), HOURS, hour(6))


def test_what_is_counted_from_later() -> None:
    """What was asked for up to a later instant does not tell what was spent until now."""
    known = Accumulated(START, bases={API: Base(hour(6), price("100"), hour(6))})
    assert None is known.spent(API, HOURS, hour(5))


def test_a_row_without_a_price() -> None:
    """An hour that gives a project no price adds nothing."""
    known = Accumulated(START, whole_through=START)
    assert price("2") == known.spent(API, {hour(0): {API: Row(None, None)}, hour(1): {API: row("2")}}, hour(2))


def test_counted_from() -> None:
    """Every hour since the earliest base is needed."""
    base = Base(hour(4), NOTHING, 0)
    assert None is Accumulated(START).counted_from
    assert START == Accumulated(START, whole_through=START).counted_from
    assert hour(2) == Accumulated(START, hour(3), {API: base, WEB: Base(hour(2), NOTHING, 0)}).counted_from
    assert hour(3) == Accumulated(START, hour(3), {API: base}).counted_from


def test_with_bases() -> None:
    """New bases take the place of old ones; the others stay."""
    old, new = Base(hour(1), price("1"), 0), Base(hour(2), price("2"), 0)
    assert {API: new, WEB: old} == Accumulated(START, bases={API: old, WEB: old}).with_bases({API: new}).bases


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
    known = Accumulated(START, whole, bases)
    folded = known.folded(hours, before)
    kept = {start: rows for start, rows in hours.items() if start >= before}
    through = max(before, later)
    for path in (TEAM, API, WEB, ("beta",), ("beta", "api"), ("unseen",)):
        expected, actual = known.spent(path, hours, through), folded.spent(path, kept, through)
        assert (expected and expected.total) == (actual and actual.total)


@given(some_hours, some_bases, st.none() | instants, instants)
def test_folding_goes_forth(hours: Hours, bases: Mapping[Path, Base], whole: float | None, before: float) -> None:
    """After folding, no hour before that instant is needed; when each was asked for stays known."""
    folded = Accumulated(START, whole, bases).folded(hours, before)
    assert folded.counted_from is None or folded.counted_from >= before
    assert {7.0} >= {folded.bases[path].fetched_at for path in bases}


def test_folding_keeps_parts() -> None:
    """Components survive, not the total alone."""
    folded = Accumulated(START, whole_through=START).folded(HOURS, hour(6))
    assert price("14", cpu="14") == folded.bases[API].price
    assert hour(6) == folded.whole_through


def test_the_account_is_no_base() -> None:
    """The hours' rows of the account itself are not taken for a team."""
    assert {TEAM} == set(Accumulated(START, START).folded({START: {(): row("1"), TEAM: row("1")}}, hour(1)).bases)


@pytest.mark.parametrize(
    ("through", "bases", "whole"),
    [
        pytest.param(6, {API, WEB}, hour(3), id="nothing is later"),
        pytest.param(5, {WEB}, None, id="one is later"),
        pytest.param(2, set(), None, id="all are later"),
    ],
)
def test_rewinding(through: int, bases: set[Path], whole: float | None) -> None:
    """What was counted up to later is let go, and then nobody counts as having spent nothing."""
    known = Accumulated(START, hour(3), {API: Base(hour(6), price("9"), 0), WEB: Base(hour(4), price("1"), 0)})
    rewound = known.rewound(hour(through))
    assert (bases, whole) == (set(rewound.bases), rewound.whole_through)


def test_rewinding_nothing() -> None:
    """Where nothing is later all stays as it is, and need not be written again."""
    known = Accumulated(START, hour(3), {API: Base(hour(6), price("9"), 0)})
    assert known is known.rewound(hour(6))


def test_a_rewound_project_is_asked_for() -> None:
    """A project whose base is let go is not taken for one that spent nothing until then."""
    known = Accumulated(START, hour(3), {API: Base(hour(6), price("900"), 0)})
    assert None is known.rewound(hour(5)).spent(API, HOURS, hour(5))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(2, 7, (2, 6), id="around"),
        pytest.param(3, 6, (), id="none"),
        pytest.param(6, 6, (), id="no time"),
        pytest.param(8, 6, (), id="less than none"),
    ],
)
def test_missing_hours(start: int, end: int, expected: tuple[int, ...]) -> None:
    """The hours that are not there, from the start to the end, which is not one of them."""
    assert tuple(map(hour, expected)) == missing_hours(HOURS, hour(start), hour(end))


def test_summed() -> None:
    """Rows of one level over some hours, under their newest names; without a price there is no row."""
    hours: Hours = {
        hour(0): {API: row("100", "Oldest")},
        hour(1): {TEAM: row("9"), API: row("1", "Old"), ("acme", "none"): row(name="None")},
        hour(2): {API: row("2", "New"), WEB: row("5")},
        hour(3): {API: row("1000", "Newest")},
    }
    expected = {API: Row("New", price("3")), WEB: Row(None, price("5"))}
    assert expected == summed(hours, hour(1), hour(3), depth=2)
    assert [API, WEB] == list(summed(hours, hour(1), hour(3), depth=2))
    assert {TEAM: Row(None, price("9"))} == summed(hours, hour(1), hour(3), depth=1)


def test_newest_names() -> None:
    """The first name of each counts; rows without one do not hide it."""
    assert {API: "New", WEB: "Web"} == newest_names(
        [{API: row("1"), WEB: row("1", "Web")}, {API: row("1", "New")}, {API: row("1", "Old")}]
    )


def test_hours_do_not_change() -> None:
    """Folding changes nothing in place."""
    known = Accumulated(START, START)
    known.folded(HOURS, hour(6))
    assert (START, {}) == (known.whole_through, known.bases)
    assert Decimal(3) == (HOURS[hour(3)][API].price or NOTHING).total
