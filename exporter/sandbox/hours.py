"""The hours that the usage endpoints know: complete ones, newest first, as far back as a month."""

from __future__ import annotations

from exporter.sandbox.pricing import SECONDS_AN_HOUR
from exporter.sandbox.question import Question, instant_of
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal

HOURS_KEPT = 31 * 24
WINDOW_PARAMETERS = frozenset({"startTime", "endTime"})


def complete_hours(now: float) -> range:
    """The beginnings of the known hours in Unix seconds, newest first."""
    running = int(now) // SECONDS_AN_HOUR * SECONDS_AN_HOUR
    oldest = running - HOURS_KEPT * SECONDS_AN_HOUR
    return range(running - SECONDS_AN_HOUR, oldest - SECONDS_AN_HOUR, -SECONDS_AN_HOUR)


def hours_within(now: float, question: Question) -> list[int]:
    """The known hours from `startTime` (included) to `endTime` (excluded).

    Raises InvalidRefusal for an `endTime` without a `startTime`.
    """
    start, end = question.instant("startTime"), question.instant("endTime")
    if end is not None and start is None:
        raise InvalidRefusal("endTime goes only with startTime")
    return [
        hour
        for hour in complete_hours(now)
        if (start is None or hour >= start) and (end is None or hour < end)
    ]  # fmt: skip


def known_hour(now: float, text: str) -> int:
    """The known hour that holds the timestamp; raises UnknownRefusal if there is none."""
    hour = int(instant_of(text, "timestamp")) // SECONDS_AN_HOUR * SECONDS_AN_HOUR
    if hour not in complete_hours(now):
        raise UnknownRefusal(f"there is no usage for {text}")
    return hour
