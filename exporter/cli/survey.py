"""What `check` finds out about an account, with a few requests."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.app import build_client, build_source
from exporter.background import Background
from exporter.config import Account, Config
from exporter.domain.invoice import Invoice
from exporter.domain.report import Api
from exporter.domain.selection import billing_usage, shown
from exporter.domain.tree import NO_ROWS, Level, rows_at
from exporter.errors import GenerationError
from exporter.northflank.plan import requests_of_tree
from exporter.northflank.rate_limit import RateLimit
from exporter.northflank.wire.generations import WIRES


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found; requests are those of the first poll and of each later one without a new invoice."""

    api: Api
    invoices: int
    shown: int
    unpaid: int
    latest: Invoice | None
    teams: int
    projects: int
    first_poll_requests: int
    later_poll_requests: int
    rate_limit: RateLimit


class _LastRateLimit:
    """Remembers the allowance as the last answer stated it."""

    def __init__(self) -> None:
        self.value = RateLimit(limit=None, remaining=None, reset=None)

    def on_answer(self, endpoint: str, code: str, seconds: float) -> None:
        """Requests are counted by the client."""

    def on_rate_limit(self, rate_limit: RateLimit) -> None:
        """Remember it."""
        self.value = rate_limit


async def survey(account: Account, config: Config, now: float) -> Survey:
    """Ask for the list as a first and as a later poll do, the newest invoice that bills usage, and one answer a team.

    Raises PollError.
    """
    observed = _LastRateLimit()
    async with build_client(account, config, observed) as client:
        detail = Level(config.detail)
        level = min(detail, Level.PROJECT, key=lambda each: each.depth)
        source = build_source(client, Background(), account, level=level)
        invoices = await source.fetch_invoices(frozenset())
        list_requests = client.requests_made
        exported = shown(invoices, history=config.invoices.history, details=config.invoices.details, now=now)
        await source.fetch_invoices(frozenset(invoice.id for invoice in exported))
        later_requests = client.requests_made - list_requests
        latest = billing_usage(invoices, 1, now)
        section = await source.fetch_details(latest, latest)
    api = source.api
    if api is None:
        raise GenerationError(f"{account.base_url}: the list was read, but not which generation it is of")
    trees = billing_usage(invoices, config.invoices.details, now)
    rows = section.trees[0].rows if section.trees else NO_ROWS
    tree_requests = requests_of_tree(rows, WIRES[api.generation], detail) - 1
    return Survey(
        api=api,
        invoices=len(invoices),
        shown=len(exported),
        unpaid=sum(1 for invoice in exported if invoice.is_unpaid),
        latest=latest[0] if latest else None,
        teams=sum(1 for _ in rows_at(rows, Level.TEAM)),
        projects=sum(1 for _ in rows_at(rows, Level.PROJECT)),
        first_poll_requests=list_requests + len(exported) + len(trees) * tree_requests,
        later_poll_requests=later_requests,
        rate_limit=observed.value,
    )
