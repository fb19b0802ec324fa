"""A poller under test: a source that answers questions about a small account, and what is exposed after a poll."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from exporter.background import Background
from exporter.domain.budget import Declared
from exporter.domain.calendar import HOUR_SECONDS, month_of
from exporter.domain.credit import CreditBalance
from exporter.domain.extent import Extent
from exporter.domain.invoice import Category, HourDetail, Invoice, InvoiceDetail, Period
from exporter.domain.money import Unit
from exporter.domain.question import (
    EVERYTHING,
    Content,
    DetailPage,
    GetCredits,
    GetHourPage,
    GetInvoicePage,
    GetPreview,
    GetTotal,
    InvoiceList,
    ListHours,
    ListInvoices,
    ListMonths,
    Previewed,
    Query,
    Question,
    Urgency,
    UsageList,
)
from exporter.domain.report import Api, Dataset, Generation
from exporter.domain.tree import Path as TreePath
from exporter.domain.tree import Row, Rows
from exporter.domain.usage import Usage, UsageRow
from exporter.errors import OUTCOMES
from exporter.ledger.disk import Disk
from exporter.ledger.ledger import Ledger
from exporter.ledger.tables import Owner
from exporter.metrics.own import Build, OwnMetrics
from exporter.metrics.snapshot import Exposition
from exporter.northflank.http.count import Count, Counter
from exporter.northflank.requests.source import Answered, Source
from exporter.poller import SUCCESS, Poller
from exporter.publisher import Publisher
from tests.builders import price, row

NOW = 1_785_000_000.0  # 2026-07-25T17:20:00Z
JULY = Period(1_782_864_000.0, 1_784_998_800.0)  # until 2026-07-25T17:00:00Z
NEWEST = JULY.end - HOUR_SECONDS
A_MINOR = Api(Generation.A, Unit.MINOR)
B_MINOR = Api(Generation.B, Unit.MINOR)
C_MAJOR = Api(Generation.C, Unit.MAJOR)
GATEWAY = ("web", "api", "service", "gateway")
_OF_QUESTION: Mapping[type[object], Dataset] = {
    ListInvoices: Dataset.INVOICES,
    GetInvoicePage: Dataset.INVOICE_DETAILS,
    ListHours: Dataset.USAGE,
    ListMonths: Dataset.USAGE,
    GetPreview: Dataset.USAGE,
    GetHourPage: Dataset.USAGE_DETAILS,
    GetCredits: Dataset.CREDITS,
}


def balance(available: str) -> CreditBalance:
    """Credits of so many dollars."""
    return CreditBalance("USD", Decimal(available), None, None, None, None, None)


def july(account: str, web: str) -> tuple[dict[float, str], dict[float, str]]:
    """What the account and its team spent in July: 1 dollar each in the newest hour, the rest in the hour before."""
    before = NEWEST - HOUR_SECONDS
    return (
        {before: str(Decimal(account) - 1), NEWEST: "1"},
        {before: str(Decimal(web) - 1), NEWEST: "1"},
    )


@dataclass
class Billing(Source):
    """A source of an account with one team `web`, its project `api` and one service: it answers from what it holds.

    `hours` are what the account spent by the beginning of the hour, `web` is what the team did of it. `faults` are what
    questions end with by dataset, and `faults_of` those by urgency; `unknown_api` is what finding out the generation
    ends with. Questions of a dataset in `waits` are answered once its event is set. `asked` keeps the questions.
    """

    invoices: tuple[Invoice, ...] = ()
    detail: InvoiceDetail = field(default_factory=InvoiceDetail)
    hours: Mapping[float, str] = field(default_factory=lambda: july("4", "3")[0])
    web: Mapping[float, str] = field(default_factory=lambda: july("4", "3")[1])
    balance: CreditBalance = field(default_factory=lambda: balance("50"))
    api: Api = C_MAJOR
    unknown_api: Exception | None = None
    customer: str | None = None
    faults: dict[Dataset, Exception] = field(default_factory=dict)
    faults_of: dict[Urgency, Exception] = field(default_factory=dict)
    waits: dict[Dataset, asyncio.Event] = field(default_factory=dict)
    asked: list[tuple[Dataset, Question]] = field(default_factory=list)
    counter: Counter = field(default_factory=Counter)
    _reached: dict[Dataset, asyncio.Event] = field(default_factory=lambda: {each: asyncio.Event() for each in Dataset})

    def is_comparable(self, api: Api) -> bool:
        """Nothing is set by hand."""
        return api.generation in Generation

    def counting(self) -> AbstractContextManager[Count]:
        """The count of the questions that are asked inside."""
        return self.counter.counting()

    async def find_api(self) -> Api:
        """The one that it has, for nothing, unless it cannot be found out."""
        if self.unknown_api:
            raise self.unknown_api
        return self.api

    async def ask(self, question: Question, api: Api, urgency: Urgency) -> Answered:
        """The answer, in the generation that it has by then; a list alone shows another one than it was asked in."""
        dataset = dataset_of(question, urgency)
        self.asked.append((dataset, question))
        self._reached[dataset].set()
        self.counter.add()
        if dataset in self.waits:
            await self.waits[dataset].wait()
        fault = self.faults.get(dataset) or self.faults_of.get(urgency)
        if fault:
            raise fault
        names_customer = isinstance(question, ListInvoices | ListHours | ListMonths | GetTotal)
        found = self.api if isinstance(question, ListInvoices) else api
        return Answered(question, self._content(question), found, self.customer if names_customer else None)

    async def reached(self, dataset: Dataset) -> None:
        """Return once something of a dataset was asked."""
        await self._reached[dataset].wait()

    def forget(self) -> None:
        """Keep the questions from here on."""
        self.asked.clear()
        for each in self._reached.values():
            each.clear()

    @property
    def polled(self) -> list[Dataset]:
        """The datasets of which anything was asked, in the order of their first questions."""
        return list(dict.fromkeys(dataset for dataset, _ in self.asked))

    def questions(self, kind: type[Question]) -> list[Question]:
        """The questions of one type."""
        return [question for _, question in self.asked if isinstance(question, kind)]

    @property
    def untils(self) -> list[set[str]]:
        """How far each list was asked for: the ids that had to be completed."""
        return [set(each.until) for _, each in self.asked if isinstance(each, ListInvoices)]

    def _content(self, question: Question) -> Content:
        match question:
            case ListInvoices():
                # A list that lacks one of the ids that were to be completed is read to its end.
                is_part = question.until and question.until <= {each.id for each in self.invoices}
                return InvoiceList(self.invoices, is_whole=not is_part)
            case GetInvoicePage():
                return DetailPage(invoice=self.detail)
            case GetHourPage():
                rows = self._tree(question.start, question.query)
                return DetailPage(hour=HourDetail(question.start, "USD", rows=rows, places=2))
            case GetPreview():
                categories = {Category.PAAS: price("5")}
                return Previewed(InvoiceDetail(currency="USD", period=JULY, categories=categories))
            case GetCredits():
                return self.balance
        return self._usage(question)

    def _usage(self, question: ListHours | ListMonths | GetTotal) -> UsageList:
        if isinstance(question, ListHours):
            hours = self._within(self.hours, Period(question.start, question.end or float("inf")))
            return UsageList(tuple(_row(at, amount) for at, amount in hours.items()))
        if isinstance(question, ListMonths):
            return UsageList(tuple(_months(self._within(self.hours, question.period))))
        amounts = self._within(self.hours if question.scope == EVERYTHING else self.web, question.period)
        is_known = question.scope.team_id in {None, "web"}
        total = str(sum(map(Decimal, amounts.values())))
        return UsageList((_row(min(amounts), total),) if amounts and is_known else ())

    @staticmethod
    def _within(hours: Mapping[float, str], period: Period) -> Mapping[float, str]:
        return {at: amount for at, amount in hours.items() if period.start <= at < period.end}

    def _tree(self, start: float, query: Query) -> Rows:
        """The hour's rows: those of its only team and project at once, and with a filter those below them too."""
        own = self.web.get(start, "0")
        rows: dict[TreePath, Row] = {
            (): row(self.hours[start]),
            ("web",): row(own, "Web"),
            GATEWAY[:2]: row(own, "Api"),
        }
        return {**rows, GATEWAY[:3]: row(own), GATEWAY: row(own, "Gateway")} if query else rows


def dataset_of(question: Question, urgency: Urgency) -> Dataset:
    """What a question is asked for."""
    if isinstance(question, GetTotal):
        of_scope = Dataset.BUDGETS if urgency is Urgency.ACCOUNT else Dataset.USAGE_DETAILS
        return Dataset.USAGE if question.scope == EVERYTHING else of_scope
    return _OF_QUESTION[type(question)]


def _row(at: float, amount: str) -> UsageRow:
    return UsageRow(at, Usage("USD", {Category.PAAS: price(amount)}))


def _months(hours: Mapping[float, str]) -> Iterable[UsageRow]:
    months: dict[float, Decimal] = {}
    for at, amount in hours.items():
        start = month_of(at).start
        months[start] = months.get(start, Decimal(0)) + Decimal(amount)
    return (_row(start, str(amount)) for start, amount in months.items())


class Polled:
    """Pollers of some accounts with one publisher, and a clock that is set; without a disk nothing is kept."""

    def __init__(self, disk: Disk | None = None) -> None:
        self.now = NOW
        self.monotonic = 0.0
        self.own = OwnMetrics(
            Build("0", "", "3"), endpoints=("list_invoices",), outcomes=(SUCCESS, *OUTCOMES), config_read_at=NOW
        )
        self.exposition = Exposition(self.own.render)
        self.publisher = Publisher(self.exposition, Background())
        self.ledgers: dict[str, Ledger] = {}
        self._disk = disk

    def poller(
        self,
        billing: Billing,
        account: str = "acme",
        *,
        extent: Extent | None = None,
        declared: Declared | None = None,
    ) -> Poller:
        """A poller of an account, of which the resources are exported too where no extent is given."""
        self.own.add_account(account, dict.fromkeys(Dataset, 1800.0), 1.0)
        self.ledgers[account] = ledger = Ledger(
            Owner(account, "https://api.example", None), self._disk, clock=lambda: self.now
        )
        return Poller(
            account,
            billing,
            ledger,
            self.publisher,
            self.own,
            background=Background(),
            extent=extent or Extent(declared=declared or Declared()),
            clock=lambda: self.now,
            monotonic=lambda: self.monotonic,
        )

    def let_pass(self, seconds: float) -> None:
        """Go on by so much, on every clock."""
        self.now += seconds
        self.monotonic += seconds

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

    def pending(self, dataset: str) -> float | None:
        """How many requests the plan still wants for a dataset."""
        return self.health("northflank_exporter_pending_requests", dataset)


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Polled]:
    """Pollers that keep what they know in a folder, which is free again afterwards."""
    disk = Disk(folder, Background())
    yield Polled(disk)
    await disk.close()
