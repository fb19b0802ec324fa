"""What generations have in common: prices by category, periods, discounts, tax, line items, hours told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec

from exporter.domain.invoice import Category, LineItem, Period
from exporter.domain.price import Price
from exporter.domain.usage import UsageRow
from exporter.errors import DuplicateSeriesError
from exporter.northflank.wire.answer import Answer
from exporter.northflank.wire.values import Amount, Instant, Money, Percent


class PaasPrice(msgspec.Struct, frozen=True):
    """A PaaS price, by the components that the API names."""

    total: Amount | None = None
    cpu: Amount | None = None
    memory: Amount | None = None
    storage: Amount | None = None
    gpu: Amount | None = None


class ByocPrice(msgspec.Struct, frozen=True, rename="camel"):
    """A BYOC price, by the components that the API names."""

    total: Amount | None = None
    vcpu: Amount | None = None
    memory: Amount | None = None
    gpu_memory: Amount | None = None
    cluster: Amount | None = None


class Priced(msgspec.Struct, frozen=True):
    """What carries a PaaS price and nothing else that is read."""

    price: PaasPrice | None = None


class ByocPriced(msgspec.Struct, frozen=True):
    """What carries a BYOC price and nothing else that is read."""

    price: ByocPrice | None = None


class HasPrice(Protocol):
    """What a category of usage is, in any generation."""

    @property
    def price(self) -> msgspec.Struct | None:
        """A total, and a field for each component."""


def categories_of(sides: Mapping[Category, HasPrice | None], money: Money) -> Mapping[Category, Price]:
    """The prices of the categories that are stated; one without a price is not."""
    prices = {category: money.price(side.price) for category, side in sides.items() if side}
    return MappingProxyType({category: price for category, price in prices.items() if price})


class WirePeriod(msgspec.Struct, frozen=True):
    """The period of an invoice, in Unix seconds."""

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        """A period that ends before it starts is not believed."""
        if self.end < self.start:
            raise ValueError("Expected a period whose end is not before its start")

    def to_domain(self) -> Period:
        """The period in plain floats."""
        return Period(start=float(self.start), end=float(self.end))


class WireDiscounts(msgspec.Struct, frozen=True):
    """The discounts of an invoice (B, C)."""

    total: Amount | None = None


class WireTax(msgspec.Struct, frozen=True):
    """The tax of an invoice (B, C)."""

    percent: Percent | None = None
    amount: Amount | None = None


class WireLineItem(msgspec.Struct, frozen=True):
    """A line of an invoice."""

    title: str | None = None
    total: Amount | None = None
    base: Amount | None = None
    proration: Amount | None = None

    def to_domain(self, money: Money) -> LineItem:
        """The line in major units."""
        return LineItem(
            title=self.title or "",
            total=money.maybe(self.total),
            base=money.maybe(self.base),
            proration=money.maybe(self.proration),
        )


def distinct(answer: Answer, rows: Iterable[UsageRow]) -> tuple[UsageRow, ...]:
    """The rows of a usage list (B, C), in their order.

    Raises DuplicateSeriesError when two of them have one timestamp: which of them is true cannot be told.
    """
    told = tuple(rows)
    places: dict[float, int] = {}
    for place, row in enumerate(told):
        before = places.setdefault(row.timestamp, place)
        if before != place:
            raise DuplicateSeriesError(
                f"{answer.request}: usage[{before}] and usage[{place}] are both of {row.timestamp:.0f}: "
                "one of them would be lost or counted twice"
            )
    return told
