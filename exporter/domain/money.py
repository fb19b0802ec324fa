"""Amounts: exact decimals, always in major currency units (dollars, not cents) once they are here."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Clamped, Context, Decimal, Inexact, InvalidOperation, Overflow, Underflow
from enum import StrEnum

# Wide enough that no sum of amounts the wire lets through is ever rounded; an inexact result raises.
EXACT = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow, Underflow, Clamped])

ZERO = Decimal(0)

ROUNDING = Decimal("0.01")
"""By how much sums of one spend may differ, each row being rounded by itself; in major units."""

# ISO 4217: the currencies whose minor unit is not a hundredth. All others have two digits.
_MINOR_DIGITS = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
            *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


class Unit(StrEnum):
    """What the amounts of an answer are counted in."""

    MINOR = "minor"
    MAJOR = "major"


def minor_digits(currency: str) -> int:
    """How many decimal places the minor unit of an ISO 4217 code (capitals) has: 2 for USD, 0 for JPY."""
    return _MINOR_DIGITS.get(currency, 2)


def to_major(amount: Decimal, unit: Unit, currency: str) -> Decimal:
    """The amount in major units, without loss."""
    if unit is Unit.MAJOR:
        return amount
    return amount.scaleb(-minor_digits(currency), EXACT)


def add_up(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; 0 of nothing."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def subtract(amount: Decimal, taken: Decimal) -> Decimal:
    """The exact difference."""
    return EXACT.subtract(amount, taken)
