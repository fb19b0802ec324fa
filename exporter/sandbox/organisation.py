"""Who is billed: an organisation of teams with projects, and its own clusters; names and sizes, no prices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from exporter.sandbox.money import FINE_GRAINS
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.seeded import draws

TEAM_NAMES = ("Platform", "Payments", "Data Science", "Web", "Mobile", "Search", "Growth", "Security")
# Every team has the first two: one id in several teams is what a consumer must keep apart.
COMMON_PROJECT_NAMES = ("API", "Staging")
PROJECT_NAMES = (
    "Checkout", "Notebooks", "Storefront", "Feature Store", "Ledger", "Push", "Crawler", "Experiments",
    "Audit Trail", "Mail", "Status Page", "Docs",
)  # fmt: skip
CLUSTERS = (("gke-europe-west4", "GKE Europe West 4"), ("eks-us-east-1", "EKS US East 1"))
# What no filter lists, though there are resources of it.
UNLISTED_TYPE = "sandbox-vm"
# Siblings differ in size, and the average is what was asked for.
SIZE_OFFSETS = (0, 1, -1)


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A project, and how many resources it has."""

    id: str
    name: str
    resources: int


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team and its projects."""

    id: str
    name: str
    projects: tuple[ProjectPlan, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """The billing customer. `number` is the hexadecimal first half of its invoices' ids.

    It is billed in so many `grains` of a minor unit of money; some of its projects may have resources of a type that
    the API's filter does not list.
    """

    id: str
    number: str
    seed: int
    teams: tuple[TeamPlan, ...]
    grains: int = 1
    has_unlisted_types: bool = False

    def has_team(self, team_id: str) -> bool:
        """Whether there is such a team."""
        return any(team.id == team_id for team in self.teams)

    def has_project(self, project_id: str, team_id: str | None) -> bool:
        """Whether the team, or any team if none is named, has such a project."""
        return any(
            project.id == project_id for team in self.teams if team_id in (None, team.id) for project in team.projects
        )


def organisation(options: SandboxOptions, place: int = 0) -> Organisation:
    """The organisation of the options' seed and sizes; at each `place` among several, one with other teams."""
    first_team = place * options.teams
    return Organisation(
        id="acme" if options.seed == 1 else f"acme-{options.seed}",
        number=f"{draws(options.seed, 'customer').getrandbits(32):08X}",
        seed=options.seed,
        teams=tuple(_team(options, first_team + position) for position in range(options.teams)),
        grains=1 if options.rounding == "exact" else FINE_GRAINS,
        has_unlisted_types=options.unlisted_types,
    )


def slug(name: str) -> str:
    """The id that Northflank makes of a name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def named(names: tuple[str, ...], position: int) -> str:
    """The name at a position of an endless row: the names, then the names with a 2, a 3 and so on."""
    turn, place = divmod(position, len(names))
    return names[place] if turn == 0 else f"{names[place]} {turn + 1}"


def _team(options: SandboxOptions, position: int) -> TeamPlan:
    name = named(TEAM_NAMES, position)
    projects = (
        ProjectPlan(slug(project), project, _size(options.resources, position + place))
        for place, project in enumerate(_project_names(position, _size(options.projects, position)))
    )
    return TeamPlan(slug(name), name, tuple(projects))


def _size(about: int, position: int) -> int:
    return max(1, about + SIZE_OFFSETS[position % len(SIZE_OFFSETS)]) if about else 0


def _project_names(team: int, count: int) -> Iterator[str]:
    yield from COMMON_PROJECT_NAMES[:count]
    for position in range(count - len(COMMON_PROJECT_NAMES)):
        yield named(PROJECT_NAMES, team + position)
