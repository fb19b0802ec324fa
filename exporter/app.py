"""The composition root: everything is wired here, and nothing is started before it is entered."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from exporter import __version__
from exporter.background import Background
from exporter.board import Board
from exporter.config import Account, Config
from exporter.datasets import Extent
from exporter.domain.money import Unit
from exporter.domain.report import Dataset, Generation
from exporter.domain.tree import Level
from exporter.errors import OUTCOMES
from exporter.metrics.own import Build, OwnMetrics
from exporter.metrics.snapshot import Exposition
from exporter.northflank.client import Client, Limits, Observer
from exporter.northflank.source import Source
from exporter.northflank.token import FileToken, ReadToken
from exporter.northflank.wire.wire import Endpoint
from exporter.poller import SUCCESS, Poller
from exporter.scheduler import Job, Scheduler
from exporter.store.kept import Terms
from exporter.store.store import NoStore, Store

USER_AGENT = f"northflank-billing-exporter/{__version__}"
_AUTO = "auto"
_ALL_OF_THE_ALLOWANCE = 1.0


class Schedule(Protocol):
    """What runs the polls, as `scheduler` does."""

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on."""

    async def stop(self) -> None:
        """Run nothing any more; return once nothing runs."""


class App:
    """The exporter: `async with` starts the polls and stops them."""

    def __init__(
        self,
        *,
        exposition: Exposition,
        schedule: Schedule,
        clients: tuple[Client, ...],
        store: Store | None,
        jobs: dict[Job, Poller],
    ) -> None:
        self.exposition = exposition
        self._schedule = schedule
        self._clients = clients
        self._store = store
        self._jobs = jobs
        self._running = AsyncExitStack()

    def is_ready(self) -> bool:
        """Whether each account has had data to show, or was refused for good."""
        return all(poller.is_settled for poller in self._jobs.values())

    async def __aenter__(self) -> Self:
        """Open the connections, show what was shown before a restart, start polling."""
        async with AsyncExitStack() as running:
            for client in self._clients:
                await running.enter_async_context(client)
            if self._store:
                running.push_async_callback(self._store.close)
            for poller in self._jobs.values():
                await poller.restore()
            self._schedule.start(tuple(self._jobs))
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
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    schedule: Schedule | None = None,
) -> App:
    """The exporter that the configuration describes, not started yet; `clock` gives and `sleep` takes seconds."""
    own = _instruments(config_read_at=clock())
    exposition = Exposition(own.render)
    background = Background()
    board = Board(exposition, background)
    store = Store(config.state, Background()) if isinstance(config.state, Path) else None
    extent = Extent(history=config.invoices.history, details=config.invoices.details)
    clients: list[Client] = []
    jobs: dict[Job, Poller] = {}
    for account in config.accounts:
        own.add_account(account.name, dict.fromkeys(Dataset, config.poll.invoices), _ALL_OF_THE_ALLOWANCE)
        client = build_client(account, config, own.observer(account.name), clock=clock, sleep=sleep)
        poller = Poller(
            account.name,
            build_source(client, background, account, level=Level(config.detail)),
            board,
            own,
            store.of(account.name, terms_of(account, config)) if store else NoStore(),
            extent=extent,
            clock=clock,
        )
        clients.append(client)
        jobs[Job(account.name, config.poll.invoices, poller.poll)] = poller
    return App(exposition=exposition, schedule=schedule or Scheduler(), clients=tuple(clients), store=store, jobs=jobs)


def terms_of(account: Account, config: Config) -> Terms:
    """All of the configuration that an account's figures depend on."""
    return Terms(
        base_url=account.base_url,
        team_id=account.team_id,
        api=account.api,
        amounts=account.amounts,
        detail=config.detail,
        history=config.invoices.history,
        details=config.invoices.details,
    )


def build_client(
    account: Account,
    config: Config,
    observer: Observer,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Client:
    """The client that asks with an account's token."""
    return Client(
        base_url=account.base_url,
        read_token=_token_of(account),
        user_agent=USER_AGENT,
        observer=observer,
        team_id=account.team_id,
        limits=Limits(
            timeout_seconds=config.api.timeout,
            max_retries=config.api.max_retries,
            concurrency=config.api.concurrency,
        ),
        clock=clock,
        sleep=sleep,
    )


def build_source(client: Client, background: Background, account: Account, *, level: Level) -> Source:
    """The billing of an account, as its configuration wants it read, trees down to the level."""
    return Source(
        client,
        background,
        generation=None if account.api == _AUTO else Generation(account.api),
        unit=None if account.amounts == _AUTO else Unit(account.amounts),
        level=level,
    )


def _instruments(*, config_read_at: float) -> OwnMetrics:
    return OwnMetrics(
        Build(__version__, os.environ.get("NORTHFLANK_BILLING_EXPORTER_REVISION", ""), platform.python_version()),
        endpoints=tuple(Endpoint),
        outcomes=(SUCCESS, *OUTCOMES),
        config_read_at=config_read_at,
    )


def _token_of(account: Account) -> ReadToken:
    if account.token_file:
        return FileToken(account.token_file)
    token = account.token
    if token is None:
        raise ValueError("the configuration gives each account a token file or a token")
    return token.reveal
