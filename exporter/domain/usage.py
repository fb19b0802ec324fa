"""What was used in a time and what it costs at Northflank's prices: before tax, discounts and credits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.invoice import Category, Cluster, Period
from exporter.domain.money import add_up
from exporter.domain.price import Price, difference, sum_of, zero_of
from exporter.domain.tree import Level, Path, Rows

Quantities = Mapping[Category, Mapping[str, Decimal]]
NO_QUANTITIES: Quantities = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Usage:
    """Prices by category, in major units of the currency, and quantities by category and unit (`vcpu_hours`, …).

    `Category.OTHER` is what a row's own total holds beyond the known categories. Empty where nothing is known.
    """

    currency: str
    categories: Mapping[Category, Price]
    quantities: Quantities = field(default_factory=lambda: NO_QUANTITIES)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One row of the usage list; `timestamp` is the beginning of its time, in Unix seconds.

    Where the row does not state its currency, the usage is in the one that it was read with.
    """

    timestamp: float
    usage: Usage
    states_currency: bool = True


@dataclass(frozen=True, slots=True)
class Spend:
    """The account's usage from `period.start` to `period.end`, a full hour; `usages` has one entry a currency.

    A period that has just begun is empty: it ends where it starts.
    """

    period: Period
    usages: tuple[Usage, ...]


@dataclass(frozen=True, slots=True)
class ScopedSpend:
    """What parts of the account spent in a period, PaaS alone: rows of one or more levels, by currency."""

    period: Period
    rows: Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class HourTree:
    """One billing hour's drill-down, every level at its unfiltered price, in major units.

    `level` is how deep it goes, `unattributed` and `vanished` are as for an invoice's tree.
    """

    start: float
    currency: str
    level: Level
    rows: Rows
    clusters: tuple[Cluster, ...]
    unattributed: Mapping[Level, Decimal]
    vanished: frozenset[Path]


def totals_of(usages: Iterable[Usage]) -> tuple[Usage, ...]:
    """Several usages added up currency by currency, in the order in which the currencies first come."""
    by_currency: dict[str, list[Usage]] = {}
    for usage in usages:
        by_currency.setdefault(usage.currency, []).append(usage)
    return tuple(_total_of(several) for several in by_currency.values())


def _total_of(several: Sequence[Usage]) -> Usage:
    if len(several) == 1:
        return several[0]
    return Usage(
        currency=several[0].currency,
        categories=MappingProxyType(
            {
                category: sum_of(each.categories[category] for each in several if category in each.categories)
                for category in _keys(each.categories for each in several)
            }
        ),
        quantities=MappingProxyType(
            {
                category: _added(each.quantities[category] for each in several if category in each.quantities)
                for category in _keys(each.quantities for each in several)
            }
        ),
    )


def less(usages: tuple[Usage, ...], taken: tuple[Usage, ...]) -> tuple[Usage, ...]:
    """Usages less others, currency by currency and category by category; without quantities."""
    by_currency = {usage.currency: usage for usage in taken}
    return tuple(
        Usage(usage.currency, _less(usage.categories, by_currency[usage.currency].categories))
        if usage.currency in by_currency
        else Usage(usage.currency, usage.categories)
        for usage in usages
    )


def _less(prices: Mapping[Category, Price], taken: Mapping[Category, Price]) -> Mapping[Category, Price]:
    return MappingProxyType(
        {
            category: difference(price, taken[category]) if category in taken else price
            for category, price in prices.items()
        }
    )


def nothing_like(usage: Usage) -> Usage:
    """No usage, with the categories, components and units that this one has: zeros in place of its figures."""
    return Usage(
        currency=usage.currency,
        categories=MappingProxyType({category: zero_of(price) for category, price in usage.categories.items()}),
        quantities=MappingProxyType(
            {
                category: MappingProxyType(dict.fromkeys(units, Decimal(0)))
                for category, units in usage.quantities.items()
            }
        ),
    )


def _keys(mappings: Iterable[Mapping[Category, object]]) -> tuple[Category, ...]:
    found = {category for mapping in mappings for category in mapping}
    return tuple(category for category in Category if category in found)


def _added(several: Iterable[Mapping[str, Decimal]]) -> Mapping[str, Decimal]:
    amounts: dict[str, list[Decimal]] = {}
    for each in several:
        for unit, amount in each.items():
            amounts.setdefault(unit, []).append(amount)
    return MappingProxyType({unit: add_up(each) for unit, each in amounts.items()})
