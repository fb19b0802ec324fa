"""One account's billing: each question that can be asked of it, answered in domain objects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from exporter.background import Background
from exporter.domain.budget import Scope
from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.invoice import HourDetail, Invoice, InvoiceDetail, Period
from exporter.domain.money import Unit
from exporter.domain.question import (
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
from exporter.domain.report import Api, Generation
from exporter.errors import DecodeError, GenerationError, NotFoundError, RefusedError
from exporter.northflank.http.client import Client
from exporter.northflank.http.count import Count
from exporter.northflank.requests.detect import detect, detect_by_endpoints
from exporter.northflank.requests.lists import Listed, read_invoices, read_usage
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, Request, Wire

D = TypeVar("D")

NOT_FOUND = DetailPage()
# Parameters of one generation may be refused by another, and its rows need not have the shape.
_SIGNS_OF_ANOTHER = (GenerationError, RefusedError, DecodeError)
_FILTERS = (("team_id", "teamId"), ("project_id", "projectId"), ("resource_type", "resourceType"))


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, the generation and unit that it was read in, and the billing customer where it names one."""

    question: Question
    content: Content
    api: Api
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a question is asked with."""

    wire: Wire
    unit: Unit
    urgency: Urgency


class Source:
    """Asks with one account's client. `generation` and `unit` are set by hand, None to find them out."""

    def __init__(
        self, client: Client, background: Background, *, generation: Generation | None, unit: Unit | None
    ) -> None:
        self._client = client
        self._background = background
        self._set_generation = generation
        self._set_unit = unit
        self._ways: Mapping[type[Any], Callable[[_Asking, Any], Awaitable[tuple[Content, str | None]]]] = (
            MappingProxyType(
                {
                    ListInvoices: self._list_invoices,
                    ListHours: self._list_hours,
                    ListMonths: self._list_months,
                    GetTotal: self._get_total,
                    GetInvoicePage: self._get_invoice_page,
                    GetHourPage: self._get_hour_page,
                    GetPreview: self._get_preview,
                    GetCredits: self._get_credits,
                }
            )
        )

    @property
    def set_api(self) -> Api | None:
        """The generation and unit that are set by hand; None where the generation is to be found out."""
        return self.api_of(self._set_generation) if self._set_generation else None

    def api_of(self, generation: Generation) -> Api:
        """A generation with the unit that its amounts are read in."""
        return Api(generation, self._set_unit or WIRES[generation].unit)

    def is_comparable(self, api: Api) -> bool:
        """Whether facts read so can be used under what is set by hand."""
        return api == self.api_of(self._set_generation or api.generation)

    def counting(self) -> AbstractContextManager[Count]:
        """The count of the requests that are made inside."""
        return self._client.counter.counting()

    async def find_api(self) -> Api:
        """Which generation the server speaks, asked unless it is set by hand; raises PollError."""
        return self.set_api or self.api_of(await detect(self._client))

    async def ask(self, question: Question, api: Api, urgency: Urgency) -> Answered:
        """The answer to a question that is asked in a generation and unit; raises PollError.

        A list also notices that the server speaks another generation by now, and is read in that one.
        """
        if isinstance(question, ListInvoices):
            return await self._ask_list(question, api, urgency)
        try:
            return await self._answer(question, api, urgency)
        except GenerationError:
            # As a rule the invoice list shows that the server moved on; an empty one does not.
            if self._set_generation or not isinstance(question, ListHours):
                raise
            found = self.api_of(await detect(self._client))
            if found == api:
                raise
            return await self._answer(question, found, urgency)

    async def _ask_list(self, question: ListInvoices, api: Api, urgency: Urgency) -> Answered:
        if self._set_generation:
            return await self._answer(question, api, urgency)
        try:
            answered = await self._answer(question, api, urgency)
        except _SIGNS_OF_ANOTHER:
            found = self.api_of(await detect(self._client))
            if found == api:
                raise
            return await self._answer(question, found, urgency)
        if _could_be_another(answered, api.generation):
            found = self.api_of(await detect_by_endpoints(self._client))
            if found != api:
                return await self._answer(question, found, urgency)
        return answered

    async def _answer(self, question: Question, api: Api, urgency: Urgency) -> Answered:
        asking = _Asking(WIRES[api.generation], api.unit, urgency)
        content, customer = await self._ways[type(question)](asking, question)
        return Answered(question, content, api, customer)

    async def _list_invoices(self, asking: _Asking, question: ListInvoices) -> tuple[Content, str | None]:
        # Without ids of the API's own, those that were given are no sign of how far the list has to be read.
        until = question.until if asking.wire.asks_by_id else frozenset()
        listed = await read_invoices(self._client, asking.wire, asking.unit, until=until)
        found = InvoiceList(listed.invoices, has_ids=asking.wire.asks_by_id, is_whole=listed.is_whole)
        return found, listed.customer

    async def _list_hours(self, asking: _Asking, question: ListHours) -> tuple[Content, str | None]:
        granularity = {"granularity": "hour"} if asking.wire.filters_usage else {}
        end = {} if question.end is None else {"endTime": str(int(question.end))}
        query = {**granularity, "startTime": str(int(question.start)), **end}
        return _usage(await self._read_usage(asking, query, question.currency))

    async def _list_months(self, asking: _Asking, question: ListMonths) -> tuple[Content, str | None]:
        query = {"granularity": "month", **_window(question.period)}
        return _usage(await self._read_usage(asking, query, question.currency))

    async def _get_total(self, asking: _Asking, question: GetTotal) -> tuple[Content, str | None]:
        query = {"granularity": "total", **_window(question.period), **_filters(question.scope)}
        try:
            return _usage(await self._read_usage(asking, query, question.currency))
        except (NotFoundError, RefusedError):
            if question.scope.is_account:
                raise
            return UsageList(rows=(), is_found=False), None

    async def _read_usage(self, asking: _Asking, query: Mapping[str, str], currency: str) -> Listed:
        return await read_usage(
            self._client, asking.wire, asking.unit, query, currency=currency, urgency=asking.urgency
        )

    async def _get_invoice_page(self, asking: _Asking, question: GetInvoicePage) -> tuple[Content, str | None]:
        wire, invoice = asking.wire, question.invoice

        def read(answer: Answer) -> Page[InvoiceDetail]:
            page = wire.read_detail(answer, asking.unit, invoice.currency)
            _refuse_another_invoice(answer, page.content, invoice)
            return page

        page = await self._page(wire.detail(invoice), question.query, read, asking.urgency)
        return DetailPage(
            invoice=page.content, has_more=page.has_more, is_paged=page.is_paged
        ) if page else NOT_FOUND, None

    async def _get_hour_page(self, asking: _Asking, question: GetHourPage) -> tuple[Content, str | None]:
        read_usage_detail, usage_detail = asking.wire.read_usage_detail, asking.wire.usage_detail
        if read_usage_detail is None or usage_detail is None:
            raise GenerationError(f"generation {asking.wire.generation} does not state an hour's usage")

        def read(answer: Answer) -> Page[HourDetail]:
            page = read_usage_detail(answer, asking.unit, question.currency)
            _refuse_another_hour(answer, page.content, question)
            return page

        page = await self._page(usage_detail(question.start), question.query, read, asking.urgency)
        return DetailPage(
            hour=page.content, has_more=page.has_more, is_paged=page.is_paged
        ) if page else NOT_FOUND, None

    async def _page(
        self,
        request: Request,
        query: Query,
        read: Callable[[Answer], Page[D]],
        urgency: Urgency,
    ) -> Page[D] | None:
        """The page; None where the API does not know what the filter names."""
        filters = dict(query)
        try:
            answer = await self._client.get(request.with_query(filters), urgency)
        except NotFoundError:
            if not query:
                raise
            return None
        except RefusedError:
            if "resourceType" not in filters:
                raise
            return None
        # A hundred projects with a hundred resources each take a tenth of a second to read: not on the event loop.
        return await self._background.run(lambda: read(answer))

    async def _get_preview(self, asking: _Asking, question: GetPreview) -> tuple[Content, str | None]:
        if asking.wire.preview is None:
            raise GenerationError(f"generation {asking.wire.generation} has no preview of the next invoice")
        answer = await self._client.get(asking.wire.preview, asking.urgency)
        detail = asking.wire.read_detail(answer, asking.unit, question.currency).content
        if detail.currency not in {None, question.currency}:
            raise DecodeError(f"{answer.request}: in {detail.currency}, while the invoices are in {question.currency}")
        return Previewed(detail), None

    async def _get_credits(self, asking: _Asking, _: GetCredits) -> tuple[Content, str | None]:
        if asking.wire.read_credit_balance is None:
            raise GenerationError(f"generation {asking.wire.generation} has no credit balance")
        answer = await self._client.get(GET_CREDIT_BALANCE, asking.urgency)
        return asking.wire.read_credit_balance(answer, asking.unit), None


def _usage(listed: Listed) -> tuple[Content, str | None]:
    return UsageList(listed.rows), listed.customer


def _window(period: Period) -> Mapping[str, str]:
    """The parameters that ask for the hours that begin in a period; its end is exclusive."""
    return {"startTime": str(int(period.start)), "endTime": str(int(period.end))}


def _filters(scope: Scope) -> Mapping[str, str]:
    """The parameters that narrow an answer to a scope."""
    stated = ((parameter, getattr(scope, name)) for name, parameter in _FILTERS)
    return {parameter: value for parameter, value in stated if value is not None}


def _could_be_another(answered: Answered, spoken: Generation) -> bool:
    # A service that moved on to decimal amounts would be off by a factor of 100 where no row shows it.
    invoices = answered.content.invoices if isinstance(answered.content, InvoiceList) else ()
    shows = any(invoice.categories for invoice in invoices)
    # In 2026-06 usage is not asked for as long as no invoice states the currency, and so cannot show it either.
    may_move = bool(invoices) or spoken is Generation.B
    return may_move and not shows and spoken is not Generation.A


def _refuse_another_invoice(answer: Answer, detail: InvoiceDetail, asked: Invoice) -> None:
    if detail.id is not None and detail.id != asked.id:
        raise DecodeError(f"{answer.request}: asked for invoice {asked.id}, got {detail.id}")
    if detail.currency is not None and detail.currency != asked.currency:
        raise DecodeError(f"{answer.request}: in {detail.currency}, while the list has it in {asked.currency}")


def _refuse_another_hour(answer: Answer, detail: HourDetail, asked: GetHourPage) -> None:
    if detail.timestamp is not None and not asked.start <= detail.timestamp < asked.start + HOUR_SECONDS:
        raise DecodeError(
            f"{answer.request}: asked for the hour of {asked.start:.0f}, got one of {detail.timestamp:.0f}"
        )
    if detail.currency not in {None, asked.currency}:
        raise DecodeError(f"{answer.request}: in {detail.currency}, while the hours are in {asked.currency}")
