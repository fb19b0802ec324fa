"""One cycle: fetch, replace one section of the report, render, swap, record how it went. The last good stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

import structlog

from exporter.board import Board
from exporter.datasets import Datasets, Extent, Source
from exporter.domain.budget import Declared
from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.report import AccountReport, Dataset
from exporter.errors import ForbiddenError, PollError, PostponedError, UnauthorizedError
from exporter.metrics.own import OwnMetrics
from exporter.northflank.source import Resumed
from exporter.store.kept import Fetched, Kept

SUCCESS = "success"
_INTERNAL = PollError.outcome
_TOO_SMALL = "allowance.too_small"
_NOT_IN_ALL = (Dataset.CREDITS, Dataset.USAGE_DETAILS)


class Store(Protocol):
    """What survives a restart, as `store.store` keeps it; neither raises."""

    async def load(self) -> Kept | None:
        """What was kept last, if it can be used."""

    async def save(self, kept: Kept) -> None:
        """Keep this in its place."""


class Poller:
    """The polls of one account: of its invoices, and of its usage. The two may run at the same time."""

    def __init__(  # noqa: PLR0913 - its collaborators, each passed in
        self,
        account: str,
        source: Source,
        board: Board,
        own: OwnMetrics,
        store: Store,
        *,
        extent: Extent,
        declared: Declared | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._report = AccountReport(account, declared=declared or Declared())
        self._source = source
        self._board = board
        self._own = own
        self._store = store
        self._clock = clock
        self._datasets = Datasets(source, extent)
        self._fetched: Mapping[Dataset, Fetched] = MappingProxyType({})
        self._log = structlog.get_logger().bind(account=account)
        self._is_whole: dict[Dataset, bool] = {}
        self._said: dict[tuple[Dataset, str], tuple[str, ...]] = {}
        self._postponed_since: dict[Dataset, float] = {}
        self._replacing = asyncio.Lock()
        self._invoices_tried = asyncio.Event()
        self.is_settled = False
        """Whether the account has had data to show, or was refused for good: it need not be waited for."""

    async def restore(self) -> None:
        """Show what was shown before a restart, with the age that it has; never raises. Call it before any poll."""
        kept = await self._store.load()
        report = kept.report_under(self._report.declared) if kept else self._report
        try:
            await self._board.show(report)
            # Where no poll has ever succeeded something is kept, but nothing to show.
            if kept and kept.fetched:
                self._go_on_from(kept, report)
        except Exception as error:  # noqa: BLE001 - a start must not fail on what can be fetched anew
            remedy = "what is kept cannot be shown; nothing to do: it is fetched anew"
            self._log.warning("store.not_shown", error=remedy, exc_info=error)

    async def poll_invoices(self) -> None:
        """Poll the invoice list, then the details of what it shows; never raises.

        Details that are complete are as old as the list that they are the details of: without a new list they are
        not polled, so that their age stays true.
        """
        has_list = await self._poll(Dataset.INVOICES)
        self._invoices_tried.set()
        if self._report.invoices and (has_list or not self._is_whole.get(Dataset.INVOICE_DETAILS)):
            await self._poll(Dataset.INVOICE_DETAILS)

    async def poll_usage(self) -> None:
        """Poll what is spent now, the account's own figures first and the deepest last; never raises.

        The first time it waits for the invoice list, which tells since when usage is unbilled.
        """
        await self._invoices_tried.wait()
        has_usage = await self._poll(Dataset.USAGE)
        await self._drop_untold()
        if self._source.tells(Dataset.CREDITS):
            await self._poll(Dataset.CREDITS)
        if self._report.declared.budgets and self._is_due(Dataset.BUDGETS, has_usage=has_usage):
            await self._poll(Dataset.BUDGETS)
        if self._source.tells(Dataset.USAGE_DETAILS) and self._is_due(Dataset.USAGE_DETAILS, has_usage=has_usage):
            await self._poll(Dataset.USAGE_DETAILS)

    async def _drop_untold(self) -> None:
        """Show no more what the server told in another generation, and does not tell in the one it went over to."""
        known = [each for each in _NOT_IN_ALL if each in self._is_whole or self._report.section(each)]
        gone = [each for each in known if not self._source.tells(each)]
        if gone and self._source.api:
            await self._show(lambda report: report.without(gone))
            self._fetched = MappingProxyType({each: at for each, at in self._fetched.items() if each not in gone})
            for each in gone:
                self._is_whole.pop(each, None)
                self._own.on_gone(self._report.account, each)

    def _is_due(self, dataset: Dataset, *, has_usage: bool) -> bool:
        """What is complete is as old as the account's usage, with which it ends."""
        return self._report.usage is not None and (has_usage or not self._is_whole.get(dataset))

    async def _poll(self, dataset: Dataset) -> bool:
        started = time.monotonic()
        with self._source.counting() as count:
            error = await self._attempt(dataset)
        seconds = time.monotonic() - started
        outcome = _outcome_of(error)
        self._own.on_poll(self._report.account, dataset, outcome=outcome, seconds=seconds)
        self._is_whole[dataset] = error is None
        log = self._log.bind(
            dataset=str(dataset),
            outcome=outcome,
            seconds=round(seconds, 3),
            requests=count.requests,
        )
        if error is None:
            log.info("poll.finished", **self._shown(dataset))
        elif isinstance(error, PostponedError):
            log.info("poll.postponed", reason=str(error))
            self._say_too_small(dataset, error)
        elif isinstance(error, PollError):
            log.error("poll.failed", error=str(error))
        else:
            log.error("poll.failed", error="a fault of the exporter; please report it", exc_info=error)
        await self._store.save(self._kept())
        return error is None

    async def _attempt(self, dataset: Dataset) -> Exception | None:
        fetched_at = self._clock()
        self._date(self._fetched)
        try:
            result = await self._datasets.fetch(dataset, self._report, fetched_at)
            await self._show(lambda report: report.with_section(dataset, result.section))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged once and later polls go on
            self.is_settled |= isinstance(error, UnauthorizedError | ForbiddenError)
            if not isinstance(error, PostponedError):
                self._own.on_failure(self._report.account, dataset)
            return error
        if result.postponed:
            return result.postponed
        self._say(dataset, "dataset.not_shown", result.notes)
        self._say(dataset, _TOO_SMALL, ())
        self._postponed_since.pop(dataset, None)
        self._fetched = MappingProxyType({**self._fetched, dataset: Fetched(fetched_at, self._source.api)})
        self._own.on_success(self._report.account, dataset, fetched_at=fetched_at)
        return None

    async def _show(self, change: Callable[[AccountReport], AccountReport]) -> None:
        # Two datasets are polled at once: without the lock, one would put back what the other has replaced.
        async with self._replacing:
            report = change(self._report)
            # Most polls bring nothing new, and all accounts are compressed together: that is not done in vain.
            if report != self._report:
                await self._board.show(report)
            self._take_over(report)

    def _take_over(self, report: AccountReport) -> None:
        """Take over a report that the board shows."""
        self._report = report
        self.is_settled = True
        if self._source.api:
            self._own.on_api(report.account, self._source.api)
        shown = {each: self._board.series(report.account, each) for each in Dataset if report.section(each)}
        self._own.on_shown(report.account, shown)
        self._own.on_folded(report.account, self._board.folded(report.account))

    def _go_on_from(self, kept: Kept, report: AccountReport) -> None:
        """Take over what the board shows of before a restart, and ask for none of it again."""
        if kept.api:
            # What was read in another generation or unit is not comparable.
            others = [each for each in Dataset if kept.api_of(each) != kept.api]
            self._source.resume(Resumed(kept.api, report.without(others), kept.memory))
        self._datasets.whole_list_at = kept.whole_list_at
        shown = {each: fetched for each, fetched in kept.fetched.items() if report.section(each) is not None}
        for dataset, of in ((Dataset.INVOICE_DETAILS, Dataset.INVOICES), (Dataset.USAGE_DETAILS, Dataset.USAGE)):
            if dataset in shown:
                self._is_whole[dataset] = of not in shown or shown[dataset].at >= shown[of].at
        self._take_over(report)
        self._date(shown)
        self._log.info("store.restored", fetched_at={str(each): fetched.at for each, fetched in kept.fetched.items()})

    def _date(self, fetched: Mapping[Dataset, Fetched]) -> None:
        """Tell when each dataset was fetched: now at the latest.

        Of what is from before the clock was set back nobody knows how old it is, but it has to grow older.
        """
        now = self._clock()
        self._fetched = MappingProxyType({each: replace(of, at=min(of.at, now)) for each, of in fetched.items()})
        for dataset, of in self._fetched.items():
            self._own.on_restored(self._report.account, dataset, fetched_at=of.at)

    def _kept(self) -> Kept:
        # What was never fetched whole has no age: it is not kept as shown, only what was answered of it.
        report = self._report.without(each for each in Dataset if each not in self._fetched)
        return Kept(report, self._fetched, self._datasets.whole_list_at, self._source.memory())

    def _say_too_small(self, dataset: Dataset, error: PostponedError) -> None:
        """A tree may take some polls, so that its requests are spread; one that takes hours needs to be told."""
        now = self._clock()
        since = self._postponed_since[dataset] = min(self._postponed_since.get(dataset, now), now)
        if now - since >= HOUR_SECONDS:
            self._say(dataset, _TOO_SMALL, (f"not all of it fits an hour; {error.remedy}",))

    def _say(self, dataset: Dataset, event: str, notes: tuple[str, ...]) -> None:
        """One line for each note that was not said the last time."""
        for note in notes:
            if note not in self._said.get((dataset, event), ()):
                self._log.warning(event, dataset=str(dataset), error=note)
        self._said[dataset, event] = notes

    def _shown(self, dataset: Dataset) -> Mapping[str, object]:
        """What the log line of a success says of what is shown."""
        vanished = sorted("/".join(path) for path in self._report.vanished(dataset))
        return {
            "series": self._board.series(self._report.account, dataset),
            "bytes": self._board.body_bytes,
            **({"vanished": vanished} if vanished else {}),
        }


def _outcome_of(error: Exception | None) -> str:
    if error is None:
        return SUCCESS
    return error.outcome if isinstance(error, PollError) else _INTERNAL
