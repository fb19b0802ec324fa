"""How many requests one piece of work made, while others make theirs on the same connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Count:
    """Requests so far, retries too."""

    requests: int = 0


class Counter:
    """Counts for whoever asks: the tasks that a piece of work starts count for it too."""

    def __init__(self) -> None:
        self._current: ContextVar[Count | None] = ContextVar("count", default=None)

    @contextmanager
    def counting(self) -> Iterator[Count]:
        """The count of what is asked inside."""
        count = Count()
        token = self._current.set(count)
        try:
            yield count
        finally:
            self._current.reset(token)

    def add(self) -> None:
        """One request is made."""
        count = self._current.get()
        if count is not None:
            count.requests += 1
