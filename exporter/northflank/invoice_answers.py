"""What was answered about one invoice: each question is asked once, since a finalized invoice does not change.

A poll that failed half-way leaves its answers here, so that the next one asks only for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

from exporter.background import Background
from exporter.domain.invoice import Invoice, InvoiceDetail
from exporter.domain.money import Unit
from exporter.errors import DecodeError
from exporter.northflank.client import Client
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.wire import Wire


class InvoiceAnswers:
    """The answers about one invoice, in one generation and unit."""

    def __init__(self, client: Client, background: Background, wire: Wire, unit: Unit, invoice: Invoice) -> None:
        self._client = client
        self._background = background
        self._wire = wire
        self._unit = unit
        self._invoice = invoice
        self._pages: dict[frozenset[tuple[str, str]], Page[InvoiceDetail]] = {}

    async def page(self, query: Mapping[str, str]) -> Page[InvoiceDetail]:
        """The answer under these filters and page numbers; raises PollError, and remembers nothing then."""
        key = frozenset(query.items())
        if key not in self._pages:
            answer = await self._client.get(self._wire.detail(self._invoice).with_query(query))
            # A hundred projects with a hundred resources each take a tenth of a second to read: not on the event loop.
            page = await self._background.run(
                lambda: self._wire.read_detail(answer, self._unit, self._invoice.currency)
            )
            self._refuse_another(answer, page.content)
            self._pages[key] = page
        return self._pages[key]

    def forget(self) -> None:
        """Let go of the answers, once they were put together."""
        self._pages.clear()

    def _refuse_another(self, answer: Answer, detail: InvoiceDetail) -> None:
        asked = self._invoice
        if detail.id is not None and detail.id != asked.id:
            raise DecodeError(f"{answer.request}: asked for invoice {asked.id}, got {detail.id}")
        if detail.currency is not None and detail.currency != asked.currency:
            raise DecodeError(f"{answer.request}: in {detail.currency}, while the list has it in {asked.currency}")
