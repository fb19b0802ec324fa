"""The composition root: everything is wired here, and nothing is started before it is entered."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from exporter import __version__
from exporter.background import Background
from exporter.board import Board
from exporter.config import Account, Config
from exporter.datasets import Extent
from exporter.domain.report import Dataset
from exporter.errors import OUTCOMES
from exporter.metrics.own import Build, OwnMetrics
from exporter.metrics.snapshot import Exposition
from exporter.northflank.allowance.allowance import Allowance
from exporter.northflank.client import Client
from exporter.northflank.plan import requests_of_account
from exporter.northflank.wire.wire import Endpoint
from exporter.parts import Times, build_client, build_source, depth_of, plan_of, terms_of
from exporter.poller import SUCCESS, Poller
from exporter.scheduler import Job, Scheduler
from exporter.store.store import NoStore, Store


class Schedule(Protocol):
    """What runs the polls, as `scheduler` does."""

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on."""

    async def stop(self) -> None:
        """Run nothing any more; return once nothing runs."""


class Requests(Protocol):
    """Where it is kept how many requests an account made; neither raises."""

    async def load_requests(self) -> Mapping[int, int]:
        """How many in each Unix minute that is kept."""

    async def save_requests(self, requests: Mapping[int, int]) -> None:
        """Keep these in place of those before."""


@dataclass(frozen=True, slots=True)
class Running:
    """What polls one account."""

    client: Client
    allowance: Allowance
    requests: Requests
    poller: Poller
    jobs: tuple[Job, ...]

    async def restore(self) -> None:
        """Count the requests of before a restart, and show what was shown; before any poll."""
        self.allowance.resume(await self.requests.load_requests())
        self.allowance.keep = self.requests.save_requests
        await self.poller.restore()

    async def keep_requests(self) -> None:
        """Keep the count as it is, without those that were counted in advance."""
        await self.requests.save_requests(self.allowance.requests)


class App:
    """The exporter: `async with` starts the polls and stops them."""

    def __init__(
        self,
        *,
        exposition: Exposition,
        schedule: Schedule,
        store: Store | None,
        accounts: tuple[Running, ...],
    ) -> None:
        self.exposition = exposition
        self._schedule = schedule
        self._store = store
        self._accounts = accounts
        self._running = AsyncExitStack()

    def is_ready(self) -> bool:
        """Whether each account has had data to show, or was refused for good."""
        return all(account.poller.is_settled for account in self._accounts)

    async def __aenter__(self) -> Self:
        """Open the connections, show what was shown before a restart, start polling."""
        async with AsyncExitStack() as running:
            for account in self._accounts:
                await running.enter_async_context(account.client)
            if self._store:
                running.push_async_callback(self._store.close)
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
    board = Board(exposition, background, series_limit=config.limits.series)
    store = Store(config.state, Background()) if isinstance(config.state, Path) else None
    times = Times(clock, monotonic, sleep)
    accounts = tuple(
        _running(account, config, Shared(own, board, background, store), times) for account in config.accounts
    )
    return App(exposition=exposition, schedule=schedule or Scheduler(), store=store, accounts=accounts)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all accounts share."""

    own: OwnMetrics
    board: Board
    background: Background
    store: Store | None


def _running(account: Account, config: Config, shared: Shared, times: Times) -> Running:
    poll = config.poll
    of_invoices = {Dataset.INVOICES, Dataset.INVOICE_DETAILS}
    intervals = {each: poll.invoices if each in of_invoices else poll.usage for each in Dataset}
    shared.own.add_account(account.name, intervals, float(config.api.share))
    allowance = Allowance(
        share=config.api.share,
        reserve=requests_of_account(plan_of(account, config)),
        clock=times.clock,
        monotonic=times.monotonic,
    )
    client = build_client(account, config, shared.own.observer(account.name), allowance=allowance, times=times)
    kept = shared.store.of(account.name, terms_of(account, config)) if shared.store else NoStore()
    poller = Poller(
        account.name,
        build_source(client, shared.background, account, depth=depth_of(account, config)),
        shared.board,
        shared.own,
        kept,
        extent=Extent(history=config.invoices.history, details=config.invoices.details),
        declared=account.declared,
        clock=times.clock,
    )
    jobs = (
        Job(f"{account.name}/invoices", poll.invoices, poller.poll_invoices),
        Job(f"{account.name}/usage", poll.usage, poller.poll_usage),
    )
    return Running(client, allowance, kept, poller, jobs)


def _instruments(*, config_read_at: float) -> OwnMetrics:
    return OwnMetrics(
        Build(__version__, os.environ.get("NORTHFLANK_BILLING_EXPORTER_REVISION", ""), platform.python_version()),
        endpoints=tuple(Endpoint),
        outcomes=(SUCCESS, *OUTCOMES),
        config_read_at=config_read_at,
    )
