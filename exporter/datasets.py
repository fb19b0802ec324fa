"""The datasets of one account as sections of its report: how much is asked for, and what of it is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from exporter.domain.budget import Budget
from exporter.domain.calendar import DAY_SECONDS
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import UNPAID, Invoice
from exporter.domain.memory import Memory
from exporter.domain.report import (
    AccountReport,
    Api,
    Dataset,
    InvoiceDetailsSection,
    InvoicesSection,
    Section,
    UsageSection,
)
from exporter.domain.selection import billing_usage, newest_first, shown
from exporter.domain.tree import Level, Path
from exporter.domain.unpaid import unpaid_since
from exporter.errors import PostponedError
from exporter.northflank.count import Count
from exporter.northflank.source import Resumed
from exporter.northflank.usage.budget_spends import Budgeted
from exporter.northflank.usage.running import Bill
from exporter.northflank.usage.running_details import Gathered


class Source(Protocol):
    """One account's billing, as `northflank.source` gives it."""

    @property
    def api(self) -> Api | None:
        """The generation and unit in use."""

    @property
    def known_statuses(self) -> tuple[str, ...]:
        """The invoice statuses of that generation."""

    def counting(self) -> AbstractContextManager[Count]:
        """The count of the requests that are made inside, retries too."""

    def tells(self, dataset: Dataset) -> bool:
        """Whether the generation in use tells of a dataset; False until it is known."""

    async def fetch_invoices(self, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        """The list, whole or as far as those ids; raises PollError."""

    async def fetch_details(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """Details and trees; raises PollError."""

    async def fetch_usage(self, bill: Bill, now: float) -> UsageSection:
        """What the account spends; raises PollError."""

    async def fetch_usage_details(self, usage: UsageSection, known: AbstractSet[Path], now: float) -> Gathered:
        """What its teams, projects and resources spend, as far as the allowance goes; raises PollError."""

    async def fetch_credits(self) -> CreditBalance:
        """What is left to be spent; raises PollError."""

    async def fetch_budgets(
        self, budgets: tuple[Budget, ...], usage: UsageSection, known: AbstractSet[Path]
    ) -> Budgeted:
        """What was spent of budgets; raises PollError."""

    def memory(self) -> Memory:
        """What to know after a restart, beyond what is shown."""

    def resume(self, resumed: Resumed) -> None:
        """Go on from what was found and fetched before a restart."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is exported: the newest `history` invoices, the trees of the newest `details` that bill usage."""

    history: int
    details: int


@dataclass(frozen=True, slots=True)
class Result:
    """A section as it was fetched; `postponed` is why it is not all of it yet, `notes` are what users should mend."""

    section: Section
    postponed: PostponedError | None = None
    notes: tuple[str, ...] = ()


class Datasets:
    """What is fetched of one account. `whole_list_at` is when its list was last read to the end, in Unix seconds."""

    def __init__(self, source: Source, extent: Extent) -> None:
        self._source = source
        self._extent = extent
        self.whole_list_at: float | None = None
        self._fetch: Mapping[Dataset, Callable[[AccountReport, float], Awaitable[Result]]] = MappingProxyType(
            {
                Dataset.INVOICES: self._fetch_invoices,
                Dataset.INVOICE_DETAILS: self._fetch_details,
                Dataset.USAGE: self._fetch_usage,
                Dataset.USAGE_DETAILS: self._fetch_usage_details,
                Dataset.CREDITS: self._fetch_credits,
                Dataset.BUDGETS: self._fetch_budgets,
            }
        )

    async def fetch(self, dataset: Dataset, report: AccountReport, now: float) -> Result:
        """One section fetched anew, the very same object where nothing has changed; raises PollError.

        What is the same object is neither rendered nor written again.
        """
        result = await self._fetch[dataset](report, now)
        before = report.section(dataset)
        return replace(result, section=before) if before is not None and result.section == before else result

    async def _fetch_invoices(self, report: AccountReport, now: float) -> Result:
        before = report.invoices
        until = frozenset() if self._is_whole_list_due(now) or not before else {each.id for each in before.invoices}
        read = await self._source.fetch_invoices(until)
        extent = self._extent
        chosen = shown(read, history=extent.history, details=extent.details, now=now)
        unpaid = (invoice for invoice in chosen if invoice.is_unpaid)
        section = InvoicesSection(
            invoices=chosen,
            latest_id=next((each.id for each in billing_usage(chosen, 1, now)), None),
            unpaid_since=unpaid_since(unpaid, before.unpaid_since if before else None, now),
            known_statuses=self._source.known_statuses,
        )
        if not until:
            self.whole_list_at = now
        return Result(section)

    def _is_whole_list_due(self, now: float) -> bool:
        # Of a clock that was set back since then, nobody knows how long ago that was.
        return self.whole_list_at is None or not 0 <= now - self.whole_list_at < DAY_SECONDS

    async def _fetch_details(self, report: AccountReport, now: float) -> Result:
        before = report.invoice_details
        invoices = report.invoices.invoices if report.invoices else ()
        section = await self._source.fetch_details(invoices, billing_usage(invoices, self._extent.details, now))
        unpaid = (invoice for invoice, detail in section.details if invoice.status is None and detail.status in UNPAID)
        since = unpaid_since(unpaid, before.unpaid_since if before else None, now)
        return Result(replace(section, unpaid_since=since))

    async def _fetch_usage(self, report: AccountReport, now: float) -> Result:
        return Result(await self._source.fetch_usage(bill_of(report), now))

    async def _fetch_usage_details(self, report: AccountReport, now: float) -> Result:
        usage = report.usage or UsageSection()
        gathered = await self._source.fetch_usage_details(usage, known_projects(report), now)
        return Result(gathered.section, gathered.postponed)

    async def _fetch_credits(self, _: AccountReport, __: float) -> Result:
        return Result(await self._source.fetch_credits())

    async def _fetch_budgets(self, report: AccountReport, _: float) -> Result:
        usage = report.usage or UsageSection()
        budgeted = await self._source.fetch_budgets(report.declared.budgets, usage, known_projects(report))
        return Result(budgeted.section, notes=budgeted.notes)


def bill_of(report: AccountReport) -> Bill:
    """What the invoices shown tell that running spend depends on."""
    invoices = newest_first(report.invoices.invoices) if report.invoices else ()
    latest = report.invoices.latest_id if report.invoices else None
    return Bill(
        ended=next((each.period.end for each in invoices if each.id == latest), None),
        currency=next((each.currency for each in invoices), None),
    )


def known_projects(report: AccountReport) -> frozenset[Path]:
    """The teams and projects in any tree that is shown."""
    trees = report.invoice_details.trees if report.invoice_details else ()
    hour = report.usage_details.hour if report.usage_details else None
    several = [*(tree.rows for tree in trees), *([hour.rows] if hour else [])]
    return frozenset(path for rows in several for path in rows if 0 < len(path) <= Level.PROJECT.depth)
