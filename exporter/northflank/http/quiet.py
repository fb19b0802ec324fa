"""Silence after a 429."""

from __future__ import annotations

from collections.abc import Callable

from exporter.domain.calendar import HOUR_SECONDS
from exporter.errors import RateLimitedError


class Quiet:
    """Asks nothing for as long as the server wants it, an hour at most: the allowance is an hourly one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Be quiet from now on."""
        self._until = self._clock() + min(seconds, HOUR_SECONDS)

    def refuse(self, request: str) -> None:
        """Raise RateLimitedError for a request, by its name, while it is quiet."""
        seconds = self._until - self._clock()
        if 0 < seconds <= HOUR_SECONDS:  # more only where the clock was set back
            raise RateLimitedError(
                f"{request}: not asked: the allowance is used up for {seconds:.0f} s more",
                retry_after_seconds=seconds,
            )
