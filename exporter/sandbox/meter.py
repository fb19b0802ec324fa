"""What each resource of a project used in a time and what that cost; the same for the same seed and frame.

A resource has its size for good; how busy its project is differs by invoice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from random import Random
from types import MappingProxyType

from exporter.sandbox.bill import NO_PAAS, Bill, unit_seconds
from exporter.sandbox.organisation import UNLISTED_TYPE, named, slug
from exporter.sandbox.seeded import drawn, draws
from exporter.sandbox.tree import Resource

# Thousandths of a minor unit of money for a unit-hour, in the order of PAAS_QUANTITIES.
PAAS_RATES = (1_667, 833, 21, 274_000, 120_000)
# The order in which a project's resources come: a project of six has all five types.
TYPES_IN_TURN = ("service", "addon", "job", "service", "volume", "harness")
RESOURCE_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "service": ("Web", "Worker", "Gateway", "Scheduler"),
        "addon": ("Postgres", "Redis", "Object Store"),
        "job": ("Nightly Report", "Migrate", "Train"),
        "volume": ("Postgres", "Uploads", "Scratch"),  # an id that an addon has too
        "harness": ("Provision", "Review Bot"),
        UNLISTED_TYPE: ("Build Box", "Postgres"),
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
class Meter:
    """Reads one project's resources for one time.

    `key` tells the project from all others. `thousandths` are of hours, as busy as the project was; `grains` are
    those of a minor unit of money. `unlisted` is how many resources of a type that the filter refuses stand beside
    the `listed` ones.
    """

    key: tuple[object, ...]
    thousandths: int
    grains: int
    listed: int
    unlisted: int

    def bills(self) -> Iterator[tuple[str, Bill]]:
        """The type and the bill of every resource, without what it is called."""
        sizes = draws(*self.key)
        for position in range(self.listed):
            kind = TYPES_IN_TURN[position % len(TYPES_IN_TURN)]
            yield kind, _bill(sizes, self, kind)
        others = draws(*self.key, UNLISTED_TYPE)
        for _ in range(self.unlisted):
            yield UNLISTED_TYPE, _bill(others, self, UNLISTED_TYPE)

    def resources(self) -> Mapping[str, tuple[Resource, ...]]:
        """All resources, by type."""
        rows: dict[str, list[Resource]] = {}
        for kind, resource in self.resources_in_turn():
            rows.setdefault(kind, []).append(resource)
        return {kind: tuple(of_kind) for kind, of_kind in rows.items()}

    def resources_in_turn(self) -> Iterator[tuple[str, Resource]]:
        """The type and the whole of every resource, in the order of the bills."""
        for (kind, bill), name in zip(self.bills(), self._names(), strict=True):
            yield kind, Resource(slug(name), name, bill)

    def _names(self) -> Iterator[str]:
        listed = (_name(position) for position in range(self.listed))
        return chain(listed, (named(RESOURCE_NAMES[UNLISTED_TYPE], position) for position in range(self.unlisted)))


def cost(thousandths: int, rate: int, grains: int) -> int:
    """Grains for thousandths of unit-hours at thousandths of a minor unit each, rounded to a whole grain."""
    return (thousandths * rate * grains + 500_000) // 1_000_000


def _name(position: int) -> str:
    turn, place = divmod(position, len(TYPES_IN_TURN))
    kind = TYPES_IN_TURN[place]
    return named(RESOURCE_NAMES[kind], turn * TYPES_IN_TURN.count(kind) + TYPES_IN_TURN[:place].count(kind))


def _bill(sizes: Random, meter: Meter, kind: str) -> Bill:
    # Always as many draws, so that a resource keeps its size whatever the others are.
    idle, gpu, spot = sizes.random(), sizes.random(), sizes.random()
    vcpu, memory, storage = _one_of(sizes, VCPU_SIZES), _one_of(sizes, MEMORY_SIZES), _one_of(sizes, STORAGE_SIZES)
    network_permille = drawn(sizes, 0, 120)
    if idle < IDLE_SHARE:
        return NO_PAAS
    hours = meter.thousandths
    if kind == "volume":
        return _priced((0, 0, storage * hours // 1_000, 0, 0), 0, meter.grains)
    gpu_hours = hours * GPU_BUSY_PERMILLE // 1_000 if gpu < GPU_SHARE and kind in TYPES_WITH_GPU else 0
    is_spot = spot < SPOT_SHARE
    quantities = (
        vcpu * hours // 1_000,
        memory * hours // 1_024,
        storage * hours // 1_000 if kind == "addon" else 0,
        0 if is_spot else gpu_hours,
        gpu_hours if is_spot else 0,
    )
    return _priced(quantities, network_permille if kind == "service" else 0, meter.grains)


def _priced(quantities: tuple[int, ...], network_permille: int, grains: int) -> Bill:
    costs = (cost(hours, rate, grains) for hours, rate in zip(quantities, PAAS_RATES, strict=True))
    vcpu, memory, storage, on_demand, spot = costs
    parts = (vcpu, memory, storage, on_demand + spot)
    network = sum(parts) * network_permille // 1_000
    return Bill(grains=(sum(parts) + network, *parts), hours=unit_seconds(quantities))


def _one_of(rng: Random, choices: tuple[int, ...]) -> int:
    return choices[int(rng.random() * len(choices))]
