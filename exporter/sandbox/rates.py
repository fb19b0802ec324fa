"""What every project uses in a second, and what that costs.

By type and rhythm, so that to price an hour not every resource must be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from exporter.sandbox.bill import NO_PAAS, Bill, added
from exporter.sandbox.meter import Meter
from exporter.sandbox.organisation import Organisation, ProjectPlan, TeamPlan
from exporter.sandbox.pricing import unlisted
from exporter.sandbox.score import rhythm_names
from exporter.sandbox.span import SECONDS_AN_HOUR
from exporter.sandbox.tree import Resource

# A second of the usual weight, which is four, is four quarters.
QUARTER = 250
GRAINS_OF_A_MINOR_UNIT = 1_000_000
# What grains of an hour divided by its seconds come to, so that prices are whole grains to the second.
GRAINS_A_SECOND = 278


@dataclass(frozen=True, slots=True)
class Rate:
    """A bill for a second of weight one, of so many resources together."""

    bill: Bill
    count: int


Rates: TypeAlias = Mapping[str, Rate]
"""Rates by the name of the rhythm."""


@dataclass(frozen=True, slots=True)
class ProjectRates:
    """A project's rates by resource type, and the meter that tells of its resources one by one."""

    plan: ProjectPlan
    types: Mapping[str, Rates]
    meter: Meter
    rhythms: tuple[str, ...]

    def resources(self) -> tuple[tuple[str, str, Resource], ...]:
        """The type, the rhythm and the resource with the bill of a second of weight one, of each."""
        rows = self.meter.resources_in_turn()
        return tuple(
            (kind, rhythm, Resource(row.id, row.name, a_second(row.bill)))
            for (kind, row), rhythm in zip(rows, self.rhythms, strict=True)
        )


@dataclass(frozen=True, slots=True)
class TeamRates:
    """A team's projects."""

    plan: TeamPlan
    projects: tuple[ProjectRates, ...]


def rates(billed: Organisation) -> tuple[TeamRates, ...]:
    """The rates of all teams.

    In the first project of all a resource spikes, the first that costs anything. In the first project of the last team
    a resource is deleted, the last that costs anything.
    """
    return tuple(_team(billed, place) for place in range(len(billed.teams)))


def merged(many: Iterable[Rates]) -> Rates:
    """The rates of all together."""
    rows: dict[str, list[Rate]] = {}
    for one in many:
        for rhythm, rate in one.items():
            rows.setdefault(rhythm, []).append(rate)
    return MappingProxyType({rhythm: _together(of_rhythm) for rhythm, of_rhythm in rows.items()})


def a_second(quarter: Bill) -> Bill:
    """The bill of a quarter of an hour at `GRAINS_A_SECOND` as that of a second of weight one."""
    return Bill(quarter.grains, tuple(used // SECONDS_AN_HOUR for used in quarter.hours))


def _team(billed: Organisation, team_place: int) -> TeamRates:
    team = billed.teams[team_place]
    return TeamRates(team, tuple(_project(billed, team_place, place) for place in range(len(team.projects))))


def _project(billed: Organisation, team_place: int, place: int) -> ProjectRates:
    team = billed.teams[team_place]
    plan = team.projects[place]
    meter = Meter((billed.seed, team.id, plan.id), QUARTER, GRAINS_A_SECOND, plan.resources, unlisted(billed, place))
    bills = [(kind, a_second(bill)) for kind, bill in meter.bills()]
    busy = [position for position, (_, bill) in enumerate(bills) if bill.total]
    names = rhythm_names(
        tuple(kind for kind, _ in bills),
        spiking=next(iter(busy if team_place == place == 0 else ()), None),
        deleted=next(reversed(busy if (team, place) == (billed.teams[-1], 0) else ()), None),
    )
    types: dict[str, list[Rates]] = {}
    for (kind, bill), name in zip(bills, names, strict=True):
        types.setdefault(kind, []).append({name: Rate(bill, 1)})
    return ProjectRates(plan, {kind: merged(types[kind]) for kind in sorted(types)}, meter, names)


def _together(many: list[Rate]) -> Rate:
    return Rate(added((rate.bill for rate in many), NO_PAAS), sum(rate.count for rate in many))
