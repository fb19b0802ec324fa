"""Pages of a breakdown: a tree with fewer rows, whose prices stay those of the whole.

2026-06 cuts one row of entries across the whole answer, 2026-10 cuts every level within each parent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from exporter.sandbox.narrow import Filters, Levels
from exporter.sandbox.question import Json
from exporter.sandbox.tree import Project, ResourceType, Team, Tree

Row = TypeVar("Row")
Keeps = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of rows, by number from 1 and size."""

    page: int
    size: int

    @property
    def positions(self) -> range:
        """Where its rows stand."""
        return range((self.page - 1) * self.size, self.page * self.size)

    def of(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Its rows of these."""
        return tuple(rows[self.positions.start : self.positions.stop])

    def leaves(self, how_many: int) -> bool:
        """Whether more follow, of so many rows."""
        return self.positions.stop < how_many


@dataclass(frozen=True, slots=True)
class Cut:
    """A tree with a page of its rows, and the pagination that stands beside it."""

    tree: Tree
    pagination: Json


@dataclass(frozen=True, slots=True)
class Slices:
    """A page of each level."""

    teams: Slice
    projects: Slice
    resources: Slice


def cut_entries(tree: Tree, levels: Levels, filters: Filters, wanted: Slice) -> Cut:
    """Cut the entries that the filters ask for, counted across all parents: teams, projects or resources.

    Parents of which no entry is on the page are left out.
    """
    entries = count()
    on_page = wanted.positions

    def keeps() -> bool:
        return next(entries) in on_page

    if levels.resources:
        teams = _kept_teams(tree, lambda project: _with_resources(project, keeps))
    elif filters.reaches_projects:
        teams = _kept_teams(tree, lambda project: project if keeps() else None)
    else:
        teams = tuple(team for team in tree.teams if keeps())
    seen = next(entries)
    shown = len(range(on_page.start, min(on_page.stop, seen)))
    pagination: Json = {"hasNextPage": wanted.leaves(seen), "count": shown}
    return Cut(replace(tree, teams=teams), pagination)


def cut_within_parents(tree: Tree, levels: Levels, slices: Slices) -> Cut:
    """Cut the teams, each team's projects and each resource type's resources; every parent stays."""
    teams = slices.teams.of(tree.teams)
    projects = [project for team in teams for project in slices.projects.of(team.projects)]
    types = [row for project in projects for row in project.resource_types]
    has_next = (
        slices.teams.leaves(len(tree.teams))
        or (levels.projects and any(slices.projects.leaves(len(team.projects)) for team in teams))
        or (levels.resources and any(slices.resources.leaves(len(row.resources)) for row in types))
    )
    cut = tuple(_team_within(team, slices) for team in teams)
    return Cut(replace(tree, teams=cut), {"hasNextPage": has_next, "count": _rows(cut, levels)})


def _kept_teams(tree: Tree, keep: Callable[[Project], Project | None]) -> tuple[Team, ...]:
    kept = ((team, tuple(filter(None, map(keep, team.projects)))) for team in tree.teams)
    return tuple(replace(team, projects=projects) for team, projects in kept if projects)


def _with_resources(project: Project, keeps: Keeps) -> Project | None:
    kept = (_resources_kept(row, keeps) for row in project.resource_types)
    types = tuple(row for row in kept if row.resources)
    return replace(project, resource_types=types) if types else None


def _resources_kept(row: ResourceType, keeps: Keeps) -> ResourceType:
    return replace(row, resources=tuple(resource for resource in row.resources if keeps()))


def _team_within(team: Team, slices: Slices) -> Team:
    projects = (
        replace(project, resource_types=tuple(_type_within(row, slices) for row in project.resource_types))
        for project in slices.projects.of(team.projects)
    )
    return replace(team, projects=tuple(projects))


def _type_within(row: ResourceType, slices: Slices) -> ResourceType:
    return replace(row, resources=slices.resources.of(row.resources))


def _rows(teams: tuple[Team, ...], levels: Levels) -> int:
    if not levels.projects:
        return len(teams)
    if not levels.resources:
        return sum(len(team.projects) for team in teams)
    return sum(len(row.resources) for team in teams for plan in team.projects for row in plan.resource_types)
