"""Spends of a generation whose usage list knows only hours: each is fetched once, kept, and added up here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from exporter.domain.budget import Scope
from exporter.domain.calendar import DAY_SECONDS, MONTHS_A_YEAR, month_of, months_before
from exporter.domain.invoice import Period
from exporter.domain.memory import HoursSince, Memory, MonthHours, Part, kind_of, part_name
from exporter.domain.usage import Spend, Usage, UsageRow, total_of
from exporter.errors import GenerationError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.usage.spends import EVERYTHING, NO_RECENT, Recent, complete_hours, recent_start, told_anew
from exporter.northflank.usage.usage_list import UsageList, window


class HourlySpends:
    """The spends of one account. Hours older than `retention_seconds` are let go.

    All hours of the running month are asked for again once a day, so that corrections are caught.
    """

    has_scopes = False

    def __init__(self, usage_list: UsageList, *, retention_seconds: float) -> None:
        self._list = usage_list
        self._retention_seconds = retention_seconds
        self.newest = NO_RECENT
        self._months: dict[float, MonthHours] = {}
        self._since: HoursSince | None = None
        self._currency = ""

    @property
    def known_since(self) -> float | None:
        """The first hour from which on every one was asked for."""
        return self._since.start if self._since else None

    async def recent(self, currency: str | None, now: float) -> Recent:
        """The newest complete hours, none where no invoice tells the currency: cents of what is not known then."""
        if currency is None:
            return NO_RECENT
        self._forget_other(currency)
        start = self._asked_from(now)
        asked = await self._list.read({"startTime": str(int(start))}, currency)
        rows = complete_hours(asked, now)
        newest = tuple(row for row in rows if row.timestamp >= recent_start(now))
        if newest != self.newest.rows:
            self.newest = told_anew(self.newest, newest, now)
        self._replace(rows, start)
        self._remember(start, now)
        return self.newest

    async def of(self, period: Period, scope: Scope = EVERYTHING, urgency: Urgency = Urgency.ACCOUNT) -> Usage | None:
        """The hours of the period added up; those before the first known one are asked for."""
        if not scope.is_account:
            raise GenerationError("this generation does not tell usage by team, project or resource type")
        if self._since and period.start < self._since.start:
            missing = Period(period.start, self._since.start)
            self._replace(await self._list.read(window(missing), self._currency, urgency), missing.start, missing.end)
            self._since = HoursSince(period.start, self._since.whole_at)
        return total_of(self._hours(period))

    async def past_months(self, month: Period) -> Mapping[int, Spend]:
        """The finished months of which every hour was asked for; nothing is asked for their sake."""
        known = self._since.start if self._since else month.start
        periods = {ago: months_before(month.start, ago) for ago in range(1, MONTHS_A_YEAR + 1)}
        totals = {ago: total_of(self._hours(each)) for ago, each in periods.items() if each.start >= known}
        return MappingProxyType({ago: Spend(periods[ago], total) for ago, total in totals.items() if total})

    def memory(self) -> Memory:
        """The hours by month, and from when on they are all there."""
        parts: dict[str, Part] = {part_name("hours", start): part for start, part in self._months.items()}
        return MappingProxyType({**parts, **({part_name("hours_since"): self._since} if self._since else {})})

    def resume(self, memory: Memory) -> None:
        """Go on from the hours that were kept."""
        for name, part in memory.items():
            if isinstance(part, MonthHours) and kind_of(name) == "hours" and part.hours:
                self._months[month_of(min(part.hours)).start] = part
                self._currency = next(iter(part.hours.values())).currency
            if isinstance(part, HoursSince):
                self._since = part

    def _asked_from(self, now: float) -> float:
        since, recent = self._since, recent_start(now)
        if since is None:
            return min(month_of(now).start, recent)
        newest = max((hour for part in self._months.values() for hour in part.hours), default=since.whole_at)
        # From the newest known hour on: after a long stop, months that are over by now have hours that are not known.
        unknown = min(recent, recent_start(newest))
        if not 0 <= now - since.whole_at < DAY_SECONDS:
            return min(month_of(now).start, unknown)
        return max(unknown, since.start)

    def _forget_other(self, currency: str) -> None:
        """Let go of hours in another currency: they cannot be added up with what comes."""
        if self._currency not in {"", currency}:
            self.newest, self._months, self._since = NO_RECENT, {}, None
        self._currency = currency

    def _remember(self, start: float, now: float) -> None:
        since = self._since
        is_whole = since is None or start <= month_of(now).start
        whole_at = now if since is None or is_whole else since.whole_at
        oldest = now - self._retention_seconds
        self._since = HoursSince(max(min(start, since.start if since else start), oldest), whole_at)
        for first in [each for each in self._months if months_before(each, -1).start <= oldest]:
            del self._months[first]

    def _replace(self, rows: Iterable[UsageRow], start: float, end: float | None = None) -> None:
        """Put the hours of a window in place of what was known of it; what does not change is the same object."""
        told: dict[float, dict[float, Usage]] = {}
        for row in rows:
            told.setdefault(month_of(row.timestamp).start, {})[row.timestamp] = row.usage
        for first in {*self._months, *told}:
            known = self._months[first].hours if first in self._months else {}
            kept = {hour: usage for hour, usage in known.items() if hour < start or (end is not None and hour >= end)}
            hours = dict(sorted({**kept, **told.get(first, {})}.items()))
            if hours != known:
                self._months[first] = MonthHours(MappingProxyType(hours))

    def _hours(self, period: Period) -> list[Usage]:
        return [
            usage
            for part in self._months.values()
            for hour, usage in part.hours.items()
            if period.start <= hour < period.end
        ]
