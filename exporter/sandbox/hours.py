"""Which usage the API tells of: from when, as far as it is metered, and cut into hours, days or months (UTC)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from exporter.sandbox.activity import ALWAYS_ACTIVE, Activity
from exporter.sandbox.periods import SECONDS_A_DAY, month_of, month_start
from exporter.sandbox.question import Question, instant_of
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal
from exporter.sandbox.span import SECONDS_AN_HOUR, Span, hour_from, hour_of

UNASKED_HOURS = 31 * 24
"""How many complete hours are told of where no start is asked for."""
ACCOUNT_MONTHS = 14
"""How many months before the running one the account has usage by the hour."""
WINDOW_PARAMETERS = frozenset({"startTime", "endTime"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the usage list: the timestamp that it has, and the time that it tells of."""

    timestamp: int
    span: Span


@dataclass(frozen=True, slots=True)
class Metered:
    """The usage that can be asked for at the instant `now`: from `began` to `until`, in Unix seconds.

    There is no row for a time in which nothing ran, by the `activity`.
    """

    began: int
    until: int
    now: int
    activity: Activity = field(default=ALWAYS_ACTIVE)

    def window(self, question: Question) -> range:
        """The beginnings of the hours from `startTime` (included) to `endTime` (excluded), oldest first.

        Raises InvalidRefusal for an `endTime` without a `startTime`.
        """
        start, end = question.instant("startTime"), question.instant("endTime")
        if end is not None and start is None:
            raise InvalidRefusal("endTime goes only with startTime")
        unasked = hour_of(self.until) - UNASKED_HOURS * SECONDS_AN_HOUR
        first = max(self.began, unasked if start is None else hour_from(start))
        return range(first, self.until if end is None else min(self.until, hour_from(end)), SECONDS_AN_HOUR)

    def entries(self, hours: range, granularity: str) -> Sequence[Entry]:
        """The rows for these hours, newest first; raises InvalidRefusal for a granularity that there is not."""
        if granularity not in BEGINNINGS:
            raise InvalidRefusal(f"granularity must be one of {', '.join(BEGINNINGS)}")
        if not hours:
            return ()
        beginning = BEGINNINGS[granularity]
        # The first hour of each row, and where the last row ends.
        firsts = [hours[0], *(hour for before, hour in pairwise(hours) if beginning(before) != beginning(hour))]
        ends = [*firsts[1:], min(hours[-1] + SECONDS_AN_HOUR, self.until)]
        rows = zip(firsts, ends, strict=True)
        return [
            Entry(hours[0] if granularity == "total" else beginning(start), Span(start, end, self.now))
            for start, end in rows
            if self.activity.running(start, end)
        ][::-1]

    def hour(self, text: str) -> Entry:
        """The hour that holds the timestamp; raises UnknownRefusal if there is none."""
        hour = hour_of(instant_of(text, "timestamp"))
        end = min(hour + SECONDS_AN_HOUR, self.until)
        if hour < self.began or not self.activity.running(hour, end):
            raise UnknownRefusal(f"there is no usage for {text}")
        return Entry(hour, Span(hour, end, self.now))


def metered(
    now: float, began: int, *, running_hour: bool, late_hours: int, activity: Activity = ALWAYS_ACTIVE
) -> Metered:
    """What can be asked for: with the running hour to the second, or complete hours so many hours after their end."""
    is_running_told = running_hour and not late_hours
    until = int(now) if is_running_told else hour_of(now) - late_hours * SECONDS_AN_HOUR
    return Metered(began, until, int(now), activity)


def account_began(today: int) -> int:
    """The instant from which on an account has usage by the hour, in Unix seconds."""
    return month_start(month_of(today) - ACCOUNT_MONTHS)


BEGINNINGS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {
        "total": lambda _: 0,
        "hour": lambda hour: hour,
        "day": lambda hour: hour // SECONDS_A_DAY * SECONDS_A_DAY,
        "month": lambda hour: month_start(month_of(hour)),
    }
)
"""The beginning of the row that an hour belongs to, by granularity."""
