"""The whole tree of one invoice or billing hour, in as few requests as the API's filters allow.

No answer holds the whole tree, and a filter narrows the prices above it: so one answer without a filter (the teams'
own prices), one a team (its projects' own prices), then for each team either one a project or one a resource type,
whichever is fewer. Each level keeps the price of the answer that did not narrow it.

Nothing is asked here: the tree is built from the pages that were answered, and what is missing is returned as queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.invoice import HourDetail, InvoiceDetail
from exporter.domain.question import NO_QUERY, Query
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
from exporter.errors import DuplicateSeriesError, NotFoundError
from exporter.northflank.requests.paging import FindPage, Missing, NotFound, read_pages
from exporter.northflank.wire.wire import Wire

_DEEP = Level.PROJECT.depth


@dataclass(frozen=True, slots=True)
class Drilled:
    """A tree down to a level, the decimal places of its amounts, and what answered 404: teams, projects that vanished.

    `top` is the answer without a filter, its rows left out. `rows` are sorted, so that the same tree is always the same
    text.
    """

    level: Level
    top: InvoiceDetail | HourDetail
    rows: Rows
    places: int
    vanished: frozenset[Path]

    @property
    def unattributed(self) -> Mapping[Level, Decimal]:
        """What each level leaves over of the level above it; empty where the account's own price is not stated."""
        levels = [level for level in BELOW_ACCOUNT if level.depth <= self.level.depth]
        return {level: unattributed(self.rows, level, self.places) for level in levels if () in self.rows}


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A tree of which pages are missing: the queries that can be asked now, and the rows that are known."""

    queries: tuple[Query, ...]
    rows: Rows


def drill_down(find: FindPage, wire: Wire, level: Level) -> Drilled | Incomplete:
    """The tree down to the level, or as far as the generation goes; raises PagingError and DuplicateSeriesError.

    Raises NotFoundError where the answer without a filter was a 404.
    """
    drill = _Drill(find, wire, level)
    top = drill.run()
    if top is None or drill.missing:
        return Incomplete(tuple(dict.fromkeys(drill.missing)), MappingProxyType(drill.rows))
    rows = MappingProxyType(dict(sorted(drill.rows.items())))
    reached = level if wire.drills_down else min(level, Level.PROJECT, key=lambda each: each.depth)
    return Drilled(level=reached, top=top, rows=rows, places=drill.places, vanished=frozenset(drill.vanished))


def asks_by_project(projects: int, wire: Wire) -> bool:
    """Whether a team's resources are asked for project by project, or else type by type: whichever is fewer."""
    return projects <= len(wire.resource_types)


def requests_of_tree(rows: Rows, wire: Wire, level: Level) -> int:
    """The requests of a whole tree, its first answer included, while each level fits a page; from its projects."""
    if not wire.drills_down or level.depth < Level.PROJECT.depth:
        return 1
    teams = [path for path, _ in rows_at(rows, Level.TEAM)]
    projects: Counter[Path] = Counter(path[:-1] for path, _ in rows_at(rows, Level.PROJECT))
    # The first answer has the projects where there is only one team.
    requests = 1 + (len(teams) if len(teams) > 1 else 0)
    if level.depth > Level.PROJECT.depth:
        requests += sum(min(projects[team], len(wire.resource_types)) for team in teams)
    return requests


@dataclass(slots=True)
class _Drill:
    find: FindPage
    wire: Wire
    level: Level
    rows: dict[Path, Row] = field(default_factory=dict)
    places: int = 0
    vanished: set[Path] = field(default_factory=set)
    missing: list[Query] = field(default_factory=list)

    def run(self) -> InvoiceDetail | HourDetail | None:
        """The answer without a filter; None while it is missing."""
        paged = [level for level in (Level.TEAM, Level.PROJECT) if level.depth <= self.level.depth]
        found = self._read({}, paged)
        if isinstance(found, NotFound):
            raise NotFoundError("the API does not know what its own list has")
        if isinstance(found, Missing):
            return None
        top = self._take(found, under=())
        if self.wire.drills_down and self.level.depth >= Level.PROJECT.depth:
            projects = _by_team(top)
            for team, _ in rows_at(top, Level.TEAM):
                self._team(team, projects[team])
        first = self.find(NO_QUERY)
        return first.detail if first else None

    def _team(self, team: Path, projects: list[Path]) -> None:
        if not projects:
            answer = self._read_of(team, {"teamId": team[0]}, [Level.PROJECT])
            if isinstance(answer, Missing):
                return
            projects = _by_team(self._take(answer, under=team))[team]
        if self.level.depth <= Level.PROJECT.depth:
            return
        if asks_by_project(len(projects), self.wire):
            for project in projects:
                self._project(project)
        else:
            self._types(team, projects)

    def _types(self, team: Path, projects: list[Path]) -> None:
        answers = [self._type(team, each) for each in self.wire.resource_types]
        known = [answer for answer in answers if not isinstance(answer, Missing)]
        if len(known) < len(answers):
            return
        found = _joined(known, team)
        complete = self._adding_up(projects, found)
        self._take({path: row for path, row in found.items() if path[:_DEEP] in complete}, under=team)
        # The rest holds what no known type holds; a project that only the types name is asked for in the same way.
        rest = {*projects, *(path[:_DEEP] for path in found)} - complete
        for project in sorted(rest):
            self._project(project)

    def _type(self, team: Path, resource_type: str) -> Rows | Missing:
        rows = self._read({"teamId": team[0], "resourceType": resource_type}, [Level.PROJECT, self.level])
        # A type that the server does not know is answered with 400 or 404: there is nothing of it.
        return NO_ROWS if isinstance(rows, NotFound) else rows

    def _project(self, project: Path) -> None:
        rows = self._read_of(project, {"teamId": project[0], "projectId": project[1]}, [self.level])
        if not isinstance(rows, Missing):
            self._take(rows, under=project)

    def _read_of(self, path: Path, query: Mapping[str, str], levels: Sequence[Level]) -> Rows | Missing:
        rows = self._read(query, levels)
        if isinstance(rows, NotFound):
            self.vanished.add(path)
            return NO_ROWS
        return rows

    def _read(self, query: Mapping[str, str], levels: Sequence[Level]) -> Rows | Missing | NotFound:
        """The rows of an answer with all its pages; a page that is missing is noted."""
        answer = read_pages(self.find, self.wire, query, levels)
        if isinstance(answer, Missing):
            self.missing.append(answer.query)
            return answer
        if isinstance(answer, NotFound):
            return answer
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
                raise DuplicateSeriesError(f"two answers by resource type say different things of {'/'.join(path)}")
    return found
