"""What to ask about teams, projects and resources: the newest hour's tree, months by project, and past hours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, month_of
from exporter.domain.facts import ONLY, Facts, about_hour
from exporter.domain.hours import DAY_HOURS, RECENT_HOURS, Hours, Segment, trailing_day
from exporter.domain.invoice import Period
from exporter.domain.question import GetHourPage, GetTotal, Urgency
from exporter.domain.report import Dataset
from exporter.domain.resource_month import counted_hours, fillable, is_outdated
from exporter.domain.tree import Level, Path
from exporter.northflank.requests.drill_down import Incomplete, requests_of_tree
from exporter.northflank.wire.wire import Wire
from exporter.planning.assembly import Assembly, scope_of
from exporter.planning.invoices import TreeTasks, invoices_of_month, invoices_with_tree
from exporter.planning.known_details import KnownDetails, MonthKey
from exporter.planning.task import Situation, Step, Task, UnusablePagesError, step_of

_LONGEST_GATHERING_SECONDS = 24 * HOUR_SECONDS
_SIDE_BY_SIDE = 4


def details_step(situation: Situation) -> Step:
    """What is missing of the levels below the account, as of the newest hour of the account's own figures."""
    wire, hours = situation.wire, situation.hours
    if wire is None or hours is None or wire.usage_detail is None or situation.extent.level is Level.ACCOUNT:
        return Step()
    try:
        return _step(KnownDetails(situation, wire, hours))
    except UnusablePagesError as unusable:
        return unusable.step(situation.facts)


def _step(known: KnownDetails) -> Step:
    assembly = Assembly(known)
    assembled = assembly.changes()
    if assembled:
        return Step(assembled=assembled)
    released = assembly.released()
    return Step(released=released) if any(released.values()) else step_of(_Tasks(known).all())


@dataclass(frozen=True)
class _Tasks:
    known: KnownDetails

    @property
    def _facts(self) -> Facts:
        return self.known.facts

    @property
    def _hours(self) -> Hours:
        return self.known.hours

    @property
    def _situation(self) -> Situation:
        return self.known.situation

    @property
    def _wire(self) -> Wire:
        return self.known.wire

    def all(self) -> Iterator[Task | None]:
        """The newest hour first, then what its month is counted from, then deeper levels, then past hours."""
        newest = self.known.through - HOUR_SECONDS
        # Where nothing is used in the newest hour, the newest that is listed names the teams and projects.
        is_named = any(month.names for month in self._facts.project_months.values())
        naming = [] if is_named else [self._hours.listed_through - HOUR_SECONDS]
        yield self._tree_task(
            [newest, *naming, *self._doubted_hours()],
            self._situation.extent.project_level,
            Urgency.PROJECTS,
            "teams and projects of the newest hour",
        )
        yield from self._month_tasks(self.known.month, Urgency.PROJECTS)
        yield from self._deep_tasks(newest)
        yield self._trailing_day_task()
        if self._wire.filters_usage or self.known.keys(self.known.last_month):
            yield from self._month_tasks(self.known.last_month, Urgency.LATER)
        for period in (self.known.month, self.known.last_month):
            yield from self._refresh_tasks(period)
        yield from self._backfill_tasks()

    def _doubted_hours(self) -> Iterator[float]:
        """The hours whose teams and projects were answered before they were corrected."""
        for start, hour in self._facts.hour_projects.items():
            if hour.asked_at < self.known.corrected_at(start) and start in self._hours.listed:
                yield start

    def _tree_task(
        self,
        starts: Iterable[float],
        level: Level,
        urgency: Urgency,
        reason: str,
        *,
        is_needed: bool = True,
    ) -> Task | None:
        wanted = [start for start in dict.fromkeys(starts) if start in self._hours.listed and self._lacks(start, level)]
        questions: list[GetHourPage] = []
        requests = len(wanted[_SIDE_BY_SIDE:]) * self.known.usual_requests(level)
        for start in wanted[:_SIDE_BY_SIDE]:
            drilled = self.known.drill(start, level)
            queries = drilled.queries if isinstance(drilled, Incomplete) else ()
            questions += [GetHourPage(start, self._hours.listed[start].currency, query) for query in queries]
            known = sum(1 for subject, _ in self._facts.pages if subject == about_hour(start))
            of_tree = requests_of_tree(drilled.rows, self._wire, level) if known else self.known.usual_requests(level)
            requests += max(of_tree - known, len(queries))
        if not questions:
            return None
        return Task(Dataset.USAGE_DETAILS, urgency, reason, tuple(questions), requests, is_needed=is_needed)

    def _lacks(self, start: float, level: Level) -> bool:
        if level is self._situation.extent.level and level is not self._situation.extent.project_level:
            return self.known.wants_tree(start)
        return self.known.wants_projects(start)

    def _deep_tasks(self, newest: float) -> Iterator[Task | None]:
        """The tree of the newest hour. One that was begun is completed before the next one is, unless it is old."""
        extent = self._situation.extent
        if extent.level is extent.project_level:
            return
        shown = self._facts.hour_tree.get(ONLY)
        # Trees of hours before the one that is shown are filled in for the month: nobody waits for them.
        oldest = max(newest - _LONGEST_GATHERING_SECONDS, shown.start if shown else 0.0)
        begun = [start for start in self._begun_trees() if start > oldest]
        tasks = (
            self._tree_task([start], extent.level, Urgency.RESOURCES, "resources of the newest hour")
            for start in (*begun, newest)
        )
        yield next((task for task in tasks if task), None)
        outdated = sorted(start for start in self._facts.hour_resources if is_outdated(self._facts, start))
        yield self._tree_task(outdated, extent.level, Urgency.RESOURCES, "resources of corrected hours")

    def _begun_trees(self) -> list[float]:
        """The hours of which answers below the projects are known, while their tree is not whole."""
        deep = {"projectId", "resourceType"}
        return sorted(
            {
                float(subject[1])
                for subject, query in self._facts.pages
                if subject[0] == "hour" and any(name in deep for name, _ in query)
            }
        )

    def _trailing_day_task(self) -> Task | None:
        if self._situation.extent.level.depth < Level.PROJECT.depth:
            return None
        day = trailing_day(self.known.through)
        starts = [start for start, _ in reversed(list(self._hours.within(day)))]
        level = self._situation.extent.project_level
        return self._tree_task(starts, level, Urgency.LATER, "teams and projects of the trailing day", is_needed=False)

    def _month_tasks(self, period: Period, urgency: Urgency) -> Iterator[Task | None]:
        """The hours that a month is added up from, or each team and project, whichever takes fewer requests."""
        is_needed, level = period == self.known.month, self._situation.extent.project_level
        for key in self.known.keys(period):
            missing = list(self.known.missing_hours(key, period.end))
            reason = "teams and projects of the month's hours"
            if not self._wire.filters_usage and len(missing) > RECENT_HOURS:
                yield self._tree_task(missing, level, Urgency.BACKFILL, reason, is_needed=False)
                continue
            is_asked = self._wire.filters_usage and self.known.is_sooner_asked(key, period)
            if not is_asked:
                yield self._tree_task(missing, level, urgency, reason, is_needed=is_needed)
            if self._wire.filters_usage:
                wanted = self._wanted_paths(key, period, max(missing, default=-math.inf) if is_asked else -math.inf)
                reason = f"what each team and project spent in {'the month' if is_needed else 'the last month'}"
                yield self._asks(wanted, self._segments(key, period), urgency, reason, is_needed=is_needed)

    def _wanted_paths(self, key: MonthKey, period: Period, gap: float) -> list[Path]:
        """The teams and projects of which it is not known what to count from, or from before a gap or a correction."""
        month, corrected = self.known.project_month(key), self.known.corrected_within(Period(key[0], period.end))

        def is_wanting(path: Path) -> bool:
            base = month.base_of(path)
            if base is None or base.through <= gap:
                return True
            return any(base.fetched_at < seen_at and hour < base.through for hour, seen_at in corrected.items())

        return [path for path in self.known.paths if is_wanting(path)]

    def _refresh_tasks(self, period: Period) -> Iterator[Task | None]:
        """Those that were asked for longest ago are asked for anew, each about once a day.

        A finished month is asked for once more, when it has been over for a day.
        """
        if not self._wire.filters_usage:
            return
        now = self._situation.now
        for key in self.known.keys(period):
            month = self.known.project_month(key)
            newest = max((base.fetched_at for base in month.bases.values()), default=0.0)
            # Of what was asked for by a clock that was set back since, nobody knows how long ago that was.
            if 0 <= now - newest < HOUR_SECONDS:
                continue
            settled = month_of(key[0]).end + DAY_SECONDS
            ages = {path: base.fetched_at for path in self.known.paths if (base := month.base_of(path))}
            old = [path for path, at in ages.items() if not 0 <= now - at <= DAY_SECONDS and at < settled]
            chosen = sorted(old, key=ages.__getitem__)[: math.ceil(len(self.known.paths) / DAY_HOURS)]
            reason = "what each team and project spent, asked anew"
            yield self._asks(chosen, self._segments(key, period), Urgency.LATER, reason, is_needed=False)

    def _segments(self, key: MonthKey, period: Period) -> list[Segment]:
        segments = self._hours.segments(Period(key[0], period.end))
        return [segment for segment in segments if segment.currency == key[1]]

    def _asks(
        self, paths: Iterable[Path], segments: Iterable[Segment], urgency: Urgency, reason: str, *, is_needed: bool
    ) -> Task | None:
        parts = list(segments)
        questions = tuple(GetTotal(scope_of(path), each.period, each.currency) for path in paths for each in parts)
        if not questions:
            return None
        return Task(Dataset.USAGE_DETAILS, urgency, reason, questions, len(questions), is_needed=is_needed)

    def _backfill_tasks(self) -> Iterator[Task | None]:
        """What completes the month by resource after a start within it: invoices' trees, then hours, newest first."""
        if self._situation.extent.level is not Level.RESOURCE:
            return
        counted = counted_hours(self._facts, self.known.month)
        invoices = list(fillable(invoices_of_month(self._situation), counted))
        trees = TreeTasks(self._situation, self._wire, Dataset.USAGE_DETAILS, urgency=Urgency.BACKFILL)
        asked_elsewhere = {invoice.id for invoice in invoices_with_tree(self._situation)}
        for invoice in invoices:
            if invoice.id not in asked_elsewhere:
                yield from trees.tasks(invoice)
        covered = [invoice.period for invoice in invoices]
        starts = [
            start
            for start, _ in reversed(list(self._hours.within(self._backfilled())))
            if not any(each.start < start + HOUR_SECONDS and start < each.end for each in covered)
        ]
        yield self._tree_task(
            starts, Level.RESOURCE, Urgency.BACKFILL, "resources of past hours of the month", is_needed=False
        )

    def _backfilled(self) -> Period:
        return Period(min(self.known.month.start, trailing_day(self.known.through).start), self.known.through)
