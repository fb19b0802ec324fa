"""What is shown: one report an account, one section a dataset, each replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from exporter.domain.invoice import Cluster, Invoice, InvoiceDetail
from exporter.domain.money import Unit
from exporter.domain.tree import Level, Path, Rows


class Dataset(StrEnum):
    """What is polled by itself: it succeeds, fails and ages as one."""

    INVOICES = "invoices"
    INVOICE_DETAILS = "invoice_details"


class Generation(StrEnum):
    """The three generations of the API (API sheet: A, B and C)."""

    A = "2024"
    B = "2026-06"
    C = "2026-10"


@dataclass(frozen=True, slots=True)
class Api:
    """What a server was found to speak, and what its amounts are counted in."""

    generation: Generation
    unit: Unit


@dataclass(frozen=True, slots=True)
class InvoicesSection:
    """The invoices shown, newest first.

    `latest_id` is the newest that bills usage; `unpaid_since` are Unix seconds by invoice id; `known_statuses` are
    those that the generation is known to have.
    """

    invoices: tuple[Invoice, ...]
    latest_id: str | None
    unpaid_since: Mapping[str, float]
    known_statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvoiceTree:
    """One invoice's whole drill-down, every level at its unfiltered price, in major units.

    `unattributed` is by level. `vanished` are teams and projects that the API no longer knows: what is below them
    is not to be had, and is in `unattributed`.
    """

    invoice: Invoice
    rows: Rows
    clusters: tuple[Cluster, ...]
    unattributed: Mapping[Level, Decimal]
    vanished: frozenset[Path]


@dataclass(frozen=True, slots=True)
class InvoiceDetailsSection:
    """What the detail of each invoice adds, newest first, and the trees of the newest that bill usage.

    `unpaid_since` are Unix seconds by the ids of those invoices of which only the detail tells the status.
    """

    details: tuple[tuple[Invoice, InvoiceDetail], ...]
    trees: tuple[InvoiceTree, ...]
    unpaid_since: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class AccountReport:
    """All that is shown of an account; a section is None until it was fetched for the first time."""

    account: str
    invoices: InvoicesSection | None = None
    invoice_details: InvoiceDetailsSection | None = None

    def section(self, dataset: Dataset) -> InvoicesSection | InvoiceDetailsSection | None:
        """What is shown of a dataset."""
        return self.invoices if dataset is Dataset.INVOICES else self.invoice_details
