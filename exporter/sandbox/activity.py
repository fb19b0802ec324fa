"""When the workloads of an account run: always, not at night, or not during some pauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exporter.sandbox.periods import SECONDS_A_DAY
from exporter.sandbox.span import SECONDS_AN_HOUR

NIGHT_BEGINS = 20 * SECONDS_AN_HOUR
NIGHT_ENDS = SECONDS_A_DAY + 6 * SECONDS_AN_HOUR

Times = list[tuple[int, int]]
"""Times as start and end in Unix seconds, in order, without overlap."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The times in which nothing runs: every night from 20:00 to 06:00 UTC, and the pauses."""

    idle_nights: bool = False
    pauses: tuple[tuple[int, int], ...] = ()

    def idle(self, start: int, end: int) -> Times:
        """The times from start to end in which nothing runs."""
        found: Times = []
        for first, last in sorted(self._clipped(start, end)):
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            else:
                found.append((first, last))
        return found

    def running(self, start: int, end: int) -> Times:
        """The times from start to end in which workloads run."""
        idle = self.idle(start, end)
        begins = [start, *(last for _, last in idle)]
        ends = [*(first for first, _ in idle), end]
        return [(first, last) for first, last in zip(begins, ends, strict=True) if first < last]

    def _clipped(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for first, last in (*self.pauses, *self._nights(start, end)):
            if max(first, start) < min(last, end):
                yield max(first, start), min(last, end)

    def _nights(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        midnight = start // SECONDS_A_DAY * SECONDS_A_DAY - SECONDS_A_DAY
        for day in range(midnight, end, SECONDS_A_DAY) if self.idle_nights else ():
            yield day + NIGHT_BEGINS, day + NIGHT_ENDS


ALWAYS_ACTIVE = Activity()
