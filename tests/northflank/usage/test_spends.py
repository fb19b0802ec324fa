"""The newest hours: which are complete, whether they make a day, and which were told otherwise before."""

import pytest

from exporter.northflank.usage.spends import NO_RECENT, Recent, complete_hours, recent_start, told_anew
from tests.northflank.usage.listed import at, row_of

NOON = at("2026-11-22T12:00")
HOUR = 3600.0


def recent_of(*hours_ago: int) -> Recent:
    """The hours that began so many hours before noon."""
    return Recent(tuple(row_of(NOON - ago * HOUR) for ago in hours_ago), corrected={})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(NOON + 1799.5, 1, id="the running hour"),
        pytest.param(NOON + 3599.9, 1, id="its last moment"),
        pytest.param(NOON + 3600, 2, id="its end"),
        pytest.param(NOON - 0.5, 0, id="a clock that is behind the server's"),
    ],
)
def test_complete_hours(now: float, expected: int) -> None:
    """An hour counts once it is over by the clock, not before: until then its price still grows."""
    assert recent_of(0, 1).rows[2 - expected :] == complete_hours(recent_of(0, 1).rows, now)


def test_recent_start() -> None:
    """The three days before the running hour are looked at."""
    assert at("2026-11-19T12:00") == recent_start(NOON + 1234.5)


@pytest.mark.parametrize(
    ("hours_ago", "is_whole"),
    [
        pytest.param(range(24), True, id="24 hours"),
        pytest.param(range(30), True, id="more"),
        pytest.param(range(23), False, id="23 hours"),
        pytest.param([*range(10), *range(11, 40)], False, id="a gap"),
        pytest.param([], False, id="none"),
    ],
)
def test_trailing_day(hours_ago: range, is_whole: bool) -> None:  # noqa: FBT001 - a column of the table
    """A day is 24 hours without a gap, the newest ones; less is none."""
    recent = recent_of(*hours_ago)
    assert (recent.rows[:24] if is_whole else None) == recent.trailing_day


def test_nothing_is_corrected_at_first() -> None:
    """What is told for the first time corrects nothing."""
    assert {} == told_anew(NO_RECENT, recent_of(0, 1).rows, NOON).corrected


def test_a_correction_is_seen_with_its_time() -> None:
    """An hour at another price is known as corrected from then on, and since when."""
    first = told_anew(NO_RECENT, recent_of(1, 2, 3).rows, NOON)
    second = told_anew(first, (row_of(NOON - HOUR), row_of(NOON - 2 * HOUR, 5), row_of(NOON - 3 * HOUR)), NOON + 600)
    third = told_anew(second, (row_of(NOON), *second.rows), NOON + HOUR)
    assert {NOON - 2 * HOUR: NOON + 600} == second.corrected == third.corrected


def test_a_second_correction() -> None:
    """The newest correction of an hour is what counts."""
    told = NO_RECENT
    for place, total in enumerate((1, 2, 3)):
        told = told_anew(told, (row_of(NOON - HOUR, total),), NOON + place)
    assert {NOON - HOUR: NOON + 2} == told.corrected


def test_corrections_are_forgotten() -> None:
    """Once an hour is no longer looked at, so is its correction."""
    hour = NOON - 72 * HOUR
    before = told_anew(told_anew(NO_RECENT, (row_of(hour),), NOON), (row_of(hour, 2),), NOON + 1)
    assert {hour: NOON + 1} == before.corrected
    assert {} == told_anew(before, (row_of(NOON),), NOON + HOUR).corrected


def test_a_late_hour_in_the_middle() -> None:
    """An hour that appears after a later one was told is a correction: sums were made without it."""
    first = told_anew(NO_RECENT, recent_of(1, 3).rows, NOON)
    assert {NOON - 2 * HOUR: NOON + 60} == told_anew(first, recent_of(1, 2, 3).rows, NOON + 60).corrected


def test_hours_at_the_ends() -> None:
    """Neither a new hour nor one that a clock set back brings into sight corrects anything."""
    first = told_anew(NO_RECENT, recent_of(1, 2).rows, NOON)
    assert {} == told_anew(first, recent_of(0, 1, 2, 3).rows, NOON + HOUR).corrected
