"""A price and the parts that the API splits it into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from exporter.domain.money import ZERO, add_up, subtract

OTHER = "other"

# What a total holds beyond its parts is exported when it is more than this, either way (metric contract).
OTHER_FLOOR = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs, in major units.

    `parts` are the components that the API states, zeros included, in its order; `stated_total` is its total.
    At least one of the two is there.
    """

    stated_total: Decimal | None
    parts: tuple[tuple[str, Decimal], ...] = ()

    @property
    def total(self) -> Decimal:
        """The API's total; where it states none, the sum of the parts it states."""
        if self.stated_total is not None:
            return self.stated_total
        return add_up(amount for _, amount in self.parts)

    @property
    def is_zero(self) -> bool:
        """Whether nothing is charged."""
        return self.total == ZERO

    def by_component(self) -> Iterator[tuple[str, Decimal]]:
        """Each part, then `other` for what the total holds beyond them: together they are the total.

        A price without parts is all `other`, zero included.
        """
        yield from self.parts
        other = subtract(self.total, add_up(amount for _, amount in self.parts))
        if not self.parts or abs(other) > OTHER_FLOOR:
            yield OTHER, other


def sum_of(prices: Iterable[Price]) -> Price:
    """Several prices added up, part by part and in total."""
    several = tuple(prices)
    parts: dict[str, list[Decimal]] = {}
    for price in several:
        for component, amount in price.parts:
            parts.setdefault(component, []).append(amount)
    return Price(
        stated_total=add_up(price.total for price in several),
        parts=tuple((component, add_up(amounts)) for component, amounts in parts.items()),
    )


def difference(price: Price, taken: Price) -> Price:
    """One price less another, part by part and in total."""
    parts, less = dict(price.parts), dict(taken.parts)
    return Price(
        stated_total=subtract(price.total, taken.total),
        parts=tuple(
            (component, subtract(parts.get(component, ZERO), less.get(component, ZERO)))
            for component in dict.fromkeys((*parts, *less))
        ),
    )


def zero_of(price: Price) -> Price:
    """Nothing, in the parts that a price has."""
    return Price(stated_total=ZERO, parts=tuple((component, ZERO) for component, _ in price.parts))
