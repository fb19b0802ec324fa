"""The calendar periods of budgets, beside the plain calendar that the end-to-end tests expect figures by."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporter.domain.calendar import PeriodKind, period_of
from exporter.domain.invoice import Period
from tests.e2e.expected_periods import at, period

MONDAY = 0
FIRST, LAST = int(at("1999-12-31T00:00")), int(at("2101-03-02T00:00"))
instants = st.integers(FIRST, LAST)
kinds = st.sampled_from(PeriodKind)


@pytest.mark.parametrize(
    ("kind", "now", "start", "end"),
    [
        pytest.param("day", "2028-02-29T23:59:59", "2028-02-29T00:00", "2028-03-01T00:00", id="leap day"),
        pytest.param("week", "2027-01-01T12:00", "2026-12-28T00:00", "2027-01-04T00:00", id="week over a new year"),
        pytest.param("week", "2026-11-23T00:00", "2026-11-23T00:00", "2026-11-30T00:00", id="week at its turn"),
        pytest.param("month", "2028-02-01T00:00", "2028-02-01T00:00", "2028-03-01T00:00", id="leap February"),
        pytest.param("month", "2026-12-31T23:59:59", "2026-12-01T00:00", "2027-01-01T00:00", id="December"),
        pytest.param("quarter", "2026-12-31T10:00", "2026-10-01T00:00", "2027-01-01T00:00", id="last quarter"),
        pytest.param("quarter", "2026-04-01T00:00", "2026-04-01T00:00", "2026-07-01T00:00", id="quarter at its turn"),
        pytest.param("year", "2028-06-01T00:00", "2028-01-01T00:00", "2029-01-01T00:00", id="leap year"),
    ],
)
def test_periods(kind: str, now: str, start: str, end: str) -> None:
    """A budget's period is the calendar's in UTC, its end exclusive; at a turn it is the one that begins."""
    expected = (int(at(start)), int(at(end)))
    assert expected == period(kind, at(now))
    assert Period(*expected) == period_of(PeriodKind(kind), at(now))


@given(kind=kinds, now=instants)
@example(kind=PeriodKind.WEEK, now=int(at("2028-02-29T00:00")))
def test_periods_are_the_calendars(kind: PeriodKind, now: int) -> None:
    """Whatever the instant, its period is the one that the plain calendar names."""
    assert Period(*period(kind.value, now)) == period_of(kind, now)


@given(kind=kinds, now=instants)
def test_periods_follow_each_other(kind: PeriodKind, now: int) -> None:
    """A period holds its instant, and the next one begins where it ends: nothing is counted twice or not at all."""
    found = period_of(kind, now)
    assert found.start <= now < found.end
    assert found.end == period_of(kind, found.end).start
    assert found == period_of(kind, found.end - 1)


@given(now=instants)
def test_weeks_begin_on_monday(now: int) -> None:
    """A week begins at midnight between Sunday and Monday, UTC."""
    first = datetime.fromtimestamp(period_of(PeriodKind.WEEK, now).start, UTC)
    assert (MONDAY, 0, 0, 0) == (first.weekday(), first.hour, first.minute, first.second)
