import datetime as dt
from itertools import islice

from exporter.sandbox.closings import Closed, Closing, Terms

HOUR = 3_600
DAY = 24 * HOUR


def _unix(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


FEBRUARY, MARCH, APRIL = _unix("2024-02-01"), _unix("2024-03-01"), _unix("2024-04-01")


def _a_grain_a_second(start: int, end: int) -> int:
    return end - start


def _closings(began: int, threshold: int, count: int) -> list[Closing]:
    return list(islice(Terms(began, threshold, _a_grain_a_second).closings(FEBRUARY), count))


def test_turns_of_months() -> None:
    """Without a threshold an invoice closes at each month's turn; February has a leap day."""
    expected = [Closing(FEBRUARY, FEBRUARY + 29 * DAY, 1), Closing(MARCH, APRIL, 1)]
    assert expected == _closings(FEBRUARY, 0, 2)


def test_threshold() -> None:
    """An invoice closes at the first full hour at which the threshold is reached, and at the turn for what is left."""
    ten_days_and = 10 * DAY - HOUR + 1
    ends = [FEBRUARY + 10 * DAY, FEBRUARY + 20 * DAY, MARCH, MARCH + 10 * DAY]
    closings = _closings(FEBRUARY, ten_days_and, 4)
    assert ends == [closing.end for closing in closings]
    assert [FEBRUARY, *ends[:3]] == [closing.start for closing in closings]
    assert [1, 2, 3, 1] == [closing.number for closing in closings]


def test_threshold_that_is_met() -> None:
    """To reach the threshold is enough."""
    assert FEBRUARY + DAY == _closings(FEBRUARY, DAY, 1)[0].end


def test_threshold_at_the_turn() -> None:
    """A threshold that is reached as the month turns closes one invoice, not two."""
    ends = [closing.end for closing in _closings(FEBRUARY, 29 * DAY, 2)]
    assert [MARCH, MARCH + 29 * DAY] == ends


def test_nothing_closes_before_the_start() -> None:
    """Where the threshold was reached before the start, the invoice closes at the first full hour after it."""
    began = FEBRUARY + 20 * DAY + 1
    ends = [closing.end for closing in _closings(began, 10 * DAY, 2)]
    assert [FEBRUARY + 20 * DAY + HOUR, MARCH] == ends


def test_start_at_a_full_hour() -> None:
    """A start at a full hour is not yet an hour after it."""
    assert FEBRUARY + 20 * DAY + HOUR == _closings(FEBRUARY + 20 * DAY, 10 * DAY, 1)[0].end


def test_closed() -> None:
    """An invoice is there from the instant on at which it closes; a clock that goes back takes it away again."""
    closed = Closed(Terms(FEBRUARY, 0, _a_grain_a_second), FEBRUARY)
    assert [] == closed.until(MARCH - 1)
    assert [MARCH, APRIL] == [closing.end for closing in closed.until(APRIL)]
    assert [MARCH] == [closing.end for closing in closed.until(MARCH)]
    assert 24 == len(closed.until(_unix("2026-02-01")))
