"""The drill-down of a bill: account, teams, projects, resource types, resources.

A row is told apart by its whole path, since projects of different teams share ids: `("platform", "api")`
is the project `api` of the team `platform`. The empty path is the account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from exporter.domain.money import ZERO, add_up, subtract
from exporter.domain.price import Price

Path = tuple[str, ...]

OTHER_ID = "_other"
"""The id of what is shown together: resources that are folded, or what no known team or project holds."""


class Level(StrEnum):
    """How deep a row is, in the words of the setting `detail`."""

    ACCOUNT = "account"
    TEAM = "team"
    PROJECT = "project"
    RESOURCE_TYPE = "resource_type"
    RESOURCE = "resource"

    @property
    def depth(self) -> int:
        """The length of the paths at this level."""
        return _DEPTHS[self]


_DEPTHS = MappingProxyType({level: depth for depth, level in enumerate(Level)})

BELOW_ACCOUNT = tuple(Level)[1:]


@dataclass(frozen=True, slots=True)
class Row:
    """One team, project, resource type or resource; `name` and `price` are None where the API gives none."""

    name: str | None
    price: Price | None


Rows = Mapping[Path, Row]
NO_ROWS: Rows = MappingProxyType({})


def rows_at(rows: Rows, level: Level) -> Iterator[tuple[Path, Row]]:
    """The rows of one level, in their order."""
    depth = level.depth
    return ((path, row) for path, row in rows.items() if len(path) == depth)


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a price holds beyond the sum of the rows below it, in major units, and how many rows those are."""

    amount: Decimal
    row_count: int

    def is_rounding(self, places: int) -> bool:
        """Whether the sum agrees with the price, at that many decimal places of the amounts (API sheet, Common).

        Each row may be rounded by itself, and so may the price: half a unit of the last place for each.
        """
        return abs(self.amount) <= Decimal(5).scaleb(-places - 1) * (self.row_count + 1)


def remainders(rows: Rows, level: Level) -> Mapping[Path, Remainder]:
    """For each priced row above the level, what it holds beyond the sum of its rows at the level.

    A row without a price adds nothing.
    """
    below: dict[Path, list[Decimal]] = defaultdict(list)
    for path, row in rows_at(rows, level):
        below[path[:-1]].append(row.price.total if row.price else ZERO)
    above = level.depth - 1
    return {
        path: Remainder(subtract(row.price.total, add_up(below[path])), len(below[path]))
        for path, row in rows.items()
        if len(path) == above and row.price
    }


def unattributed(rows: Rows, level: Level, places: int) -> Decimal:
    """What the level above holds beyond the sum of this level, in major units.

    0 when all but rounding is accounted for, negative when too much is.
    """
    return add_up(each.amount for each in remainders(rows, level).values() if not each.is_rounding(places))
