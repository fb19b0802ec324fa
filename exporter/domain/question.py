"""What Northflank can be asked, and what an answer to each question is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from exporter.domain.budget import Scope
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import HourDetail, Invoice, InvoiceDetail, Period
from exporter.domain.usage import Usage, UsageRow

EVERYTHING = Scope()

Query = tuple[tuple[str, str], ...]
"""The filters and page numbers of one page of a drill-down, sorted by their names."""
NO_QUERY: Query = ()


class Urgency(IntEnum):
    """What a question is for, the most urgent first.

    `ACCOUNT` is what the account itself spends, owes and has left. `PROJECTS` and `RESOURCES` are the levels below it.
    `LATER` is what can wait for hours. `BACKFILL` is what completes the running month after a start within it.
    """

    ACCOUNT = 0
    PROJECTS = 1
    RESOURCES = 2
    LATER = 3
    BACKFILL = 4


@dataclass(frozen=True, slots=True)
class ListInvoices:
    """The invoice list, newest first: whole, or with `until` as far as the page that completes those ids."""

    until: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListHours:
    """The account's hours from `start` (Unix seconds) to `end`, where one is given (exclusive).

    `currency` is what a row is in that states none; empty where rows state theirs.
    """

    start: float
    end: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ListMonths:
    """The account's whole months within a period."""

    period: Period
    currency: str = ""


@dataclass(frozen=True, slots=True)
class GetTotal:
    """What was used within a scope in a period of whole hours, as the API adds it up."""

    scope: Scope
    period: Period
    currency: str = ""


@dataclass(frozen=True, slots=True)
class GetInvoicePage:
    """One page of an invoice's drill-down."""

    invoice: Invoice
    query: Query = NO_QUERY

    def __hash__(self) -> int:
        """By the invoice's id: its prices have no hash."""
        return hash((self.invoice.id, self.query))


@dataclass(frozen=True, slots=True)
class GetHourPage:
    """One page of a billing hour's drill-down; `start` is its beginning in Unix seconds."""

    start: float
    currency: str
    query: Query = NO_QUERY


@dataclass(frozen=True, slots=True)
class GetPreview:
    """What has accrued since the last invoice, as an invoice to come."""

    currency: str


@dataclass(frozen=True, slots=True)
class GetCredits:
    """The credit balance."""


Question = ListInvoices | ListHours | ListMonths | GetTotal | GetInvoicePage | GetHourPage | GetPreview | GetCredits


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """The answer to `ListInvoices`; `is_whole` is whether it was read to its end.

    Without `has_ids`, the ids are only the invoices' periods.
    """

    invoices: tuple[Invoice, ...]
    has_ids: bool = True
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class UsageList:
    """The answer to `ListHours`, `ListMonths` and `GetTotal`; `is_found` is False where the API knows no such scope."""

    rows: tuple[UsageRow, ...]
    is_found: bool = True

    @property
    def usages(self) -> tuple[Usage, ...]:
        """The usage of each row."""
        return tuple(row.usage for row in self.rows)


@dataclass(frozen=True, slots=True)
class DetailPage:
    """The answer to `GetInvoicePage` or `GetHourPage`; neither detail where what the filter names is not known.

    `asked_at` (Unix seconds) is set where it is recorded.
    """

    invoice: InvoiceDetail | None = None
    hour: HourDetail | None = None
    has_more: bool | None = False
    is_paged: bool = False
    asked_at: float = 0.0

    @property
    def detail(self) -> InvoiceDetail | HourDetail | None:
        """Whichever of the two it is."""
        return self.invoice or self.hour


@dataclass(frozen=True, slots=True)
class Previewed:
    """The answer to `GetPreview`."""

    detail: InvoiceDetail


Content = InvoiceList | UsageList | DetailPage | Previewed | CreditBalance


def query_of(parameters: Mapping[str, str]) -> Query:
    """The parameters in the form in which pages are told apart."""
    return tuple(sorted(parameters.items()))
