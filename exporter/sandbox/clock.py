"""A clock that runs faster, or slower, than another."""

from __future__ import annotations

from collections.abc import Callable


def accelerated(start: float, factor: float, clock: Callable[[], float]) -> Callable[[], float]:
    """A clock that shows `start` now, in Unix seconds, and goes on by `factor` seconds for each second of `clock`."""
    began = clock()
    return lambda: start + (clock() - began) * factor
