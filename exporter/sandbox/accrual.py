"""What an organisation uses as time goes on, and what that costs.

Of any time the figures are those of its hours added up: an invoice, a month and an hour are spans of one accrual.
Amounts are in millionths of a minor unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial

from exporter.sandbox.activity import ALWAYS_ACTIVE, Activity
from exporter.sandbox.bill import NO_BYOC, NO_PAAS, Bill, added, times
from exporter.sandbox.forgetting import NOTHING_FORGOTTEN, Forgetting, Scope
from exporter.sandbox.narrow import Filters
from exporter.sandbox.organisation import CLUSTERS, Organisation, TeamPlan
from exporter.sandbox.pricing import (
    EGRESS_IP_RATE,
    EGRESS_IPS,
    LOAD_BALANCER_RATE,
    LOAD_BALANCERS,
    Cluster,
    Consumption,
    cluster_bill,
    fee,
)
from exporter.sandbox.rates import GRAINS_A_SECOND, QUARTER, ProjectRates, Rates, TeamRates, a_second, merged, rates
from exporter.sandbox.rhythm import Rhythm
from exporter.sandbox.score import STEADY, score
from exporter.sandbox.seeded import drawn, draws
from exporter.sandbox.shelf import LazyRows, Shelf
from exporter.sandbox.span import Span, hour_of
from exporter.sandbox.tree import Project, Resource, ResourceType, Team, Tree, project_of, team_of, tree_of

EVERYTHING = Filters(None, None, None)
# Few: of a large organisation a tree is some megabytes, and is soon made again.
SPANS_KEPT = 8
FILTERS_KEPT = 1_024
PROJECTS_KEPT = 512

Seconds = Mapping[str, int]
RatesUntil = tuple[tuple[int | None, Rates], ...]
"""Rates with the instant at which they end; None if they do not."""
UnitRows = tuple[tuple[str, str, Resource], ...]


class _Clock:
    """The seconds of a span in which things run, by rhythm."""

    def __init__(self, score: Mapping[str, Rhythm], activity: Activity, span: Span) -> None:
        self._score = score
        self._activity = activity
        self._span = span
        self._known: dict[int | None, Seconds] = {}

    def until(self, end: int | None = None) -> Seconds:
        """The seconds of what ends at that instant."""
        if end not in self._known:
            self._known[end] = self._seconds(self._span.end if end is None else min(end, self._span.end))
        return self._known[end]

    def _seconds(self, end: int) -> Seconds:
        times = [Span(*time, self._span.as_of) for time in self._activity.running(self._span.start, end)]
        return {name: sum(map(rhythm.seconds, times)) for name, rhythm in self._score.items()}


class Accrual:
    """Prices any span of time; `today` is the midnight with which the world's own time begins, in Unix seconds.

    `activity` says when anything runs, `forgetting` which rows end and when.
    """

    def __init__(
        self,
        billed: Organisation,
        today: int,
        *,
        corrections: bool,
        activity: Activity = ALWAYS_ACTIVE,
        forgetting: Forgetting = NOTHING_FORGOTTEN,
    ) -> None:
        self._billed = billed
        self._score = score(today, corrections=corrections)
        self._activity = activity
        self._forgetting = forgetting
        self._spans: Shelf[Consumption] = Shelf(SPANS_KEPT)
        self._merged: Shelf[RatesUntil] = Shelf(FILTERS_KEPT)
        self._units: Shelf[UnitRows] = Shelf(PROJECTS_KEPT)

    def consumption(self, span: Span) -> Consumption:
        """All that was used in the span, with the tree."""
        # What is known of the past changes by the hour.
        key = Span(span.start, span.end, hour_of(span.as_of))
        return self._spans.get(key, lambda: self._consumption(self._clock(key)))

    def flat(self, span: Span, filters: Filters = EVERYTHING, hidden: Forgetting = NOTHING_FORGOTTEN) -> Consumption:
        """What was used in the span, of PaaS within the filters and not hidden, without the rows beneath."""
        clock = self._clock(span)
        of_filters = self._merged.get((filters, hidden), lambda: self._rates_until(filters, hidden))
        paas = added((_bill(of_end, clock.until(end)) for end, of_end in of_filters), NO_PAAS)
        return self._with_others(Tree(paas, ()), clock.until()[STEADY])

    def scopes(self, filters: Filters) -> Iterator[Scope]:
        """All that the filters select, whether it is forgotten or not."""
        return (scope for scope, _ in self._within(filters))

    @cached_property
    def _rates(self) -> tuple[TeamRates, ...]:
        return rates(self._billed)

    @cached_property
    def _clusters(self) -> tuple[Cluster, ...]:
        return tuple(
            Cluster(id_, name, a_second(cluster_bill(position, self._nodes(id_), QUARTER, GRAINS_A_SECOND)))
            for position, (id_, name) in enumerate(CLUSTERS)
        )

    def _nodes(self, cluster_id: str) -> int:
        return drawn(draws(self._billed.seed, "nodes", cluster_id), 2, 5)

    def _clock(self, span: Span) -> _Clock:
        return _Clock(self._score, self._activity, span)

    def _rates_until(self, filters: Filters, hidden: Forgetting) -> RatesUntil:
        found: dict[int | None, list[Rates]] = {}
        for scope, one in self._within(filters):
            if not hidden.has_forgotten(scope):
                found.setdefault(self._forgetting.end_of(scope), []).append(one)
        return tuple((end, merged(many)) for end, many in found.items())

    def _within(self, filters: Filters) -> Iterator[tuple[Scope, Rates]]:
        projects = (
            (team.plan.id, project)
            for team in self._rates
            for project in team.projects
            if filters.team_id in (None, team.plan.id) and filters.project_id in (None, project.plan.id)
        )
        for team_id, project in projects:
            for kind, one in project.types.items():
                if filters.resource_type in (None, kind):
                    yield (team_id, project.plan.id, kind), one

    def _with_others(self, paas: Tree, seconds: int) -> Consumption:
        clusters = tuple(Cluster(row.id, row.name, times(row.bill, seconds)) for row in self._clusters)
        egress_ip = a_second(fee(EGRESS_IPS, EGRESS_IP_RATE, QUARTER, GRAINS_A_SECOND))
        load_balancer = a_second(fee(LOAD_BALANCERS, LOAD_BALANCER_RATE, QUARTER, GRAINS_A_SECOND))
        return Consumption(
            paas=paas,
            byoc=added((row.bill for row in clusters), NO_BYOC),
            clusters=clusters,
            egress_ip=times(egress_ip, seconds),
            load_balancer=times(load_balancer, seconds),
        )

    def _consumption(self, clock: _Clock) -> Consumption:
        return self._with_others(tree_of(self._team(team, clock) for team in self._rates), clock.until()[STEADY])

    def _team(self, team: TeamRates, clock: _Clock) -> Team:
        projects = (self._project(team.plan, project, clock) for project in team.projects)
        return team_of(team.plan.id, team.plan.name, projects)

    def _project(self, team: TeamPlan, project: ProjectRates, clock: _Clock) -> Project:
        def rows() -> Iterator[ResourceType]:
            for kind, of_kind in project.types.items():
                seconds = clock.until(self._forgetting.end_of((team.id, project.plan.id, kind)))
                if count := sum(rate.count for rhythm, rate in of_kind.items() if seconds[rhythm]):
                    look = partial(self._rows, team, project, kind, seconds)
                    yield ResourceType(kind, _bill(of_kind, seconds), LazyRows(count, look))

        return project_of(project.plan.id, project.plan.name, rows())

    def _rows(self, team: TeamPlan, project: ProjectRates, wanted: str, seconds: Seconds) -> tuple[Resource, ...]:
        units = self._units.get((team.id, project.plan.id), project.resources)
        return tuple(
            Resource(row.id, row.name, times(row.bill, seconds[rhythm]))
            for kind, rhythm, row in units
            if kind == wanted and seconds[rhythm]
        )


def _bill(of_rhythms: Rates, seconds: Seconds) -> Bill:
    return added((times(rate.bill, seconds[rhythm]) for rhythm, rate in of_rhythms.items()), NO_PAAS)
