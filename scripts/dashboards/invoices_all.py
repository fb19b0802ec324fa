"""Invoices: all of them, by the end of their periods."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place
from scripts.dashboards.promql import once, one_of, total
from scripts.dashboards.tables import Column, Order, bars_in_order, listing

_ON = "on (account, invoice_id)"
_INFO = one_of("account, invoice_id", once("invoice_info", invoice=True))
_AMOUNT = once("invoice_amount", invoice=True)
_TAX = once("invoice_tax_amount", invoice=True)
_DISCOUNT = once("invoice_discount_amount", invoice=True)
_STATUS = one_of("account, invoice_id", f"{once('invoice_status', invoice=True)} == 1")
_SUBTOTAL = once("invoice_subtotal_amount", invoice=True)


def _by_end(amounts: str) -> str:
    """Amounts by the end of their invoice's period and the currency, under one name for both."""
    dated = f"{amounts} * {_ON} group_left (period_end) {_INFO}"
    named = f'label_join({total("period_end, currency", dated)}, "of", " ", "period_end", "currency")'
    return total("of", named)


def _beside(figure: str) -> str:
    """A figure without a currency with that of the invoice's amount, so that a table's rows meet."""
    return f"0 * {_AMOUNT} + {_ON} group_left () {figure}"


ROW = Row(
    "All invoices",
    (
        bars_in_order(
            "Amounts by the end of the period",
            "What there is to pay, split into tax and the rest; whole where the tax is not known.",
            Place(12, 9),
            [
                Column("Period end", "of"),
                Column("Without tax", _by_end(f"({_AMOUNT} - {_TAX} or {_AMOUNT})"), MONEY),
                Column("Tax", _by_end(_TAX), MONEY),
            ],
            Order("Period end"),
        ),
        bars_in_order(
            "Discounts by the end of the period",
            "What was taken off.",
            Place(12, 9),
            [Column("Period end", "of"), Column("Discount", _by_end(_DISCOUNT), MONEY)],
            Order("Period end"),
        ),
        listing(
            "Invoices",
            "The newest first. The kind is usage, or other: a subscription or a purchase of credits.",
            Place(24, 11),
            [
                Column("Account", "account"),
                Column("Invoice", "invoice_id", width=170),
                Column("Kind", "kind"),
                Column("From", "period_start"),
                Column("To", "period_end"),
                Column("Status", "status", width=130),
                Column("Currency", "currency"),
                Column("Subtotal", f"{_SUBTOTAL} * {_ON} group_left (status) {_STATUS}", MONEY),
                Column("Discount", _DISCOUNT, MONEY),
                Column("Tax", _TAX, MONEY),
                Column("Tax rate", _beside(once("invoice_tax_ratio", invoice=True)), Look(fields.SHARE, 0)),
                Column("To pay", f"{_AMOUNT} * {_ON} group_left (kind, period_start, period_end) {_INFO}", MONEY),
                Column("Paid", _beside(once("invoice_paid", invoice=True)), Look(words=fields.YES_OR_NO, decimals=0)),
            ],
            Order("To", descending=True),
        ),
    ),
)
