"""The account's billing hours: which are listed, which count as zero, and up to which instant figures are complete."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, MONTHS_A_YEAR, hour_before, months_before
from exporter.domain.facts import ONLY, Facts
from exporter.domain.invoice import Category, Period
from exporter.domain.money import add_up
from exporter.domain.usage import Usage, nothing_like, totals_of

# Long enough for an hour that appears late or is corrected, and short enough for one page.
RECENT_HOURS = 72
DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a period in which all listed hours are in one currency; it ends with the last of them."""

    period: Period
    currency: str


@dataclass(frozen=True)
class Hours:
    """The hours as they are known. An hour without a row counts as zero once it is no longer late.

    It is late while no later hour is listed and it has been over for less than `late_after_seconds`, as measured at the
    last answer: never at the clock. `newest` is the beginning of the newest hour in that answer, be it a running one.
    """

    listed: Mapping[float, Usage]
    since: float
    read_at: float
    late_after_seconds: float
    newest: float = 0.0

    @cached_property
    def _order(self) -> list[float]:
        return sorted(self.listed)

    @property
    def listed_through(self) -> float:
        """The end of the newest listed hour."""
        return self._order[-1] + HOUR_SECONDS

    @property
    def through(self) -> float:
        """The end of the newest hour that is listed or counts as zero: at once where a later one is listed."""
        return max(self.listed_through, hour_before(self.newest), hour_before(self.read_at - self.late_after_seconds))

    def within(self, period: Period) -> Iterator[tuple[float, Usage]]:
        """The listed hours of a period, oldest first."""
        first, last = bisect_left(self._order, period.start), bisect_left(self._order, period.end)
        return ((start, self.listed[start]) for start in self._order[first:last])

    def is_known(self, start: float) -> bool:
        """Whether every hour from an instant on is known."""
        return self.since <= start

    def currency_at(self, instant: float) -> str:
        """The currency of the newest hour that is listed before an instant; where none is, of the oldest one."""
        place = bisect_left(self._order, instant)
        return self.listed[self._order[max(place - 1, 0)]].currency

    def newest_of(self, currency: str) -> Usage | None:
        """The newest listed usage in a currency."""
        newest_first = (self.listed[start] for start in reversed(self._order))
        return next((usage for usage in newest_first if usage.currency == currency), None)

    def currencies(self, period: Period) -> tuple[str, ...]:
        """The currencies of a period's hours, the newest first; an hour that counts as zero has the one before it."""
        used = [usage.currency for _, usage in self.within(period)]
        return tuple(dict.fromkeys((self.currency_at(period.end), *reversed(used))))

    def segments(self, period: Period) -> tuple[Segment, ...]:
        """The parts of a period whose totals have to be asked for, oldest first.

        What is known to be without usage is left out; hours that were never asked for are in the first part.
        """
        if period not in self._segments:
            self._segments[period] = self._segments_of(period)
        return self._segments[period]

    @cached_property
    def _segments(self) -> dict[Period, tuple[Segment, ...]]:
        """Those that were found: every scope of a period has the same."""
        return {}

    def _segments_of(self, period: Period) -> tuple[Segment, ...]:
        if period.start >= period.end:
            return ()
        hours = list(self.within(period))
        parts: list[Segment] = []
        begins = period.start
        if not self.is_known(period.start) and not hours:
            return (Segment(Period(period.start, min(period.end, self.since)), self.currency_at(period.end)),)
        for start, usage in hours:
            if parts and parts[-1].currency == usage.currency:
                parts[-1] = Segment(Period(parts[-1].period.start, start + HOUR_SECONDS), usage.currency)
            else:
                parts.append(Segment(Period(begins if not parts else start, start + HOUR_SECONDS), usage.currency))
        return tuple(parts)

    def used(self, period: Period) -> tuple[Usage, ...]:
        """What the listed hours of a period add up to, the newest currency first."""
        return totals_of(usage for _, usage in reversed(list(self.within(period))))

    def with_zeros(self, usages: tuple[Usage, ...], period: Period, shown: tuple[str, ...]) -> tuple[Usage, ...]:
        """The usages with a zero for each of the `shown` currencies that has none; never without any."""
        missing = dict.fromkeys((self.currency_at(period.end), *shown) if not usages else shown)
        for usage in usages:
            missing.pop(usage.currency, None)
        likes = (self.newest_of(currency) for currency in missing)
        return (*usages, *(nothing_like(like) for like in likes if like))

    def until(self, through: float) -> Hours:
        """The hours as if figures were complete up to an earlier instant."""
        listed = {start: usage for start, usage in self.listed.items() if start < through}
        return Hours(listed, self.since, through + self.late_after_seconds, self.late_after_seconds)


def hours_of(facts: Facts, late_after_seconds: float) -> Hours | None:
    """The account's hours; None as long as none was ever listed."""
    read = facts.hours_read.get(ONLY)
    if read is None or not facts.hours:
        return None
    return Hours(facts.hours, read.start, read.read_at, late_after_seconds, read.newest)


def past_months_by_hour(hours: Hours, month: Period) -> Iterator[tuple[int, Period]]:
    """The finished months, by how many months ago they were, whose hours show where their currency changes."""
    for ago in range(1, MONTHS_A_YEAR + 1):
        past = months_before(month.start, ago)
        if hours.is_known(past.start) and len(hours.segments(past)) > 1:
            yield ago, past


def trailing_day(through: float) -> Period:
    """The 24 hours before an instant."""
    return Period(through - DAY_SECONDS, through)


def hours_in(period: Period) -> Iterator[float]:
    """The beginnings of a period's hours, oldest first."""
    count = max(int((period.end - period.start) // HOUR_SECONDS), 0)
    return (period.start + index * HOUR_SECONDS for index in range(count))


def total_price(usage: Usage) -> Decimal:
    """All categories together, in major units."""
    return add_up(price.total for price in usage.categories.values())


def paas_price(usage: Usage) -> Decimal:
    """PaaS alone, in major units."""
    return add_up(price.total for category, price in usage.categories.items() if category is Category.PAAS)
