"""When usage invoices close: at the month's turn, and at the first full hour at which the threshold is reached."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exporter.sandbox.periods import month_of, month_start
from exporter.sandbox.span import SECONDS_AN_HOUR, hour_of


@dataclass(frozen=True, slots=True)
class Closing:
    """An invoice's period in Unix seconds, and its place among those that began in its month, from 1.

    No invoice is made of a period that `bills` nothing.
    """

    start: int
    end: int
    number: int
    bills: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """When invoices close: `began` is the instant from which on they do, `threshold` is in grains, 0 for none.

    `cost` tells what was used from one full hour to another, in grains. One closes at
    `currency_changes` too, a full hour.
    """

    began: int
    threshold: int
    cost: Callable[[int, int], int]
    currency_changes: int | None = None

    def closings(self, billed_until: int) -> Iterator[Closing]:
        """Every closing from then on, oldest first, without end."""
        number = 0
        while True:
            number += 1
            end = self._end(billed_until)
            yield (closing := Closing(billed_until, end, number, bills=self.cost(billed_until, end) > 0))
            if month_of(closing.end) != month_of(billed_until):
                number = 0
            billed_until = closing.end

    def _end(self, billed_until: int) -> int:
        turn = month_start(month_of(billed_until) + 1)
        if self.currency_changes is not None and billed_until < self.currency_changes:
            turn = min(turn, self.currency_changes)
        first = max(billed_until, hour_of(self.began)) + SECONDS_AN_HOUR
        hours = range(first, turn, SECONDS_AN_HOUR) if self.threshold else range(0)
        reached = bisect_left(hours, self.threshold, key=lambda hour: self.cost(billed_until, hour))
        return hours[reached] if reached < len(hours) else turn


class Closed:
    """The closings so far, found out as time goes on. Threads may share it, and the clock may go back."""

    def __init__(self, terms: Terms, billed_until: int) -> None:
        self._coming = terms.closings(billed_until)
        self._found: list[Closing] = []
        self._turn = threading.Lock()

    def until(self, now: float) -> list[Closing]:
        """All that have closed, oldest first."""
        with self._turn:
            while not self._found or self._found[-1].end <= now:
                self._found.append(next(self._coming))
            return [closing for closing in self._found if closing.end <= now and closing.bills]
