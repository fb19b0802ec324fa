"""What teams, projects and resources spend now: the newest hour's tree, and what the hours add up to by project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.domain.accumulated import Accumulated, missing_hours, summed
from exporter.domain.attribution import with_others
from exporter.domain.calendar import DAY_SECONDS, hour_before, month_of, months_before
from exporter.domain.invoice import Period
from exporter.domain.memory import Memory, kind_of, part_name
from exporter.domain.report import UsageDetailsSection, UsageSection
from exporter.domain.tree import NO_ROWS, Level, Path, Rows, rows_at
from exporter.domain.usage import HourTree, ScopedSpend, Spend
from exporter.errors import NotFoundError, PostponedError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.usage.hour_trees import Asking, HourTrees
from exporter.northflank.usage.project_hours import KEPT_SECONDS, ProjectHours
from exporter.northflank.usage.project_months import ProjectMonth
from exporter.northflank.usage.spends import DAY_HOURS, RECENT_HOURS, Recent, Spends

_KIND = "accumulated"
NOTHING_TOLD = UsageDetailsSection()


@dataclass(frozen=True, slots=True)
class Gathered:
    """The section as far as it could be gathered; `postponed` is why it is not all of it, None where it is."""

    section: UsageDetailsSection
    postponed: PostponedError | None = None


@dataclass(frozen=True, slots=True)
class _Moment:
    """What one poll goes by: the account's own figures, and what is known of its teams and projects."""

    usage: UsageSection
    hour: Spend
    recent: Recent
    known: tuple[Path, ...]
    now: float

    @property
    def through(self) -> float:
        """The end of the newest complete hour."""
        return self.hour.period.end

    @property
    def currency(self) -> str:
        """What the hours are in."""
        return self.hour.usage.currency

    @property
    def month(self) -> Period:
        """The running month as far as it is complete."""
        return Period(month_of(self.through).start, self.through)

    @property
    def last_month(self) -> Period:
        """The last finished month."""
        return months_before(self.through, 1)


class RunningDetails:
    """The trees and projects of one account, in one generation and unit, down to one level."""

    def __init__(self, asking: Asking, level: Level, spends: Spends) -> None:
        self._spends = spends
        self._level = level
        self._trees = HourTrees(asking, level)
        self._hours = ProjectHours(self._trees.answers, asking.wire, level)
        self._months: dict[float, ProjectMonth] = {}
        self._section = NOTHING_TOLD
        self._shallow: HourTree | None = None

    async def fetch(self, usage: UsageSection, recent: Recent, known: Iterable[Path], now: float) -> Gathered:
        """The section as of the newest complete hour of `usage`; `known` are teams and projects seen elsewhere.

        Raises PollError; what was answered until then is not asked for again.
        """
        if usage.hour is None:
            # Nothing was used for days: what was until then stays true of its month.
            self._section = _without_recent(self._section, now)
            return Gathered(self._section)
        moment = _Moment(usage, usage.hour, recent, tuple(known), now)
        postponed = await self._gather(moment)
        if postponed is None:
            await self._gather_later(moment)
        self._section = self._put_together(moment)
        self._trees.release(set(self._hours.rows), moment.hour.period.start, moment.last_month.start)
        self._fold(moment)
        return Gathered(self._section, postponed)

    async def look(self, usage: UsageSection) -> Rows:
        """The teams and projects of the newest complete hour, without any deeper level; raises PollError."""
        if usage.hour is None:
            return NO_ROWS
        self._trees.begin(usage.hour.period.start, usage.hour.usage.currency)
        tree = await self._trees.shallow(usage.hour.usage.currency)
        return tree.rows if tree else NO_ROWS

    def memory(self) -> Memory:
        """What to know after a restart."""
        months = {part_name(_KIND, start): month.accumulated for start, month in self._months.items()}
        return MappingProxyType({**self._hours.memory(), **months, **self._trees.memory()})

    def resume(self, memory: Memory, section: UsageDetailsSection | None, currency: str | None) -> None:
        """Go on from what was known and shown before a restart."""
        self._section = section or NOTHING_TOLD
        self._hours.resume(memory)
        self._trees.resume(memory, self._section.hour, currency)
        for name, part in memory.items():
            if isinstance(part, Accumulated) and kind_of(name) == _KIND:
                self._months[part.start] = ProjectMonth(self._spends, self._level, part)

    async def _gather(self, moment: _Moment) -> PostponedError | None:
        """What every hour needs, the deepest level last; why it stopped, if it did."""
        try:
            self._rewind(moment.through)
            self._trees.begin(moment.hour.period.start, moment.currency)
            await self._reach(moment)
            self._shallow = None if self._has_whole_tree else await self._trees.shallow(moment.currency)
            await self._add_up(moment, moment.month, Urgency.PROJECTS)
            await self._trees.gather(moment.hour.period.start, moment.currency)
        except PostponedError as postponed:
            return postponed
        return None

    @property
    def _has_whole_tree(self) -> bool:
        return self._section.hour is not None and self._section.hour.level is self._level

    def _rewind(self, through: float) -> None:
        """Let go of what ends after the newest complete hour: the clock was set back, and it may lack something."""
        self._hours.drop_from(through)
        self._trees.drop_from(through)
        for month in self._months.values():
            month.rewind(through)

    async def _reach(self, moment: _Moment) -> None:
        """The newest hour, and those that were corrected."""
        before = set(self._hours.rows)
        self._hours.drop_corrected(moment.recent.rows)
        corrected = before - set(self._hours.rows)
        self._trees.doubt(corrected, moment.hour.period.start, moment.currency)
        await self._hours.fetch([moment.hour.period.start, *corrected], moment.currency)

    async def _add_up(self, moment: _Moment, period: Period, urgency: Urgency) -> None:
        month, known, recent = self._month(period.start), moment.known, moment.recent
        missing = month.missing(self._hours.rows, period.end)
        if month.is_sooner_asked(missing, known, self._hours.rows):
            month.settle(self._hours.rows, missing[0])
        elif len(missing) <= RECENT_HOURS:
            month.count_from_the_start()
            # Oldest first: a month is counted on from its beginning, and hours that cannot be are let go in the end.
            for each in missing:
                await self._hours.fetch([each], moment.currency, urgency)
        await month.ask(known, self._hours.rows, period, recent=recent, now=moment.now, urgency=urgency)

    async def _gather_later(self, moment: _Moment) -> None:
        """What can wait: the hours of the trailing day, the last month, and asking anew so that nothing drifts."""
        try:
            if moment.usage.trailing_day and self._level.depth >= Level.PROJECT.depth:
                day = missing_hours(self._hours.rows, moment.through - DAY_SECONDS, moment.through)
                await self._hours.fetch(day, moment.currency, Urgency.LATER)
            if self._spends.has_scopes or moment.last_month.start in self._months:
                await self._add_up(moment, moment.last_month, Urgency.LATER)
            for period in (moment.month, moment.last_month):
                await self._month(period.start).refresh(moment.known, self._hours.rows, period, moment.now)
        except (PostponedError, NotFoundError):
            # It is asked for again at the next poll; a server may tell of the newest hours alone.
            return

    def _month(self, start: float) -> ProjectMonth:
        if start not in self._months:
            self._months[start] = ProjectMonth(self._spends, self._level, Accumulated(start))
        return self._months[start]

    def _put_together(self, moment: _Moment) -> UsageDetailsSection:
        before = self._section
        hours = self._hours.rows
        month = self._spend(moment, moment.month, moment.usage.month_to_date)
        last_month = self._spend(moment, moment.last_month, moment.usage.past_months.get(1))
        return replace(
            before,
            hour=self._trees.newest or self._shallow or before.hour,
            month_to_date=month or _if_of(before.month_to_date, moment.month),
            trailing_day=self._trailing_day(moment) if moment.hour.period.start in hours else before.trailing_day,
            past_month=last_month or _if_of(before.past_month, moment.last_month),
        )

    def _spend(self, moment: _Moment, period: Period, whole: Spend | None) -> ScopedSpend | None:
        if period.start not in self._months:
            return None
        return self._months[period.start].spend(moment.known, self._hours.rows, period, whole, moment.currency)

    def _trailing_day(self, moment: _Moment) -> ScopedSpend | None:
        start, hours = moment.through - DAY_SECONDS, self._hours.rows
        if self._level.depth < Level.PROJECT.depth or missing_hours(hours, start, moment.through):
            return None
        by_level = (summed(hours, start, moment.through, level.depth) for level in (Level.TEAM, Level.PROJECT))
        rows = with_others({path: row for level in by_level for path, row in level.items()}, None, addends=DAY_HOURS)
        return ScopedSpend(
            Period(start, moment.through), moment.currency, MappingProxyType(dict(rows_at(rows, Level.PROJECT)))
        )

    def _fold(self, moment: _Moment) -> None:
        before = moment.through - KEPT_SECONDS
        for start, month in self._months.items():
            month.fold(self._hours.rows, before, month_of(start))
        self._hours.drop_before(before)
        for start in [each for each in self._months if each < moment.last_month.start]:
            del self._months[start]


def _without_recent(section: UsageDetailsSection, now: float) -> UsageDetailsSection:
    return UsageDetailsSection(
        month_to_date=_if_of(section.month_to_date, month_of(hour_before(now))),
        past_month=_if_of(section.past_month, months_before(hour_before(now), 1)),
    )


def _if_of(spend: ScopedSpend | None, period: Period) -> ScopedSpend | None:
    """What was known before, unless it is of another month."""
    return spend if spend and spend.period.start == period.start else None
