from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.domain.calendar import PeriodKind, hour_after, hour_before, month_of, months_before, period_of
from exporter.domain.invoice import Period

DAY, WEEK, MONTH, QUARTER, YEAR = PeriodKind
HOUR = 3600.0

instants = st.integers(0, 8 * 253_000_000_000).map(lambda eighths: eighths / 8)


def at(text: str) -> float:
    """Unix seconds of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def period(start: str, end: str) -> Period:
    """A period from one time to another."""
    return Period(at(start), at(end))


@pytest.mark.parametrize(
    ("instant", "before", "after"),
    [
        pytest.param("2026-06-01T12:00:00", "2026-06-01T12:00:00", "2026-06-01T12:00:00", id="on_an_hour"),
        pytest.param("2026-06-01T12:00:01", "2026-06-01T12:00:00", "2026-06-01T13:00:00", id="after_an_hour"),
        pytest.param("2026-06-01T12:59:59.999", "2026-06-01T12:00:00", "2026-06-01T13:00:00", id="before_an_hour"),
        pytest.param("2026-06-30T23:30:00", "2026-06-30T23:00:00", "2026-07-01T00:00:00", id="month_turns"),
        pytest.param("1970-01-01T00:00:00", "1970-01-01T00:00:00", "1970-01-01T00:00:00", id="the_first_instant"),
    ],
)
def test_full_hours(instant: str, before: str, after: str) -> None:
    """Between two hours there is one before and one after; an instant on an hour is both."""
    assert (at(before), at(after)) == (hour_before(at(instant)), hour_after(at(instant)))


@settings(deadline=None)  # the machine may be busy
@given(instants)
def test_any_full_hours(instant: float) -> None:
    """Both are full hours around the instant, less than an hour away, and one hour apart at most."""
    before, after = hour_before(instant), hour_after(instant)

    assert (0, 0) == (before % HOUR, after % HOUR)
    assert instant - HOUR < before <= instant <= after < instant + HOUR
    assert after - before in {0, HOUR}


@pytest.mark.parametrize(
    ("kind", "instant", "start", "end"),
    [
        pytest.param(DAY, "2026-06-15T13:45:10.5", "2026-06-15", "2026-06-16", id="day"),
        pytest.param(DAY, "2026-06-15T00:00:00", "2026-06-15", "2026-06-16", id="day_at_its_first_instant"),
        pytest.param(DAY, "2026-06-14T23:59:59.999", "2026-06-14", "2026-06-15", id="day_at_its_last_instant"),
        pytest.param(DAY, "2028-02-29T12:00:00", "2028-02-29", "2028-03-01", id="leap_day"),
        pytest.param(DAY, "2027-02-28T12:00:00", "2027-02-28", "2027-03-01", id="no_leap_day"),
        pytest.param(DAY, "2026-12-31T12:00:00", "2026-12-31", "2027-01-01", id="last_day_of_a_year"),
        pytest.param(WEEK, "2026-06-17T13:45:10", "2026-06-15", "2026-06-22", id="week"),
        pytest.param(WEEK, "2026-06-15T00:00:00", "2026-06-15", "2026-06-22", id="week_begins_on_monday"),
        pytest.param(WEEK, "2026-06-21T23:59:59", "2026-06-15", "2026-06-22", id="week_ends_with_sunday"),
        pytest.param(WEEK, "2026-12-31T12:00:00", "2026-12-28", "2027-01-04", id="week_across_a_year_from_before"),
        pytest.param(WEEK, "2027-01-03T12:00:00", "2026-12-28", "2027-01-04", id="week_across_a_year_from_after"),
        pytest.param(WEEK, "2028-03-01T12:00:00", "2028-02-28", "2028-03-06", id="week_of_a_leap_day"),
        pytest.param(MONTH, "2026-06-15T13:45:10", "2026-06-01", "2026-07-01", id="month"),
        pytest.param(MONTH, "2026-07-01T00:00:00", "2026-07-01", "2026-08-01", id="month_at_its_first_instant"),
        pytest.param(MONTH, "2026-06-30T23:59:59.999", "2026-06-01", "2026-07-01", id="month_at_its_last_instant"),
        pytest.param(MONTH, "2026-12-31T23:00:00", "2026-12-01", "2027-01-01", id="december"),
        pytest.param(MONTH, "2027-02-28T23:00:00", "2027-02-01", "2027-03-01", id="february"),
        pytest.param(MONTH, "2028-02-29T23:00:00", "2028-02-01", "2028-03-01", id="february_of_a_leap_year"),
        pytest.param(MONTH, "2100-02-28T23:00:00", "2100-02-01", "2100-03-01", id="february_of_2100"),
        pytest.param(MONTH, "2026-03-31T12:00:00", "2026-03-01", "2026-04-01", id="the_31st"),
        pytest.param(QUARTER, "2026-01-01T00:00:00", "2026-01-01", "2026-04-01", id="first_quarter"),
        pytest.param(QUARTER, "2026-03-31T23:59:59", "2026-01-01", "2026-04-01", id="first_quarter_ends"),
        pytest.param(QUARTER, "2026-05-31T12:00:00", "2026-04-01", "2026-07-01", id="second_quarter"),
        pytest.param(QUARTER, "2026-07-01T00:00:00", "2026-07-01", "2026-10-01", id="third_quarter"),
        pytest.param(QUARTER, "2026-12-31T12:00:00", "2026-10-01", "2027-01-01", id="fourth_quarter"),
        pytest.param(YEAR, "2026-06-15T13:45:10", "2026-01-01", "2027-01-01", id="year"),
        pytest.param(YEAR, "2028-02-29T12:00:00", "2028-01-01", "2029-01-01", id="leap_year"),
        pytest.param(YEAR, "2027-01-01T00:00:00", "2027-01-01", "2028-01-01", id="year_at_its_first_instant"),
        pytest.param(YEAR, "2026-12-31T23:59:59", "2026-01-01", "2027-01-01", id="year_at_its_last_instant"),
    ],
)
def test_period_of(kind: PeriodKind, instant: str, start: str, end: str) -> None:
    """The calendar period in UTC that holds an instant; one at a turn is in the period that begins."""
    assert period(start, end) == period_of(kind, at(instant))


@settings(deadline=None)  # the machine may be busy
@given(st.sampled_from(PeriodKind), instants)
def test_periods_have_no_gaps(kind: PeriodKind, instant: float) -> None:
    """Any instant is in its period, up to the last moment before the next, which begins where it ends."""
    found = period_of(kind, instant)

    assert found.start <= instant < found.end
    assert found == period_of(kind, found.start)
    assert found.end == period_of(kind, found.end).start


def test_just_before_a_turn() -> None:
    """An instant less than a microsecond before the turn is still in the month that ends."""
    assert period("2026-06-01", "2026-07-01") == month_of(at("2026-07-01") - 2.5e-7)


@pytest.mark.parametrize(
    ("month", "seconds"),
    [
        pytest.param("2027-02-15", 28 * 86400, id="february"),
        pytest.param("2028-02-15", 29 * 86400, id="february_of_a_leap_year"),
        pytest.param("2026-03-15", 31 * 86400, id="march_has_no_summer_time_in_utc"),
    ],
)
def test_length_of_a_month(month: str, seconds: float) -> None:
    """A month has as many days of 24 hours as the calendar says."""
    found = month_of(at(month))

    assert seconds == found.end - found.start


@pytest.mark.parametrize(
    ("instant", "count", "start", "end"),
    [
        pytest.param("2026-06-15T12:00:00", 0, "2026-06-01", "2026-07-01", id="this_one"),
        pytest.param("2026-06-15T12:00:00", 1, "2026-05-01", "2026-06-01", id="the_last"),
        pytest.param("2026-06-01T00:00:00", 1, "2026-05-01", "2026-06-01", id="at_the_turn"),
        pytest.param("2026-05-31T23:59:59", 1, "2026-04-01", "2026-05-01", id="before_the_turn"),
        pytest.param("2026-03-31T12:00:00", 1, "2026-02-01", "2026-03-01", id="from_the_31st"),
        pytest.param("2028-03-31T12:00:00", 1, "2028-02-01", "2028-03-01", id="to_a_leap_february"),
        pytest.param("2026-01-15T12:00:00", 1, "2025-12-01", "2026-01-01", id="across_a_year"),
        pytest.param("2026-06-15T12:00:00", 6, "2025-12-01", "2026-01-01", id="to_december"),
        pytest.param("2026-06-15T12:00:00", 12, "2025-06-01", "2025-07-01", id="a_year_ago"),
        pytest.param("2028-02-29T12:00:00", 12, "2027-02-01", "2027-03-01", id="a_year_before_a_leap_day"),
        pytest.param("2026-06-15T12:00:00", 30, "2023-12-01", "2024-01-01", id="years_ago"),
    ],
)
def test_months_before(instant: str, count: int, start: str, end: str) -> None:
    """Months are counted back by the calendar, across years, from whichever day of the month."""
    assert period(start, end) == months_before(at(instant), count)


def test_kinds() -> None:
    """The kinds of periods are the words of a budget's `period`."""
    assert ["day", "week", "month", "quarter", "year"] == [str(kind) for kind in PeriodKind]
