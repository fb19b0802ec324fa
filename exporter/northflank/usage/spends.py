"""What was spent in a period: asked for where the API adds up by itself, else added up from its hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from exporter.domain.budget import Scope
from exporter.domain.calendar import HOUR_SECONDS, hour_before
from exporter.domain.invoice import Period
from exporter.domain.memory import Memory
from exporter.domain.usage import Spend, Usage, UsageRow
from exporter.northflank.allowance.allowance import Urgency

EVERYTHING = Scope()
# Long enough for an hour that appears late or is corrected, and short enough for one page.
RECENT_HOURS = 72
DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest complete hours, newest first, and those of them that were told otherwise before, or later than others.

    `corrected` are the Unix seconds at which that was seen, by the hour's beginning.
    """

    rows: tuple[UsageRow, ...]
    corrected: Mapping[float, float]

    @property
    def trailing_day(self) -> tuple[UsageRow, ...] | None:
        """The newest 24 hours, None where one of them is missing."""
        newest = self.rows[:DAY_HOURS]
        is_whole = len(newest) == DAY_HOURS and newest[0].timestamp - newest[-1].timestamp == _DAY_SPAN
        return newest if is_whole else None


_DAY_SPAN = (DAY_HOURS - 1) * HOUR_SECONDS
NO_RECENT = Recent(rows=(), corrected=MappingProxyType({}))


class Spends(Protocol):
    """The spends of one account, in one generation."""

    @property
    def has_scopes(self) -> bool:
        """Whether spends of teams, projects and resource types can be asked for."""

    @property
    def newest(self) -> Recent:
        """The newest complete hours as they were told last; none before that."""

    @property
    def known_since(self) -> float | None:
        """From when on every hour is known, where they are added up here; a long budget may make it earlier."""

    async def recent(self, currency: str | None, now: float) -> Recent:
        """The newest complete hours, asked for anew; `currency` is the newest invoice's, for rows that state none."""

    async def of(self, period: Period, scope: Scope = EVERYTHING, urgency: Urgency = Urgency.ACCOUNT) -> Usage | None:
        """What was used in a period of whole hours; None where nothing is told of it. Raises PollError."""

    async def past_months(self, month: Period) -> Mapping[int, Spend]:
        """The finished months before this one, as far as they are known, by how many months ago they were."""

    def memory(self) -> Memory:
        """What to know after a restart."""

    def resume(self, memory: Memory) -> None:
        """Go on from what was known before a restart."""


def complete_hours(rows: Sequence[UsageRow], now: float) -> tuple[UsageRow, ...]:
    """The rows whose hour is over: the list may hold the hour that is still running."""
    return tuple(row for row in rows if row.timestamp + HOUR_SECONDS <= now)


def recent_start(now: float) -> float:
    """From when on the newest hours are asked for."""
    return hour_before(now) - RECENT_HOURS * HOUR_SECONDS


def told_anew(before: Recent, rows: tuple[UsageRow, ...], now: float) -> Recent:
    """The newest hours as they are told now, with those that were told otherwise before, or later than others."""
    told = {row.timestamp: row.usage for row in before.rows}
    late = {row.timestamp for row in rows if told and min(told) < row.timestamp < max(told)} - told.keys()
    other = {row.timestamp for row in rows if told.get(row.timestamp, row.usage) != row.usage}
    changed = dict.fromkeys(late | other, now)
    seen = {**before.corrected, **changed}
    corrected = MappingProxyType({hour: at for hour, at in seen.items() if hour >= recent_start(now)})
    return Recent(rows, corrected)
