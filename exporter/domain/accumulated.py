"""The month to date of each team and project: what was asked for once, advanced hour by hour.

Asking for every project every hour would take as many requests as there are projects; each hour's tree already holds
them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.money import ZERO
from exporter.domain.price import Price, sum_of
from exporter.domain.tree import Path, Row, Rows

Hours = Mapping[float, Rows]
"""The rows of teams and projects of billing hours, by the Unix second at which the hour begins."""

NOTHING = Price(stated_total=ZERO)


@dataclass(frozen=True, slots=True)
class Base:
    """What a team or project spent from the month's start to `through`, as known at `fetched_at` (Unix seconds)."""

    through: float
    price: Price
    fetched_at: float


@dataclass(frozen=True, slots=True)
class Accumulated:
    """What is known of a month that begins at `start`.

    `whole_through` is the instant before which teams and projects without a base spent nothing, since every hour until
    then was seen; None where hours before it were not seen.
    """

    start: float
    whole_through: float | None = None
    bases: Mapping[Path, Base] = field(default_factory=lambda: MappingProxyType({}))

    def base_of(self, path: Path) -> Base | None:
        """Where to count from; None where that is not known yet."""
        found = self.bases.get(path)
        if found is None and self.whole_through is not None:
            return Base(self.whole_through, NOTHING, fetched_at=self.whole_through)
        return found

    @property
    def counted_from(self) -> float | None:
        """The first hour that still has to be added to some base; None where there is no base at all."""
        throughs = [base.through for base in self.bases.values()]
        return min([*throughs, *([] if self.whole_through is None else [self.whole_through])], default=None)

    def with_bases(self, bases: Mapping[Path, Base]) -> Accumulated:
        """The same with some bases in place of what was known of them."""
        return replace(self, bases=MappingProxyType({**self.bases, **bases}))

    def spent(self, path: Path, hours: Hours, through: float) -> Price | None:
        """What was spent up to an instant; None where it is not known what to count from, or that is later."""
        base = self.base_of(path)
        if base is None or base.through > through:
            return None
        since = (hours[each][path].price for each in _between(hours, base.through, through) if path in hours[each])
        return sum_of((base.price, *(price for price in since if price)))

    def rewound(self, through: float) -> Accumulated:
        """The same without what was counted up to later than an instant; the very same object where nothing was."""
        whole = self.whole_through
        bases = {path: base for path, base in self.bases.items() if base.through <= through}
        if len(bases) == len(self.bases) and (whole is None or whole <= through):
            return self
        # What is let go must not count as nothing spent until `whole_through`.
        return replace(self, bases=MappingProxyType(bases), whole_through=None)

    def folded(self, hours: Hours, before: float) -> Accumulated:
        """The same with the hours before an instant in the bases, so that they need not be kept."""
        paths = {*self.bases, *(path for each in hours.values() for path in each if path)}
        bases: dict[Path, Base] = {}
        for path in paths:
            base, price = self.base_of(path), self.spent(path, hours, before)
            if base:
                bases[path] = Base(before, price, base.fetched_at) if price else base
        whole = self.whole_through
        return replace(self, bases=MappingProxyType(bases), whole_through=None if whole is None else max(whole, before))


def missing_hours(hours: Hours, start: float, end: float) -> tuple[float, ...]:
    """The hours from `start` to `end` (exclusive) that are not there, oldest first."""
    count = max(int((end - start) // HOUR_SECONDS), 0)
    wanted = (start + index * HOUR_SECONDS for index in range(count))
    return tuple(each for each in wanted if each not in hours)


def summed(hours: Hours, start: float, end: float, depth: int) -> Rows:
    """The rows of one depth, added up over the hours from `start` to `end`, under their newest names."""
    prices: dict[Path, list[Price]] = {}
    chosen = _between(hours, start, end)
    for each in chosen:
        for path, row in hours[each].items():
            if len(path) == depth and row.price:
                prices.setdefault(path, []).append(row.price)
    names = newest_names(hours[each] for each in reversed(chosen))
    return MappingProxyType({path: Row(names.get(path), sum_of(prices[path])) for path in sorted(prices)})


def newest_names(several: Iterable[Rows]) -> Mapping[Path, str]:
    """The first name of each path; rows come newest first."""
    names: dict[Path, str] = {}
    for rows in several:
        for path, row in rows.items():
            if row.name and path not in names:
                names[path] = row.name
    return names


def _between(hours: Hours, start: float, end: float) -> list[float]:
    return sorted(each for each in hours if start <= each < end)
