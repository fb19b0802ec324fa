"""How busy things are, hour by hour, without end: what any time comes to takes one step, however long it is."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.sandbox.span import SECONDS_AN_HOUR, Span, hour_of

CORRECTED_AFTER = 5 * SECONDS_AN_HOUR
"""How long after its end an hour gets another price, if it does."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A weight for each hour of a row that repeats; one row begins at `origin`, a full hour in Unix seconds."""

    weights: tuple[int, ...]
    origin: int = 0

    def until(self, instant: int) -> int:
        """Weighted seconds from the origin to the instant; negative before it."""
        hours, seconds = divmod(instant - self.origin, SECONDS_AN_HOUR)
        rounds, place = divmod(hours, len(self.weights))
        full = rounds * sum(self.weights) + sum(self.weights[:place])
        return full * SECONDS_AN_HOUR + self.weights[place] * seconds

    def between(self, start: int, end: int) -> int:
        """Weighted seconds from start to end; none if that is no time."""
        return self.until(end) - self.until(start) if end > start else 0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Beats that add up, until the instant `ends` if there is one. Corrections are beats that are known late."""

    beats: tuple[Beat, ...]
    corrections: tuple[Beat, ...] = ()
    ends: int | None = None

    def seconds(self, span: Span) -> int:
        """Weighted seconds of the span, to the second."""
        end = span.end if self.ends is None else min(span.end, self.ends)
        corrected = min(end, hour_of(span.as_of - CORRECTED_AFTER))
        return _sum(self.beats, span.start, end) + _sum(self.corrections, span.start, corrected)


def _sum(beats: tuple[Beat, ...], start: int, end: int) -> int:
    return sum(beat.between(start, end) for beat in beats)
