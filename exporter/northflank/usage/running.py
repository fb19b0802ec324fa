"""What an account spends now, all of it up to the end of the newest complete hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, hour_after, hour_before, month_of
from exporter.domain.invoice import Period
from exporter.domain.report import UsageSection
from exporter.domain.usage import Spend, Usage, nothing_like, total_of
from exporter.northflank.usage.spends import DAY_HOURS, Recent, Spends


@dataclass(frozen=True, slots=True)
class Bill:
    """What the invoice list tells that running spend depends on, None where it does not.

    `ended` is the end of the newest invoice that bills usage, in Unix seconds; `currency` is the newest invoice's.
    """

    ended: float | None = None
    currency: str | None = None


NO_MONTHS: Mapping[int, Spend] = MappingProxyType({})


class Running:
    """The account's own figures. What is asked for again is only what another hour, or a corrected one, changes."""

    def __init__(self, spends: Spends) -> None:
        self._spends = spends
        self._told: tuple[Recent, Bill, float, float | None] | None = None
        self._section: UsageSection | None = None
        self._months: Mapping[int, Spend] = NO_MONTHS
        self._months_of: Period | None = None
        self._months_at = 0.0

    async def fetch(self, bill: Bill, now: float) -> UsageSection:
        """The section; raises PollError, and then nothing of it has changed."""
        recent = await self._spends.recent(bill.currency, now)
        told = (recent, bill, _through(recent, now), self._spends.known_since)
        if self._section and self._told == told and self._are_months_recent(now):
            return self._section
        section = await self._told_anew(recent, bill, now)
        self._told, self._section = told, section
        return section

    async def _told_anew(self, recent: Recent, bill: Bill, now: float) -> UsageSection:
        newest, through = recent.rows[0] if recent.rows else None, _through(recent, now)
        like = newest.usage if newest else None
        month = Period(month_of(through).start, through)
        # One after the other: an answer to one may be that to the other, and is asked for once.
        month_to_date = await self._spend(month, like)
        unbilled = await self._unbilled(bill, through, like)
        day = recent.trailing_day
        total = total_of(row.usage for row in day) if day else None
        return UsageSection(
            hour=Spend(Period(newest.timestamp, through), newest.usage) if newest else None,
            month_to_date=month_to_date,
            trailing_day=Spend(Period(through - DAY_HOURS * HOUR_SECONDS, through), total) if total else None,
            past_months=await self._past_months(month_of(through), recent, now),
            unbilled=unbilled,
        )

    async def _spend(self, period: Period, like: Usage | None) -> Spend | None:
        """What was used in a period; zeros in place of nothing, with the components of the newest hour."""
        usage = await self._spends.of(period) if period.start < period.end else None
        if usage is None and like is not None:
            usage = nothing_like(like)
        return Spend(period, usage) if usage else None

    async def _unbilled(self, bill: Bill, through: float, like: Usage | None) -> Spend | None:
        if bill.ended is None:
            return None
        counted = await self._spend(Period(min(hour_after(bill.ended), through), through), like)
        return replace(counted, period=Period(bill.ended, max(bill.ended, through))) if counted else None

    async def _past_months(self, month: Period, recent: Recent, now: float) -> Mapping[int, Spend]:
        corrected = max(recent.corrected.values(), default=0.0)
        # Where months are added up from hours that are known, that costs nothing.
        is_fresh = self._spends.has_scopes and self._months_at >= corrected and self._are_months_recent(now)
        if month != self._months_of or not is_fresh:
            self._months = await self._spends.past_months(month)
            self._months_of, self._months_at = month, now
        return self._months

    def _are_months_recent(self, now: float) -> bool:
        # Of a clock that was set back since then, nobody knows how long ago that was.
        return 0 <= now - self._months_at < DAY_SECONDS


def _through(recent: Recent, now: float) -> float:
    # Without a recent hour there is nothing to be late: all hours until now are without usage, or not known yet.
    return recent.rows[0].timestamp + HOUR_SECONDS if recent.rows else hour_before(now)
