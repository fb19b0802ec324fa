"""The composition root: everything is wired here, and nothing is started before it is entered."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from exporter import __version__
from exporter.account_factory import Times, build_client, build_source, extent_of, owner_of, polls_of
from exporter.background import Background
from exporter.config import Account, Config
from exporter.domain.facts import ONLY
from exporter.domain.report import Dataset
from exporter.errors import OUTCOMES
from exporter.ledger.disk import Disk
from exporter.ledger.ledger import Ledger
from exporter.metrics.own import Build, OwnMetrics
from exporter.metrics.snapshot import Exposition
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.http.client import Client
from exporter.northflank.wire.wire import Endpoint
from exporter.planning.costs import requests_of_account
from exporter.poller import SUCCESS, Poller
from exporter.publisher import Publisher
from exporter.scheduler import Job, Scheduler


class Schedule(Protocol):
    """What runs the polls, as `scheduler` does."""

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on."""

    async def stop(self) -> None:
        """Run nothing any more; return once nothing runs."""


@dataclass(frozen=True, slots=True)
class Running:
    """What polls one account."""

    client: Client
    allowance: Allowance
    ledger: Ledger
    poller: Poller
    jobs: tuple[Job, ...]

    async def restore(self) -> None:
        """Show what the ledger holds, and count the requests of before a restart; before any poll."""
        await self.poller.restore()
        limit = self.ledger.facts.token_limit.get(ONLY)
        self.allowance.open(await self.ledger.load_requests(), limit)
        self.allowance.keep = self.ledger.save_requests

    async def keep_requests(self) -> None:
        """Keep the count as it is, without those that were counted in advance."""
        await self.ledger.save_requests(self.allowance.requests)


class App:
    """The exporter: `async with` starts the polls and stops them."""

    def __init__(
        self,
        *,
        exposition: Exposition,
        schedule: Schedule,
        disk: Disk | None,
        accounts: tuple[Running, ...],
    ) -> None:
        self.exposition = exposition
        self._schedule = schedule
        self._disk = disk
        self._accounts = accounts
        self._running = AsyncExitStack()

    def is_ready(self) -> bool:
        """Whether each account has data to show, was refused, or has tried for five minutes."""
        return all(account.poller.is_settled for account in self._accounts)

    async def __aenter__(self) -> Self:
        """Open the connections, show what was shown before a restart, start polling."""
        async with AsyncExitStack() as running:
            for account in self._accounts:
                await running.enter_async_context(account.client)
            if self._disk:
                running.push_async_callback(self._disk.close)
            for account in self._accounts:
                await account.restore()
                running.push_async_callback(account.keep_requests)
            self._schedule.start(tuple(job for account in self._accounts for job in account.jobs))
            running.push_async_callback(self._schedule.stop)
            self._running = running.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop polling, let go of the state, close the connections."""
        await self._running.aclose()


def build(
    config: Config,
    *,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    schedule: Schedule | None = None,
) -> App:
    """The exporter that the configuration describes, not started yet; `clock` gives and `sleep` takes seconds."""
    own = _instruments(config_read_at=clock())
    exposition = Exposition(own.render)
    background = Background()
    publisher = Publisher(exposition, background, series_limit=config.limits.series)
    disk = Disk(config.state, Background()) if isinstance(config.state, Path) else None
    times = Times(clock, monotonic, sleep)
    accounts = tuple(
        _running(account, config, Shared(own, publisher, background, disk), times) for account in config.accounts
    )
    return App(exposition=exposition, schedule=schedule or Scheduler(), disk=disk, accounts=accounts)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all accounts share."""

    own: OwnMetrics
    publisher: Publisher
    background: Background
    disk: Disk | None


def _running(account: Account, config: Config, shared: Shared, times: Times) -> Running:
    poll = config.poll
    of_invoices = {Dataset.INVOICES, Dataset.INVOICE_DETAILS}
    intervals = {each: poll.invoices if each in of_invoices else poll.usage for each in Dataset}
    shared.own.add_account(account.name, intervals, float(config.api.share))
    allowance = Allowance(
        share=config.api.share,
        reserve=requests_of_account(polls_of(account, config)),
        clock=times.clock,
        monotonic=times.monotonic,
    )
    client = build_client(account, config, shared.own.observer(account.name), allowance=allowance, times=times)
    ledger = Ledger(owner_of(account), shared.disk, clock=times.clock)
    poller = Poller(
        account.name,
        build_source(client, shared.background, account),
        ledger,
        shared.publisher,
        shared.own,
        background=shared.background,
        extent=extent_of(account, config),
        concurrency=config.api.concurrency,
        on_complete=client.spread,
        clock=times.clock,
        monotonic=times.monotonic,
    )

    def noting_the_limit(poll: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await poll()
            if allowance.stated_limit != ledger.facts.token_limit.get(ONLY):
                ledger.note({"token_limit": {ONLY: allowance.stated_limit}})
                await ledger.flush()

        return run

    jobs = (
        Job(f"{account.name}/invoices", poll.invoices, noting_the_limit(poller.poll_invoices)),
        Job(f"{account.name}/usage", poll.usage, noting_the_limit(poller.poll_usage)),
    )
    return Running(client, allowance, ledger, poller, jobs)


def _instruments(*, config_read_at: float) -> OwnMetrics:
    return OwnMetrics(
        Build(__version__, os.environ.get("NORTHFLANK_BILLING_EXPORTER_REVISION", ""), platform.python_version()),
        endpoints=tuple(Endpoint),
        outcomes=(SUCCESS, *OUTCOMES),
        config_read_at=config_read_at,
    )
