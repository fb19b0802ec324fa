"""The rows of the datasets `invoices` and `invoice_details`, but for the trees and the names."""

from __future__ import annotations

from exporter.domain.report import Dataset
from exporter.metrics import invoice_samples
from exporter.metrics.family import Family
from exporter.metrics.labels import INVOICE, INVOICE_AMOUNT, PRICE
from exporter.metrics.row import Row

_LINE_ITEM = (*INVOICE_AMOUNT, "position", "title")

_MAJOR = "in major units of the currency; cached"

_LIST = (Dataset.INVOICES,)
_BOTH = (Dataset.INVOICES, Dataset.INVOICE_DETAILS)
_DETAILS = (Dataset.INVOICE_DETAILS,)

INVOICE_ROWS = (
    Row(
        Family("northflank_invoice_amount", f"Total to pay, tax included, {_MAJOR}.", INVOICE_AMOUNT),
        _LIST,
        invoice_samples.of_invoice_amount(lambda invoice: invoice.total),
    ),
    Row(
        Family("northflank_invoice_subtotal_amount", f"Amount before tax and discounts, {_MAJOR}.", INVOICE_AMOUNT),
        _LIST,
        invoice_samples.of_invoice_amount(lambda invoice: invoice.subtotal),
    ),
    Row(
        Family("northflank_invoice_discount_amount", f"Discounts, positive when taken off, {_MAJOR}.", INVOICE_AMOUNT),
        _DETAILS,
        invoice_samples.discount,
    ),
    Row(
        Family("northflank_invoice_tax_amount", f"Tax, {_MAJOR}.", INVOICE_AMOUNT),
        _DETAILS,
        invoice_samples.of_detail_amount(lambda detail: detail.tax_amount),
    ),
    Row(
        Family("northflank_invoice_tax_ratio", "Tax rate: 0.2 for 20 percent; cached.", INVOICE),
        _DETAILS,
        invoice_samples.tax_ratio,
    ),
    Row(
        Family(
            "northflank_invoice_paid",
            "1 when paid, 0 for any other status (void and draft too: use the status to tell); cached.",
            INVOICE,
        ),
        _BOTH,
        invoice_samples.paid,
    ),
    Row(
        Family(
            "northflank_invoice_status",
            "1 for the current status, 0 for each other known one; cached.",
            (*INVOICE, "status"),
        ),
        _BOTH,
        invoice_samples.status,
    ),
    Row(
        Family(
            "northflank_invoice_unpaid_since_timestamp_seconds",
            "When an open or payment_failed invoice was first seen so; its period's end when found so at the first "
            "start; absent otherwise; cached.",
            INVOICE,
        ),
        _BOTH,
        invoice_samples.unpaid_since,
    ),
    Row(
        Family(
            "northflank_invoice_period_start_timestamp_seconds",
            "Start of the period billed, Unix time; cached.",
            INVOICE,
        ),
        _LIST,
        invoice_samples.of_invoice(lambda invoice: invoice.period.start),
    ),
    Row(
        Family(
            "northflank_invoice_period_end_timestamp_seconds", "End of the period billed, Unix time; cached.", INVOICE
        ),
        _LIST,
        invoice_samples.of_invoice(lambda invoice: invoice.period.end),
    ),
    Row(
        Family(
            "northflank_invoice_info",
            "1; kind is usage, other (subscription, credit purchase) or unknown; ISO dates in UTC, the end exclusive; "
            "cached.",
            (*INVOICE, "kind", "period_start", "period_end"),
        ),
        _LIST,
        invoice_samples.info,
    ),
    Row(
        Family(
            "northflank_latest_invoice_info",
            "1 for the newest invoice that bills usage (where the list does not tell: the newest), to join on; cached.",
            INVOICE,
        ),
        _LIST,
        invoice_samples.latest,
    ),
    Row(
        Family(
            "northflank_invoice_cost",
            "Usage price by category and component, before tax and discounts, "
            f"{_MAJOR}. Summing over component gives the API's total.",
            (*INVOICE_AMOUNT, *PRICE),
        ),
        _BOTH,
        invoice_samples.cost,
    ),
    Row(
        Family(
            "northflank_invoice_line_item_amount",
            "One line item; whether line items stand beside usage or contain it is not documented: never add the two; "
            f"{_MAJOR}.",
            _LINE_ITEM,
        ),
        _DETAILS,
        invoice_samples.of_line_item(lambda item: item.total),
    ),
    Row(
        Family("northflank_invoice_line_item_base_amount", f"One line item before proration, {_MAJOR}.", _LINE_ITEM),
        _DETAILS,
        invoice_samples.of_line_item(lambda item: item.base),
    ),
    Row(
        Family(
            "northflank_invoice_line_item_proration_amount", f"The proration of one line item, {_MAJOR}.", _LINE_ITEM
        ),
        _DETAILS,
        invoice_samples.of_line_item(lambda item: item.proration),
    ),
)
