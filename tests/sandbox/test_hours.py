import datetime as dt

import pytest

from exporter.sandbox.hours import Entry, Metered, account_began, metered
from exporter.sandbox.question import Question
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal
from exporter.sandbox.span import Span

HOUR = 3_600
DAY = 24 * HOUR


def _unix(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


NOW = _unix("2024-03-01T02:30")
TWO = NOW - 1_800
BEGAN = _unix("2023-01-01")


def _told(now: float = NOW, *, running_hour: bool = True, late_hours: int = 0) -> Metered:
    return metered(now, BEGAN, running_hour=running_hour, late_hours=late_hours)


def _asked(**query: int | str) -> Question:
    return Question({}, {name: str(value) for name, value in query.items()})


def _rows(told: Metered, granularity: str, **query: int) -> list[tuple[int, int, int]]:
    entries = told.entries(told.window(_asked(**query)), granularity)
    return [(entry.timestamp, entry.span.start, entry.span.end) for entry in entries]


def test_account_began() -> None:
    """An account has usage by the hour of fourteen whole months, and of the running one."""
    assert _unix("2023-01-01") == account_began(_unix("2024-03-01"))


@pytest.mark.parametrize(
    ("until", "told"),
    [
        pytest.param(NOW, _told(NOW + 0.9), id="running hour, to the second"),
        pytest.param(TWO, _told(running_hour=False), id="complete hours"),
        pytest.param(TWO, _told(TWO), id="at the full hour"),
        pytest.param(TWO - 3 * HOUR, _told(late_hours=3), id="late hours, and so no running one"),
    ],
)
def test_until(until: int, told: Metered) -> None:
    """Usage is told of to this second, or to the end of a complete hour."""
    assert (BEGAN, until) == (told.began, told.until)


def test_hours_are_newest_first() -> None:
    """Without a window the last 31 days are told of, by the hour, and the running hour to the second."""
    rows = _rows(_told(), "hour")
    assert [(TWO, TWO, NOW), (TWO - HOUR, TWO - HOUR, TWO)] == rows[:2]
    assert TWO - 744 * HOUR == rows[-1][0]


def test_window() -> None:
    """The start of a window is included and its end is not."""
    told = _told().window(_asked(startTime=TWO - 3 * HOUR, endTime=TWO - HOUR))
    assert [TWO - 3 * HOUR, TWO - 2 * HOUR] == list(told)


def test_window_between_hours() -> None:
    """Hours are told of that begin within the window, whole."""
    told = _told().window(_asked(startTime=TWO - 3 * HOUR - 1, endTime=TWO - HOUR + 1))
    assert [TWO - 3 * HOUR, TWO - 2 * HOUR, TWO - HOUR] == list(told)


def test_window_beyond_what_there_is() -> None:
    """A window may reach further than the account's time on both sides."""
    told = _told().window(_asked(startTime=0, endTime=NOW + 10 * DAY))
    assert (BEGAN, TWO) == (told[0], told[-1])


def test_days_over_the_leap_day() -> None:
    """Days are those of UTC: the leap day is one, and the running one ends now."""
    leap, march = _unix("2024-02-29"), _unix("2024-03-01")
    expected = [(march, march, NOW), (leap, leap, march), (leap - DAY, leap - DAY + HOUR, leap)]
    assert expected == _rows(_told(), "day", startTime=leap - DAY + HOUR)


def test_months_over_the_leap_day() -> None:
    """Months are those of UTC: February has the 29 days of its year."""
    february, march = _unix("2024-02-01"), _unix("2024-03-01")
    rows = _rows(_told(), "month", startTime=february)
    assert [(march, march, NOW), (february, february, february + 29 * DAY)] == rows


def test_total() -> None:
    """The total is one row, for all hours of the window."""
    start = _unix("2024-02-10T05:00")
    assert [(start, start, NOW)] == _rows(_told(), "total", startTime=start)


@pytest.mark.parametrize("granularity", ["total", "hour", "day", "month"])
def test_no_hours(granularity: str) -> None:
    """A window in which nothing is known has no rows."""
    assert [] == _rows(_told(), granularity, startTime=NOW)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param({"endTime": "1"}, "endTime goes only with startTime", id="end alone"),
        pytest.param({"startTime": "noon"}, "startTime must be a Unix timestamp", id="a word"),
        pytest.param({"startTime": "inf"}, "startTime must be a Unix timestamp", id="infinite"),
    ],
)
def test_impossible_windows(query: dict[str, str], message: str) -> None:
    """A window that cannot be is refused."""
    with pytest.raises(InvalidRefusal, match=f"^{message}$"):
        _told().window(_asked(**query))


def test_hour_of_a_timestamp() -> None:
    """Any instant within an hour names it."""
    assert Entry(TWO - HOUR, Span(TWO - HOUR, TWO, NOW)) == _told().hour(f"{TWO - 1}.5")


def test_running_hour() -> None:
    """The running hour is told of as far as it has run, if it is told of."""
    assert Entry(TWO, Span(TWO, NOW, NOW)) == _told().hour(str(TWO))


@pytest.mark.parametrize(
    ("told", "timestamp"),
    [
        pytest.param(_told(), TWO + HOUR, id="future"),
        pytest.param(_told(running_hour=False), TWO, id="running"),
        pytest.param(_told(late_hours=1), TWO - HOUR, id="late"),
        pytest.param(_told(), BEGAN - 1, id="before the account"),
    ],
)
def test_unknown_hour(told: Metered, timestamp: int) -> None:
    """Hours that there are not yet, or were never, are not known."""
    with pytest.raises(UnknownRefusal, match=f"^there is no usage for {timestamp}$"):
        told.hour(str(timestamp))
