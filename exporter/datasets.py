"""The datasets of one account as sections of its report: how much is asked for, and what of it is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from exporter.domain.invoice import UNPAID, Invoice
from exporter.domain.report import AccountReport, Api, Dataset, InvoiceDetailsSection, InvoicesSection
from exporter.domain.selection import billing_usage, shown
from exporter.domain.unpaid import unpaid_since

_DAY_SECONDS = 86400.0


class Source(Protocol):
    """One account's billing, as `northflank.source` gives it."""

    @property
    def api(self) -> Api | None:
        """The generation and unit in use."""

    @property
    def known_statuses(self) -> tuple[str, ...]:
        """The invoice statuses of that generation."""

    @property
    def requests_made(self) -> int:
        """Requests so far, retries too."""

    async def fetch_invoices(self, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        """The list, whole or as far as those ids; raises PollError."""

    async def fetch_details(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """Details and trees; raises PollError."""

    def resume(self, api: Api, details: InvoiceDetailsSection | None) -> None:
        """Go on from what was found and fetched before a restart."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is exported: the newest `history` invoices, the trees of the newest `details` that bill usage."""

    history: int
    details: int


class Datasets:
    """What is fetched of one account. `whole_list_at` is when its list was last read to the end, in Unix seconds."""

    def __init__(self, source: Source, extent: Extent) -> None:
        self._source = source
        self._extent = extent
        self.whole_list_at: float | None = None
        self._fetch: Mapping[Dataset, Callable[[AccountReport, float], Awaitable[AccountReport]]] = MappingProxyType(
            {Dataset.INVOICES: self._fetch_invoices, Dataset.INVOICE_DETAILS: self._fetch_details}
        )

    async def fetch(self, dataset: Dataset, report: AccountReport, now: float) -> AccountReport:
        """The report with one section fetched anew, the very same report where nothing has changed; raises PollError.

        What is the same object is neither rendered nor written again.
        """
        fetched = await self._fetch[dataset](report, now)
        return report if fetched.section(dataset) == report.section(dataset) else fetched

    async def _fetch_invoices(self, report: AccountReport, now: float) -> AccountReport:
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
        return replace(report, invoices=section)

    def _is_whole_list_due(self, now: float) -> bool:
        # Of a clock that was set back since then, nobody knows how long ago that was.
        return self.whole_list_at is None or not 0 <= now - self.whole_list_at < _DAY_SECONDS

    async def _fetch_details(self, report: AccountReport, now: float) -> AccountReport:
        before = report.invoice_details
        invoices = report.invoices.invoices if report.invoices else ()
        section = await self._source.fetch_details(invoices, billing_usage(invoices, self._extent.details, now))
        unpaid = (invoice for invoice, detail in section.details if invoice.status is None and detail.status in UNPAID)
        since = unpaid_since(unpaid, before.unpaid_since if before else None, now)
        return replace(report, invoice_details=replace(section, unpaid_since=since))
