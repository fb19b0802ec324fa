"""How many requests a drill-down takes, from what is known before the deepest levels are asked for."""

from __future__ import annotations

from collections import Counter

from exporter.domain.tree import Level, Path, Rows, rows_at
from exporter.northflank.wire.wire import Wire


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
