"""What is known of the levels below the account, and what their figures still lack."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from exporter.domain.calendar import HOUR_SECONDS, month_of, months_before
from exporter.domain.facts import ONLY, Facts, ProjectMonth, Subject, about_hour
from exporter.domain.hours import RECENT_HOURS, Hours
from exporter.domain.invoice import Period
from exporter.domain.project_month import known_paths
from exporter.domain.question import Query
from exporter.domain.resource_month import is_outdated
from exporter.domain.tree import NO_ROWS, Level, Path, Rows
from exporter.ledger.packing import unpack_rows
from exporter.northflank.requests.drill_down import Drilled, Incomplete, requests_of_tree
from exporter.northflank.wire.wire import Wire
from exporter.planning.task import Situation, drill_pages

MonthKey = tuple[float, str]
"""The beginning of a month, and a currency."""


@dataclass(frozen=True)
class KnownDetails:
    """The facts about teams, projects and resources of one account, as a plan reads them."""

    situation: Situation
    wire: Wire
    hours: Hours

    @property
    def facts(self) -> Facts:
        """All facts."""
        return self.situation.facts

    @property
    def through(self) -> float:
        """The end of the newest complete hour, in Unix seconds."""
        return self.hours.through

    @cached_property
    def month(self) -> Period:
        """The running month as far as it is complete."""
        return Period(month_of(self.through).start, self.through)

    @cached_property
    def last_month(self) -> Period:
        """The last finished month."""
        return months_before(self.through, 1)

    # Of one hour

    def wants_projects(self, start: float) -> bool:
        """Whether an hour's teams and projects are not known, or were answered before it was corrected."""
        known = self.facts.hour_projects.get(start)
        if known is None or known.level is not self.situation.extent.project_level:
            return True
        return known.asked_at < self.corrected_at(start)

    def wants_tree(self, start: float) -> bool:
        """Whether a listed hour's tree is shown, or added up by resource, and not known."""
        extent, newest = self.situation.extent, self.facts.hour_tree.get(ONLY)
        is_shown = newest is not None and newest.start == start and newest.level is extent.level
        if start == self.through - HOUR_SECONDS and not is_shown:
            return True
        if extent.level is not Level.RESOURCE:
            return False
        if start in self.facts.hour_resources:
            return is_outdated(self.facts, start)
        month = self.facts.resource_months.get((month_of(start).start, self.hours.listed[start].currency))
        return month is None or start not in month.hours

    def drill(self, start: float, level: Level) -> Drilled | Incomplete:
        """The tree of an hour as far as its pages were answered."""
        if (start, level) not in self._drilled:
            self._drilled[start, level] = drill_pages(self.facts, about_hour(start), self.wire, level)
        return self._drilled[start, level]

    @cached_property
    def _drilled(self) -> dict[tuple[float, Level], Drilled | Incomplete]:
        """The trees that were looked at: an organisation's tree takes a while."""
        return {}

    def asked_at(self, start: float) -> float:
        """When the first of the pages of an hour was asked for, in Unix seconds."""
        subject = about_hour(start)
        return min(page.asked_at for key, page in self.facts.pages.items() if key[0] == subject)

    def pages_of(self, subject: Subject) -> Mapping[tuple[Subject, Query], None]:
        """The pages of a drill-down, to be taken away."""
        return {key: None for key in self.facts.pages if key[0] == subject}

    def corrected_at(self, start: float) -> float:
        """When an hour was last seen to be corrected, in Unix seconds; 0 where it was not."""
        several = self.facts.corrections.get(start, ())
        return several[-1].seen_at if several else 0.0

    def corrected_within(self, period: Period) -> Mapping[float, float]:
        """When hours of a period were last seen to be corrected, by their beginnings."""
        return {
            start: several[-1].seen_at
            for start, several in self.facts.corrections.items()
            if period.start <= start < period.end
        }

    def rows_of(self, start: float) -> Rows:
        """The teams and projects of an hour; none where they are not known."""
        hour = self.facts.hour_projects.get(start)
        return unpack_rows(hour.packed) if hour else NO_ROWS

    # Of one month

    def keys(self, period: Period) -> list[MonthKey]:
        """The month of a period, once for each currency that it has."""
        if period == self.month:
            return [(period.start, currency) for currency in self.hours.currencies(period)]
        months = self.facts.months.get(ONLY)
        stated = [usage.currency for usage in (months.usages.get(period.start, ()) if months else ())]
        known = [currency for start, currency in self.facts.project_months if start == period.start]
        listed = [usage.currency for _, usage in self.hours.within(period)]
        return [(period.start, currency) for currency in dict.fromkeys((*known, *stated, *listed))]

    def project_month(self, key: MonthKey) -> ProjectMonth:
        """What is known of a month by team and project."""
        return self.facts.project_months.get(key) or ProjectMonth()

    def counted_from(self, key: MonthKey) -> float:
        """The first hour that a month still has to add; infinite for a month that is not shown any more."""
        if key[0] < self.last_month.start:
            return math.inf
        counted = self.project_month(key).counted_from
        return key[0] if counted is None else max(counted, key[0])

    def uncounted_hours(self, key: MonthKey, end: float) -> list[float]:
        """The hours up to an instant, in the currency, that are known by project and have to be added."""
        since = self.counted_from(key)
        return [
            start
            for start, hour in self.facts.hour_projects.items()
            if since <= start < end and hour.currency == key[1]
        ]

    def missing_hours(self, key: MonthKey, end: float) -> Iterator[float]:
        """The listed hours up to an instant that have to be added and are not known by project, oldest first."""
        since = self.counted_from(key)
        for start, usage in self.hours.within(Period(since, end)) if since < end else ():
            if usage.currency == key[1] and start not in self.facts.hour_projects:
                yield start

    @cached_property
    def paths(self) -> list[Path]:
        """The teams and projects that are known from anywhere, down to the level that is shown."""
        return known_paths(self.facts, self.situation.extent.project_level.depth)

    def is_sooner_asked(self, key: MonthKey, period: Period) -> bool:
        """Whether every team and project is to be asked for anew: the missing hours are more requests, or too many."""
        month, missing = self.project_month(key), len(list(self.missing_hours(key, period.end)))
        if month.counted_from is None and not self.hours.is_known(key[0]):
            return True
        teams = sum(1 for path in month.names if len(path) == 1)
        an_hour = 1 + (teams if self.situation.extent.project_level is Level.PROJECT and teams > 1 else 0)
        return missing > RECENT_HOURS or missing * an_hour > len(self.paths)

    def usual_requests(self, level: Level) -> int:
        """How many requests an hour's tree takes: as many as the newest known hour's, or invoice's."""
        return requests_of_tree(self._usual_rows, self.wire, level)

    @cached_property
    def _usual_rows(self) -> Rows:
        newest = max(self.facts.hour_projects, default=None)
        if newest is not None:
            return self.rows_of(newest)
        return next((fact.tree.rows for fact in self.facts.trees.values() if fact.tree), NO_ROWS)
