"""The fields of an invoice that both 2026 generations name alike and write in their own unit."""

from __future__ import annotations

from collections.abc import Callable

from exporter.sandbox.invoices import TAX_PERCENT, Invoice, LineItem
from exporter.sandbox.question import Json


def summary_fields(invoice: Invoice, amount: Callable[[int], float]) -> Json:
    """What a row of the list and a detail share; `amount` writes grains."""
    return {
        "id": invoice.frame.id,
        "period": {"start": invoice.frame.start, "end": invoice.frame.end},
        "currency": invoice.money.currency,
        "total": amount(invoice.total),
        "subTotal": amount(invoice.sub_total),
    }


def detail_fields(invoice: Invoice, amount: Callable[[int], float]) -> Json:
    """What a detail tells apart from usage; `amount` writes grains."""
    return {
        **summary_fields(invoice, amount),
        "lineItems": [_line_item(line, amount) for line in invoice.line_items],
        "discounts": {"total": amount(invoice.discount)},
        "tax": {"percent": TAX_PERCENT, "amount": amount(invoice.tax)},
    }


def _line_item(line: LineItem, amount: Callable[[int], float]) -> Json:
    return {
        "title": line.title,
        "total": amount(line.total),
        "base": amount(line.base),
        "proration": amount(line.proration),
    }
