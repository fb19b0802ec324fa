"""Pages of a breakdown: a tree with fewer rows, whose prices stay those of the whole.

2026-06 cuts one row of entries across the whole answer, 2026-10 cuts every level within each parent, or resources
across the answer: the documents do not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from exporter.sandbox.narrow import Filters, Levels
from exporter.sandbox.question import Json
from exporter.sandbox.tree import Project, ResourceType, Team, Tree

Row = TypeVar("Row")


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


class _Window:
    """Hands out a page's rows of all that it is shown, which it counts on and on."""

    def __init__(self, wanted: Slice) -> None:
        self._wanted = wanted
        self.seen = 0

    def of(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The page's rows of these, which come after all that were shown before."""
        positions = self._wanted.positions
        start, stop = max(0, positions.start - self.seen), max(0, positions.stop - self.seen)
        self.seen += len(rows)
        return tuple(rows[start:stop])

    @property
    def leaves(self) -> bool:
        """Whether rows came after the page."""
        return self._wanted.leaves(self.seen)


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
    window = _Window(wanted)
    if levels.resources:
        teams = _kept_teams((team, _with_some_resources(team, window)) for team in tree.teams)
    elif filters.reaches_projects:
        teams = _kept_teams((team, window.of(team.projects)) for team in tree.teams)
    else:
        teams = window.of(tree.teams)
    shown = len(range(wanted.positions.start, min(wanted.positions.stop, window.seen)))
    pagination: Json = {"hasNextPage": window.leaves, "count": shown}
    return Cut(replace(tree, teams=teams), pagination)


def cut_within_parents(tree: Tree, levels: Levels, slices: Slices) -> Cut:
    """Cut the teams, each team's projects and each resource type's resources; every parent stays."""
    return _cut(tree, levels, slices, lambda: _Window(slices.resources))


def cut_across(tree: Tree, levels: Levels, slices: Slices) -> Cut:
    """Cut the teams and their projects, and of what is left the resources across all types; every parent stays."""
    window = _Window(slices.resources)
    return _cut(tree, levels, slices, lambda: window)


def _cut(tree: Tree, levels: Levels, slices: Slices, window: Callable[[], _Window]) -> Cut:
    teams = slices.teams.of(tree.teams)
    has_next = slices.teams.leaves(len(tree.teams))
    if levels.projects:
        has_next |= any(slices.projects.leaves(len(team.projects)) for team in teams)
        teams = tuple(replace(team, projects=slices.projects.of(team.projects)) for team in teams)
    windows: set[_Window] = set()
    if levels.resources:
        teams = tuple(_resources_cut(team, window, windows) for team in teams)
    has_next |= any(one.leaves for one in windows)
    return Cut(replace(tree, teams=teams), {"hasNextPage": has_next, "count": _rows(teams, levels)})


def _resources_cut(team: Team, window: Callable[[], _Window], used: set[_Window]) -> Team:
    def cut(row: ResourceType) -> ResourceType:
        used.add(own := window())
        return replace(row, resources=own.of(row.resources))

    projects = (replace(one, resource_types=tuple(map(cut, one.resource_types))) for one in team.projects)
    return replace(team, projects=tuple(projects))


def _kept_teams(rows: Iterable[tuple[Team, tuple[Project, ...]]]) -> tuple[Team, ...]:
    return tuple(replace(team, projects=projects) for team, projects in rows if projects)


def _with_some_resources(team: Team, window: _Window) -> tuple[Project, ...]:
    cut = (replace(one, resource_types=_some_resources(one, window)) for one in team.projects)
    return tuple(project for project in cut if project.resource_types)


def _some_resources(project: Project, window: _Window) -> tuple[ResourceType, ...]:
    cut = (replace(row, resources=window.of(row.resources)) for row in project.resource_types)
    return tuple(row for row in cut if row.resources)


def _rows(teams: tuple[Team, ...], levels: Levels) -> int:
    if not levels.projects:
        return len(teams)
    if not levels.resources:
        return sum(len(team.projects) for team in teams)
    return sum(len(row.resources) for team in teams for plan in team.projects for row in plan.resource_types)
