"""What has to be known over a restart beyond what is shown: parts by name, each kept by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exporter.domain.accumulated import Accumulated
from exporter.domain.invoice import HourDetail
from exporter.domain.tree import Rows
from exporter.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class MonthHours:
    """The account's hours of one month, by their beginnings in Unix seconds."""

    hours: Mapping[float, Usage]


@dataclass(frozen=True, slots=True)
class HoursSince:
    """From when on every hour was asked for, and when they were last asked for all at once, in Unix seconds."""

    start: float
    whole_at: float


@dataclass(frozen=True, slots=True)
class ProjectHour:
    """One hour's teams and projects, with the account's own price at the empty path."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """One page of a drill-down that is not complete yet, by the query that it answered."""

    query: tuple[tuple[str, str], ...]
    detail: HourDetail
    has_more: bool | None
    is_paged: bool


@dataclass(frozen=True, slots=True)
class Gathering:
    """The tree of an hour of which some pages were answered."""

    start: float
    pages: tuple[AnsweredPage, ...]


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """How many requests an hour the token may make, as an answer stated it."""

    requests: float


Part = MonthHours | HoursSince | ProjectHour | Gathering | Accumulated | TokenLimit
Memory = Mapping[str, Part]

KINDS: Mapping[str, type[Part]] = MappingProxyType(
    {
        "hours": MonthHours,
        "hours_since": HoursSince,
        "project_hour": ProjectHour,
        "gathering": Gathering,
        "accumulated": Accumulated,
        "token_limit": TokenLimit,
    }
)
"""What a part is, by the first word of its name."""


def part_name(kind: str, start: float | None = None) -> str:
    """The name of a part: its kind, and the instant at which what it tells of begins."""
    return kind if start is None else f"{kind}.{int(start)}"


def kind_of(name: str) -> str:
    """The first word of a part's name."""
    return name.partition(".")[0]
