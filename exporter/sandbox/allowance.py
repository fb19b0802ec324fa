"""The hourly allowance of a token."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

WINDOW_SECONDS = 3_600.0


class Allowance:
    """Requests that may still be made in the hour, by token; an hour begins with the first request in it."""

    def __init__(self, limit: int, now: Callable[[], float]) -> None:
        self._limit = limit
        self._now = now
        self._began: dict[str, float] = {}
        self._used: dict[str, int] = {}

    def takes(self, token: str) -> bool:
        """Whether there was one left, which is then used; an hour that is over begins anew."""
        now = self._now()
        if now >= self._began.get(token, -math.inf) + WINDOW_SECONDS:
            self._began[token], self._used[token] = now, 0
        if self._used[token] >= self._limit:
            return False
        self._used[token] += 1
        return True

    def headers(self, token: str) -> Mapping[str, str]:
        """What an answer to the token says of it; the reset in whole seconds left."""
        return {
            "x-ratelimit-limit": str(self._limit),
            "x-ratelimit-remaining": str(self._limit - self._used[token]),
            "x-ratelimit-reset": str(self.seconds_left(token)),
        }

    def seconds_left(self, token: str) -> int:
        """Whole seconds until the hour of the token is over, at least one."""
        return max(1, math.ceil(self._began[token] + WINDOW_SECONDS - self._now()))
