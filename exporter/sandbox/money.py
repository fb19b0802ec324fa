"""How the world's amounts are written: in minor units, in major units, and exactly.

The world counts in whole grains, which are minor units or finer parts of them, so that every level adds up exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Minor units of a major one, where that is not a hundred.
MINOR_UNITS: Mapping[str, int] = MappingProxyType({"jpy": 1, "krw": 1, "kwd": 1_000})
CENTS = 100
FINE_GRAINS = 1_000
"""Grains of a minor unit where prices are finer than what is sent of them."""


@dataclass(frozen=True, slots=True)
class Money:
    """A currency and how amounts in it are sent.

    `grains` make a minor unit. Every amount is rounded by itself, to the minor unit or, for what is finer,
    to one of its `parts`. A noisy one differs from that by what binary sums differ.
    """

    currency: str = "usd"
    grains: int = 1
    is_noisy: bool = False
    parts: int = 1

    @property
    def units(self) -> int:
        """Minor units of a major one."""
        return MINOR_UNITS.get(self.currency, CENTS)

    def minor(self, amount: int) -> float:
        """Grains as minor units, as JSON spells them out: 6922 is 6922."""
        return self._sent(amount, 1)

    def major(self, amount: int) -> float:
        """Grains as major units, as JSON spells them out: 6922 cents are 69.22, 1200 are 12."""
        return self._sent(amount, self.units)

    def exact(self, amount: int) -> str:
        """Grains as a decimal string of major units, neither rounded nor noisy: 6922 cents are 69.22."""
        scale = self.units * self.grains
        whole, rest = divmod(abs(amount), scale)
        sign, decimals = "-" if amount < 0 else "", len(str(scale)) - 1
        return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"

    def _sent(self, amount: int, scale: int) -> float:
        rounded = (amount * self.parts + self.grains // 2) // self.grains
        plain = shortest(rounded, scale * self.parts)
        return _noisy(plain, rounded) if self.is_noisy and rounded else plain


def shortest(units: int, scale: int) -> float:
    """The quotient, without a decimal point where it is whole."""
    return units // scale if units % scale == 0 else units / scale


def _noisy(plain: float, amount: int) -> float:
    """The number itself or a neighbour of it, by turns: off by one place as sums of floats are."""
    direction = amount % 3 - 1
    return math.nextafter(plain, math.copysign(math.inf, direction)) if direction else plain
