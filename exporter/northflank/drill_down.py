"""The whole tree of one invoice or billing hour, in as few requests as the API's filters allow.

No answer holds the whole tree, and a filter narrows the prices above it: so one answer without a filter (the teams'
own prices), one a team (its projects' own prices), then for each team either one a project or one a resource type,
whichever is fewer. Each level keeps the price of the answer that did not narrow it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Generic

from exporter.domain.tree import (
    BELOW_ACCOUNT,
    NO_ROWS,
    Level,
    Path,
    Row,
    Rows,
    remainders,
    rows_at,
    unattributed,
)
from exporter.errors import DuplicateSeriesError, NotFoundError, RefusedError
from exporter.northflank.paging import AskPage, D, read_pages
from exporter.northflank.parallel import in_parallel
from exporter.northflank.plan import asks_by_project
from exporter.northflank.wire.wire import Wire

_DEEP = Level.PROJECT.depth


@dataclass(frozen=True, slots=True)
class Drilled:
    """A tree down to a level, the decimal places of its amounts, and what answered 404: teams, projects that vanished.

    `rows` are sorted: answers come in any order, and the same tree is always the same text.
    """

    level: Level
    rows: Rows
    places: int
    vanished: frozenset[Path]

    @property
    def unattributed(self) -> Mapping[Level, Decimal]:
        """What each level leaves over of the level above it; empty where the account's own price is not told."""
        levels = [level for level in BELOW_ACCOUNT if level.depth <= self.level.depth]
        return {level: unattributed(self.rows, level, self.places) for level in levels if () in self.rows}


async def drill_down(ask: AskPage[D], wire: Wire, level: Level) -> Drilled:
    """The tree down to the level, or as far as the generation goes; raises PollError, with no part of the tree."""
    drill = _Drill(ask, wire, level)
    await drill.run()
    reached = level if wire.drills_down else min(level, Level.PROJECT, key=lambda each: each.depth)
    rows = MappingProxyType(dict(sorted(drill.rows.items())))
    return Drilled(level=reached, rows=rows, places=drill.places, vanished=frozenset(drill.vanished))


@dataclass(slots=True)
class _Drill(Generic[D]):
    ask: AskPage[D]
    wire: Wire
    level: Level
    rows: dict[Path, Row] = field(default_factory=dict)
    places: int = 0
    vanished: set[Path] = field(default_factory=set)

    async def run(self) -> None:
        paged = [level for level in (Level.TEAM, Level.PROJECT) if level.depth <= self.level.depth]
        top = self._take(await self._read({}, paged), under=())
        if self.wire.drills_down and self.level.depth >= Level.PROJECT.depth:
            projects = _by_team(top)
            await in_parallel(self._team(team, projects[team]) for team, _ in rows_at(top, Level.TEAM))

    async def _team(self, team: Path, projects: list[Path]) -> None:
        if not projects:
            answer = await self._read_of(team, {"teamId": team[0]}, [Level.PROJECT])
            projects = _by_team(self._take(answer, under=team))[team]
        if self.level.depth <= Level.PROJECT.depth:
            return
        if asks_by_project(len(projects), self.wire):
            await in_parallel(self._project(project) for project in projects)
        else:
            await self._types(team, projects)

    async def _types(self, team: Path, projects: list[Path]) -> None:
        answers: list[Rows] = await in_parallel(self._type(team, each) for each in self.wire.resource_types)
        found: Rows = _joined(answers, team)
        complete = self._adding_up(projects, found)
        self._take({path: row for path, row in found.items() if path[:_DEEP] in complete}, under=team)
        # The rest holds what no known type holds; a project that only the types name is asked for in the same way.
        rest = {*projects, *(path[:_DEEP] for path in found)} - complete
        await in_parallel(self._project(project) for project in sorted(rest))

    async def _type(self, team: Path, resource_type: str) -> Rows:
        query = {"teamId": team[0], "resourceType": resource_type}
        try:
            return await self._read(query, [Level.PROJECT, self.level])
        except (NotFoundError, RefusedError):
            # A type that the server does not know: there is nothing of it (API sheet, Shapes).
            return NO_ROWS

    async def _project(self, project: Path) -> None:
        query = {"teamId": project[0], "projectId": project[1]}
        self._take(await self._read_of(project, query, [self.level]), under=project)

    async def _read_of(self, path: Path, query: Mapping[str, str], levels: Sequence[Level]) -> Rows:
        try:
            return await self._read(query, levels)
        except NotFoundError:
            self.vanished.add(path)
            return NO_ROWS

    async def _read(self, query: Mapping[str, str], levels: Sequence[Level]) -> Rows:
        answer = await read_pages(self.ask, self.wire, query, levels)
        self.places = max(self.places, answer.places)
        return answer.rows

    def _take(self, rows: Rows, *, under: Path) -> Rows:
        """Keep the rows at and below a path; those above it are narrowed by the filter. The first price stays."""
        taken = {
            path: row for path, row in rows.items() if path[: len(under)] == under and len(path) <= self.level.depth
        }
        for path, row in taken.items():
            self.rows.setdefault(path, row)
        return taken

    def _adding_up(self, projects: Iterable[Path], found: Rows) -> set[Path]:
        """The projects whose own price is the sum of the types found: nothing of them is missing."""
        own = {project: self.rows[project] for project in projects}
        sums = remainders({**found, **own}, Level.RESOURCE_TYPE)
        return {project for project, rest in sums.items() if rest.is_rounding(self.places)}


def _by_team(rows: Rows) -> Mapping[Path, list[Path]]:
    projects: dict[Path, list[Path]] = defaultdict(list)
    for path, _ in rows_at(rows, Level.PROJECT):
        projects[path[:-1]].append(path)
    return projects


def _joined(answers: Iterable[Rows], team: Path) -> Rows:
    """The team's rows that a filter by type does not narrow: resource types and resources."""
    found: dict[Path, Row] = {}
    for rows in answers:
        for path, row in rows.items():
            if len(path) <= _DEEP or path[:1] != team:
                continue
            if found.setdefault(path, row) != row:
                raise DuplicateSeriesError(f"two answers by resource type tell different things of {'/'.join(path)}")
    return found
