"""What to ask about invoices: the list, the detail of each invoice shown, and the trees of the newest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from exporter.domain.calendar import DAY_SECONDS, month_of
from exporter.domain.facts import ONLY, Changes, TreeFact, about_invoice
from exporter.domain.invoice import Invoice, InvoiceDetail, Period
from exporter.domain.question import NO_QUERY, GetInvoicePage, ListInvoices, Urgency
from exporter.domain.report import Dataset, InvoiceTree
from exporter.domain.resource_month import is_of_month
from exporter.domain.selection import billing_usage, newest_first, shown
from exporter.domain.tree import NO_ROWS, Level, Rows
from exporter.ledger.record import is_about, is_final
from exporter.northflank.requests.drill_down import Drilled, Incomplete, requests_of_tree
from exporter.northflank.wire.wire import Wire
from exporter.planning.task import Situation, Step, Task, UnusablePagesError, drill_pages, step_of

_PAGE_SIZE = 100


def list_step(situation: Situation) -> Step:
    """The invoice list, at each poll; about once a day to its end."""
    read = situation.facts.list_read.get(ONLY)
    # Of a clock that was set back since then, nobody knows how long ago that was.
    is_due = read is None or not 0 <= situation.now - read.whole_at < DAY_SECONDS
    until = frozenset() if is_due else frozenset(invoice.id for invoice in invoices_shown(situation))
    pages = math.ceil(len(situation.facts.invoices) / _PAGE_SIZE) if is_due else 1
    question = ListInvoices(until)
    return step_of(
        [Task(Dataset.INVOICES, Urgency.ACCOUNT, "the invoice list", (question,), max(pages, 1), is_routine=True)]
    )


def invoices_shown(situation: Situation) -> tuple[Invoice, ...]:
    """The invoices that are exported, newest first."""
    extent = situation.extent
    return shown(situation.facts.listed, history=extent.history, details=extent.details, now=situation.now)


def invoices_with_tree(situation: Situation) -> tuple[Invoice, ...]:
    """Those of them whose trees are exported, newest first."""
    return billing_usage(invoices_shown(situation), situation.extent.details, situation.now)


def details_step(situation: Situation) -> Step:
    """The details of the invoices shown, and the trees of the newest: shallow levels before deep ones."""
    wire = situation.wire
    if wire is None:
        return Step()
    with_tree = invoices_with_tree(situation)
    outdated = _outdated(situation, {invoice.id for invoice in (*with_tree, *invoices_of_month(situation))})
    if outdated:
        return Step(assembled=outdated)
    try:
        return _step(situation, wire, with_tree)
    except UnusablePagesError as unusable:
        return unusable.step(situation.facts)


def _step(situation: Situation, wire: Wire, with_tree: tuple[Invoice, ...]) -> Step:
    trees = TreeTasks(situation, wire, Dataset.INVOICE_DETAILS)
    tasks = [
        _details(situation, with_tree, Urgency.PROJECTS, "tax, discount and line items of the newest usage invoices"),
        _details(situation, invoices_shown(situation), Urgency.LATER, "tax, discount and line items of each invoice"),
        *(task for invoice in with_tree for task in trees.tasks(invoice)),
    ]
    if trees.assembled:
        return Step(assembled=trees.assembled)
    return step_of(tasks)


def invoices_of_month(situation: Situation) -> tuple[Invoice, ...]:
    """The usage invoices whose trees may show what resources spent in the running month, newest first."""
    hours, wire = situation.hours, situation.wire
    if hours is None or wire is None or wire.usage_detail is None or situation.extent.level is not Level.RESOURCE:
        return ()
    month = Period(month_of(hours.through).start, hours.through)
    return tuple(invoice for invoice in newest_first(situation.facts.listed) if is_of_month(invoice, month))


def _outdated(situation: Situation, wanted: AbstractSet[str]) -> Changes:
    """Trees that are shown no more, and pages of which only the detail was needed."""
    facts = situation.facts
    trees = {each: None for each in facts.trees if each not in wanted}
    pages = {
        key: None
        for key in facts.pages
        if key[0][0] == "invoice" and key[0][1] not in wanted and key[0][1] in facts.details
    }
    return {"trees": trees, "pages": pages} if trees or pages else {}


def _details(situation: Situation, invoices: Iterable[Invoice], urgency: Urgency, reason: str) -> Task | None:
    details = situation.facts.details
    missing = [each for each in invoices if each.id not in details]
    open_ones = [each for each in invoices if each.id in details and not details[each.id].is_final]
    wanted = [*missing, *open_ones]
    if not wanted:
        return None
    questions = tuple(GetInvoicePage(invoice) for invoice in wanted)
    return Task(Dataset.INVOICE_DETAILS, urgency, reason, questions, len(missing), is_routine=not missing)


class TreeTasks:
    """The tasks of invoices' trees, and what the pages that were answered add up to."""

    def __init__(self, situation: Situation, wire: Wire, dataset: Dataset, *, urgency: Urgency | None = None) -> None:
        self._situation = situation
        self._wire = wire
        self._dataset = dataset
        self._urgency = urgency
        self._trees: dict[str, TreeFact] = {}
        self._done: dict[tuple[tuple[str, str], object], None] = {}

    @property
    def assembled(self) -> Changes:
        """The trees that are new, or deeper than before, and the pages that are no longer needed."""
        return {"trees": self._trees, "pages": self._done} if self._trees else {}

    def tasks(self, invoice: Invoice) -> Iterator[Task]:
        """What is missing of an invoice's tree: none where it is whole.

        Of a whole tree a team or project may be missing that the API does not know: it is asked for at each poll.
        """
        extent, known = self._situation.extent, self._situation.facts.trees.get(invoice.id)
        is_deep = known is not None and known.level.depth >= extent.level.depth
        if known and (known.tree is None or (is_deep and known.is_whole)):
            return
        top = self._situation.facts.pages.get((about_invoice(invoice.id), NO_QUERY))
        if top and isinstance(top.detail, InvoiceDetail) and not is_about(invoice, top.detail):
            self._take(invoice, None)
            return
        for level, urgency in ((extent.project_level, Urgency.PROJECTS), (extent.level, Urgency.RESOURCES)):
            if known and known.level.depth >= level.depth and not (is_deep and level is extent.level):
                continue
            drilled = drill_pages(self._situation.facts, about_invoice(invoice.id), self._wire, level)
            if isinstance(drilled, Incomplete):
                questions = tuple(GetInvoicePage(invoice, query) for query in drilled.queries)
                rows = drilled.rows or self._usual_rows(invoice)
                requests = max(requests_of_tree(rows, self._wire, extent.level) - self._answered(invoice), 1)
                reason = f"the tree of invoice {invoice.id} down to {level.value.replace('_', ' ')}s"
                yield Task(
                    self._dataset,
                    urgency if self._urgency is None else self._urgency,
                    reason,
                    questions,
                    max(requests, len(questions)),
                    is_routine=is_deep,
                    is_needed=self._urgency is None,
                )
                return
            self._take(invoice, drilled, level)

    def _usual_rows(self, invoice: Invoice) -> Rows:
        """The invoice's rows as far as they were known before, else those of another one: sizes are alike."""
        trees = self._situation.facts.trees
        known = (trees.get(invoice.id), *trees.values())
        return next((fact.tree.rows for fact in known if fact and fact.tree), NO_ROWS)

    def _answered(self, invoice: Invoice) -> int:
        subject = about_invoice(invoice.id)
        return sum(1 for each, _ in self._situation.facts.pages if each == subject)

    def _take(self, invoice: Invoice, drilled: Drilled | None, level: Level | None = None) -> None:
        extent = self._situation.extent
        tree, is_last, is_whole = None, True, True
        if drilled and isinstance(drilled.top, InvoiceDetail):
            is_last, is_whole = is_final(invoice, drilled.top), not drilled.vanished
            tree = InvoiceTree(
                invoice=invoice,
                rows=drilled.rows,
                clusters=drilled.top.clusters if extent.level is not Level.ACCOUNT else (),
                unattributed=drilled.unattributed,
                vanished=drilled.vanished,
            )
        reached = level or extent.level
        fact = TreeFact(invoice, reached, tree, is_last, is_whole)
        if fact != self._situation.facts.trees.get(invoice.id):
            self._trees[invoice.id] = fact
        if reached is extent.level and is_whole:
            subject = about_invoice(invoice.id)
            self._done |= {key: None for key in self._situation.facts.pages if key[0] == subject}
