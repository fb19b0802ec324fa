"""A poller under test: a source that gives what it is told, and what is exposed after a poll."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal

from exporter.background import Background
from exporter.board import Board
from exporter.datasets import Extent
from exporter.domain.budget import Budget, Declared
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Category, Invoice, InvoiceDetail, Period
from exporter.domain.memory import Memory
from exporter.domain.money import Unit
from exporter.domain.report import (
    Api,
    BudgetsSection,
    Dataset,
    Generation,
    InvoiceDetailsSection,
    UsageDetailsSection,
    UsageSection,
)
from exporter.domain.tree import Path
from exporter.domain.usage import ScopedSpend, Spend, Usage
from exporter.errors import OUTCOMES
from exporter.metrics.own import Build, OwnMetrics
from exporter.metrics.snapshot import Exposition
from exporter.northflank.http.count import Count, Counter
from exporter.northflank.source import Resumed
from exporter.northflank.usage.budget_spends import Budgeted
from exporter.northflank.usage.running import Bill
from exporter.northflank.usage.running_details import Gathered
from exporter.poller import SUCCESS, Poller, Store
from exporter.store.kept import Kept
from exporter.store.store import NoStore
from tests.builders import price, row

NOW = 1_785_000_000.0  # 2026-07-25T17:20:00Z
JULY = Period(1_782_864_000.0, 1_784_998_800.0)  # until 2026-07-25T17:00:00Z


def spent(amount: str) -> UsageSection:
    """An account that spent so much in July, the newest hour the same."""
    spend = Spend(JULY, Usage("USD", {Category.PAAS: price(amount)}))
    return UsageSection(hour=Spend(Period(JULY.end - 3600, JULY.end), spend.usage), month_to_date=spend)


def spent_by_team(amount: str) -> Gathered:
    """A team `web` that spent so much in July."""
    rows = {("web",): row(amount, name="Web"), ("web", "api"): row(amount, name="Api")}
    return Gathered(UsageDetailsSection(month_to_date=ScopedSpend(JULY, "USD", rows)))


def balance(available: str) -> CreditBalance:
    """Credits of so many dollars."""
    return CreditBalance("USD", Decimal(available), None, None, None, None, None)


@dataclass
class Billing:
    """A source: what it tells, or the error that each question ends with; it keeps what it was asked.

    A question of `waits` is answered once its event is set; `untold` are datasets that its generation has nothing of.
    """

    invoices: tuple[Invoice, ...] = ()
    list_fault: Exception | None = None
    details_fault: Exception | None = None
    usage_fault: Exception | None = None
    usage_details_fault: Exception | None = None
    credits_fault: Exception | None = None
    budgets_fault: Exception | None = None
    detail: InvoiceDetail = field(default_factory=InvoiceDetail)
    usage: UsageSection = field(default_factory=lambda: spent("4"))
    gathered: Gathered = field(default_factory=lambda: spent_by_team("3"))
    balance: CreditBalance = field(default_factory=lambda: balance("50"))
    budgeted: Budgeted = field(default_factory=lambda: Budgeted(BudgetsSection({})))
    parts: Memory = field(default_factory=dict)
    untold: AbstractSet[Dataset] = frozenset()
    api: Api | None = field(default_factory=lambda: Api(Generation.C, Unit.MAJOR))
    known_statuses: tuple[str, ...] = ("open", "paid")
    requests_made: int = 0
    counter: Counter = field(default_factory=Counter)
    waits: dict[Dataset, asyncio.Event] = field(default_factory=dict)
    polled: list[Dataset] = field(default_factory=list)
    untils: list[AbstractSet[str]] = field(default_factory=list)
    asked: list[tuple[list[str], list[str]]] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    known: list[AbstractSet[Path]] = field(default_factory=list)
    resumed: Resumed | None = None

    def counting(self) -> AbstractContextManager[Count]:
        """The count of the requests that are made inside."""
        return self.counter.counting()

    def tells(self, dataset: Dataset) -> bool:
        """All but what is untold."""
        return dataset not in self.untold

    async def fetch_invoices(self, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        """The list, in one request."""
        self.untils.append(until)
        await self._answer(Dataset.INVOICES, self.list_fault)
        return self.invoices

    async def fetch_details(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """The details, in two requests; no trees."""
        self.asked.append(([each.id for each in shown], [each.id for each in with_tree]))
        await self._answer(Dataset.INVOICE_DETAILS, self.details_fault, requests=2)
        return InvoiceDetailsSection(details=tuple((invoice, self.detail) for invoice in shown), trees=())

    async def fetch_usage(self, bill: Bill, now: float) -> UsageSection:
        """What the account spends, in one request."""
        assert now > 0
        self.bills.append(bill)
        await self._answer(Dataset.USAGE, self.usage_fault)
        return self.usage

    async def fetch_usage_details(self, usage: UsageSection, known: AbstractSet[Path], now: float) -> Gathered:
        """What its teams and projects spend, in two requests."""
        assert (self.usage, True) == (usage, now > 0)
        self.known.append(known)
        await self._answer(Dataset.USAGE_DETAILS, self.usage_details_fault, requests=2)
        return self.gathered

    async def fetch_credits(self) -> CreditBalance:
        """What is left, in one request."""
        await self._answer(Dataset.CREDITS, self.credits_fault)
        return self.balance

    async def fetch_budgets(
        self, budgets: tuple[Budget, ...], usage: UsageSection, known: AbstractSet[Path]
    ) -> Budgeted:
        """What was spent of the budgets, which the section says that it is of, in one request."""
        assert self.usage == usage
        self.known.append(known)
        await self._answer(Dataset.BUDGETS, self.budgets_fault)
        return Budgeted(BudgetsSection(self.budgeted.section.spends, budgets), self.budgeted.notes)

    def memory(self) -> Memory:
        """What is to be known after a restart."""
        return self.parts

    def resume(self, resumed: Resumed) -> None:
        """Keep what it is told."""
        self.resumed = resumed

    async def _answer(self, dataset: Dataset, fault: Exception | None, requests: int = 1) -> None:
        self.polled.append(dataset)
        self.requests_made += requests
        for _ in range(requests):
            self.counter.add()
        if dataset in self.waits:
            await self.waits[dataset].wait()
        if fault:
            raise fault


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: Kept | None = None

    async def load(self) -> Kept | None:
        """What was saved last."""
        return self.kept

    async def save(self, kept: Kept) -> None:
        """Keep it."""
        self.kept = kept


class Polled:
    """Pollers of some accounts on one board, with a clock that is set."""

    def __init__(self) -> None:
        self.now = NOW
        self.own = OwnMetrics(
            Build("0", "", "3"), endpoints=("list_invoices",), outcomes=(SUCCESS, *OUTCOMES), config_read_at=NOW
        )
        self.exposition = Exposition(self.own.render)
        self.board = Board(self.exposition, Background())

    def poller(
        self,
        billing: Billing,
        account: str = "acme",
        *,
        history: int = 12,
        details: int = 1,
        store: Store | None = None,
        declared: Declared | None = None,
    ) -> Poller:
        """A poller of an account, which keeps nothing over a restart where no store is given."""
        self.own.add_account(account, dict.fromkeys(Dataset, 1800.0), 1.0)
        extent = Extent(history=history, details=details)
        kept = store or NoStore()
        return Poller(
            account, billing, self.board, self.own, kept, extent=extent, declared=declared, clock=lambda: self.now
        )

    def value(self, sample: str) -> float | None:
        """The value of a series by its name and labels as they are written, None where it is absent."""
        start = f"{sample} ".encode()
        found = [line[len(start) :] for line in self.exposition.plain().splitlines() if line.startswith(start)]
        assert len(found) <= 1
        return float(found[0]) if found else None

    def health(self, name: str, dataset: str, account: str = "acme", more: str = "") -> float | None:
        """The value of a family of health by dataset."""
        return self.value(f'{name}{{account="{account}",dataset="{dataset}"{more}}}')

    def polls(self, dataset: str, outcome: str, account: str = "acme") -> float | None:
        """How many polls ended so."""
        return self.health("northflank_exporter_polls_total", dataset, account, f',outcome="{outcome}"')
