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
from exporter.domain.tree import Level, Rows
from exporter.domain.usage import UsageRow
from exporter.northflank.allowance import Urgency
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
            answers = self._answers_of(start, currency, urgency)
            drilled = await drill_down(answers.page, self._wire, self._level)
            self._hours[start] = ProjectHour(drilled.rows)

    def drop_corrected(self, rows: Iterable[UsageRow]) -> None:
        """Let go of the hours that the account's own list has at another price by now."""
        for row in rows:
            hour, paas = self._hours.get(row.timestamp), row.usage.categories.get(Category.PAAS)
            own = hour.rows[()].price if hour and () in hour.rows else None
            if own and abs(subtract(own.total, paas.total if paas else ZERO)) > _SAME:
                del self._hours[row.timestamp]

    def drop_before(self, instant: float) -> None:
        """Let go of hours that nobody needs by themselves any more."""
        for start in [each for each in self._hours if each < instant]:
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
