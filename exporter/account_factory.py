"""What polls one account, made as its configuration says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from exporter import __version__
from exporter.background import Background
from exporter.config import Account, Config
from exporter.domain.extent import Extent
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.ledger.tables import Owner
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.http.client import Client, Limits, Observer
from exporter.northflank.http.token import FileToken, ReadToken
from exporter.northflank.requests.source import Source
from exporter.planning.costs import Polls

USER_AGENT = f"northflank-billing-exporter/{__version__}"
_AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Times:
    """What the exporter knows of time: Unix seconds, seconds that only go on, and how to let some pass."""

    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def extent_of(account: Account, config: Config) -> Extent:
    """How much of the account is exported."""
    return Extent(
        history=config.invoices.history,
        details=config.invoices.details,
        level=Level(config.detail),
        late_after_seconds=config.poll.late_after,
        retention_seconds=config.retention,
        declared=account.declared,
    )


def polls_of(account: Account, config: Config) -> Polls:
    """How often the account is polled, and for how much."""
    return Polls(
        invoices_seconds=config.poll.invoices, usage_seconds=config.poll.usage, budgets=len(account.declared.budgets)
    )


def owner_of(account: Account) -> Owner:
    """Whose facts the account's ledger holds."""
    return Owner(account.name, account.base_url, account.team_id)


def build_client(
    account: Account,
    config: Config,
    observer: Observer,
    *,
    allowance: Allowance | None = None,
    times: Times | None = None,
) -> Client:
    """The client that asks with an account's token; without an allowance, as often as the server lets it."""
    times = times or Times()
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
        allowance=allowance,
        clock=times.clock,
        sleep=times.sleep,
    )


def build_source(client: Client, background: Background, account: Account) -> Source:
    """What answers questions about an account, in the generation and unit that its configuration sets."""
    return Source(
        client,
        background,
        generation=None if account.api == _AUTO else Generation(account.api),
        unit=None if account.amounts == _AUTO else Unit(account.amounts),
    )


def _token_of(account: Account) -> ReadToken:
    if account.token_file:
        return FileToken(account.token_file)
    token = account.token
    if token is None:
        raise ValueError("the configuration gives each account a token file or a token")
    return token.reveal
