"""What an organisation used in a time and what that cost, generated; the same for the same seed and frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from exporter.sandbox.bill import NO_BYOC, NO_FEE, NO_PAAS, Bill, added
from exporter.sandbox.meter import Meter, cost
from exporter.sandbox.organisation import CLUSTERS, Organisation, ProjectPlan, TeamPlan
from exporter.sandbox.periods import Frame
from exporter.sandbox.seeded import drawn, draws
from exporter.sandbox.shelf import LazyRows, Shelf
from exporter.sandbox.tree import Project, Resource, ResourceType, Team, Tree, project_of, team_of, tree_of

SECONDS_AN_HOUR = 3_600
# Thousandths of a minor unit of money for a unit-hour, in the order of BYOC_QUANTITIES.
BYOC_RATES = (1_389, 139, 69, 4_167)
EGRESS_IP_RATE = 417
LOAD_BALANCER_RATE = 1_250
PROJECTS_KEPT = 512
UNLISTED_RESOURCES = 2


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of the customer's own cloud account, and what it cost."""

    id: str
    name: str
    bill: Bill


@dataclass(frozen=True, slots=True)
class Consumption:
    """All that was used in a time, by category."""

    paas: Tree
    byoc: Bill
    clusters: tuple[Cluster, ...]
    egress_ip: Bill
    load_balancer: Bill

    @property
    def total(self) -> int:
        """The price of all categories, in grains."""
        return self.total_with(self.paas.bill)

    def total_with(self, paas: Bill) -> int:
        """The same with a part of the PaaS usage in place of all of it."""
        return paas.total + self.byoc.total + self.egress_ip.total + self.load_balancer.total


NOTHING = Consumption(Tree(NO_PAAS, ()), NO_BYOC, (), NO_FEE, NO_FEE)
Resources = Mapping[str, tuple[Resource, ...]]


@dataclass(frozen=True, slots=True)
class Pricer:
    """Prices what was used: of every project at once what its types cost, and its resources when they are looked at."""

    kept: Shelf[Resources] = field(default_factory=lambda: Shelf(PROJECTS_KEPT))

    def consumption(self, billed: Organisation, frame: Frame) -> Consumption:
        """What the organisation used in the frame's time."""
        hours = (frame.end - frame.start) // SECONDS_AN_HOUR
        clusters = tuple(_cluster(billed, frame, hours, position) for position in range(len(CLUSTERS)))
        return Consumption(
            paas=tree_of(self._team(billed, frame, team) for team in billed.teams),
            byoc=added((cluster.bill for cluster in clusters), NO_BYOC),
            clusters=clusters,
            egress_ip=_fee(hours, EGRESS_IP_RATE, billed.grains),
            load_balancer=_fee(2 * hours, LOAD_BALANCER_RATE, billed.grains),
        )

    def _team(self, billed: Organisation, frame: Frame, team: TeamPlan) -> Team:
        meters = (_meter(billed, frame, team, place) for place in range(len(team.projects)))
        plans = zip(team.projects, meters, strict=True)
        projects = (self._project(plan, meter, (frame.id, team.id, plan.id)) for plan, meter in plans)
        return team_of(team.id, team.name, projects)

    def _project(self, plan: ProjectPlan, meter: Meter, key: tuple[str, str, str]) -> Project:
        bills: dict[str, list[Bill]] = {}
        for kind, bill in meter.bills():
            bills.setdefault(kind, []).append(bill)
        types = (
            ResourceType(kind, added(rows, NO_PAAS), LazyRows(len(rows), partial(self._resources, key, meter, kind)))
            for kind, rows in sorted(bills.items())
        )
        return project_of(plan.id, plan.name, types)

    def _resources(self, key: tuple[str, str, str], meter: Meter, kind: str) -> tuple[Resource, ...]:
        return self.kept.get(key, meter.resources)[kind]


def _meter(billed: Organisation, frame: Frame, team: TeamPlan, place: int) -> Meter:
    plan = team.projects[place]
    busy_permille = drawn(draws(billed.seed, frame.id, team.id, plan.id), 700, 1_000)
    hours = (frame.end - frame.start) // SECONDS_AN_HOUR
    # Every other project has some, so that there are teams with and projects without.
    unlisted = UNLISTED_RESOURCES if billed.has_unlisted_types and place % 2 == 0 else 0
    return Meter((billed.seed, team.id, plan.id), hours * busy_permille, billed.grains, plan.resources, unlisted)


def _cluster(billed: Organisation, frame: Frame, hours: int, position: int) -> Cluster:
    cluster_id, name = CLUSTERS[position]
    nodes = drawn(draws(billed.seed, frame.id, cluster_id), 2, 5)
    quantities = (nodes * 4_000 * hours, nodes * 16_000 * hours, position * 24_000 * hours, 1_000 * hours)
    parts = tuple(cost(used, rate, billed.grains) for used, rate in zip(quantities, BYOC_RATES, strict=True))
    return Cluster(cluster_id, name, Bill(grains=(sum(parts), *parts), hours=quantities))


def _fee(hours: int, rate: int, grains: int) -> Bill:
    return Bill(grains=(cost(hours * 1_000, rate, grains),), hours=(hours * 1_000,))
