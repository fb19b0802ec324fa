"""The answers about one invoice: each question is asked once, since a finalized invoice does not change."""

from __future__ import annotations

from exporter.background import Background
from exporter.domain.invoice import Invoice, InvoiceDetail
from exporter.domain.money import Unit
from exporter.errors import DecodeError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.answers import Answers
from exporter.northflank.client import Client
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.wire import Wire


def invoice_answers(
    client: Client, background: Background, wire: Wire, unit: Unit, invoice: Invoice
) -> Answers[InvoiceDetail]:
    """The answers about one invoice, none so far; what is of another invoice or currency is refused (DecodeError)."""

    def read(answer: Answer) -> Page[InvoiceDetail]:
        page = wire.read_detail(answer, unit, invoice.currency)
        _refuse_another(answer, page.content, invoice)
        return page

    return Answers(client, background, wire.detail(invoice), read, top=Urgency.ACCOUNT)


def _refuse_another(answer: Answer, detail: InvoiceDetail, asked: Invoice) -> None:
    if detail.id is not None and detail.id != asked.id:
        raise DecodeError(f"{answer.request}: asked for invoice {asked.id}, got {detail.id}")
    if detail.currency is not None and detail.currency != asked.currency:
        raise DecodeError(f"{answer.request}: in {detail.currency}, while the list has it in {asked.currency}")
