"""Invoices: line items, and whether the parts add up."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, lines
from scripts.dashboards.promql import once, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_INVOICE = "account, invoice_id, currency"
# A lowest step without a number would be taken for 0 by some Grafanas: here values are below it.
_CENT = Look(decimals=2, thresholds={-1e9: "red", -0.05: "green", 0.05: "red"})
_USAGE = total(_INVOICE, once("invoice_cost", invoice=True))
_ITEMS = total(_INVOICE, once("invoice_line_item_amount", invoice=True))
_SUBTOTAL = once("invoice_subtotal_amount", invoice=True)
_SUM = (
    f"{_SUBTOTAL} - {once('invoice_discount_amount', invoice=True)}"
    f" + {once('invoice_tax_amount', invoice=True)} - {once('invoice_amount', invoice=True)}"
)


def _share(missing: str, whole: str) -> str:
    """What no part accounts for at each level, as a share of the account's usage."""
    return (
        f"{total('account, level, currency', missing)}"
        f" / on (account, currency) group_left () ({total('account, currency', whole)} > 0)"
    )


def _line(name: str) -> str:
    """A line item's figure by what tells it from others."""
    return total("invoice_id, position, title, currency", once(name, invoice=True))


def _of_the_newest() -> str:
    """The usage of the invoices whose tree is shown."""
    shown = total("account, invoice_id", once("invoice_unattributed_cost"))
    return f"{once('invoice_cost')} and on (account, invoice_id) {shown}"


ROW = Row(
    "Line items and reconciliation",
    (
        listing(
            "Line items",
            "Whether line items stand beside usage or contain it is not documented: never add the two.",
            Place(10, 11),
            [
                Column("Invoice", "invoice_id", width=150),
                Column("No.", "position", width=50),
                Column("Title", "title", width=125),
                Column("Currency", "currency"),
                Column("Base", _line("invoice_line_item_base_amount"), MONEY),
                Column("Proration", _line("invoice_line_item_proration_amount"), MONEY),
                Column("Amount", _line("invoice_line_item_amount"), MONEY),
            ],
            Order("Invoice"),
        ),
        listing(
            "Do the parts add up?",
            "Sum off: subtotal less discount plus tax, less the amount. Not usage, no item: what the subtotal "
            "holds beyond usage, and beyond line items.",
            Place(14, 11),
            [
                Column("Account", "account"),
                Column("Invoice", "invoice_id", width=150),
                Column("Currency", "currency"),
                Column("Subtotal", _SUBTOTAL, MONEY),
                Column("Usage", _USAGE, MONEY),
                Column("Line items", _ITEMS, MONEY),
                Column("Sum off", _SUM, _CENT),
                Column("Not usage", f"{_SUBTOTAL} - {_USAGE}", MONEY),
                Column("No item", f"{_SUBTOTAL} - {_ITEMS}", _CENT),
            ],
            Order("Invoice"),
        ),
        lines(
            "Unattributed on the newest invoices",
            "What each level holds beyond the sum of the level below, as a share of the invoice's usage: 0 when all "
            "is accounted for.",
            Place(12),
            Look(fields.SHARE, 2, most=0.02),
            [
                Query(
                    _share(once("invoice_unattributed_cost"), _of_the_newest()),
                    "{{account}} {{level}} {{currency}}",
                )
            ],
        ),
        lines(
            "Unattributed in the newest hour",
            "The same of the newest billing hour that is known by resource.",
            Place(12),
            Look(fields.SHARE, 2, most=0.02),
            [
                Query(
                    _share(once("hourly_unattributed_cost"), once("hourly_cost")),
                    "{{account}} {{level}} {{currency}}",
                )
            ],
        ),
    ),
)
