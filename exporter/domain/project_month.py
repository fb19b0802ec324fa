"""The month of each team and project: what was asked for once, advanced hour by hour.

Asking for every project every hour would take as many requests as there are projects; each hour's tree already holds
them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.domain.facts import NOTHING, Base, Facts, ProjectMonth
from exporter.domain.price import Price, sum_of
from exporter.domain.tree import OTHER_ID, Path, Rows

_MOST_ADDENDS = 16

RowsOf = Callable[[float], Rows]
"""The rows of the hour that begins at an instant."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What each team and project spent up to an instant, in major units.

    `used` are those of the hours that were added up. `unknown` are those of which it is not known what they spent
    before: their prices are of these hours alone.
    """

    prices: Mapping[Path, Price]
    used: frozenset[Path]
    unknown: frozenset[Path]


def known_paths(facts: Facts, depth: int) -> list[Path]:
    """The teams and projects that are known from anywhere, sorted; `depth` is how long their paths are at most."""
    months = facts.project_months.values()
    paths = {path for month in months for known in (month.names, month.bases) for path in known}
    for fact in facts.trees.values():
        paths.update(path for path in (fact.tree.rows if fact.tree else ()) if len(path) <= depth)
    return sorted(path for path in paths if 0 < len(path) <= depth and OTHER_ID not in path)


def spent(month: ProjectMonth, hours: Iterable[float], rows_of: RowsOf, through: float) -> Spent:
    """What each spent up to an instant; `hours` are those of the month that are known one by one.

    They are read one after the other: all rows of a large organisation's hours would not fit into memory.
    """
    several: dict[Path, list[Price]] = {}
    used: set[Path] = set()
    unknown = {path for path, base in month.bases.items() if base.through > through}
    for start in sorted(hours):
        for path, row in rows_of(start).items() if start < through else ():
            if not path or row.price is None:
                continue
            used.add(path)
            base = month.base_of(path)
            if base is None:
                unknown.add(path)
            if base is None or start >= base.through:
                _add(several.setdefault(path, [] if base is None else [base.price]), row.price)
    prices = {path: sum_of(each) for path, each in several.items()}
    for path, base in month.bases.items():
        prices.setdefault(path, base.price)
    return Spent(MappingProxyType(prices), frozenset(used), frozenset(unknown))


def _add(several: list[Price], price: Price) -> None:
    several.append(price)
    # Now and then, so that not some hundred prices of each project are held at once.
    if len(several) >= _MOST_ADDENDS:
        several[:] = [sum_of(several)]


def folded(month: ProjectMonth, hours: Iterable[float], rows_of: RowsOf, before: float) -> ProjectMonth:
    """The same with the hours before an instant in the bases, so that they need not be read again."""
    found = spent(month, (start for start in hours if start < before), rows_of, before)
    bases = dict(month.bases)
    for path, price in found.prices.items():
        base = month.base_of(path)
        if base and path not in found.unknown and base.through < before:
            bases[path] = Base(before, price, base.fetched_at)
    whole = month.whole_through
    return replace(month, bases=MappingProxyType(bases), whole_through=None if whole is None else max(whole, before))


def with_gap(month: ProjectMonth) -> ProjectMonth:
    """The same where hours are missing: nobody is taken to have spent nothing in them."""
    whole = month.whole_through
    if whole is None:
        return month
    counted = {path: Base(whole, NOTHING, fetched_at=whole) for path in month.names if path not in month.bases}
    return replace(month, bases=MappingProxyType({**counted, **month.bases}), whole_through=None)


def rewound(month: ProjectMonth, through: float) -> ProjectMonth:
    """The same without what was counted up to later than an instant; the very same object where nothing was."""
    whole = month.whole_through
    bases = {path: base for path, base in month.bases.items() if base.through <= through}
    if len(bases) == len(month.bases) and (whole is None or whole <= through):
        return month
    # What is taken away must not count as nothing spent until `whole_through`.
    return replace(month, bases=MappingProxyType(bases), whole_through=None)
