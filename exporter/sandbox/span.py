"""Times: spans of Unix seconds, and the hours in which usage is told of."""

from __future__ import annotations

from dataclasses import dataclass

SECONDS_AN_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Span:
    """A time in Unix seconds, the end excluded, as it is known at `as_of`: later corrections are not in it."""

    start: int
    end: int
    as_of: int


def hour_of(instant: float) -> int:
    """The beginning of the hour of an instant, in Unix seconds."""
    return int(instant // SECONDS_AN_HOUR) * SECONDS_AN_HOUR


def hour_from(instant: float) -> int:
    """The first beginning of an hour that is not before the instant, in Unix seconds."""
    return -hour_of(-instant)
