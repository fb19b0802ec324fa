"""Invoices: line items, and whether the parts add up."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, lines
from scripts.dashboards.promql import once, one_of, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_INVOICE = "account, invoice_id, currency"
# A lowest step without a number would be taken for 0 by some Grafanas: here values are below it.
_CENT = Look(decimals=2, thresholds={-1e9: "red", -0.05: "green", 0.05: "red"})
_USAGE = total(_INVOICE, once("invoice_cost", invoice=True))
_ITEMS = total(_INVOICE, once("invoice_line_item_amount", invoice=True))
_SUBTOTAL = once("invoice_subtotal_amount", invoice=True)
_INFO = one_of("account, invoice_id", once("invoice_info", invoice=True))
_SUM = (
    f"{_SUBTOTAL} - {once('invoice_discount_amount', invoice=True)}"
    f" + {once('invoice_tax_amount', invoice=True)} - {once('invoice_amount', invoice=True)}"
)


def _share(missing: str, whole: str) -> str:
    """What no part accounts for at each level, as a share of the account's PaaS price: as the alerts have it."""
    return (
        f"{total('account, level, currency', missing)}"
        f" / on (account, currency) group_left () ({total('account, currency', whole)} > 0)"
    )


def _until(amount: str) -> str:
    """An amount by account and invoice with the end of the invoice's period, to order by."""
    return f"{amount} * on (account, invoice_id) group_left (period_end) {_INFO}"


def _of_the_newest() -> str:
    """The PaaS price of the invoices whose tree is shown."""
    return f"{once('invoice_cost', category='paas')} and on (account, invoice_id) {once('invoice_unattributed_cost')}"


def _of_the_hour() -> str:
    """The PaaS price of the hour that is known by resource: that of its teams, and what is in none of them."""
    return f"{once('hourly_team_cost', whole=True)} or {once('hourly_unattributed_cost', level='team')}"


ROW = Row(
    "Line items and reconciliation",
    (
        listing(
            "Line items",
            "Of the chosen invoices, the newest first. Whether line items stand beside usage or contain it is not "
            "documented: never add the two.",
            Place(24, 9),
            [
                Column("Account", "account"),
                Column("Invoice", "invoice_id", width=170),
                Column("To", "period_end"),
                Column("No.", "position", width=60),
                Column("Title", "title", width=260),
                Column("Currency", "currency"),
                Column("Base", once("invoice_line_item_base_amount", invoice=True), MONEY),
                Column("Proration", once("invoice_line_item_proration_amount", invoice=True), MONEY),
                Column("Amount", _until(once("invoice_line_item_amount", invoice=True)), MONEY),
            ],
            Order("To", descending=True),
        ),
        listing(
            "Do the parts add up?",
            "Sum off: subtotal less discount plus tax, less the amount. Not usage, no item: what the subtotal "
            "holds beyond usage, and beyond line items.",
            Place(24, 9),
            [
                Column("Account", "account"),
                Column("Invoice", "invoice_id", width=170),
                Column("To", "period_end"),
                Column("Currency", "currency"),
                Column("Subtotal", _until(_SUBTOTAL), MONEY),
                Column("Usage", _USAGE, MONEY),
                Column("Line items", _ITEMS, MONEY),
                Column("Sum off", _SUM, _CENT),
                Column("Not usage", f"{_SUBTOTAL} - {_USAGE}", MONEY),
                Column("No item", f"{_SUBTOTAL} - {_ITEMS}", _CENT),
            ],
            Order("To", descending=True),
        ),
        lines(
            "Unattributed on the newest invoices",
            "What each level holds beyond the sum of the level below, as a share of the invoice's PaaS price: 0 when "
            "all is accounted for.",
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
                    _share(once("hourly_unattributed_cost"), _of_the_hour()),
                    "{{account}} {{level}} {{currency}}",
                )
            ],
        ),
    ),
)
