"""The parts of one account, as its configuration wants them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exporter import __version__
from exporter.background import Background
from exporter.config import Account, Config
from exporter.domain.calendar import DAY_SECONDS, PeriodKind
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.northflank.allowance.allowance import Allowance
from exporter.northflank.client import Client, Limits, Observer
from exporter.northflank.plan import Polls
from exporter.northflank.readers import Depth
from exporter.northflank.source import Source
from exporter.northflank.token import FileToken, ReadToken
from exporter.store.kept import Terms

USER_AGENT = f"northflank-billing-exporter/{__version__}"
_AUTO = "auto"
# With the hours that may be corrected after it has ended.
_LONGEST_DAYS: Mapping[PeriodKind, int] = MappingProxyType(
    {PeriodKind.DAY: 5, PeriodKind.WEEK: 11, PeriodKind.MONTH: 35, PeriodKind.QUARTER: 96, PeriodKind.YEAR: 370}
)


@dataclass(frozen=True, slots=True)
class Times:
    """What the exporter knows of time: Unix seconds, seconds that only go on, and how to let some pass."""

    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def depth_of(account: Account, config: Config) -> Depth:
    """How deep trees go, and how long hours are kept: at least for the longest budget, which is added up from them."""
    longest = max((_LONGEST_DAYS[budget.period] for budget in account.declared.budgets), default=0)
    return Depth(Level(config.detail), retention_seconds=max(config.retention, longest * DAY_SECONDS))


def plan_of(account: Account, config: Config) -> Polls:
    """How often the account is polled, and for how much."""
    return Polls(
        invoices_seconds=config.poll.invoices, usage_seconds=config.poll.usage, budgets=len(account.declared.budgets)
    )


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


def build_source(client: Client, background: Background, account: Account, *, depth: Depth) -> Source:
    """The billing of an account, as its configuration wants it read, trees down to the level."""
    return Source(
        client,
        background,
        generation=None if account.api == _AUTO else Generation(account.api),
        unit=None if account.amounts == _AUTO else Unit(account.amounts),
        depth=depth,
    )


def _token_of(account: Account) -> ReadToken:
    if account.token_file:
        return FileToken(account.token_file)
    token = account.token
    if token is None:
        raise ValueError("the configuration gives each account a token file or a token")
    return token.reveal
