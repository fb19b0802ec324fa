"""Invoice lists as the three generations answer them, a server that pages one, and an account that asks it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from exporter.background import Background
from exporter.domain.money import Unit
from exporter.domain.question import InvoiceList, ListInvoices, Question, Urgency
from exporter.domain.report import Api, Generation
from exporter.northflank.requests.source import Answered, Source
from tests.northflank.asking import Handler, Json, client_of, ok, refused

DAY = 86_400
START = 1_790_000_000


def row_a(number: int) -> Json:
    """An invoice of 2024: no id, cents, nothing of usage."""
    period = {"start": START - number * DAY, "end": START - (number - 1) * DAY}
    return {"period": period, "currency": "usd", "total": 1200, "subTotal": 1000, "paid": True}


def row_b(number: int, *, usage: bool = True) -> Json:
    """An invoice of 2026-06, in cents, which bills usage or is a subscription."""
    sides = {"paasUsage": {"price": {"total": 1000}}, "byocUsage": {"price": {"total": 0}}}
    return {"id": f"inv-{number}", **row_a(number), **(sides if usage else {})}


def row_c(number: int, *, usage: bool = True) -> Json:
    """An invoice of 2026-10, in dollars, which bills usage or is a subscription."""
    row: Json = {"id": f"inv-{number}", **row_a(number), "total": 12.00, "subTotal": 10.00, "status": "paid"}
    del row["paid"]
    sides = {"paas": {"price": {"total": 10.00}}, "byoc": {"price": {"total": 0}}}
    return {**row, **(sides if usage else {})}


# What is asked of the list, by generation: B's `page` is gone in late June.
PARAMETERS: Mapping[str, frozenset[str]] = {
    "2024": frozenset({"per_page", "page", "cursor"}),
    "2026-06": frozenset({"per_page", "cursor"}),
    "2026-10": frozenset({"perPage", "cursor", "removeLegacyFields"}),
}


@dataclass
class ListServer:
    """A server whose list is these rows; any other path is in `more`, or answered 404.

    `paging` makes the pagination from the number of rows before the next page, None after the last.
    A strict one refuses parameters that its generation does not have.
    """

    rows: Sequence[Json]
    generation: str = "2026-10"
    size: int = 100
    strict: bool = False
    paging: Callable[[int | None], Json | None] = field(
        default=lambda rest: {"hasNextPage": rest is not None, **({"cursor": f"c{rest}"} if rest else {})}
    )
    more: Mapping[str, httpx.Response] = field(default_factory=dict)
    targets: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request."""
        self.targets.append(request.url.raw_path.decode().removeprefix("/v1/billing"))
        path = request.url.path.removeprefix("/v1/billing")
        if path != "/invoices":
            answer = self.more.get(path, refused(404))
            return httpx.Response(answer.status_code, content=answer.content)
        unknown = set(request.url.params) - PARAMETERS[self.generation]
        return refused(400, f"unknown {unknown}") if self.strict and unknown else self._page(request.url.params)

    def _page(self, query: Mapping[str, Any]) -> httpx.Response:
        first = int(query["cursor"][1:]) if "cursor" in query else (int(query.get("page", 1)) - 1) * self.size
        end = first + self.size
        return ok({"invoices": list(self.rows[first:end])}, self.paging(end if end < len(self.rows) else None))


B_ENDPOINTS = {"/usage": ok({"usage": []})}
C_ENDPOINTS = {"/credit-balance": ok({"currency": "usd", "total": {"available": 0}}), **B_ENDPOINTS}


@dataclass
class Account:
    """Asks as an account does: in the generation that the answer before was read in, found out at first."""

    source: Source
    api: Api | None = None

    async def ask(self, question: Question, urgency: Urgency = Urgency.ACCOUNT) -> Answered:
        """The answer to a question."""
        answered = await self.source.ask(question, self.api or await self.source.find_api(), urgency)
        self.api = answered.api
        return answered

    async def invoices(self, until: frozenset[str] = frozenset()) -> InvoiceList:
        """The invoice list."""
        content = (await self.ask(ListInvoices(until))).content
        assert isinstance(content, InvoiceList)
        return content

    async def total(self) -> Decimal:
        """The total of the newest invoice."""
        return (await self.invoices()).invoices[0].total


def source_of(server: Handler, *, generation: Generation | None = None, unit: Unit | None = None) -> Source:
    """A source that asks a server, everything found out unless set by hand."""
    return Source(client_of(server), Background(), generation=generation, unit=unit)


def account_of(server: Handler, *, generation: Generation | None = None, unit: Unit | None = None) -> Account:
    """An account that asks a server, everything found out unless set by hand."""
    return Account(source_of(server, generation=generation, unit=unit))


def server_b(rows: Sequence[Json], **changes: Any) -> ListServer:  # noqa: ANN401 - each has a type of its own
    """A strict server of 2026-06."""
    return ListServer(rows, "2026-06", strict=True, more=B_ENDPOINTS, **changes)


def server_c(rows: Sequence[Json], **changes: Any) -> ListServer:  # noqa: ANN401 - the same
    """A server of 2026-10."""
    return ListServer(rows, "2026-10", more=C_ENDPOINTS, **{"strict": True, **changes})
