"""The polls of one account: plan, ask, record, view, publish. The last good figures stay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog

from exporter.asking import Asking
from exporter.background import Background
from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS
from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Facts
from exporter.domain.question import Question
from exporter.domain.report import AccountReport, Dataset, Section
from exporter.domain.totals import kept_spend
from exporter.errors import PermanentError, PollError, PostponedError
from exporter.ledger.ledger import Ledger
from exporter.metrics.own import OwnMetrics
from exporter.northflank.requests.source import Source
from exporter.planning.plan import has_dataset, pending_requests
from exporter.planning.task import Situation
from exporter.planning.usage import kept_since
from exporter.publisher import Publisher
from exporter.views.budgets import budgets_view
from exporter.views.details import keeping, usage_details_view
from exporter.views.invoices import invoice_details_view, invoices_view
from exporter.views.usage import usage_view

SUCCESS = "success"
_INTERNAL = PollError.outcome
_TOO_SMALL = "allowance.too_small"
_LATER_FAILED = "poll.later_failed"
_NOT_IN_ALL = (Dataset.CREDITS, Dataset.USAGE_DETAILS)
_SETTLED_AFTER_SECONDS = 300.0


_Viewed = tuple[Section | None, tuple[str, ...]]


class Poller:
    """The polls of one account: of its invoices, and of its usage. The two may run at the same time."""

    def __init__(  # noqa: PLR0913 - its collaborators, each passed in
        self,
        account: str,
        source: Source,
        ledger: Ledger,
        publisher: Publisher,
        own: OwnMetrics,
        *,
        background: Background,
        extent: Extent,
        concurrency: int = 4,
        on_complete: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._report = AccountReport(account, declared=extent.declared)
        self._source = source
        self._ledger = ledger
        self._publisher = publisher
        self._own = own
        self._background = background
        self._extent = extent
        self._asking = Asking(source, ledger, background, extent=extent, concurrency=concurrency)
        self._on_complete = on_complete
        self._clock = clock
        self._monotonic = monotonic
        self._began = monotonic()
        self._log = structlog.get_logger().bind(account=account)
        self._is_whole: dict[Dataset, bool] = {}
        self._said: dict[tuple[Dataset, str], tuple[str, ...]] = {}
        self._postponed_since: dict[Dataset, float] = {}
        self._backfilled: dict[Dataset, int] = {}
        self._customer = 0
        self._forgot_at = 0.0
        self._replacing = asyncio.Lock()
        self._invoices_tried = asyncio.Event()
        self._is_settled = False

    @property
    def is_settled(self) -> bool:
        """Whether the account has data to show, was refused, or has tried for five minutes."""
        return self._is_settled or self._monotonic() - self._began >= _SETTLED_AFTER_SECONDS

    async def restore(self) -> None:
        """Show what the ledger holds, with the age that it has; never raises. Call it before any poll."""
        await self._ledger.open(self._source.is_comparable)
        facts = self._ledger.facts
        try:
            report = await self._background.run(lambda: self._report_of(facts))
            await self._publisher.show(report)
            if facts.polled:
                self._go_on_from(facts, report)
        except Exception as error:  # noqa: BLE001 - a start must not fail on what can be fetched anew
            remedy = "what is kept cannot be shown; nothing to do: it is fetched anew"
            self._log.warning("store.not_shown", error=remedy, exc_info=error)

    def _report_of(self, facts: Facts) -> AccountReport:
        """What was shown of the datasets that were ever fetched whole."""
        report = self._report
        for dataset in Dataset:
            section = self._view(dataset, facts, report, self._clock())[0] if dataset in facts.polled else None
            if section is not None:
                report = report.with_section(dataset, section)
        return report

    def _go_on_from(self, facts: Facts, report: AccountReport) -> None:
        shown = {each: at for each, at in facts.polled.items() if report.section(each) is not None}
        for dataset, of in ((Dataset.INVOICE_DETAILS, Dataset.INVOICES), (Dataset.USAGE_DETAILS, Dataset.USAGE)):
            if dataset in shown:
                self._is_whole[dataset] = of not in shown or shown[dataset] >= shown[of]
        self._take_over(report)
        self._on_complete()
        now = self._clock()
        for dataset, at in shown.items():
            # Of what is from before the clock was set back nobody knows how old it is, but it has to grow older.
            self._own.on_restored(self._report.account, dataset, fetched_at=min(at, now))
        self._log.info("store.restored", fetched_at={str(each): at for each, at in shown.items()})

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

        The first time it waits for the invoice list, which shows since when usage is unbilled.
        """
        await self._invoices_tried.wait()
        has_usage = await self._poll(Dataset.USAGE)
        await self._drop_what_is_gone()
        for dataset in (Dataset.CREDITS, Dataset.BUDGETS, Dataset.USAGE_DETAILS):
            if has_dataset(self._situation(), dataset) and self._is_due(dataset, has_usage=has_usage):
                await self._poll(dataset)
        facts, now = self._ledger.facts, self._clock()
        self._say(Dataset.USAGE, "spend.kept", await self._background.run(lambda: kept_spend(facts, now)))
        await self._forget_old()

    def _situation(self) -> Situation:
        return Situation(self._ledger.facts, self._extent, self._clock())

    async def _drop_what_is_gone(self) -> None:
        """Show no more what the server stated in another generation, and does not in the one it went over to."""
        situation = self._situation()
        gone = [
            each
            for each in _NOT_IN_ALL
            if situation.wire
            and not has_dataset(situation, each)
            and (each in self._is_whole or self._report.section(each))
        ]
        if gone:
            await self._show(lambda report: report.without(gone))
            self._ledger.note({"polled": dict.fromkeys(gone)})
            for each in gone:
                self._is_whole.pop(each, None)
                self._own.on_gone(self._report.account, each)

    async def _forget_old(self) -> None:
        """About once a day, take away what is older than what is kept; a clock that is set forward takes nothing."""
        now, hours = self._clock(), self._situation().hours
        if hours and not 0 <= now - self._forgot_at < DAY_SECONDS:
            self._forgot_at = now
            await self._ledger.forget_old(kept_since(self._situation(), min(now, hours.listed_through)))

    def _is_due(self, dataset: Dataset, *, has_usage: bool) -> bool:
        """What is complete is as old as the account's usage, with which it ends."""
        if dataset is Dataset.CREDITS:
            return True
        # What is shown may be of another generation, of which nothing is known any more.
        is_known = self._report.usage is not None and Dataset.USAGE in self._ledger.facts.polled
        return is_known and (has_usage or not self._is_whole.get(dataset))

    async def _poll(self, dataset: Dataset) -> bool:
        started = time.monotonic()
        with self._source.counting() as count:
            error = await self._attempt(dataset)
        seconds = time.monotonic() - started
        outcome = _outcome_of(error)
        self._own.on_poll(self._report.account, dataset, outcome=outcome, seconds=seconds)
        self._is_whole[dataset] = error is None
        log = self._log.bind(dataset=str(dataset), outcome=outcome, seconds=round(seconds, 3), requests=count.requests)
        if error is None:
            log.info("poll.finished", **self._shown(dataset))
        elif isinstance(error, PostponedError):
            log.info("poll.postponed", reason=str(error))
            self._on_postponed(dataset, error)
        elif isinstance(error, PollError):
            log.error("poll.failed", error=str(error))
        else:
            log.error("poll.failed", error="a fault of the exporter; please report it", exc_info=error)
        await self._ledger.flush()
        return error is None

    async def _attempt(self, dataset: Dataset) -> Exception | None:
        """Ask what a dataset needs and show it, then what can wait; why it is not whole, if it is not."""
        now, asked = self._clock(), set[Question]()
        self._date_back(now)
        try:
            needed = await self._asking.ask_for(dataset, now, asked, lambda task: task.is_needed)
            await self._show_another_customer()
            if needed.error and not isinstance(needed.error, PostponedError):
                return self._failed(dataset, needed.error)
            await self._publish(dataset, now)
            if needed.error is None:
                self._on_success(dataset, now)
                later = await self._asking.ask_for(dataset, now, asked, lambda task: not task.is_needed)
                self._say_later(dataset, later.error)
                self._backfilled[dataset] = later.backfilled
                await self._publish(dataset, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged once and later polls go on
            return self._failed(dataset, error)
        step = later.step if needed.error is None else needed.step
        self._own.on_pending(self._report.account, dataset, requests=pending_requests(step))
        return needed.error

    def _date_back(self, now: float) -> None:
        """Of what is from before the clock was set back nobody knows how old it is, but it has to grow older."""
        polled = self._ledger.facts.polled
        ahead = {each: now for each, at in polled.items() if at > now and self._report.section(each)}
        self._ledger.note({"polled": ahead})
        for each in ahead:
            self._own.on_restored(self._report.account, each, fetched_at=now)

    def _failed(self, dataset: Dataset, error: Exception) -> Exception:
        self._is_settled |= isinstance(error, PermanentError)
        self._own.on_failure(self._report.account, dataset)
        return error

    def _on_success(self, dataset: Dataset, now: float) -> None:
        self._say(dataset, _TOO_SMALL, ())
        self._postponed_since.pop(dataset, None)
        self._ledger.note({"polled": {dataset: now}, "waiting": {dataset: None}})
        self._own.on_success(self._report.account, dataset, fetched_at=now)
        if dataset is Dataset.USAGE_DETAILS:
            self._on_complete()

    async def _show_another_customer(self) -> None:
        """Show nothing of a billing customer whose token is not used any more."""
        if self._ledger.epoch.customer == self._customer:
            return
        self._customer = self._ledger.epoch.customer
        await self._show(lambda report: AccountReport(report.account, declared=report.declared))
        for dataset in Dataset:
            self._own.on_gone(self._report.account, dataset)

    async def _publish(self, dataset: Dataset, now: float) -> None:
        """Show what is known of a dataset by now, where that is another section than the one that is shown."""
        facts, report = self._ledger.facts, self._report
        section, notes = await self._background.run(lambda: self._changed(dataset, facts, report, now))
        if section is not None:
            await self._show(lambda each: each.with_section(dataset, section))
        self._say(dataset, "dataset.not_shown", notes)

    def _changed(self, dataset: Dataset, facts: Facts, report: AccountReport, now: float) -> _Viewed:
        section, notes = self._view(dataset, facts, report, now)
        # What is the same is neither rendered nor compressed again.
        return None if section == report.section(dataset) else section, notes

    def _view(self, dataset: Dataset, facts: Facts, report: AccountReport, now: float) -> _Viewed:
        """A dataset's section, None as long as it is not known, and what users should mend."""
        extent = self._extent
        if dataset is Dataset.INVOICES:
            return invoices_view(facts, extent, now), ()
        if dataset is Dataset.INVOICE_DETAILS:
            return invoice_details_view(facts, extent, now), ()
        if dataset is Dataset.USAGE:
            return usage_view(facts, extent, now), ()
        if dataset is Dataset.CREDITS:
            return facts.credits.get(ONLY), ()
        if dataset is Dataset.BUDGETS:
            month = report.usage.month_to_date if report.usage else None
            budgeted = budgets_view(facts, extent, month.period.end if month else None)
            return (budgeted.section, budgeted.notes) if budgeted else (None, ())
        section = usage_details_view(facts, extent)
        return keeping(section, report.usage_details) if section else None, ()

    async def _show(self, change: Callable[[AccountReport], AccountReport]) -> None:
        # Two datasets are polled at once: without the lock, one would put back what the other has replaced.
        async with self._replacing:
            report = change(self._report)
            await self._publisher.show(report)
            self._take_over(report)

    def _take_over(self, report: AccountReport) -> None:
        """Take over a report that is shown."""
        self._report = report
        self._is_settled = True
        api = self._ledger.facts.api.get(ONLY)
        if api:
            self._own.on_api(report.account, api)
        shown = {each: self._publisher.series(report.account, each) for each in Dataset if report.section(each)}
        self._own.on_shown(report.account, shown)
        self._own.on_folded(report.account, self._publisher.folded(report.account))

    def _on_postponed(self, dataset: Dataset, error: PostponedError) -> None:
        """A tree may take some polls, so that its requests are spread; one that takes hours needs attention.

        What was never fetched at all is down once it has waited for an hour, also over restarts.
        """
        now, facts = self._clock(), self._ledger.facts
        since = self._postponed_since[dataset] = min(self._postponed_since.get(dataset, now), now)
        if now - since >= HOUR_SECONDS:
            self._say(dataset, _TOO_SMALL, (f"not all of it fits an hour; {error.remedy}",))
        if dataset not in facts.polled:
            waiting_since = min(facts.waiting.get(dataset, now), now)
            if facts.waiting.get(dataset) != waiting_since:
                self._ledger.note({"waiting": {dataset: waiting_since}})
            if now - waiting_since >= HOUR_SECONDS:
                self._own.on_failure(self._report.account, dataset)

    def _say_later(self, dataset: Dataset, error: PollError | None) -> None:
        """Why what can wait was not fetched, unless the allowance says so."""
        is_fault = error is not None and not isinstance(error, PostponedError)
        self._say(dataset, _LATER_FAILED, (str(error),) if is_fault else ())

    def _say(self, dataset: Dataset, event: str, notes: tuple[str, ...]) -> None:
        """One line for each note that was not said the last time."""
        for note in notes:
            if note not in self._said.get((dataset, event), ()):
                self._log.warning(event, dataset=str(dataset), error=note)
        self._said[dataset, event] = notes

    def _shown(self, dataset: Dataset) -> Mapping[str, object]:
        """What the log line of a success says of what is shown."""
        vanished = sorted("/".join(path) for path in self._report.vanished(dataset))
        backfilled = self._backfilled.get(dataset)
        return MappingProxyType(
            {
                "series": self._publisher.series(self._report.account, dataset),
                "bytes": self._publisher.body_bytes,
                **({"vanished": vanished} if vanished else {}),
                **({"backfilled": backfilled} if backfilled else {}),
            }
        )


def _outcome_of(error: Exception | None) -> str:
    if error is None:
        return SUCCESS
    return error.outcome if isinstance(error, PollError) else _INTERNAL
