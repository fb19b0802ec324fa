import pytest

from exporter.sandbox.hours import complete_hours, hours_within, known_hour
from exporter.sandbox.question import Question
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal

NOW = 1_795_314_600.0  # 02:30
TWO = 1_795_312_800
HOUR = 3_600


def test_hours_are_complete_and_newest_first() -> None:
    """The running hour is not told of; the newest is the one before it, the oldest a month back."""
    hours = complete_hours(NOW)
    assert (TWO - HOUR, TWO - 2 * HOUR, 744) == (hours[0], hours[1], len(hours))


def test_window() -> None:
    """The start of a window is included and its end is not."""
    question = Question({}, {"startTime": str(TWO - 3 * HOUR), "endTime": str(TWO - HOUR)})
    assert [TWO - 2 * HOUR, TWO - 3 * HOUR] == hours_within(NOW, question)


def test_window_without_an_end() -> None:
    """A window without an end goes up to the newest hour."""
    assert [TWO - HOUR] == hours_within(NOW, Question({}, {"startTime": str(TWO - HOUR)}))


def test_no_window_gives_all() -> None:
    """Without a window all known hours are told of."""
    assert list(complete_hours(NOW)) == hours_within(NOW, Question({}, {}))


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
        hours_within(NOW, Question({}, query))


def test_hour_of_a_timestamp() -> None:
    """Any instant within an hour names it."""
    assert TWO - HOUR == known_hour(NOW, f"{TWO - 1}.5")


@pytest.mark.parametrize("timestamp", [TWO, TWO - 745 * HOUR])
def test_unknown_hour(timestamp: int) -> None:
    """The running hour and one older than a month are not known."""
    with pytest.raises(UnknownRefusal, match=f"^there is no usage for {timestamp}$"):
        known_hour(NOW, str(timestamp))
