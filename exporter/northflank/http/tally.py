"""How many requests were begun in which minute of the last hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from exporter.northflank.http.steady import MINUTE_SECONDS, minute_of

TEN_MINUTES = 10
HOUR_MINUTES = 60


class Tally:
    """Counts by the minute, for windows that slide.

    A minute that is partly in a window counts as a whole, so that no window of any seconds holds more than is told.
    """

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, minute: int, count: int = 1) -> None:
        """Count requests that were begun in a minute."""
        self._counts[minute] += count

    def forget_before(self, now: float) -> None:
        """Let go of what no window holds any more."""
        first = _first(HOUR_MINUTES, now)
        for minute in [each for each in self._counts if each < first]:
            del self._counts[minute]

    def by_minute(self, now: float) -> Mapping[int, int]:
        """The counts of the last hour."""
        first = _first(HOUR_MINUTES, now)
        return {minute: count for minute, count in self._counts.items() if minute >= first}

    def within(self, minutes: int, now: float) -> int:
        """How many were begun in the last so many minutes, at most an hour's."""
        first = _first(minutes, now)
        return sum(count for minute, count in self._counts.items() if minute >= first)

    def seconds_until_below(self, ceiling: int, minutes: int, now: float) -> float:
        """When the last so many minutes hold fewer than that, if no more are begun; 0 where they do already.

        Nothing is below 0: the whole window then.
        """
        if ceiling < 1:
            return float(minutes * MINUTE_SECONDS)
        count = self.within(minutes, now)
        leaving = iter(sorted(self.by_minute(now)))
        first, seconds = _first(minutes, now), 0.0
        while count >= ceiling:
            minute = next(leaving)
            if minute >= first:
                count -= self._counts[minute]
                seconds = (minute + minutes + 1) * MINUTE_SECONDS - now
        return seconds


def _first(minutes: int, now: float) -> int:
    return minute_of(now) - minutes
