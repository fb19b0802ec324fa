"""How many requests an account's polls take in an hour, from what is known before they are made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exporter.domain.tree import Level, Rows
from exporter.northflank.requests.drill_down import requests_of_tree
from exporter.northflank.wire.wire import Wire

_HOUR_SECONDS = 3600.0
_DAY_HOURS = 24
# The month to date, and what is unbilled.
_TOTALS_AN_HOUR = 2
_REQUESTS_A_BUDGET = 2
# The next page of the list, the detail of an invoice that closed, or all hours of the month: seldom in one hour.
_NOW_AND_THEN = 9


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
