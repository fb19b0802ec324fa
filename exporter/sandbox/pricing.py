"""What an organisation used in a time and what that cost, generated; the same for the same seed and frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from exporter.sandbox.bill import NO_BYOC, NO_FEE, NO_PAAS, Bill, added, unit_seconds
from exporter.sandbox.meter import Meter, cost
from exporter.sandbox.organisation import CLUSTERS, Organisation, ProjectPlan, TeamPlan
from exporter.sandbox.periods import Frame
from exporter.sandbox.seeded import drawn, draws
from exporter.sandbox.shelf import LazyRows, Shelf
from exporter.sandbox.span import SECONDS_AN_HOUR
from exporter.sandbox.tree import Project, Resource, ResourceType, Team, Tree, project_of, team_of, tree_of

# Thousandths of a minor unit of money for a unit-hour, in the order of BYOC_QUANTITIES.
BYOC_RATES = (1_389, 139, 69, 4_167)
EGRESS_IP_RATE = 417
EGRESS_IPS = 1
LOAD_BALANCER_RATE = 1_250
LOAD_BALANCERS = 2
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
        thousandths = _hours(frame) * 1_000
        clusters = tuple(
            Cluster(
                *CLUSTERS[position], cluster_bill(position, _nodes(billed, frame, position), thousandths, billed.grains)
            )
            for position in range(len(CLUSTERS))
        )
        return Consumption(
            paas=tree_of(self._team(billed, frame, team) for team in billed.teams),
            byoc=added((cluster.bill for cluster in clusters), NO_BYOC),
            clusters=clusters,
            egress_ip=fee(EGRESS_IPS, EGRESS_IP_RATE, thousandths, billed.grains),
            load_balancer=fee(LOAD_BALANCERS, LOAD_BALANCER_RATE, thousandths, billed.grains),
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


def unlisted(billed: Organisation, place: int) -> int:
    """How many resources of a type that no filter lists a team's project at this place has."""
    # Every other project has some, so that there are teams with and projects without.
    return UNLISTED_RESOURCES if billed.has_unlisted_types and place % 2 == 0 else 0


def cluster_bill(position: int, nodes: int, thousandths: int, grains: int) -> Bill:
    """What a cluster of so many nodes used and cost in thousandths of an hour; the second one has GPUs."""
    quantities = (nodes * 4 * thousandths, nodes * 16 * thousandths, position * 24 * thousandths, thousandths)
    parts = tuple(cost(used, rate, grains) for used, rate in zip(quantities, BYOC_RATES, strict=True))
    return Bill(grains=(sum(parts), *parts), hours=unit_seconds(quantities))


def fee(count: int, rate: int, thousandths: int, grains: int) -> Bill:
    """What so many cost at that rate in thousandths of an hour."""
    used = count * thousandths
    return Bill(grains=(cost(used, rate, grains),), hours=unit_seconds((used,)))


def _meter(billed: Organisation, frame: Frame, team: TeamPlan, place: int) -> Meter:
    plan = team.projects[place]
    busy_permille = drawn(draws(billed.seed, frame.id, team.id, plan.id), 700, 1_000)
    return Meter(
        key=(billed.seed, team.id, plan.id),
        thousandths=_hours(frame) * busy_permille,
        grains=billed.grains,
        listed=plan.resources,
        unlisted=unlisted(billed, place),
    )


def _nodes(billed: Organisation, frame: Frame, position: int) -> int:
    return drawn(draws(billed.seed, frame.id, CLUSTERS[position][0]), 2, 5)


def _hours(frame: Frame) -> int:
    return (frame.end - frame.start) // SECONDS_AN_HOUR
