"""Spends of a generation whose usage list adds up by itself, and narrows to teams, projects and resource types."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exporter.domain.budget import Scope
from exporter.domain.calendar import MONTHS_A_YEAR, hour_before, month_of, months_before
from exporter.domain.invoice import Period
from exporter.domain.memory import Memory
from exporter.domain.usage import Spend, Usage, total_of
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.usage.spends import EVERYTHING, NO_RECENT, Recent, complete_hours, recent_start, told_anew
from exporter.northflank.usage.usage_list import UsageList, filters, window

_NOTHING_KNOWN: Memory = MappingProxyType({})


class AskedSpends:
    """The spends of one account; an answer is good until an hour is told anew."""

    has_scopes = True
    known_since: float | None = None

    def __init__(self, usage_list: UsageList) -> None:
        self._list = usage_list
        self.newest = NO_RECENT
        self._known: dict[tuple[Period, Scope], Usage | None] = {}

    async def recent(self, currency: str | None, now: float) -> Recent:
        """The newest complete hours; one page."""
        query = {"granularity": "hour", "startTime": str(int(recent_start(now)))}
        rows = complete_hours(await self._list.read(query, currency or ""), now)
        if rows != self.newest.rows:
            self.newest = told_anew(self.newest, rows, now)
            # Anew, not cleared: an answer that is still awaited is about the hours as they were told before.
            self._known = {}
        elif not rows:
            # Of an account that is not used no hour is ever told anew, and its periods end an hour later every hour.
            self._known = {key: usage for key, usage in self._known.items() if key[0].end >= hour_before(now)}
        return self.newest

    async def of(self, period: Period, scope: Scope = EVERYTHING, urgency: Urgency = Urgency.ACCOUNT) -> Usage | None:
        """What was used in the period, as the API adds it up."""
        key, known = (period, scope), self._known
        if key not in known:
            query = {"granularity": "total", **window(period), **filters(scope)}
            rows = await self._list.read(query, self._currency, urgency)
            known[key] = total_of(row.usage for row in rows)
        return known[key]

    async def past_months(self, month: Period) -> Mapping[int, Spend]:
        """The twelve months before this one, in one question."""
        asked = Period(months_before(month.start, MONTHS_A_YEAR).start, month.start)
        rows = await self._list.read({"granularity": "month", **window(asked)}, self._currency)
        by_start: dict[float, list[Usage]] = {}
        for row in rows:
            by_start.setdefault(month_of(row.timestamp).start, []).append(row.usage)
        periods = {ago: months_before(month.start, ago) for ago in range(1, MONTHS_A_YEAR + 1)}
        totals = {ago: total_of(by_start.get(period.start, ())) for ago, period in periods.items()}
        return MappingProxyType({ago: Spend(periods[ago], total) for ago, total in totals.items() if total})

    def memory(self) -> Memory:
        """Nothing: it can be asked for anew in a few requests."""
        return _NOTHING_KNOWN

    def resume(self, memory: Memory) -> None:
        """Nothing to go on from."""

    @property
    def _currency(self) -> str:
        return self.newest.rows[0].usage.currency if self.newest.rows else ""
