"""Domain objects for tests: a bill with what a test does not speak of already filled in."""

from collections.abc import Mapping
from decimal import Decimal

from exporter.domain.invoice import Category, Invoice, InvoiceDetail, Period
from exporter.domain.price import Price
from exporter.domain.tree import Row

JUNE_START = 1780272000.0  # 2026-06-01T00:00:00Z
JULY_START = 1782864000.0  # 2026-07-01T00:00:00Z
DAY = 86400.0
JUNE = Period(JUNE_START, JULY_START)

NO_USAGE: Mapping[Category, Price] = {}


def price(total: str | None, **parts: str) -> Price:
    """A price in major units from decimal texts, its parts in the order given."""
    return Price(
        stated_total=None if total is None else Decimal(total),
        parts=tuple((component, Decimal(amount)) for component, amount in parts.items()),
    )


def row(total: str | None = None, name: str | None = None, **parts: str) -> Row:
    """A row of a tree; without a total and parts it has no price."""
    return Row(name=name, price=price(total, **parts) if parts or total is not None else None)


def invoice(
    invoice_id: str = "usage-1",
    *,
    period: Period = JUNE,
    currency: str = "USD",
    total: str = "12.00",
    subtotal: str | None = "10.00",
    status: str | None = "paid",
    categories: Mapping[Category, Price] | None = None,
) -> Invoice:
    """A row of the invoice list; without categories, the list does not tell whether it bills usage."""
    return Invoice(
        id=invoice_id,
        period=period,
        currency=currency,
        total=Decimal(total),
        subtotal=None if subtotal is None else Decimal(subtotal),
        status=status,
        categories=categories,
    )


def usage_invoice(invoice_id: str = "usage-1", *, period: Period = JUNE, status: str | None = "paid") -> Invoice:
    """An invoice whose row in the list bills PaaS usage."""
    return invoice(invoice_id, period=period, status=status, categories={Category.PAAS: price("10")})


def subscription(invoice_id: str = "subscription-1", *, period: Period = JUNE, status: str | None = "paid") -> Invoice:
    """An invoice whose row in the list bills no usage."""
    return invoice(invoice_id, period=period, status=status, categories=NO_USAGE)


def bill(
    *, subtotal: str | None = None, discount: str | None = None, tax: str | None = None, total: str | None = None
) -> InvoiceDetail:
    """The sums of an invoice's detail, from decimal texts."""
    return InvoiceDetail(
        subtotal=None if subtotal is None else Decimal(subtotal),
        discount=None if discount is None else Decimal(discount),
        tax_amount=None if tax is None else Decimal(tax),
        total=None if total is None else Decimal(total),
    )
