"""What `check` finds out about an account, with a few requests."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from exporter.background import Background
from exporter.config import Account, Config
from exporter.datasets import bill_of
from exporter.domain.calendar import HOUR_SECONDS, hour_before, month_of
from exporter.domain.invoice import Invoice
from exporter.domain.report import AccountReport, Api, Dataset, InvoicesSection, UsageSection
from exporter.domain.selection import billing_usage, shown
from exporter.domain.tree import NO_ROWS, Level, Path, Rows, rows_at
from exporter.errors import GenerationError
from exporter.northflank.plan import (
    requests_of_account,
    requests_of_details,
    requests_of_scopes,
    requests_of_tree,
)
from exporter.northflank.rate_limit import RateLimit
from exporter.northflank.readers import Depth
from exporter.northflank.source import Source
from exporter.northflank.usage.spends import DAY_HOURS, RECENT_HOURS
from exporter.northflank.wire.generations import WIRES
from exporter.parts import build_client, build_source, plan_of


@dataclass(frozen=True, slots=True)
class Requests:
    """How many requests are made: at the first start, and in each hour after it without a new invoice."""

    first_start: int
    an_hour: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found. `notes` are what cannot be shown of what is configured, and why.

    `tells_hours` is whether the generation tells what was used when, `tells_credits` whether it tells what is left.
    """

    api: Api
    invoices: int
    shown: int
    unpaid: int
    latest: Invoice | None
    usage: UsageSection
    tells_hours: bool
    tells_credits: bool
    teams: int
    projects: int
    requests: Requests
    rate_limit: RateLimit
    notes: tuple[str, ...]


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
    """Ask as a first start does, but for the deepest levels; raises PollError."""
    observed = _LastRateLimit()
    async with build_client(account, config, observed) as client:
        level = min(Level(config.detail), Level.PROJECT, key=lambda each: each.depth)
        source = build_source(client, Background(), account, depth=Depth(level, config.retention))
        invoices = await source.fetch_invoices(frozenset())
        list_requests = client.requests_made
        exported = shown(invoices, history=config.invoices.history, details=config.invoices.details, now=now)
        latest = billing_usage(invoices, 1, now)
        section = await source.fetch_details(latest, latest)
        rows = section.trees[0].rows if section.trees else NO_ROWS
        usage = await source.fetch_usage(bill_of(_report(account, exported, latest)), now)
        rows = rows or await source.fetch_projects(usage)
        tells_credits = source.tells(Dataset.CREDITS)
        if tells_credits:
            await source.fetch_credits()
        notes = await _notes(source, account, usage, rows)
    api = source.api
    if api is None:
        raise GenerationError(f"{account.base_url}: the list was read, but not which generation it is of")
    trees = billing_usage(invoices, config.invoices.details, now)
    an_hour = requests_of_account(plan_of(account, config)) + requests_of_details(
        rows, WIRES[api.generation], Level(config.detail)
    )
    of_invoices = list_requests + len(exported) + len(trees) * (_tree(rows, config, api) - 1)
    return Survey(
        api=api,
        invoices=len(invoices),
        shown=len(exported),
        unpaid=sum(1 for invoice in exported if invoice.is_unpaid),
        latest=latest[0] if latest else None,
        usage=usage,
        tells_hours=WIRES[api.generation].usage_query is not None,
        tells_credits=tells_credits,
        teams=sum(1 for _ in rows_at(rows, Level.TEAM)),
        projects=sum(1 for _ in rows_at(rows, Level.PROJECT)),
        requests=Requests(first_start=of_invoices + an_hour + _past(rows, config, api, now), an_hour=an_hour),
        rate_limit=observed.value,
        notes=notes,
    )


async def _notes(source: Source, account: Account, usage: UsageSection, rows: Rows) -> tuple[str, ...]:
    budgets, known = account.declared.budgets, _known(rows)
    of_budgets = (await source.fetch_budgets(budgets, usage, known)).notes if budgets else ()
    if not account.declared.project_labels.keys() <= known:
        # A project may be newer than the newest invoice.
        known |= _known(await source.fetch_projects(usage))
    return (*of_budgets, *_labels_of_nothing(account, known))


def _known(rows: Rows) -> frozenset[Path]:
    """The teams and projects among the rows."""
    return frozenset(path for path in rows if 0 < len(path) <= Level.PROJECT.depth)


def _labels_of_nothing(account: Account, known: Collection[Path]) -> Iterator[str]:
    """The labels that no project has; none where it is not known which projects there are."""
    if not any(len(path) == Level.PROJECT.depth for path in known):
        return
    for team_id, project_id in account.declared.project_labels:
        if (team_id, project_id) not in known:
            yield (
                f"labels of project {project_id} of team {team_id}: the account has no usage of such a project; "
                "correct the ids, or leave it: they are shown once there is some"
            )


def _tree(rows: Rows, config: Config, api: Api) -> int:
    return requests_of_tree(rows, WIRES[api.generation], Level(config.detail))


def _past(rows: Rows, config: Config, api: Api, now: float) -> int:
    """What a first start asks of the time before it: two months by project, or the hours that tell them."""
    wire, level = WIRES[api.generation], Level(config.detail)
    if wire.usage_detail is None or level is Level.ACCOUNT:
        return 0
    of_month = (hour_before(now) - month_of(now).start) / HOUR_SECONDS
    is_added_up = not wire.filters_usage and of_month <= RECENT_HOURS
    of_day = DAY_HOURS if level.depth >= Level.PROJECT.depth else 1
    hours = max(of_day, int(of_month)) if is_added_up else of_day
    an_hour = requests_of_tree(rows, wire, min(level, Level.PROJECT, key=lambda each: each.depth))
    return 2 * requests_of_scopes(rows, wire, level) + (hours - 1) * an_hour


def _report(account: Account, exported: tuple[Invoice, ...], latest: tuple[Invoice, ...]) -> AccountReport:
    latest_id = latest[0].id if latest else None
    section = InvoicesSection(exported, latest_id, unpaid_since={}, known_statuses=())
    return AccountReport(account.name, invoices=section)
