"""The sign of a discount, which no document states."""

from __future__ import annotations

from decimal import Decimal

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.money import ZERO, add_up, subtract

_CENT = Decimal("0.01")


def taken_off(detail: InvoiceDetail) -> Decimal | None:
    """What the discounts take off, in major units: positive when the bill gets smaller; None where none is stated.

    Subtotal, tax and total say which sign makes the bill add up. Where they do not, a discount takes something off.
    """
    stated = detail.discount
    if stated is None or stated >= ZERO:
        return stated
    return stated if _adds_up(detail, stated) else stated.copy_negate()


def _adds_up(detail: InvoiceDetail, discount: Decimal) -> bool:
    if detail.subtotal is None or detail.total is None:
        return False
    expected = subtract(add_up((detail.subtotal, detail.tax_amount or ZERO)), discount)
    return abs(subtract(expected, detail.total)) <= _CENT
