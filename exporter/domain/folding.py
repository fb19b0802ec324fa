"""Fewer series: the cheapest resources of trees folded into one for each project and type, their sums preserved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from exporter.domain.money import ZERO
from exporter.domain.price import Price, sum_of
from exporter.domain.tree import OTHER_ID, Level, Path, Row, Rows, rows_at


class _Resource(NamedTuple):
    """A resource, and the number of its tree."""

    tree: int
    path: Path
    price: Price | None

    @property
    def group(self) -> tuple[int, Path]:
        return self.tree, self.path[:-1]


@dataclass(slots=True)
class _Folded:
    """What is folded of one tree's project and type; `is_shown` is whether it is exported already."""

    price: Price | None = None
    is_shown: bool = False
    members: list[_Resource] = field(default_factory=list)

    @property
    def series(self) -> int:
        return _series_of(self.price) if self.is_shown else 0

    def take(self, resource: _Resource) -> None:
        prices = [price for price in (self.price, resource.price) if price]
        self.price, self.is_shown = sum_of(prices) if prices else None, True
        self.members.append(resource)


def resource_series(trees: Sequence[Rows]) -> int:
    """How many series the resources of these trees are: one for each component, at least one each."""
    return sum(_series_of(row.price) for rows in trees for _, row in rows_at(rows, Level.RESOURCE))


def fold_cheapest(trees: Sequence[Rows], limit: int) -> tuple[tuple[Rows, ...], frozenset[Path]]:
    """The trees with at most so many series of resources, and the resources that are folded to get there.

    Of all trees together the cheapest resources are folded, those without a price first; of equal ones those of the
    later tree, then those whose path sorts last. What is folded of a project and type is one resource `_other` there.
    One that would be folded alone stays as it is, since that saves nothing. Where there are more projects and types
    than the limit allows, everything is folded: fewer series there cannot be.
    """
    excess = resource_series(trees) - limit
    if excess <= 0:
        return tuple(trees), frozenset()
    groups, cheapest_first = _groups(trees), reversed(_dearest_first(trees))
    while excess > 0 and (resource := next(cheapest_first, None)):
        group = groups[resource.group]
        before = group.series + _series_of(resource.price)
        group.take(resource)
        excess += group.series - before
    folded = {group: each for group, each in groups.items() if _saves(each, trees[group[0]], group[1])}
    shown = tuple(_without(rows, number, folded) for number, rows in enumerate(trees))
    return shown, frozenset(member.path for each in folded.values() for member in each.members)


def _series_of(price: Price | None) -> int:
    return max(sum(1 for _ in price.by_component()) if price else 0, 1)


def _groups(trees: Sequence[Rows]) -> Mapping[tuple[int, Path], _Folded]:
    """What is folded before anything is: a resource that the data itself calls `_other`, where there is one."""
    groups: dict[tuple[int, Path], _Folded] = {}
    for number, rows in enumerate(trees):
        for path, row in rows_at(rows, Level.RESOURCE):
            group = groups.setdefault((number, path[:-1]), _Folded())
            if path[-1] == OTHER_ID:
                group.price, group.is_shown = row.price, True
    return groups


def _dearest_first(trees: Sequence[Rows]) -> list[_Resource]:
    """The resources that may be folded."""
    resources = [
        _Resource(number, path, row.price)
        for number, rows in enumerate(trees)
        for path, row in sorted(rows_at(rows, Level.RESOURCE), key=lambda each: each[0])
        if path[-1] != OTHER_ID
    ]
    # Sorting keeps the order of equals, also in reverse.
    return sorted(resources, key=_worth, reverse=True)


def _worth(resource: _Resource) -> tuple[bool, Decimal]:
    return (resource.price is not None, resource.price.total if resource.price else ZERO)


def _saves(folded: _Folded, rows: Rows, group: Path) -> bool:
    return len(folded.members) > 1 or (len(folded.members) == 1 and (*group, OTHER_ID) in rows)


def _without(rows: Rows, number: int, folded: Mapping[tuple[int, Path], _Folded]) -> Rows:
    """The rows with the folded ones in place of their members, the very same rows where none is."""
    others = {
        resource.path: Row(None, each.price)
        for (tree, _), each in folded.items()
        if tree == number
        for resource in each.members
    }
    if not others:
        return rows
    shown: dict[Path, Row] = {}
    for path, row in rows.items():
        if path in others:
            shown[(*path[:-1], OTHER_ID)] = others[path]
        else:
            shown.setdefault(path, row)
    return shown
