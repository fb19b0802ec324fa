"""The priced tree of an invoice or an hour: teams, their projects, resource types and resources.

Rows are made by the functions below, which add up what they hold: a price above is always the sum of those beneath.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporter.sandbox.bill import NO_PAAS, Bill, added


@dataclass(frozen=True, slots=True)
class Resource:
    """A job, service, harness, addon or volume, and what it cost."""

    id: str
    name: str
    bill: Bill


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A project's resources of one type, named as generation 2026-10 does."""

    name: str
    bill: Bill
    resources: Sequence[Resource]


@dataclass(frozen=True, slots=True)
class Project:
    """A project; its id is its own only within its team."""

    id: str
    name: str
    bill: Bill
    resource_types: tuple[ResourceType, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A team and its projects."""

    id: str
    name: str
    bill: Bill
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """All teams, and the PaaS price that they make together."""

    bill: Bill
    teams: tuple[Team, ...]


def resource_type_of(name: str, resources: Iterable[Resource]) -> ResourceType:
    """A resource type that costs what its resources cost."""
    rows = tuple(resources)
    return ResourceType(name, added((row.bill for row in rows), NO_PAAS), rows)


def project_of(project_id: str, name: str, resource_types: Iterable[ResourceType]) -> Project:
    """A project that costs what its resource types cost."""
    rows = tuple(resource_types)
    return Project(project_id, name, added((row.bill for row in rows), NO_PAAS), rows)


def team_of(team_id: str, name: str, projects: Iterable[Project]) -> Team:
    """A team that costs what its projects cost."""
    rows = tuple(projects)
    return Team(team_id, name, added((row.bill for row in rows), NO_PAAS), rows)


def tree_of(teams: Iterable[Team]) -> Tree:
    """A tree that costs what its teams cost."""
    rows = tuple(teams)
    return Tree(added((row.bill for row in rows), NO_PAAS), rows)
