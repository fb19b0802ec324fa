"""Time that goes on evenly, whatever is done to the clock."""

from __future__ import annotations

from collections.abc import Callable

MINUTE_SECONDS = 60
_LAST_SECOND = 59  # of a minute: to the second is exact enough, and a clock that was not set differs by less


class SteadyTime:
    """Unix seconds as the clock showed them at first, carried on by a monotonic clock.

    Where the clock is set, what is counted by the minute here keeps its distance from now, and `unix_minute` follows
    the clock. A monotonic clock that stands still while the machine sleeps makes things look newer than they are.
    """

    def __init__(self, clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._begin = clock() - monotonic()

    def now(self) -> float:
        """Seconds that never go back, nor faster than the monotonic clock."""
        return self._begin + self._monotonic()

    def minute(self) -> int:
        """The minute that is running."""
        return minute_of(self.now())

    def seconds_until(self, instant: float) -> float:
        """How long it is until the clock shows an instant."""
        return instant - self._clock()

    def unix_minute(self, minute: int) -> int:
        """The clock's minute in which a minute counted here ends: rather later than earlier."""
        return minute_of(minute * MINUTE_SECONDS + _LAST_SECOND + self._is_ahead())

    def minute_of_unix(self, unix_minute: int) -> int:
        """The minute here in which one of the clock's ends; now for one that the clock has not come to."""
        return min(minute_of(unix_minute * MINUTE_SECONDS + _LAST_SECOND - self._is_ahead()), self.minute())

    def _is_ahead(self) -> float:
        return self._clock() - self.now()


def minute_of(seconds: float) -> int:
    """The minute that an instant is in."""
    return int(seconds // MINUTE_SECONDS)
