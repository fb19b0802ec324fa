"""Invoices: what is unpaid, and the newest one."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.forecasts import days_until_paused, unpaid_since
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, areas, figures
from scripts.dashboards.promql import once, one_of, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_PLACE = Place(4, 4)
_CURRENCY = "{{currency}}"
_ACCOUNT = "{{account}} {{currency}}"
_IS_STATUS = f"{once('invoice_status', invoice=True)} == 1"
_SINCE = once("invoice_unpaid_since_timestamp_seconds", invoice=True)
_UNPAID = f"{once('invoice_amount', invoice=True)} and on (account, invoice_id) {_SINCE}"


def _newest(name: str) -> str:
    """The figure of each account's newest invoice that bills usage; of two that exporters tell of, the newer one's."""
    told = f"{once('invoice_period_end_timestamp_seconds')} and on (account, invoice_id) {once('latest_invoice_info')}"
    return total("account, currency", f"{once(name)} and on (account, invoice_id) {one_of('account', told)}")


def _beside(figure: str) -> str:
    """A figure by account and invoice with the currency of the invoice's amount, so that a table's rows meet."""
    return f"0 * {once('invoice_amount', invoice=True)} + on (account, invoice_id) group_left () ({figure})"


ROW = Row(
    "Now",
    (
        figures(
            "Unpaid",
            "Open invoices, and those whose payment failed.",
            _PLACE,
            Look(decimals=2, thresholds={None: "green", 0.01: "orange"}),
            [Query(total("currency", _UNPAID), _CURRENCY)],
        ),
        figures(
            "Payment failed",
            "How many invoices of each account have a payment that failed.",
            _PLACE,
            Look(thresholds=fields.GREEN_AT_ZERO),
            [Query(total("account", once("invoice_status", invoice=True, status="payment_failed")), "{{account}}")],
        ),
        figures(
            "Newest invoice",
            "To pay, tax included, of the newest invoice that bills usage.",
            _PLACE,
            MONEY,
            [Query(_newest("invoice_amount"), _ACCOUNT)],
        ),
        figures(
            "Its subtotal",
            "Before tax and discounts, of the newest invoice that bills usage.",
            _PLACE,
            MONEY,
            [Query(_newest("invoice_subtotal_amount"), _ACCOUNT)],
        ),
        figures(
            "Its tax",
            "Tax of the newest invoice that bills usage.",
            _PLACE,
            MONEY,
            [Query(_newest("invoice_tax_amount"), _ACCOUNT)],
        ),
        figures(
            "Its discount",
            "What was taken off the newest invoice that bills usage.",
            _PLACE,
            MONEY,
            [Query(_newest("invoice_discount_amount"), _ACCOUNT)],
        ),
        listing(
            "Unpaid invoices",
            "Northflank pauses services when an invoice has been unpaid for seven days: the days that are left, below "
            "zero when they are over. An invoice is unpaid since it was first seen so.",
            Place(12),
            [
                Column("Account", "account"),
                Column("Invoice", "invoice_id", width=170),
                Column("Currency", "currency"),
                Column("To pay", _UNPAID, MONEY),
                Column(
                    "Unpaid since",
                    _beside(f"({unpaid_since()}) * {fields.DATE_FACTOR}"),
                    Look(fields.DATE),
                ),
                Column(
                    "Days left",
                    _beside(days_until_paused()),
                    Look(fields.PLAIN, 1, fields.DAYS_LEFT),
                ),
            ],
            Order("Days left"),
        ),
        fields.with_colors(
            areas(
                "Invoices by status",
                "Of those that the exporter shows: the newest ones, those billed ahead, and every unpaid one.",
                Place(12),
                Look(decimals=0),
                [Query(total("status", one_of("account, invoice_id", _IS_STATUS)), "{{status}}")],
            ),
            fields.STATUS_COLORS,
        ),
    ),
)
