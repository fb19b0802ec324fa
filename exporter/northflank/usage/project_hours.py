"""The teams and projects of billing hours: what each hour adds to a month, and to the trailing day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.accumulated import Hours
from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.invoice import Category, HourDetail
from exporter.domain.memory import Memory, ProjectHour, kind_of, part_name
from exporter.domain.money import ZERO, subtract
from exporter.domain.tree import NO_ROWS, Level, Rows
from exporter.domain.usage import UsageRow
from exporter.errors import NotFoundError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.answers import Answers
from exporter.northflank.drill_down import drill_down
from exporter.northflank.usage.spends import RECENT_HOURS
from exporter.northflank.wire.wire import Wire

KEPT_SECONDS = (RECENT_HOURS + 3) * HOUR_SECONDS
"""How long hours are kept by themselves: as long as a correction of them would be seen, and some more."""

_KIND = "project_hour"
# Noise of binary sums is far smaller, a correction that anybody would notice larger.
_SAME = Decimal("0.000001")

AnswersOf = Callable[[float, str, Urgency], Answers[HourDetail]]


class ProjectHours:
    """The hours of one account, each fetched once."""

    def __init__(self, answers_of: AnswersOf, wire: Wire, level: Level) -> None:
        self._answers_of = answers_of
        self._wire = wire
        self._level = min(level, Level.PROJECT, key=lambda each: each.depth)
        self._hours: dict[float, ProjectHour] = {}
        self._listed: Mapping[float, Decimal] = MappingProxyType({})
        self._doubted: dict[float, Decimal] = {}

    @property
    def rows(self) -> Hours:
        """The rows by hour."""
        return MappingProxyType({start: hour.rows for start, hour in self._hours.items()})

    @property
    def newest(self) -> Rows | None:
        """The rows of the newest hour."""
        return self._hours[max(self._hours)].rows if self._hours else None

    async def fetch(self, starts: Sequence[float], currency: str, urgency: Urgency = Urgency.PROJECTS) -> None:
        """Fetch the hours that are not there, newest first; raises PollError, and what came until then stays."""
        for start in sorted(set(starts) - self._hours.keys(), reverse=True):
            self._hours[start] = ProjectHour(await self._ask(self._answers_of(start, currency, urgency), start))

    def drop_corrected(self, rows: Iterable[UsageRow]) -> None:
        """Let go of the hours that the account's own list has at another price by now, once for each such price."""
        paas = {row.timestamp: row.usage.categories.get(Category.PAAS) for row in rows}
        self._listed = MappingProxyType({start: price.total if price else ZERO for start, price in paas.items()})
        self._doubted = {start: listed for start, listed in self._doubted.items() if start in self._listed}
        for start, listed in self._listed.items():
            own = self._total(start)
            # A list and a detail that never agree are not asked about again and again.
            if own is not None and abs(subtract(own, listed)) > _SAME and self._doubted.get(start) != listed:
                self._doubted[start] = listed
                del self._hours[start]

    def drop_before(self, instant: float) -> None:
        """Let go of hours that nobody needs by themselves any more."""
        for start in [each for each in self._hours if each < instant]:
            del self._hours[start]

    def drop_from(self, instant: float) -> None:
        """Let go of hours that begin at or after an instant."""
        for start in [each for each in self._hours if each >= instant]:
            del self._hours[start]

    def memory(self) -> Memory:
        """The hours, each a part."""
        return MappingProxyType({part_name(_KIND, start): hour for start, hour in self._hours.items()})

    def resume(self, memory: Memory) -> None:
        """Go on from the hours that were kept."""
        kept: Mapping[float, ProjectHour] = {
            float(name.rpartition(".")[2]): part
            for name, part in memory.items()
            if isinstance(part, ProjectHour) and kind_of(name) == _KIND
        }
        self._hours.update(kept)

    async def _ask(self, answers: Answers[HourDetail], start: float) -> Rows:
        try:
            return (await drill_down(answers.page, self._wire, self._level)).rows
        except NotFoundError:
            if start in self._listed:
                raise
            # Before an account began, or while nothing was used: nothing to add.
            return NO_ROWS

    def _total(self, start: float) -> Decimal | None:
        """The account's own price of an hour; None where it is not known."""
        if start not in self._hours:
            return None
        rows = self._hours[start].rows
        own = rows[()].price if () in rows else None
        return own.total if own else None if rows else ZERO
