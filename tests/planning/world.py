"""An account that answers what a plan asks, without a server: what it spent, hour by hour, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from exporter.domain.budget import Scope
from exporter.domain.calendar import month_of
from exporter.domain.credit import CreditBalance
from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Facts
from exporter.domain.invoice import Category, HourDetail, Invoice, InvoiceDetail, Period
from exporter.domain.money import ZERO, add_up
from exporter.domain.price import Price
from exporter.domain.question import (
    Content,
    DetailPage,
    GetHourPage,
    GetInvoicePage,
    GetTotal,
    InvoiceList,
    ListHours,
    ListInvoices,
    ListMonths,
    Query,
    Question,
    UsageList,
)
from exporter.domain.report import Api, Dataset, Generation
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import Usage, UsageRow
from exporter.northflank.wire.generations import WIRES
from exporter.planning.plan import STEPS
from exporter.planning.task import Situation, Step, Task
from tests.facts import HOUR, Amount, at, recorded, tree

Spent = Mapping[Path, Amount]
"""What the resources of an hour cost."""

DATASETS = (Dataset.INVOICES, Dataset.INVOICE_DETAILS, Dataset.USAGE, Dataset.BUDGETS, Dataset.USAGE_DETAILS)


@dataclass
class World:
    """An account; `forgotten` are the teams and projects that the API does not know any more."""

    hours: dict[float, Spent]
    generation: Generation = Generation.C
    extent: Extent = field(default_factory=Extent)
    invoices: list[Invoice] = field(default_factory=list)
    currencies: dict[float, str] = field(default_factory=dict)
    forgotten: set[Path] = field(default_factory=set)
    facts: Facts = field(default_factory=Facts)
    asked: list[Question] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        """Begin with nothing but the generation."""
        self.facts = Facts(api={ONLY: Api(self.generation, WIRES[self.generation].unit)})

    def poll(
        self,
        now: str | float,
        datasets: Iterable[Dataset] = DATASETS,
        *,
        most: int | None = None,
        is_meant: Callable[[Task], bool] = lambda _: True,
    ) -> None:
        """Ask what the plan wants, most urgent first, until nothing is left, or `most` questions were asked."""
        self.now, self.asked = at(now), []
        for dataset in datasets:
            asked: set[Question] = set()
            while most is None or len(self.asked) < most:
                meant = (task for task in self.step(dataset).tasks if is_meant(task))
                wanted = next((left for task in meant if (left := [q for q in task.questions if q not in asked])), [])
                if not wanted:
                    break
                for question in wanted[: None if most is None else most - len(self.asked)]:
                    asked.add(question)
                    self.ask(question)
            self.step(dataset)

    def settle(self, now: str | float) -> None:
        """Poll until all that can wait is known too: no question is asked twice in one poll."""
        for _ in range(20):
            self.poll(now)
            if all(task.is_routine for task in self.step().tasks):
                return
        raise AssertionError("the plan does not come to an end")

    def asked_below(self) -> list[GetTotal]:
        """The totals of teams and projects that the last poll asked for."""
        return [each for each in self.asked if isinstance(each, GetTotal) and not each.scope.is_account]

    def asked_pages(self) -> list[GetHourPage]:
        """The pages of hours that the last poll asked for."""
        return [each for each in self.asked if isinstance(each, GetHourPage)]

    def step(self, dataset: Dataset = Dataset.USAGE_DETAILS) -> Step:
        """What is to be asked next, once all that is known is recorded."""
        while True:
            step = STEPS[dataset](Situation(self.facts, self.extent, self.now))
            if not step.is_to_be_recorded:
                return step
            self.facts = self.facts.with_changes(step.assembled)
            released = {kind: dict.fromkeys(keys) for kind, keys in step.released.items()}
            self.facts = self.facts.with_changes(released)

    def ask(self, question: Question) -> None:
        """Record the answer to a question."""
        self.asked.append(question)
        self.facts = recorded(self.facts, question, self.answer(question), self.now)

    def totals(self, start: str | float, end: str | float, currency: str = "USD") -> dict[Path, Decimal]:
        """What each team, project, type and resource really spent in a time."""
        rows = self._rows(Period(at(start), at(end)), currency)
        return {path: row.price.total for path, row in rows.items() if row.price}

    def answer(self, question: Question) -> Content:
        """What the API answers."""
        match question:
            case ListInvoices():
                answer: Content = InvoiceList(tuple(self.invoices))
            case ListHours():
                end = self.now if question.end is None else question.end
                starts = sorted(self._starts(Period(question.start, end)), reverse=True)
                answer = UsageList(tuple(UsageRow(start, self._usage([start])) for start in starts))
            case ListMonths():
                answer = self._months(question.period)
            case GetTotal():
                answer = self._total(question)
            case GetHourPage(start, currency, query):
                rows = self._narrowed(self._rows(Period(start, start + HOUR), currency), query)
                answer = DetailPage(hour=HourDetail(start, currency, rows=rows, places=2))
            case GetInvoicePage(invoice, query):
                rows = self._narrowed(self._rows(invoice.period, invoice.currency), query)
                answer = DetailPage(invoice=InvoiceDetail(rows=rows, places=2))
            case _:
                answer = CreditBalance("USD", ZERO, None, None, None, None, None)
        return answer

    def _total(self, question: GetTotal) -> UsageList:
        starts = self._starts(question.period)
        if not starts or not self._is_known(question.scope):
            return UsageList(())
        return UsageList((UsageRow(question.period.start, self._usage(starts, question.scope)),))

    def _starts(self, period: Period) -> list[float]:
        return [start for start in self.hours if period.start <= start < period.end]

    def _usage(self, starts: Iterable[float], scope: Scope | None = None) -> Usage:
        several = list(starts)
        wanted = (scope.team_id, scope.project_id, scope.resource_type) if scope else ()
        amounts = [
            Decimal(str(amount))
            for start in several
            for path, amount in self.hours[start].items()
            if not any(path[: len(each)] == each for each in self.forgotten if scope and not scope.is_account)
            and all(filtered in {None, own} for filtered, own in zip(wanted, path, strict=False))
        ]
        total = add_up(amounts)
        return Usage(self.currencies.get(several[0], "USD"), {Category.PAAS: Price(total, (("cpu", total),))})

    def _is_known(self, scope: Scope) -> bool:
        path = tuple(each for each in (scope.team_id, scope.project_id) if each)
        return not any(path[: len(each)] == each for each in self.forgotten)

    def _months(self, period: Period) -> UsageList:
        by_month: dict[float, list[float]] = {}
        for start in self._starts(period):
            by_month.setdefault(month_of(start).start, []).append(start)
        return UsageList(tuple(UsageRow(month, self._usage(starts)) for month, starts in by_month.items()))

    def _rows(self, period: Period, currency: str) -> Rows:
        sums: dict[Path, Decimal] = {}
        for start in self._starts(period):
            if self.currencies.get(start, "USD") == currency:
                for path, amount in self.hours[start].items():
                    sums[path] = sums.get(path, ZERO) + Decimal(str(amount))
        return tree({path: f"{amount:.2f}" for path, amount in sums.items()})

    def _narrowed(self, rows: Rows, query: Query) -> Rows:
        """What an answer holds: deeper levels with a filter alone, and prices that the filter narrows."""
        filters = dict(query)
        names = ("teamId", "projectId", "resourceType")
        kept = {
            path: row.price.total
            for path, row in rows.items()
            if len(path) == Level.RESOURCE.depth
            and row.price
            and not any(path[: len(each)] == each for each in self.forgotten)
            and all(filters.get(name) in {None, own} for name, own in zip(names, path, strict=False))
        }
        narrowed = tree({path: str(amount) for path, amount in kept.items()})
        teams = {path[0] for path in narrowed if path}
        deepest = Level.TEAM.depth
        if "teamId" in filters or len(teams) == 1:
            deepest = Level.PROJECT.depth
        if "projectId" in filters or "resourceType" in filters:
            deepest = Level.RESOURCE.depth
        return {path: row for path, row in narrowed.items() if len(path) <= deepest}


def hours_like(start: str, end: str, spent: Spent) -> dict[float, Spent]:
    """Hours in which the same was spent, one after the other; the end is exclusive."""
    count = int((at(end) - at(start)) // HOUR)
    return {at(start) + place * HOUR: spent for place in range(count)}
