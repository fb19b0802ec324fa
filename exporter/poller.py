"""One cycle: fetch, replace one section of the report, render, swap, record how it went. The last good stays."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

import structlog

from exporter.board import Board
from exporter.domain.invoice import UNPAID, Invoice
from exporter.domain.report import AccountReport, Api, Dataset, InvoiceDetailsSection, InvoicesSection
from exporter.domain.selection import billing_usage, shown
from exporter.domain.unpaid import unpaid_since
from exporter.errors import ForbiddenError, PollError, UnauthorizedError
from exporter.metrics.own import OwnMetrics

SUCCESS = "success"
_INTERNAL = PollError.outcome
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


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is exported: the newest `history` invoices, the trees of the newest `details` that bill usage."""

    history: int
    details: int


class Poller:
    """The polls of one account."""

    def __init__(  # noqa: PLR0913 - its collaborators, each passed in
        self,
        account: str,
        source: Source,
        board: Board,
        own: OwnMetrics,
        *,
        extent: Extent,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._report = AccountReport(account)
        self._source = source
        self._board = board
        self._own = own
        self._extent = extent
        self._clock = clock
        self._whole_list_at: float | None = None
        self._has_details = False
        self._log = structlog.get_logger().bind(account=account)
        self._fetch: Mapping[Dataset, Callable[[float], Awaitable[AccountReport]]] = MappingProxyType(
            {Dataset.INVOICES: self._fetch_invoices, Dataset.INVOICE_DETAILS: self._fetch_details}
        )
        self.is_settled = False
        """Whether the account has had data to show, or was refused for good: it need not be waited for."""

    async def poll(self) -> None:
        """Poll the invoice list, then the details of what it shows; never raises.

        Details that are complete are as old as the list that they are the details of: without a new list they are
        not polled, so that their age stays true.
        """
        has_list = await self._poll(Dataset.INVOICES)
        if self._report.invoices and (has_list or not self._has_details):
            self._has_details = await self._poll(Dataset.INVOICE_DETAILS)

    async def _poll(self, dataset: Dataset) -> bool:
        started, requests = time.monotonic(), self._source.requests_made
        error = await self._attempt(dataset)
        seconds = time.monotonic() - started
        outcome = _outcome_of(error)
        self._own.on_poll(self._report.account, dataset, outcome=outcome, seconds=seconds)
        log = self._log.bind(
            dataset=str(dataset),
            outcome=outcome,
            seconds=round(seconds, 3),
            requests=self._source.requests_made - requests,
        )
        if error is None:
            log.info("poll.finished", **self._shown(dataset))
        elif isinstance(error, PollError):
            log.error("poll.failed", error=str(error))
        else:
            log.error("poll.failed", error="a fault of the exporter; please report it", exc_info=error)
        return error is None

    async def _attempt(self, dataset: Dataset) -> Exception | None:
        fetched_at = self._clock()
        try:
            report = await self._fetch[dataset](fetched_at)
            await self._board.show(report)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged once and later polls go on
            self.is_settled |= isinstance(error, UnauthorizedError | ForbiddenError)
            self._own.on_failure(self._report.account, dataset)
            return error
        self._report = report
        self.is_settled = True
        if self._source.api:
            self._own.on_api(report.account, self._source.api)
        shown = {each: self._board.series(report.account, each) for each in Dataset if report.section(each)}
        self._own.on_shown(report.account, shown)
        self._own.on_success(report.account, dataset, fetched_at=fetched_at)
        return None

    async def _fetch_invoices(self, now: float) -> AccountReport:
        before = self._report.invoices
        is_due = self._whole_list_at is None or now - self._whole_list_at >= _DAY_SECONDS
        until = frozenset() if is_due or not before else frozenset(each.id for each in before.invoices)
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
            self._whole_list_at = now
        return replace(self._report, invoices=section)

    async def _fetch_details(self, now: float) -> AccountReport:
        before = self._report.invoice_details
        invoices = self._report.invoices.invoices if self._report.invoices else ()
        section = await self._source.fetch_details(invoices, billing_usage(invoices, self._extent.details, now))
        unpaid = (invoice for invoice, detail in section.details if invoice.status is None and detail.status in UNPAID)
        since = unpaid_since(unpaid, before.unpaid_since if before else None, now)
        return replace(self._report, invoice_details=replace(section, unpaid_since=since))

    def _shown(self, dataset: Dataset) -> Mapping[str, object]:
        """What the log line of a success says of what is shown."""
        trees = self._report.invoice_details.trees if self._report.invoice_details else ()
        vanished = sorted("/".join(path) for tree in trees for path in tree.vanished)
        return {
            "series": self._board.series(self._report.account, dataset),
            "bytes": self._board.body_bytes,
            **({"vanished": vanished} if vanished and dataset is Dataset.INVOICE_DETAILS else {}),
        }


def _outcome_of(error: Exception | None) -> str:
    if error is None:
        return SUCCESS
    return error.outcome if isinstance(error, PollError) else _INTERNAL
