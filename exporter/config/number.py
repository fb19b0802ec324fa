"""Numbers as a file writes them, exact: ratios and amounts."""

from __future__ import annotations

from decimal import Decimal


def parse(value: object) -> Decimal | None:
    """The number, a float's by its shortest text: 0.8 is Decimal("0.8"). None if the value is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    return number if number.is_finite() else None
