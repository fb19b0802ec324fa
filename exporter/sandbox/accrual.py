"""What an organisation uses as time goes on, and what that costs.

Of any time the figures are those of its hours added up: an invoice, a month and an hour are spans of one accrual.
Amounts are in millionths of a minor unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial

from exporter.sandbox.bill import NO_BYOC, NO_PAAS, Bill, added, times
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
UnitRows = tuple[tuple[str, str, Resource], ...]


class Accrual:
    """Prices any span of time; `today` is the midnight with which the world's own time begins, in Unix seconds."""

    def __init__(self, billed: Organisation, today: int, *, corrections: bool) -> None:
        self._billed = billed
        self._score = score(today, corrections=corrections)
        self._spans: Shelf[Consumption] = Shelf(SPANS_KEPT)
        self._merged: Shelf[Rates] = Shelf(FILTERS_KEPT)
        self._units: Shelf[UnitRows] = Shelf(PROJECTS_KEPT)

    def consumption(self, span: Span) -> Consumption:
        """All that was used in the span, with the tree."""
        # What is known of the past changes by the hour.
        key = Span(span.start, span.end, hour_of(span.as_of))
        return self._spans.get(key, lambda: self._consumption(self._seconds(key)))

    def flat(self, span: Span, filters: Filters = EVERYTHING) -> Consumption:
        """What was used in the span, of PaaS within the filters, without the rows beneath."""
        seconds = self._seconds(span)
        of_filters = self._merged.get(filters, lambda: merged(self._within(filters)))
        return self._with_others(Tree(_bill(of_filters, seconds), ()), seconds[STEADY])

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

    def _seconds(self, span: Span) -> Seconds:
        return {name: rhythm.seconds(span) for name, rhythm in self._score.items()}

    def _within(self, filters: Filters) -> Iterator[Rates]:
        projects = (
            project
            for team in self._rates
            for project in team.projects
            if filters.team_id in (None, team.plan.id) and filters.project_id in (None, project.plan.id)
        )
        for project in projects:
            yield from (one for kind, one in project.types.items() if filters.resource_type in (None, kind))

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

    def _consumption(self, seconds: Seconds) -> Consumption:
        return self._with_others(tree_of(self._team(team, seconds) for team in self._rates), seconds[STEADY])

    def _team(self, team: TeamRates, seconds: Seconds) -> Team:
        projects = (self._project(team.plan, project, seconds) for project in team.projects)
        return team_of(team.plan.id, team.plan.name, projects)

    def _project(self, team: TeamPlan, project: ProjectRates, seconds: Seconds) -> Project:
        types = (
            ResourceType(
                kind, _bill(of_kind, seconds), LazyRows(count, partial(self._rows, team, project, kind, seconds))
            )
            for kind, of_kind in project.types.items()
            if (count := sum(rate.count for rhythm, rate in of_kind.items() if seconds[rhythm]))
        )
        return project_of(project.plan.id, project.plan.name, types)

    def _rows(self, team: TeamPlan, project: ProjectRates, wanted: str, seconds: Seconds) -> tuple[Resource, ...]:
        units = self._units.get((team.id, project.plan.id), project.resources)
        return tuple(
            Resource(row.id, row.name, times(row.bill, seconds[rhythm]))
            for kind, rhythm, row in units
            if kind == wanted and seconds[rhythm]
        )


def _bill(of_rhythms: Rates, seconds: Seconds) -> Bill:
    return added((times(rate.bill, seconds[rhythm]) for rhythm, rate in of_rhythms.items()), NO_PAAS)
