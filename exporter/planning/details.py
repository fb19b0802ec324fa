"""What to ask about teams, projects and resources: the newest hour's tree, months by project, and past hours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from exporter.domain.budget import Scope
from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, month_of, months_before
from exporter.domain.facts import (
    NO_TOTALS,
    NOTHING,
    ONLY,
    Base,
    Changes,
    Facts,
    HourProjects,
    HourResources,
    ProjectMonth,
    ResourceMonth,
    Subject,
    TotalFact,
    about_hour,
)
from exporter.domain.hours import DAY_HOURS, RECENT_HOURS, Hours, trailing_day
from exporter.domain.invoice import Category, Invoice, Period
from exporter.domain.money import add_up, subtract
from exporter.domain.price import Price, sum_of
from exporter.domain.project_month import folded, rewound, spent, with_gap
from exporter.domain.question import GetHourPage, GetTotal, Urgency
from exporter.domain.report import Dataset
from exporter.domain.resource_month import counted_hours, fillable, with_hour
from exporter.domain.tree import NO_ROWS, OTHER_ID, Level, Path, Rows, rows_at
from exporter.domain.usage import HourTree
from exporter.ledger.packing import pack_rows, unpack_rows
from exporter.ledger.record import fell_since
from exporter.northflank.requests.drill_down import Drilled, Incomplete, drill_down, requests_of_tree
from exporter.northflank.wire.wire import Wire
from exporter.planning.invoices import TreeTasks, invoices_of_month, invoices_with_tree
from exporter.planning.task import Situation, Step, Task, step_of

KEPT_SECONDS = (RECENT_HOURS + 3) * HOUR_SECONDS
"""How long hours are held by themselves: as long as a correction of them would be seen, and some more."""

_LONGEST_GATHERING_SECONDS = 24 * HOUR_SECONDS
_SIDE_BY_SIDE = 4
# Corrections that may explain why the API states less than was counted.
_FELL_SECONDS = 2 * DAY_SECONDS
# A fall below this may be rounding.
_ROUNDING = Decimal("0.01")


def details_step(situation: Situation) -> Step:
    """What is missing of the levels below the account, as of the newest hour of the account's own figures."""
    wire, hours = situation.wire, situation.hours
    if wire is None or hours is None or wire.usage_detail is None or situation.extent.level is Level.ACCOUNT:
        return Step()
    planned = _Details(situation, wire, hours)
    for assembled in (
        *(planned.rewound, planned.doubted, planned.trees, planned.invoice_trees),
        *(planned.bases, planned.compacted),
    ):
        changes = assembled()
        if any(changes.values()):
            return Step(assembled=changes)
    released = planned.released()
    return Step(released=released) if released else step_of(planned.tasks())


@dataclass(frozen=True)
class _Details:
    situation: Situation
    wire: Wire
    hours: Hours

    @property
    def facts(self) -> Facts:
        """What is known."""
        return self.situation.facts

    @property
    def through(self) -> float:
        """The end of the newest complete hour."""
        return self.hours.through

    @cached_property
    def month(self) -> Period:
        """The running month as far as it is complete."""
        return Period(month_of(self.through).start, self.through)

    @cached_property
    def last_month(self) -> Period:
        """The last finished month."""
        return months_before(self.through, 1)

    # What answers add up to

    def rewound(self) -> Changes:
        """Without what ends after the newest complete hour: the clock was set back, and it may lack something."""
        through, facts = self.through, self.facts
        tree = facts.hour_tree.get(ONLY)
        pages = {key: None for key in facts.pages if key[0][0] == "hour" and float(key[0][1]) >= through}
        months = {key: rewound(each, through) for key, each in facts.project_months.items()}
        return {
            "hour_projects": {start: None for start in facts.hour_projects if start >= through},
            "hour_resources": {start: None for start in facts.hour_resources if start >= through},
            "hour_tree": {ONLY: None} if tree and tree.start >= through else {},
            "pages": pages,
            "project_months": {key: each for key, each in months.items() if each is not facts.project_months[key]},
            "resource_months": {
                key: None for key, each in facts.resource_months.items() if each.hours and max(each.hours) >= through
            },
        }

    def doubted(self) -> Changes:
        """Without the pages that were answered before their hour was corrected."""
        pages = {
            key: None
            for key, page in self.facts.pages.items()
            if key[0][0] == "hour" and page.asked_at < self._corrected_at(float(key[0][1]))
        }
        return {"pages": pages}

    def trees(self) -> Changes:
        """The hours of which a tree is whole, down to the projects or to the deepest level that is shown."""
        facts = self.facts
        changes: dict[str, dict[Any, Any]] = {
            kind: {} for kind in ("hour_projects", "hour_resources", "hour_tree", "project_months", "pages")
        }
        begun = {float(subject[1]) for subject, _ in facts.pages if subject[0] == "hour"}
        for start in sorted(begun):
            usage = self.hours.listed.get(start)
            if usage is None:
                continue
            self._assemble(start, usage.currency, changes)
        return changes

    def _assemble(self, start: float, currency: str, changes: dict[str, dict[Any, Any]]) -> None:
        extent, subject = self.situation.extent, about_hour(start)
        deep = self._drill(start, extent.level)
        if isinstance(deep, Drilled) and self._wants_tree(start):
            self._take_projects(start, currency, deep, changes)
            self._take_tree(start, currency, deep, changes)
            changes["pages"] |= self._pages_of(subject)
            return
        if self._wants_projects(start):
            shallow = self._drill(start, extent.project_level)
            if isinstance(shallow, Drilled):
                self._take_projects(start, currency, shallow, changes)
                # Those of other hours would fill the memory until their turn comes.
                if start != self.through - HOUR_SECONDS or not self._wants_tree(start):
                    changes["pages"] |= self._pages_of(subject)
        elif not self._wants_tree(start):
            changes["pages"] |= self._pages_of(subject)

    def _take_projects(self, start: float, currency: str, drilled: Drilled, changes: dict[str, dict[Any, Any]]) -> None:
        rows = self._with_forgotten(start, _down_to(drilled.rows, self.situation.extent.project_level))
        level = self.situation.extent.project_level
        changes["hour_projects"][start] = HourProjects(
            asked_at=self._asked_at(start),
            currency=currency,
            level=level,
            packed=pack_rows(rows),
            places=drilled.places,
            clusters=drilled.top.clusters,
            unattributed={each: amount for each, amount in drilled.unattributed.items() if each.depth <= level.depth},
            vanished=drilled.vanished,
        )
        key = (month_of(start).start, currency)
        month = changes["project_months"].get(key) or self.facts.project_months.get(key) or ProjectMonth()
        names = {path: row.name or month.names.get(path) for path, row in rows.items() if path}
        if any(path not in month.names or month.names[path] != name for path, name in names.items()):
            changes["project_months"][key] = replace(month, names=MappingProxyType({**month.names, **names}))

    def _with_forgotten(self, start: float, rows: Rows) -> Rows:
        """With the teams and projects that the hour had before, unless the account's own hour fell by as much."""
        before = self.facts.hour_projects.get(start)
        if before is None:
            return rows
        known = unpack_rows(before.packed)
        gone = {path: row for path, row in known.items() if path and path not in rows}
        tops = [row.price.total for path, row in gone.items() if row.price and path[:-1] not in gone]
        hour = Period(start, start + HOUR_SECONDS)
        if subtract(add_up(tops), fell_since(self.facts, hour, before.asked_at, is_account=False)) <= _ROUNDING:
            return rows
        return dict(sorted({**rows, **gone}.items()))

    def _take_tree(self, start: float, currency: str, drilled: Drilled, changes: dict[str, dict[Any, Any]]) -> None:
        level, newest = self.situation.extent.level, self.facts.hour_tree.get(ONLY)
        if level is Level.RESOURCE:
            resources = dict(rows_at(drilled.rows, Level.RESOURCE))
            changes["hour_resources"][start] = HourResources(self._asked_at(start), currency, pack_rows(resources))
        newest = changes["hour_tree"].get(ONLY) or newest
        if newest is None or newest.start <= start or newest.level is not level:
            detail = drilled.top
            changes["hour_tree"][ONLY] = HourTree(
                start=start,
                currency=detail.currency or currency,
                level=level,
                rows=drilled.rows,
                clusters=detail.clusters,
                unattributed=drilled.unattributed,
                vanished=drilled.vanished,
            )

    def bases(self) -> Changes:
        """What teams and projects were asked for, as what their months are counted from."""
        if not self.wire.filters_usage:
            return {"project_months": self._counted_from_the_start()}
        changed: dict[tuple[float, str], ProjectMonth] = {}
        for period in (self.month, self.last_month):
            for key in self._keys(period):
                month = self._month(key)
                with_bases = self._with_bases(key, period, month)
                if with_bases is not month:
                    changed[key] = with_bases
        return {"project_months": changed}

    def _counted_from_the_start(self) -> Mapping[tuple[float, str], ProjectMonth]:
        """Where nothing can be asked for by project, each month is counted from its beginning."""
        return {
            key: replace(self._month(key), whole_through=self.month.start)
            for key in self._keys(self.month)
            if self._month(key).counted_from is None
        }

    def _with_bases(self, key: tuple[float, str], period: Period, month: ProjectMonth) -> ProjectMonth:
        start, currency = key
        if self._is_sooner_asked(key, period, month):
            month = with_gap(month)
        elif month.counted_from is None:
            # At the month's first instant nobody has spent anything, and every hour since can be added.
            month = replace(month, whole_through=start)
        asked_in = [each.period for each in self.hours.segments(Period(start, period.end)) if each.currency == currency]
        corrected_at = self._corrected_before(start, period.end)
        bases: dict[Path, Base] = {}
        counted = None
        for path in self._paths(month):
            known = self.facts.totals.get(_scope(path), NO_TOTALS)
            facts = [fact for each in asked_in if (fact := known.of(each)) and fact.asked_at >= corrected_at]
            base = month.bases.get(path)
            if len(facts) < len(asked_in) or (not facts and month.base_of(path)):
                continue
            fetched_at = min((fact.asked_at for fact in facts), default=self.situation.now)
            if base is None or base.fetched_at < fetched_at:
                counted = counted or spent(month, self._known(key, period), self._rows_of, period.end)
                bases[path] = self._base(key, period, fetched_at, facts, counted.prices.get(path))
        if not bases:
            return month
        return replace(month, bases=MappingProxyType({**month.bases, **bases}))

    def _base(
        self,
        key: tuple[float, str],
        period: Period,
        fetched_at: float,
        asked: Iterable[TotalFact],
        known: Price | None,
    ) -> Base:
        prices = [
            usage.categories[Category.PAAS]
            for fact in asked
            for usage in fact.usages
            if usage.currency == key[1] and Category.PAAS in usage.categories
        ]
        price = sum_of(prices) if prices else NOTHING
        if known is not None:
            fell = fell_since(self.facts, Period(key[0], period.end), fetched_at - _FELL_SECONDS, is_account=False)
            # What was spent stays spent, whatever the API knows of it now.
            if subtract(subtract(known.total, price.total), fell) > _ROUNDING:
                price = known
        return Base(period.end, price, fetched_at)

    def compacted(self) -> Changes:
        """Hours that need not be held by themselves any more, in what their months are counted from."""
        before = self.through - KEPT_SECONDS
        months: dict[tuple[float, str], ProjectMonth | None] = {}
        for key, month in self.facts.project_months.items():
            if key[0] < self.last_month.start:
                months[key] = None
                continue
            end = min(before, month_of(key[0]).end)
            counted = month.counted_from
            end = next(self._missing(key, Period(key[0], end)), end)
            known = self._known(key, Period(key[0], end))
            if counted is not None and counted < end and known:
                months[key] = folded(month, known, self._rows_of, end)
        old_resources = [start for start in self.facts.hour_resources if start < before]
        resources: dict[tuple[float, str], ResourceMonth | None] = {
            key: None for key in self.facts.resource_months if key[0] < self.month.start
        }
        for start in old_resources:
            hour = self.facts.hour_resources[start]
            key = (month_of(start).start, hour.currency)
            if key[0] == self.month.start:
                known_month = resources.get(key) or self.facts.resource_months.get(key) or ResourceMonth()
                if start not in known_month.hours:
                    resources[key] = with_hour(known_month, start, unpack_rows(hour.packed))
        return {
            "project_months": months,
            "resource_months": resources,
            "hour_resources": dict.fromkeys(old_resources),
        }

    def released(self) -> tuple[float, ...]:
        """The hours that are counted, and too old to be corrected."""
        before = self.through - KEPT_SECONDS
        return tuple(
            start
            for start, hour in self.facts.hour_projects.items()
            if start < before and start < self._counted_from(start, hour.currency)
        )

    def _counted_from(self, start: float, currency: str) -> float:
        """Up to when the month of an hour is counted; months that are not shown any more are not counted at all."""
        key = (month_of(start).start, currency)
        if key[0] < self.last_month.start:
            return math.inf
        counted = self._month(key).counted_from
        return 0.0 if counted is None else counted

    # What is asked for

    def tasks(self) -> Iterator[Task | None]:
        """The newest hour first, then what its month is counted from, then deeper levels, then past hours."""
        newest = self.through - HOUR_SECONDS
        yield self._tree_task(
            [newest, *self._doubted_hours()],
            self.situation.extent.project_level,
            Urgency.PROJECTS,
            "teams and projects of the newest hour",
        )
        yield from self._month_tasks(self.month, Urgency.PROJECTS)
        yield self._deep_task(newest)
        yield self._trailing_day_task()
        if self.wire.filters_usage or self._keys(self.last_month):
            yield from self._month_tasks(self.last_month, Urgency.LATER)
        for period in (self.month, self.last_month):
            yield from self._refresh_tasks(period)
        yield from self._backfill_tasks()

    def _doubted_hours(self) -> Iterator[float]:
        """The hours whose teams and projects were answered before they were corrected."""
        for start, hour in self.facts.hour_projects.items():
            if hour.asked_at < self._corrected_at(start) and start in self.hours.listed:
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
        wanted = [start for start in dict.fromkeys(starts) if start in self.hours.listed and self._lacks(start, level)]
        questions: list[GetHourPage] = []
        requests = len(wanted[_SIDE_BY_SIDE:]) * self._usual_requests(level)
        for start in wanted[:_SIDE_BY_SIDE]:
            drilled = self._drill(start, level)
            queries = drilled.queries if isinstance(drilled, Incomplete) else ()
            questions += [GetHourPage(start, self.hours.listed[start].currency, query) for query in queries]
            known = sum(1 for subject, _ in self.facts.pages if subject == about_hour(start))
            of_tree = requests_of_tree(drilled.rows, self.wire, level) if known else self._usual_requests(level)
            requests += max(of_tree - known, len(queries))
        if not questions:
            return None
        return Task(Dataset.USAGE_DETAILS, urgency, reason, tuple(questions), requests, is_needed=is_needed)

    def _lacks(self, start: float, level: Level) -> bool:
        if level is self.situation.extent.level and level is not self.situation.extent.project_level:
            return self._wants_tree(start)
        return self._wants_projects(start)

    def _wants_projects(self, start: float) -> bool:
        known = self.facts.hour_projects.get(start)
        return (
            known is None
            or known.level is not self.situation.extent.project_level
            or (known.asked_at < self._corrected_at(start))
        )

    def _wants_tree(self, start: float) -> bool:
        """Whether an hour's tree is shown, or added up by resource, and not known."""
        extent, newest = self.situation.extent, self.facts.hour_tree.get(ONLY)
        if extent.level is Level.RESOURCE:
            known = self.facts.hour_resources.get(start)
            if known is not None:
                return known.asked_at < self._corrected_at(start)
            key = (month_of(start).start, self.hours.listed[start].currency)
            month = self.facts.resource_months.get(key)
            return month is None or start not in month.hours
        if start != self.through - HOUR_SECONDS:
            return False
        return newest is None or newest.start != start or newest.level is not extent.level

    def _deep_task(self, newest: float) -> Task | None:
        """The tree of the newest hour. One that was begun is completed before the next one is, unless it is old."""
        extent = self.situation.extent
        if extent.level is extent.project_level:
            return self._tree_task([newest], extent.level, Urgency.RESOURCES, "the newest hour's tree")
        begun = self._begun_trees()
        starts = [each for each in begun if newest - each < _LONGEST_GATHERING_SECONDS]
        tree = self.facts.hour_tree.get(ONLY)
        is_shown = tree is not None and tree.start == newest and tree.level is extent.level
        if not starts and is_shown and not self._wants_tree(newest):
            return None
        first = min(starts, default=newest)
        return self._tree_task([first], extent.level, Urgency.RESOURCES, "resources of the newest hour") or (
            self._tree_task([newest], extent.level, Urgency.RESOURCES, "resources of the newest hour")
        )

    def _begun_trees(self) -> list[float]:
        """The hours of which answers below the projects are known, while their tree is not whole."""
        deep = {"projectId", "resourceType"}
        return sorted(
            {
                float(subject[1])
                for subject, query in self.facts.pages
                if subject[0] == "hour" and any(name in deep for name, _ in query)
            }
        )

    def _trailing_day_task(self) -> Task | None:
        if self.situation.extent.level.depth < Level.PROJECT.depth:
            return None
        day = trailing_day(self.through)
        starts = [start for start, _ in reversed(list(self.hours.within(day)))]
        level = self.situation.extent.project_level
        return self._tree_task(starts, level, Urgency.LATER, "teams and projects of the trailing day", is_needed=False)

    def _month_tasks(self, period: Period, urgency: Urgency) -> Iterator[Task | None]:
        is_needed = period == self.month
        for key in self._keys(period):
            month, missing = self._month(key), list(self._missing(key, period))
            if not self.wire.filters_usage:
                is_recent = len(missing) <= RECENT_HOURS
                how = urgency if is_recent else Urgency.BACKFILL
                yield self._tree_task(
                    missing,
                    self.situation.extent.project_level,
                    how,
                    "teams and projects of the month's hours",
                    is_needed=is_needed and is_recent,
                )
                continue
            is_asked = self._is_sooner_asked(key, period, month)
            if not is_asked:
                yield self._tree_task(
                    missing,
                    self.situation.extent.project_level,
                    urgency,
                    "teams and projects of missing hours",
                    is_needed=is_needed,
                )
            gap = max(missing, default=-math.inf) if is_asked else -math.inf
            wanted = [path for path in self._paths(month) if self._is_wanting(path, key, period, month, gap)]
            yield self._asks(
                wanted, key, period, urgency, "what each team and project spent in the month", is_needed=is_needed
            )

    def _refresh_tasks(self, period: Period) -> Iterator[Task | None]:
        """Those that were asked for longest ago are asked for anew, each about once a day.

        A finished month is asked for once more, when it has been over for a day.
        """
        if not self.wire.filters_usage:
            return
        now = self.situation.now
        for key in self._keys(period):
            month = self._month(key)
            newest = max((base.fetched_at for base in month.bases.values()), default=0.0)
            # Of what was asked for by a clock that was set back since, nobody knows how long ago that was.
            if 0 <= now - newest < HOUR_SECONDS:
                continue
            paths = self._paths(month)
            settled = month_of(key[0]).end + DAY_SECONDS
            ages = {path: base.fetched_at for path in paths if (base := month.base_of(path))}
            old = [path for path, at in ages.items() if not 0 <= now - at <= DAY_SECONDS and at < settled]
            chosen = sorted(old, key=ages.__getitem__)[: math.ceil(len(paths) / DAY_HOURS)]
            yield self._asks(
                chosen, key, period, Urgency.LATER, "what each team and project spent, asked anew", is_needed=False
            )

    def _asks(
        self,
        paths: Iterable[Path],
        key: tuple[float, str],
        period: Period,
        urgency: Urgency,
        reason: str,
        *,
        is_needed: bool,
    ) -> Task | None:
        segments = [each for each in self.hours.segments(Period(key[0], period.end)) if each.currency == key[1]]
        questions = tuple(GetTotal(_scope(path), each.period, each.currency) for path in paths for each in segments)
        if not questions:
            return None
        return Task(Dataset.USAGE_DETAILS, urgency, reason, questions, len(questions), is_needed=is_needed)

    def _backfill_tasks(self) -> Iterator[Task | None]:
        """What completes the month by resource after a start within it: invoices' trees, then hours, newest first."""
        if self.situation.extent.level is not Level.RESOURCE:
            return
        counted = counted_hours(self.facts, self.month)
        invoices: list[Invoice] = list(fillable(invoices_of_month(self.situation), counted))
        trees = TreeTasks(self.situation, self.wire, Dataset.USAGE_DETAILS, urgency=Urgency.BACKFILL)
        asked_elsewhere = {invoice.id for invoice in invoices_with_tree(self.situation)}
        for invoice in invoices:
            if invoice.id not in asked_elsewhere:
                yield from trees.tasks(invoice)
        covered = [invoice.period for invoice in invoices]
        starts = [
            start
            for start, _ in reversed(list(self.hours.within(self._backfilled())))
            if not any(each.start < start + HOUR_SECONDS and start < each.end for each in covered)
        ]
        yield self._tree_task(
            starts, Level.RESOURCE, Urgency.BACKFILL, "resources of past hours of the month", is_needed=False
        )

    def _backfilled(self) -> Period:
        return Period(min(self.month.start, trailing_day(self.through).start), self.through)

    def invoice_trees(self) -> Changes:
        """The trees of invoices of the month that are whole."""
        trees = TreeTasks(self.situation, self.wire, Dataset.USAGE_DETAILS, urgency=Urgency.BACKFILL)
        asked_elsewhere = {invoice.id for invoice in invoices_with_tree(self.situation)}
        for invoice in fillable(invoices_of_month(self.situation), counted_hours(self.facts, self.month)):
            if invoice.id not in asked_elsewhere:
                list(trees.tasks(invoice))
        return trees.assembled

    # What is known

    def _drill(self, start: float, level: Level) -> Drilled | Incomplete:
        subject, pages = about_hour(start), self.facts.pages
        return drill_down(lambda query: pages.get((subject, query)), self.wire, level)

    def _asked_at(self, start: float) -> float:
        subject = about_hour(start)
        return min(page.asked_at for key, page in self.facts.pages.items() if key[0] == subject)

    def _pages_of(self, subject: Subject) -> Mapping[Any, None]:
        return {key: None for key in self.facts.pages if key[0] == subject}

    def _corrected_at(self, start: float) -> float:
        several = self.facts.corrections.get(start, ())
        return several[-1].seen_at if several else 0.0

    def _corrected_before(self, start: float, end: float) -> float:
        seen = (each[-1].seen_at for hour, each in self.facts.corrections.items() if start <= hour < end)
        return max(seen, default=0.0)

    def _keys(self, period: Period) -> list[tuple[float, str]]:
        """The month of a period, once for each currency that it has."""
        start = period.start
        if period == self.month:
            return [(start, currency) for currency in self.hours.currencies(period)]
        months = self.facts.months.get(ONLY)
        stated = [usage.currency for usage in (months.usages.get(start, ()) if months else ())]
        known = [key[1] for key in self.facts.project_months if key[0] == start]
        return [(start, currency) for currency in dict.fromkeys((*known, *stated))]

    def _month(self, key: tuple[float, str]) -> ProjectMonth:
        return self.facts.project_months.get(key) or ProjectMonth()

    def _rows_of(self, start: float) -> Rows:
        hour = self.facts.hour_projects.get(start)
        return unpack_rows(hour.packed) if hour else NO_ROWS

    def _known(self, key: tuple[float, str], period: Period) -> list[float]:
        """The hours of a period, in the currency, that are known by project and not counted yet."""
        counted = self._month(key).counted_from
        return [
            start
            for start, hour in self.facts.hour_projects.items()
            if max(key[0], counted or 0.0) <= start < period.end and hour.currency == key[1]
        ]

    def _missing(self, key: tuple[float, str], period: Period) -> Iterator[float]:
        """The listed hours that the month would have to be added up from and that are not known, oldest first."""
        counted = self._month(key).counted_from
        since = key[0] if counted is None else counted
        for start, usage in self.hours.within(Period(max(since, key[0]), period.end)):
            if usage.currency == key[1] and start not in self.facts.hour_projects:
                yield start

    def _paths(self, month: ProjectMonth) -> list[Path]:
        """The teams and projects that are known from anywhere, down to the level that is shown."""
        depth = self.situation.extent.project_level.depth
        trees = [fact.tree.rows for fact in self.facts.trees.values() if fact.tree]
        others = (each.names for each in self.facts.project_months.values())
        paths = {*month.names, *month.bases, *(path for names in others for path in names)}
        paths |= {path for rows in trees for path in rows if 0 < len(path) <= depth}
        return sorted(path for path in paths if 0 < len(path) <= depth and OTHER_ID not in path)

    def _is_sooner_asked(self, key: tuple[float, str], period: Period, month: ProjectMonth) -> bool:
        """Whether every team and project is to be asked for anew: the missing hours are more requests, or too many."""
        missing = list(self._missing(key, period))
        if month.counted_from is None and not self.hours.is_known(key[0]):
            return True
        teams = sum(1 for path in month.names if len(path) == 1)
        an_hour = 1 + (teams if self.situation.extent.project_level.depth > 1 and teams > 1 else 0)
        return len(missing) > RECENT_HOURS or len(missing) * an_hour > len(self._paths(month))

    def _is_wanting(self, path: Path, key: tuple[float, str], period: Period, month: ProjectMonth, gap: float) -> bool:
        base = month.base_of(path)
        if base is None or base.through <= gap:
            return True
        return any(
            base.fetched_at < several[-1].seen_at and key[0] <= hour < min(base.through, period.end)
            for hour, several in self.facts.corrections.items()
        )

    def _usual_requests(self, level: Level) -> int:
        """How many requests an hour's tree takes: as many as the newest known hour's, or invoice's."""
        return requests_of_tree(self._usual_rows, self.wire, level)

    @cached_property
    def _usual_rows(self) -> Rows:
        newest = max(self.facts.hour_projects, default=None)
        if newest is not None:
            return self._rows_of(newest)
        return next((fact.tree.rows for fact in self.facts.trees.values() if fact.tree), NO_ROWS)


def _down_to(rows: Rows, level: Level) -> Rows:
    return {path: row for path, row in rows.items() if len(path) <= level.depth}


def _scope(path: Path) -> Scope:
    return Scope(team_id=path[0], project_id=path[1] if len(path) > 1 else None)
