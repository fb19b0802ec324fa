"""What an organisation used in a time and what that cost, generated; the same for the same seed and frame.

A resource has its size for good; how busy its project is differs by invoice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from random import Random
from types import MappingProxyType

from exporter.sandbox.bill import NO_BYOC, NO_FEE, NO_PAAS, Bill, added
from exporter.sandbox.organisation import CLUSTERS, Organisation, ProjectPlan, TeamPlan, named, slug
from exporter.sandbox.periods import Frame
from exporter.sandbox.seeded import drawn, draws
from exporter.sandbox.tree import Project, Resource, Team, Tree, project_of, resource_type_of, team_of, tree_of

SECONDS_AN_HOUR = 3_600
# Thousandths of a cent for a unit-hour, in the order of PAAS_QUANTITIES and BYOC_QUANTITIES.
PAAS_RATES = (1_667, 833, 21, 274_000, 120_000)
BYOC_RATES = (1_389, 139, 69, 4_167)
EGRESS_IP_RATE = 417
LOAD_BALANCER_RATE = 1_250
# The order in which a project's resources come: a project of six has all five types.
TYPES_IN_TURN = ("service", "addon", "job", "service", "volume", "harness")
RESOURCE_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "service": ("Web", "Worker", "Gateway", "Scheduler"),
        "addon": ("Postgres", "Redis", "Object Store"),
        "job": ("Nightly Report", "Migrate", "Train"),
        "volume": ("Postgres", "Uploads", "Scratch"),  # an id that an addon has too
        "harness": ("Provision", "Review Bot"),
    }
)
TYPES_WITH_GPU = ("job", "service")
VCPU_SIZES = (100, 200, 200, 500, 1_000, 2_000)
MEMORY_SIZES = (256, 512, 512, 1_024, 2_048, 4_096)
STORAGE_SIZES = (4_000, 10_000, 20_000, 80_000)
IDLE_SHARE = 0.08
GPU_SHARE = 0.1
SPOT_SHARE = 0.5
GPU_BUSY_PERMILLE = 20


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
        """The price of all categories, in cents."""
        return self.total_with(self.paas.bill)

    def total_with(self, paas: Bill) -> int:
        """The same with a part of the PaaS usage in place of all of it."""
        return paas.total + self.byoc.total + self.egress_ip.total + self.load_balancer.total


NOTHING = Consumption(Tree(NO_PAAS, ()), NO_BYOC, (), NO_FEE, NO_FEE)


def consumption(billed: Organisation, frame: Frame) -> Consumption:
    """What the organisation used in the frame's time."""
    hours = (frame.end - frame.start) // SECONDS_AN_HOUR
    clusters = tuple(_cluster(billed, frame, hours, position) for position in range(len(CLUSTERS)))
    return Consumption(
        paas=tree_of(_team(billed, frame, hours, team) for team in billed.teams),
        byoc=added((cluster.bill for cluster in clusters), NO_BYOC),
        clusters=clusters,
        egress_ip=_fee(hours, EGRESS_IP_RATE),
        load_balancer=_fee(2 * hours, LOAD_BALANCER_RATE),
    )


def _team(billed: Organisation, frame: Frame, hours: int, team: TeamPlan) -> Team:
    return team_of(team.id, team.name, (_project(billed, frame, hours, team, plan) for plan in team.projects))


def _project(billed: Organisation, frame: Frame, hours: int, team: TeamPlan, plan: ProjectPlan) -> Project:
    sizes = draws(billed.seed, team.id, plan.id)
    busy_permille = drawn(draws(billed.seed, frame.id, team.id, plan.id), 700, 1_000)
    rows = sorted(_resources(sizes, hours * busy_permille, plan.resources), key=lambda row: row[0])
    types = (
        resource_type_of(kind, (resource for _, resource in group))
        for kind, group in groupby(rows, key=lambda row: row[0])
    )
    return project_of(plan.id, plan.name, types)


def _resources(sizes: Random, thousandths: int, how_many: int) -> Iterator[tuple[str, Resource]]:
    for position in range(how_many):
        turn, place = divmod(position, len(TYPES_IN_TURN))
        kind = TYPES_IN_TURN[place]
        of_kind = turn * TYPES_IN_TURN.count(kind) + TYPES_IN_TURN[:place].count(kind)
        name = named(RESOURCE_NAMES[kind], of_kind)
        yield kind, Resource(slug(name), name, _paas_bill(sizes, thousandths, kind))


def _paas_bill(sizes: Random, thousandths: int, kind: str) -> Bill:
    # Always as many draws, so that a resource keeps its size whatever the others are.
    idle, gpu, spot = (sizes.random() for _ in range(3))
    vcpu, memory, storage = (_one_of(sizes, row) for row in (VCPU_SIZES, MEMORY_SIZES, STORAGE_SIZES))
    network_permille = drawn(sizes, 0, 120)
    if idle < IDLE_SHARE:
        return NO_PAAS
    if kind == "volume":
        return _priced((0, 0, storage * thousandths // 1_000, 0, 0), 0)
    gpu_hours = thousandths * GPU_BUSY_PERMILLE // 1_000 if gpu < GPU_SHARE and kind in TYPES_WITH_GPU else 0
    is_spot = spot < SPOT_SHARE
    quantities = (
        vcpu * thousandths // 1_000,
        memory * thousandths // 1_024,
        storage * thousandths // 1_000 if kind == "addon" else 0,
        0 if is_spot else gpu_hours,
        gpu_hours if is_spot else 0,
    )
    return _priced(quantities, network_permille if kind == "service" else 0)


def _priced(quantities: tuple[int, ...], network_permille: int) -> Bill:
    vcpu, memory, storage, on_demand, spot = map(_cents, quantities, PAAS_RATES)
    parts = (vcpu, memory, storage, on_demand + spot)
    network = sum(parts) * network_permille // 1_000
    return Bill(cents=(sum(parts) + network, *parts), hours=quantities)


def _cluster(billed: Organisation, frame: Frame, hours: int, position: int) -> Cluster:
    cluster_id, name = CLUSTERS[position]
    nodes = drawn(draws(billed.seed, frame.id, cluster_id), 2, 5)
    quantities = (nodes * 4_000 * hours, nodes * 16_000 * hours, position * 24_000 * hours, 1_000 * hours)
    parts = tuple(map(_cents, quantities, BYOC_RATES))
    return Cluster(cluster_id, name, Bill(cents=(sum(parts), *parts), hours=quantities))


def _fee(hours: int, rate: int) -> Bill:
    return Bill(cents=(_cents(hours * 1_000, rate),), hours=(hours * 1_000,))


def _cents(thousandths: int, rate: int) -> int:
    return (thousandths * rate + 500_000) // 1_000_000


def _one_of(rng: Random, choices: tuple[int, ...]) -> int:
    return choices[drawn(rng, 0, len(choices) - 1)]
