"""Counts that are kept before the requests are made: a process that is killed has never counted too few."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

MOST_IN_ADVANCE = 20

Keep = Callable[[Mapping[int, int]], Awaitable[None]]
"""Keeps the requests of the last hour, by Unix minute, in place of those before; it has to return within a minute."""


class Advance:
    """Requests of the running minute that were kept although they are not made yet."""

    def __init__(self, unix_minute: Callable[[], int], requests: Callable[[], Mapping[int, int]]) -> None:
        self._unix_minute = unix_minute
        self._requests = requests
        self._minute = -1
        self._left = 0
        self._writing = asyncio.Lock()

    def covers(self, unix_minute: int) -> bool:
        """Whether one more in this minute is kept; a later minute is not covered, since it counts for longer."""
        return self._left > 0 and self._minute == unix_minute

    def use(self) -> None:
        """Make one of them."""
        self._left = max(self._left - 1, 0)

    async def renew(self, keep: Keep, room: int) -> None:
        """Keep what was made and as many more as there is room for; who comes meanwhile waits for the same write."""
        async with self._writing:
            minute = self._unix_minute()
            if self.covers(minute):
                return
            self._left = 0  # nothing may be made from what is about to be replaced
            made, more = self._requests(), max(1, min(room, MOST_IN_ADVANCE))
            await keep({**made, minute: made.get(minute, 0) + more})
            self._minute, self._left = minute, more
