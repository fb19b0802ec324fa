"""Invoices: what their list tells, and what the detail of each adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from exporter.domain.price import Price
from exporter.domain.tree import NO_ROWS, Rows


class Category(StrEnum):
    """What usage is billed under; `other` is what a usage row's own total holds beyond the ones that are known."""

    PAAS = "paas"
    BYOC = "byoc"
    EGRESS_IP = "egress_ip"
    LOAD_BALANCER = "load_balancer"
    OTHER = "other"


class Status(StrEnum):
    """The statuses that are known of generation 2026-10; another one is passed through as it is."""

    DRAFT = "draft"
    OPEN = "open"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"

    @classmethod
    def of_paid(cls, paid: bool | None) -> Status | None:  # noqa: FBT001 - it is the field itself, as A and B answer it
        """The status of generations that only say paid or not; None where they say neither."""
        return None if paid is None else cls.PAID if paid else cls.OPEN


UNPAID = frozenset({Status.OPEN.value, Status.PAYMENT_FAILED.value})


class Kind(StrEnum):
    """Whether an invoice bills usage; `other` is a subscription or a credit purchase."""

    USAGE = "usage"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Period:
    """The time billed, in Unix seconds."""

    start: float
    end: float

    @property
    def start_date(self) -> str:
        """The first day billed, as an ISO date in UTC."""
        return datetime.fromtimestamp(self.start, UTC).date().isoformat()

    @property
    def end_date(self) -> str:
        """The first day after the last one billed, as an ISO date in UTC."""
        end = datetime.fromtimestamp(self.end, UTC)
        is_midnight = (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
        return (end.date() if is_midnight else end.date() + timedelta(days=1)).isoformat()


@dataclass(frozen=True, slots=True)
class Invoice:
    """One row of the invoice list; amounts in major units.

    `status` and `categories` are None where the generation's list does not tell them.
    """

    id: str
    period: Period
    currency: str
    total: Decimal
    subtotal: Decimal | None
    status: str | None
    categories: Mapping[Category, Price] | None

    @property
    def kind(self) -> Kind:
        """Whether it bills usage: it does when the total of any category is not zero."""
        if self.categories is None:
            return Kind.UNKNOWN
        bills_usage = any(not price.is_zero for price in self.categories.values())
        return Kind.USAGE if bills_usage else Kind.OTHER

    @property
    def is_unpaid(self) -> bool:
        """Whether it is open or its payment failed."""
        return self.status in UNPAID

    @property
    def is_final(self) -> bool:
        """Whether nothing but its status will change, as far as the list tells."""
        return self.status not in {None, Status.DRAFT}

    @property
    def may_bill_usage(self) -> bool:
        """Whether it bills usage, as far as the list tells."""
        return self.kind is not Kind.OTHER


@dataclass(frozen=True, slots=True)
class LineItem:
    """A line of an invoice, in major units; what the API leaves out is None."""

    title: str
    total: Decimal | None
    base: Decimal | None
    proration: Decimal | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A BYOC cluster and its price."""

    id: str
    name: str | None
    price: Price | None


@dataclass(frozen=True, slots=True)
class InvoiceDetail:
    """What one answer about an invoice says, in major units; None and empty where it says nothing.

    `discount` is as the API states it, `tax_percent` is 20 for a fifth. `rows` are the PaaS rows that this answer
    holds, narrowed as its filter narrows them. `places` are the decimal places of its amounts.
    """

    id: str | None = None
    currency: str | None = None
    period: Period | None = None
    status: str | None = None
    total: Decimal | None = None
    subtotal: Decimal | None = None
    discount: Decimal | None = None
    tax_amount: Decimal | None = None
    tax_percent: Decimal | None = None
    line_items: tuple[LineItem, ...] = ()
    categories: Mapping[Category, Price] | None = None
    clusters: tuple[Cluster, ...] = ()
    rows: Rows = field(default_factory=lambda: NO_ROWS)
    places: int = 0


@dataclass(frozen=True, slots=True)
class HourDetail:
    """What one answer about a billing hour says, in major units; as an invoice's detail, without the invoice's sums.

    `timestamp` is the beginning of the hour in Unix seconds.
    """

    timestamp: float | None = None
    currency: str | None = None
    categories: Mapping[Category, Price] | None = None
    clusters: tuple[Cluster, ...] = ()
    rows: Rows = field(default_factory=lambda: NO_ROWS)
    places: int = 0
