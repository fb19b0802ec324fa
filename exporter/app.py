"""The composition root: everything is wired here, and nothing is started before it is entered."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Protocol, Self

from exporter import __version__
from exporter.background import Background
from exporter.board import Board
from exporter.config import Account, Config
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
from exporter.poller import SUCCESS, Extent, Poller
from exporter.scheduler import Job, Scheduler

USER_AGENT = f"northflank-billing-exporter/{__version__}"
_AUTO = "auto"
_ALL_OF_THE_ALLOWANCE = 1.0


class Schedule(Protocol):
    """What runs the polls, as `scheduler` does."""

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on."""

    def stop(self) -> None:
        """Run nothing any more."""


class App:
    """The exporter: `async with` starts the polls and stops them."""

    def __init__(
        self, *, exposition: Exposition, schedule: Schedule, clients: tuple[Client, ...], jobs: dict[Job, Poller]
    ) -> None:
        self.exposition = exposition
        self._schedule = schedule
        self._clients = clients
        self._jobs = jobs
        self._running = AsyncExitStack()

    def is_ready(self) -> bool:
        """Whether each account has had data to show, or was refused for good."""
        return all(poller.is_settled for poller in self._jobs.values())

    async def __aenter__(self) -> Self:
        """Open the connections, start polling."""
        for client in self._clients:
            await self._running.enter_async_context(client)
        self._schedule.start(tuple(self._jobs))
        self._running.callback(self._schedule.stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop polling, close the connections."""
        await self._running.aclose()


def build(
    config: Config,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    schedule: Schedule | None = None,
) -> App:
    """The exporter that the configuration describes, not started yet; `clock` gives and `sleep` takes seconds."""
    own = OwnMetrics(
        Build(__version__, os.environ.get("NORTHFLANK_BILLING_EXPORTER_REVISION", ""), platform.python_version()),
        endpoints=tuple(Endpoint),
        outcomes=(SUCCESS, *OUTCOMES),
        config_read_at=clock(),
    )
    exposition = Exposition(own.render)
    background = Background()
    board = Board(exposition, background)
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
            extent=extent,
            clock=clock,
        )
        clients.append(client)
        jobs[Job(account.name, config.poll.invoices, poller.poll)] = poller
    return App(exposition=exposition, schedule=schedule or Scheduler(), clients=tuple(clients), jobs=jobs)


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


def _token_of(account: Account) -> ReadToken:
    if account.token_file:
        return FileToken(account.token_file)
    token = account.token
    if token is None:
        raise ValueError("the configuration gives each account a token file or a token")
    return token.reveal
