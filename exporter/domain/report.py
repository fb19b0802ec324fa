"""What is shown: one report an account, one section a dataset, each replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from exporter.domain.budget import Budget, BudgetSpend, Declared
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Cluster, Invoice, InvoiceDetail
from exporter.domain.money import Unit
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import HourTree, ScopedSpend, Spend


class Dataset(StrEnum):
    """What is polled by itself: it succeeds, fails and ages as one."""

    INVOICES = "invoices"
    INVOICE_DETAILS = "invoice_details"
    USAGE = "usage"
    USAGE_DETAILS = "usage_details"
    CREDITS = "credits"
    BUDGETS = "budgets"


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
class UsageSection:
    """What the account spends; what a generation cannot tell, or what is not known yet, is None or left out.

    `hour` is the newest complete billing hour; all else ends where it ends. `month_to_date` begins with the calendar
    month that holds that instant. `past_months` are finished months by how many months ago they were, 1 to 12.
    `unbilled` begins at the end of the newest invoice that bills usage. `listed_through` is the end of the newest
    hour that the API lists, in Unix seconds.
    """

    hour: Spend | None = None
    month_to_date: Spend | None = None
    trailing_day: Spend | None = None
    past_months: Mapping[int, Spend] = field(default_factory=lambda: MappingProxyType({}))
    unbilled: Spend | None = None
    listed_through: float | None = None


@dataclass(frozen=True, slots=True)
class UsageDetailsSection:
    """The same by team, project and resource; each may end earlier than the account's figures.

    `hour` is one hour's tree. `month_to_date`, `trailing_day` and `past_month` (the last finished one) have teams and
    projects. `month_resources` has the resources of the same period as `month_to_date`, `day_resources` those of the
    same period as `trailing_day`.
    """

    hour: HourTree | None = None
    month_to_date: ScopedSpend | None = None
    trailing_day: ScopedSpend | None = None
    past_month: ScopedSpend | None = None
    month_resources: ScopedSpend | None = None
    day_resources: ScopedSpend | None = None


@dataclass(frozen=True, slots=True)
class BudgetsSection:
    """What was spent of each budget, by its name; one whose scope or currency the account has not is left out.

    `budgets` are those that were asked for, as they were configured then.
    """

    spends: Mapping[str, BudgetSpend]
    budgets: tuple[Budget, ...] = ()


Section = InvoicesSection | InvoiceDetailsSection | UsageSection | UsageDetailsSection | CreditBalance | BudgetsSection


@dataclass(frozen=True, slots=True)
class AccountReport:
    """All that is shown of an account; a section is None until it was fetched for the first time."""

    account: str
    invoices: InvoicesSection | None = None
    invoice_details: InvoiceDetailsSection | None = None
    usage: UsageSection | None = None
    usage_details: UsageDetailsSection | None = None
    credits: CreditBalance | None = None
    budgets: BudgetsSection | None = None
    declared: Declared = field(default_factory=Declared)

    def section(self, dataset: Dataset) -> Section | None:
        """What is shown of a dataset."""
        section: Section | None = getattr(self, dataset.value)
        return section

    def vanished(self, dataset: Dataset) -> frozenset[Path]:
        """The teams and projects of the dataset's trees that the API no longer knows."""
        if dataset is Dataset.INVOICE_DETAILS and self.invoice_details:
            return frozenset(path for tree in self.invoice_details.trees for path in tree.vanished)
        if dataset is Dataset.USAGE_DETAILS and self.usage_details and self.usage_details.hour:
            return self.usage_details.hour.vanished
        return frozenset()

    def with_section(self, dataset: Dataset, section: Section) -> AccountReport:
        """The report with one dataset's section replaced."""
        return self._with({dataset: section})

    def without(self, datasets: Iterable[Dataset]) -> AccountReport:
        """The report with nothing shown of these datasets."""
        return self._with(dict.fromkeys(datasets))

    def _with(self, sections: Mapping[Dataset, Section | None]) -> AccountReport:
        named = {dataset.value: section for dataset, section in sections.items()}
        return replace(self, **named)  # type: ignore[arg-type] # a dataset names its field
