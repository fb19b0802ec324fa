"""What `check` finds out about an account, with a few requests, and the plan that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from exporter.account_factory import build_client, build_source, extent_of, owner_of, polls_of
from exporter.asking import Asking
from exporter.background import Background
from exporter.config import Account, Config
from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Facts
from exporter.domain.invoice import Invoice
from exporter.domain.question import Question, Urgency
from exporter.domain.report import Api, Dataset, UsageSection
from exporter.domain.selection import billing_usage, shown
from exporter.domain.tree import Level, Path, Rows
from exporter.errors import GenerationError
from exporter.ledger.ledger import Ledger
from exporter.ledger.packing import unpack_rows
from exporter.northflank.http.rate_limit import RateLimit
from exporter.northflank.wire.generations import WIRES
from exporter.planning.costs import requests_of_account, requests_of_details
from exporter.planning.plan import plan
from exporter.planning.task import Situation, Task
from exporter.views.budgets import budgets_view
from exporter.views.usage import usage_view


@dataclass(frozen=True, slots=True)
class Requests:
    """How many requests are made: by `check` itself, by the rest of the plan, and in each hour after it.

    `backfill` are those of the plan that complete the running month, late and within the share.
    """

    made: int
    plan: tuple[Task, ...]
    an_hour: int

    @property
    def first_start(self) -> int:
        """Those until everything is shown for the first time."""
        tasks = (task for task in self.plan if task.urgency < Urgency.BACKFILL and not task.is_routine)
        return self.made + sum(task.requests for task in tasks)

    @property
    def backfill(self) -> int:
        """Those that come after it."""
        return sum(task.requests for task in self.plan if task.urgency is Urgency.BACKFILL)


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found. `notes` are what cannot be shown of what is configured, and why.

    `has_hours` is whether the generation states what was used when, `has_credits` whether it states what is left.
    """

    api: Api
    invoices: int
    shown: int
    unpaid: int
    latest: Invoice | None
    usage: UsageSection
    has_hours: bool
    has_credits: bool
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

    def on_accepted(self) -> None:
        """An error says so where it was not."""

    def on_rate_limit(self, rate_limit: RateLimit) -> None:
        """Remember it."""
        self.value = rate_limit


async def survey(account: Account, config: Config, now: float) -> Survey:
    """Ask as a first start does, but for the deepest levels and for past hours; raises PollError."""
    observed, extent = _LastRateLimit(), extent_of(account, config)
    async with build_client(account, config, observed) as client:
        ledger = Ledger(owner_of(account), None)
        source = build_source(client, Background(), account)
        shallow = replace(extent, level=extent.project_level, details=min(extent.details, 1) or 1)
        asking = Asking(source, ledger, Background(), extent=shallow, concurrency=config.api.concurrency)
        await _ask(asking, ledger, now)
        made = client.requests_made
    facts = ledger.facts
    api = facts.api.get(ONLY)
    if api is None:
        raise GenerationError(f"{account.base_url}: the list was read, but not which generation it is of")
    wire, rows = WIRES[api.generation], _projects(facts)
    exported = shown(facts.listed, history=extent.history, details=extent.details, now=now)
    latest = billing_usage(facts.listed, 1, now)
    usage = usage_view(facts, extent, now) or UsageSection()
    an_hour = requests_of_account(polls_of(account, config)) + requests_of_details(rows, wire, extent.level)
    return Survey(
        api=api,
        invoices=len(facts.listed),
        shown=len(exported),
        unpaid=sum(1 for invoice in exported if invoice.is_unpaid),
        latest=latest[0] if latest else None,
        usage=usage,
        has_hours=wire.usage_query is not None,
        has_credits=wire.read_credit_balance is not None,
        teams=sum(1 for path in rows if len(path) == Level.TEAM.depth),
        projects=sum(1 for path in rows if len(path) == Level.PROJECT.depth),
        requests=Requests(made, plan(Situation(facts, extent, now)), an_hour),
        rate_limit=observed.value,
        notes=(*_of_budgets(facts, extent, usage), *_labels_of_nothing(account, rows)),
    )


async def _ask(asking: Asking, ledger: Ledger, now: float) -> None:
    """The list, what is newest of invoices, the account's own figures, and its teams and projects."""
    asked: set[Question] = set()
    for dataset in (Dataset.INVOICES, Dataset.INVOICE_DETAILS, Dataset.USAGE, Dataset.CREDITS, Dataset.BUDGETS):
        found = await asking.ask_for(dataset, now, asked, lambda task: task.urgency <= Urgency.PROJECTS)
        if found.error:
            raise found.error
    found = await asking.ask_for(
        Dataset.USAGE_DETAILS,
        now,
        asked,
        lambda task: task.urgency is Urgency.PROJECTS and not ledger.facts.hour_projects,
    )
    if found.error:
        raise found.error


def _projects(facts: Facts) -> Rows:
    """The teams and projects of the newest hour, else of the newest invoice."""
    for hour in facts.hour_projects.values():
        return unpack_rows(hour.packed)
    trees = (fact.tree.rows for fact in facts.trees.values() if fact.tree)
    return next(trees, {})


def _of_budgets(facts: Facts, extent: Extent, usage: UsageSection) -> tuple[str, ...]:
    through = usage.month_to_date.period.end if usage.month_to_date else None
    budgeted = budgets_view(facts, extent, through)
    return budgeted.notes if budgeted and extent.declared.budgets else ()


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
