"""How many requests are made, from what is known before they are: of a drill-down, and of an hour's polls."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Polls:
    """How often an account is polled (seconds from start to start), and how many budgets it has."""

    invoices_seconds: float
    usage_seconds: float
    budgets: int

    @property
    def of_invoices(self) -> int:
        """How often the invoices are polled in an hour."""
        return math.ceil(_HOUR_SECONDS / self.invoices_seconds)

    @property
    def of_usage(self) -> int:
        """How often usage is polled in an hour."""
        return math.ceil(_HOUR_SECONDS / self.usage_seconds)


_HOUR_SECONDS = 3600.0
_DAY_HOURS = 24
# The month to date, and what is unbilled.
_TOTALS_AN_HOUR = 2
_REQUESTS_A_BUDGET = 2
# The next page of the list, the detail of an invoice that closed, the past months, a page of what was corrected.
_NOW_AND_THEN = 6


def requests_of_account(polls: Polls) -> int:
    """How many requests an hour the account's own figures take at most: invoices, usage, credits and budgets."""
    return polls.of_invoices + 2 * polls.of_usage + _TOTALS_AN_HOUR + _REQUESTS_A_BUDGET * polls.budgets + _NOW_AND_THEN


def requests_of_details(rows: Rows, wire: Wire, level: Level) -> int:
    """How many an hour the hour's tree takes, and asking once a day what each team and project has spent."""
    if wire.usage_detail is None or level is Level.ACCOUNT:
        return 0
    asked_anew = math.ceil(requests_of_scopes(rows, wire, level) / _DAY_HOURS)
    return requests_of_tree(rows, wire, level) + asked_anew


def requests_of_scopes(rows: Rows, wire: Wire, level: Level) -> int:
    """How many it takes to ask what each team and project has spent in a period; 0 where that cannot be asked."""
    deepest = min(level.depth, Level.PROJECT.depth)
    return sum(1 for path in rows if 0 < len(path) <= deepest) if wire.filters_usage else 0
