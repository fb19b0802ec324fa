"""The details and trees of invoices. A finalized invoice does not change but for its status: it is fetched once."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from exporter.background import Background
from exporter.domain.invoice import UNPAID, Invoice, InvoiceDetail, Status
from exporter.domain.money import Unit
from exporter.domain.report import InvoiceDetailsSection, InvoiceTree
from exporter.domain.tree import NO_ROWS, Level
from exporter.northflank.answers import Answers
from exporter.northflank.client import Client
from exporter.northflank.drill_down import Drilled, drill_down
from exporter.northflank.invoice_answers import invoice_answers
from exporter.northflank.parallel import in_parallel
from exporter.northflank.wire.wire import Wire


@dataclass(slots=True)
class _Known:
    """What is known of one invoice as the list had it."""

    invoice: Invoice
    answers: Answers[InvoiceDetail]
    detail: InvoiceDetail | None = None
    tree: InvoiceTree | None = None


class Finalized:
    """The details of one account's invoices, in one generation and unit, trees down to one level."""

    def __init__(self, client: Client, background: Background, wire: Wire, unit: Unit, level: Level) -> None:
        self._client = client
        self._background = background
        self._wire = wire
        self._unit = unit
        self._level = level
        self._known: dict[str, _Known] = {}

    async def fetch(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """The details of the invoices shown, in their order, and the trees; raises PollError."""
        self._known = {invoice.id: self._still_known(invoice) for invoice in shown}
        details = await in_parallel(self._detail(self._known[invoice.id]) for invoice in shown)
        trees = await in_parallel(self._tree(self._known[invoice.id]) for invoice in with_tree)
        self._let_go_of_trees(except_of={invoice.id for invoice in with_tree})
        return InvoiceDetailsSection(
            details=tuple(zip(shown, details, strict=True)),
            trees=tuple(tree for tree in trees if tree),
        )

    def _let_go_of_trees(self, *, except_of: AbstractSet[str]) -> None:
        """Keep only the trees that are shown: those of older invoices would add up to a year of them."""
        for invoice_id, known in self._known.items():
            if invoice_id not in except_of:
                known.tree = None

    def resume(self, section: InvoiceDetailsSection) -> None:
        """Know what a section before a restart had, as far as it is final."""
        trees = {tree.invoice.id: tree for tree in section.trees}
        self._known = {
            invoice.id: self._resumed(invoice, detail, trees.get(invoice.id)) for invoice, detail in section.details
        }

    def _resumed(self, invoice: Invoice, detail: InvoiceDetail, tree: InvoiceTree | None) -> _Known:
        known = self._unknown(invoice)
        if _is_final(invoice, detail):
            known.detail = detail
            known.tree = tree if tree and not tree.vanished else None
        return known

    def _still_known(self, invoice: Invoice) -> _Known:
        known = self._known.get(invoice.id)
        if known and _is_same_bill(known.invoice, invoice) and _stays(known, invoice):
            known.invoice = invoice
            return known
        return self._unknown(invoice)

    def _unknown(self, invoice: Invoice) -> _Known:
        return _Known(invoice, invoice_answers(self._client, self._background, self._wire, self._unit, invoice))

    async def _detail(self, known: _Known) -> InvoiceDetail:
        if known.detail:
            return known.detail
        answer = (await known.answers.page({})).content
        detail = replace(answer, rows=NO_ROWS) if self._is_of(known.invoice, answer) else InvoiceDetail()
        if _is_final(known.invoice, detail):
            known.detail = detail
        return detail

    async def _tree(self, known: _Known) -> InvoiceTree | None:
        if known.tree:
            return replace(known.tree, invoice=known.invoice)
        detail = (await known.answers.page({})).content
        if not self._is_of(known.invoice, detail):
            return None
        drilled = await drill_down(known.answers.page, self._wire, self._level)
        tree = await self._background.run(lambda: self._grown(known.invoice, detail, drilled))
        if _is_final(known.invoice, detail) and not drilled.vanished:
            known.tree = tree
            known.answers.forget()
        return tree

    def _grown(self, invoice: Invoice, detail: InvoiceDetail, drilled: Drilled) -> InvoiceTree:
        return InvoiceTree(
            invoice=invoice,
            rows=drilled.rows,
            clusters=detail.clusters if self._level is not Level.ACCOUNT else (),
            unattributed=drilled.unattributed,
            vanished=drilled.vanished,
        )

    def _is_of(self, invoice: Invoice, detail: InvoiceDetail) -> bool:
        """Whether an answer is about that invoice, where it was asked for by an instant and not by its id."""
        if self._wire.asks_by_id or detail.period is None:
            return True
        asked, got = invoice.period, detail.period
        # Two invoices may be of one period: a month's usage and its subscription.
        is_of_its_total = detail.total in {None, invoice.total}
        return is_of_its_total and (int(asked.start), int(asked.end)) == (int(got.start), int(got.end))


def _is_same_bill(before: Invoice, now: Invoice) -> bool:
    """Whether nothing but the status has changed."""
    return replace(before, status=now.status) == now


def _stays(known: _Known, invoice: Invoice) -> bool:
    """Whether what was answered still holds: nothing that was asked while the invoice was a draft does."""
    if invoice.status is None:
        return known.detail is not None
    return known.invoice.is_final and invoice.is_final


def _is_final(invoice: Invoice, detail: InvoiceDetail) -> bool:
    """Whether asking again would tell nothing new, be it that only the detail tells the status."""
    if invoice.status is None:
        return detail.status not in {Status.DRAFT, *UNPAID}
    return invoice.is_final
