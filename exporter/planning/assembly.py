"""What answers about teams, projects and resources add up to: trees, months, and what need not be held any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from exporter.domain.budget import Scope
from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, month_of
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
    TotalFact,
    about_hour,
)
from exporter.domain.hours import RECENT_HOURS, trailing_day
from exporter.domain.invoice import Category, Period
from exporter.domain.money import ROUNDING, add_up, subtract
from exporter.domain.price import Price, sum_of
from exporter.domain.project_month import Spent, folded, rewound, spent, with_gap
from exporter.domain.question import Urgency
from exporter.domain.report import Dataset
from exporter.domain.resource_month import counted_hours, fillable, with_hour
from exporter.domain.tree import Level, Path, Rows, rows_at
from exporter.domain.usage import HourTree
from exporter.ledger.packing import pack_rows, unpack_rows
from exporter.ledger.record import fell_since
from exporter.northflank.requests.drill_down import Drilled
from exporter.planning.invoices import TreeTasks, invoices_of_month, invoices_with_tree
from exporter.planning.known_details import KnownDetails, MonthKey

KEPT_SECONDS = (RECENT_HOURS + 3) * HOUR_SECONDS
"""How long hours are held by themselves: as long as a correction of them would be seen, and some more."""

# Corrections that may explain why the API states less than was counted.
_FELL_SECONDS = 2 * DAY_SECONDS


def scope_of(path: Path) -> Scope:
    """What a team or project is asked for by."""
    return Scope(team_id=path[0], project_id=path[1] if len(path) > 1 else None)


def path_of(scope: Scope) -> Path:
    """The team or project of a scope that names one."""
    return tuple(each for each in (scope.team_id, scope.project_id) if each is not None)


@dataclass(frozen=True)
class Assembly:
    """Facts that follow from answers that are known."""

    known: KnownDetails

    @property
    def _facts(self) -> Facts:
        return self.known.facts

    def changes(self) -> Changes:
        """The first of the changes that there are to be recorded; later ones may depend on it."""
        for assembled in (
            *(self._rewound, self._doubted, self._trees, self._invoice_trees),
            *(self._bases, self._compacted),
        ):
            changes = assembled()
            if any(changes.values()):
                return changes
        return {}

    def _rewound(self) -> Changes:
        """Without what ends after the newest complete hour: the clock was set back, and it may lack something."""
        through, facts = self.known.through, self._facts
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

    def _doubted(self) -> Changes:
        """Without the pages that were answered before their hour was corrected."""
        pages = {
            key: None
            for key, page in self._facts.pages.items()
            if key[0][0] == "hour" and page.asked_at < self.known.corrected_at(float(key[0][1]))
        }
        return {"pages": pages}

    def _trees(self) -> Changes:
        """The hours of which a tree is whole, down to the projects or to the deepest level that is shown."""
        facts = self._facts
        changes: dict[str, dict[Any, Any]] = {
            kind: {} for kind in ("hour_projects", "hour_resources", "hour_tree", "project_months", "pages")
        }
        begun = {float(subject[1]) for subject, _ in facts.pages if subject[0] == "hour"}
        for start in sorted(begun):
            usage = self.known.hours.listed.get(start)
            if usage is None:
                continue
            self._assemble(start, usage.currency, changes)
        return changes

    def _assemble(self, start: float, currency: str, changes: dict[str, dict[Any, Any]]) -> None:
        extent, subject = self.known.situation.extent, about_hour(start)
        deep = self.known.drill(start, extent.level)
        if isinstance(deep, Drilled) and self.known.wants_tree(start):
            self._take_projects(start, currency, deep, changes)
            self._take_tree(start, currency, deep, changes)
            changes["pages"] |= self.known.pages_of(subject)
            return
        if self._is_backfilled(start, currency):
            return
        if self.known.wants_projects(start):
            shallow = self.known.drill(start, extent.project_level)
            if isinstance(shallow, Drilled):
                self._take_projects(start, currency, shallow, changes)
                # Those of other hours would fill the memory until their turn comes.
                if start != self.known.through - HOUR_SECONDS or not self.known.wants_tree(start):
                    changes["pages"] |= self.known.pages_of(subject)
        elif not self.known.wants_tree(start):
            changes["pages"] |= self.known.pages_of(subject)

    def _is_backfilled(self, start: float, currency: str) -> bool:
        """Whether an hour is asked for by resource alone: its pages are needed until its tree is whole."""
        known = self.known
        counted_from = known.counted_from((month_of(start).start, currency))
        is_held = start in self._facts.hour_projects
        return start < min(trailing_day(known.through).start, counted_from) and known.wants_tree(start) and not is_held

    def _take_projects(self, start: float, currency: str, drilled: Drilled, changes: dict[str, dict[Any, Any]]) -> None:
        rows = self._with_forgotten(start, _down_to(drilled.rows, self.known.situation.extent.project_level))
        level = self.known.situation.extent.project_level
        changes["hour_projects"][start] = HourProjects(
            asked_at=self.known.asked_at(start),
            currency=currency,
            level=level,
            packed=pack_rows(rows),
            places=drilled.places,
            clusters=drilled.top.clusters,
            unattributed={each: amount for each, amount in drilled.unattributed.items() if each.depth <= level.depth},
            vanished=drilled.vanished,
        )
        key = (month_of(start).start, currency)
        month = changes["project_months"].get(key) or self._facts.project_months.get(key) or ProjectMonth()
        names = {path: row.name or month.names.get(path) for path, row in rows.items() if path}
        if any(path not in month.names or month.names[path] != name for path, name in names.items()):
            changes["project_months"][key] = replace(month, names=MappingProxyType({**month.names, **names}))

    def _with_forgotten(self, start: float, rows: Rows) -> Rows:
        """With the teams and projects that the hour had before, unless the account's own hour fell by as much."""
        before = self._facts.hour_projects.get(start)
        if before is None:
            return rows
        known = unpack_rows(before.packed)
        gone = {path: row for path, row in known.items() if path and path not in rows}
        tops = [row.price.total for path, row in gone.items() if row.price and path[:-1] not in gone]
        hour = Period(start, start + HOUR_SECONDS)
        if subtract(add_up(tops), fell_since(self._facts, hour, before.asked_at, is_account=False)) <= ROUNDING:
            return rows
        return dict(sorted({**rows, **gone}.items()))

    def _take_tree(self, start: float, currency: str, drilled: Drilled, changes: dict[str, dict[Any, Any]]) -> None:
        level, newest = self.known.situation.extent.level, self._facts.hour_tree.get(ONLY)
        if level is Level.RESOURCE:
            resources = dict(rows_at(drilled.rows, Level.RESOURCE))
            changes["hour_resources"][start] = HourResources(self.known.asked_at(start), currency, pack_rows(resources))
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

    def _bases(self) -> Changes:
        """What teams and projects were asked for, as what their months are counted from."""
        changed: dict[MonthKey, ProjectMonth] = {}
        for period in (self.known.month, self.known.last_month):
            for key in self.known.keys(period):
                month = self.known.project_month(key)
                begun = self._begun(key, period, month)
                with_bases = self._with_bases(key, period, begun) if self.known.wire.filters_usage else begun
                if with_bases is not month:
                    changed[key] = with_bases
        return {"project_months": changed}

    def _begun(self, key: MonthKey, period: Period, month: ProjectMonth) -> ProjectMonth:
        """A month that is counted from its first instant, if every hour since can be added."""
        if self.known.wire.filters_usage and self.known.is_sooner_asked(key, period):
            return with_gap(month)
        is_running = period == self.known.month or self.known.wire.filters_usage
        return replace(month, whole_through=key[0]) if month.counted_from is None and is_running else month

    def _with_bases(self, key: MonthKey, period: Period, month: ProjectMonth) -> ProjectMonth:
        segments = self.known.hours.segments(Period(key[0], period.end))
        asked_in = [each.period for each in segments if each.currency == key[1]]
        corrected_at = max(self.known.corrected_within(period).values(), default=0.0)
        bases: dict[Path, Base] = {}
        counted: Spent | None = None
        asked = (path_of(scope) for scope in self._facts.totals if scope.team_id and not scope.resource_type)
        for path in asked if asked_in else self.known.paths:
            known, base = self._facts.totals.get(scope_of(path), NO_TOTALS), month.bases.get(path)
            facts = [fact for each in asked_in if (fact := known.of(each)) and fact.asked_at >= corrected_at]
            if len(facts) < len(asked_in) or (not facts and month.base_of(path)):
                continue
            fetched_at = min((fact.asked_at for fact in facts), default=self.known.situation.now)
            if base is None or base.fetched_at < fetched_at:
                hours = self.known.uncounted_hours(key, period.end)
                counted = counted or spent(month, hours, self.known.rows_of, period.end)
                price = self._not_less(_paas_of(facts, key[1]), counted.prices.get(path), period, fetched_at)
                bases[path] = Base(period.end, price, fetched_at)
        return replace(month, bases=MappingProxyType({**month.bases, **bases})) if bases else month

    def _not_less(self, asked: Price, counted: Price | None, period: Period, asked_at: float) -> Price:
        """What the API states; what was counted where that is more: what was spent stays spent."""
        if counted is None:
            return asked
        fell = fell_since(self._facts, period, asked_at - _FELL_SECONDS, is_account=False)
        return counted if subtract(subtract(counted.total, asked.total), fell) > ROUNDING else asked

    def _compacted(self) -> Changes:
        """Hours that need not be held by themselves any more, in what their months add up to."""
        before = self.known.through - KEPT_SECONDS
        months: dict[MonthKey, ProjectMonth] = {}
        for key, month in self._facts.project_months.items():
            end = min(before, month_of(key[0]).end)
            end = next(self.known.missing_hours(key, end), end)
            counted, hours = month.counted_from, self.known.uncounted_hours(key, end)
            if counted is not None and hours:
                months[key] = folded(month, hours, self.known.rows_of, end)
        old_resources = [start for start in self._facts.hour_resources if start < before]
        resources: dict[MonthKey, ResourceMonth] = {}
        for start in old_resources:
            hour = self._facts.hour_resources[start]
            key = (month_of(start).start, hour.currency)
            known = resources.get(key) or self._facts.resource_months.get(key) or ResourceMonth()
            if start not in known.hours:
                resources[key] = with_hour(known, start, unpack_rows(hour.packed))
        return {
            "project_months": months,
            "resource_months": resources,
            "hour_resources": dict.fromkeys(old_resources),
        }

    def released(self) -> Mapping[str, tuple[Any, ...]]:
        """What need not be held in memory any more: hours that are counted, and months that are not shown."""
        before, facts, known = self.known.through - KEPT_SECONDS, self._facts, self.known
        hours = tuple(
            start
            for start, hour in facts.hour_projects.items()
            if start < before and start < known.counted_from((month_of(start).start, hour.currency))
        )
        single = {month_of(start).start for start in facts.hour_resources}
        return {
            "hour_projects": hours,
            "project_months": tuple(key for key in facts.project_months if key[0] < known.last_month.start),
            "resource_months": tuple(
                key for key in facts.resource_months if key[0] < known.month.start and key[0] not in single
            ),
        }

    def _invoice_trees(self) -> Changes:
        """The trees of invoices of the month that are whole."""
        trees = TreeTasks(self.known.situation, self.known.wire, Dataset.USAGE_DETAILS, urgency=Urgency.BACKFILL)
        asked_elsewhere = {invoice.id for invoice in invoices_with_tree(self.known.situation)}
        for invoice in fillable(invoices_of_month(self.known.situation), counted_hours(self._facts, self.known.month)):
            if invoice.id not in asked_elsewhere:
                list(trees.tasks(invoice))
        return trees.assembled


def _paas_of(asked: Iterable[TotalFact], currency: str) -> Price:
    """The PaaS price of several totals in a currency."""
    usages = (usage for fact in asked for usage in fact.usages if usage.currency == currency)
    prices = [usage.categories[Category.PAAS] for usage in usages if Category.PAAS in usage.categories]
    return sum_of(prices) if prices else NOTHING


def _down_to(rows: Rows, level: Level) -> Rows:
    return {path: row for path, row in rows.items() if len(path) <= level.depth}
