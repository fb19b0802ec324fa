"""One cycle: fetch, replace one section of the report, render, swap, record how it went. The last good stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import structlog

from exporter.board import Board
from exporter.datasets import Datasets, Extent, Source
from exporter.domain.report import AccountReport, Dataset
from exporter.errors import ForbiddenError, PollError, UnauthorizedError
from exporter.metrics.own import OwnMetrics
from exporter.store.kept import Fetched, Kept

SUCCESS = "success"
_INTERNAL = PollError.outcome


class Store(Protocol):
    """What survives a restart, as `store.store` keeps it; neither raises."""

    async def load(self) -> Kept | None:
        """What was kept last, if it can be used."""

    async def save(self, kept: Kept) -> None:
        """Keep this in its place."""


class Poller:
    """The polls of one account."""

    def __init__(  # noqa: PLR0913 - its collaborators, each passed in
        self,
        account: str,
        source: Source,
        board: Board,
        own: OwnMetrics,
        store: Store,
        *,
        extent: Extent,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._report = AccountReport(account)
        self._source = source
        self._board = board
        self._own = own
        self._store = store
        self._clock = clock
        self._datasets = Datasets(source, extent)
        self._fetched: Mapping[Dataset, Fetched] = MappingProxyType({})
        self._log = structlog.get_logger().bind(account=account)
        self._has_details = False
        self.is_settled = False
        """Whether the account has had data to show, or was refused for good: it need not be waited for."""

    async def restore(self) -> None:
        """Show what was shown before a restart, with the age that it has; never raises. Call it before any poll."""
        kept = await self._store.load()
        if kept is None:
            return
        try:
            await self._board.show(kept.report)
        except Exception as error:  # noqa: BLE001 - a start must not fail on what can be fetched anew
            remedy = "what is kept cannot be shown; nothing to do: it is fetched anew"
            self._log.warning("store.not_shown", error=remedy, exc_info=error)
            return
        self._go_on_from(kept)
        self._log.info("store.restored", fetched_at={str(each): fetched.at for each, fetched in kept.fetched.items()})

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
            await self._store.save(self._kept())
        elif isinstance(error, PollError):
            log.error("poll.failed", error=str(error))
        else:
            log.error("poll.failed", error="a fault of the exporter; please report it", exc_info=error)
        return error is None

    async def _attempt(self, dataset: Dataset) -> Exception | None:
        fetched_at = self._clock()
        try:
            report = await self._datasets.fetch(dataset, self._report, fetched_at)
            await self._board.show(report)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged once and later polls go on
            self.is_settled |= isinstance(error, UnauthorizedError | ForbiddenError)
            self._own.on_failure(self._report.account, dataset)
            return error
        self._fetched = MappingProxyType({**self._fetched, dataset: Fetched(fetched_at, self._source.api)})
        self._show(report)
        self._own.on_success(report.account, dataset, fetched_at=fetched_at)
        return None

    def _show(self, report: AccountReport) -> None:
        """Take over a report that the board shows."""
        self._report = report
        self.is_settled = True
        if self._source.api:
            self._own.on_api(report.account, self._source.api)
        shown = {each: self._board.series(report.account, each) for each in Dataset if report.section(each)}
        self._own.on_shown(report.account, shown)

    def _go_on_from(self, kept: Kept) -> None:
        """Take over what the board shows of before a restart, and ask for none of it again."""
        api, details = kept.api_of(Dataset.INVOICES), kept.report.invoice_details
        if api:
            # Details that were read in another generation or unit than the list are not comparable with it.
            self._source.resume(api, details if kept.api_of(Dataset.INVOICE_DETAILS) == api else None)
        self._datasets.whole_list_at = kept.whole_list_at
        self._fetched = kept.fetched
        self._has_details = details is not None and _at(kept, Dataset.INVOICE_DETAILS) >= _at(kept, Dataset.INVOICES)
        self._show(kept.report)
        for dataset, fetched in kept.fetched.items():
            self._own.on_restored(kept.report.account, dataset, fetched_at=fetched.at)

    def _kept(self) -> Kept:
        return Kept(self._report, self._fetched, self._datasets.whole_list_at)

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


def _at(kept: Kept, dataset: Dataset) -> float:
    return kept.fetched[dataset].at if dataset in kept.fetched else 0.0
