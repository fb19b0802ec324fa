"""What a generation is: how it is asked, and how its answers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import HourDetail, Invoice, InvoiceDetail
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.domain.usage import UsageRow
from exporter.northflank.wire.answer import Answer, Page


class Endpoint(StrEnum):
    """Every endpoint that is asked: the closed list behind the label `endpoint`."""

    LIST_INVOICES = "list_invoices"
    GET_INVOICE = "get_invoice"
    LIST_USAGE = "list_usage"
    GET_USAGE = "get_usage"
    GET_CREDIT_BALANCE = "get_credit_balance"


NO_QUERY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """A GET: the path below `/v1` (or `/v1/teams/{teamId}`) and the query."""

    endpoint: Endpoint
    path: str
    query: Mapping[str, str] = field(default_factory=lambda: NO_QUERY)

    def with_query(self, more: Mapping[str, str]) -> Request:
        """The same request with more in its query."""
        return Request(self.endpoint, self.path, MappingProxyType({**self.query, **more}))


LIST_INVOICES = Request(Endpoint.LIST_INVOICES, "/billing/invoices")
LIST_USAGE = Request(Endpoint.LIST_USAGE, "/billing/usage")
GET_CREDIT_BALANCE = Request(Endpoint.GET_CREDIT_BALANCE, "/billing/credit-balance")


@dataclass(frozen=True, slots=True)
class Wire:
    """One generation of the API.

    - `list_query` goes with every request for the list; `list_page` is the parameter that asks for a page by number,
      where there is one.
    - `asks_by_id` is whether a detail is asked for by the invoice's id.
    - `resource_types` are the values that the type filter knows, `statuses` the invoice statuses that are known.
    - `page_parameters` name, for each level of a drill-down, the parameter that asks for its next page: a generation
      that pages all levels by one parameter names it for each. `page_size` is what is asked for, None for the default.
    - `pages_when_told` is whether a detail has pages only if it says so.
    - `usage_query` goes with every request for the usage list, None where there is no such list; `filters_usage` is
      whether that list takes a granularity and the filters of the drill-down.
    - `preview` asks for what has accrued since the last invoice, which `read_detail` reads.

    Whatever a generation does not have is None.
    """

    generation: Generation
    unit: Unit
    list_query: Mapping[str, str]
    list_page: str | None
    detail: Callable[[Invoice], Request]
    asks_by_id: bool
    drills_down: bool
    resource_types: tuple[str, ...]
    statuses: tuple[str, ...]
    page_parameters: Mapping[Level, str]
    page_size: int | None
    pages_when_told: bool
    read_invoices: Callable[[Answer, Unit], Page[tuple[Invoice, ...]]]
    read_detail: Callable[[Answer, Unit, str], Page[InvoiceDetail]]
    usage_query: Mapping[str, str] | None = None
    filters_usage: bool = False
    read_usage: Callable[[Answer, Unit, str], Page[tuple[UsageRow, ...]]] | None = None
    usage_detail: Callable[[float], Request] | None = None
    read_usage_detail: Callable[[Answer, Unit, str], Page[HourDetail]] | None = None
    read_credit_balance: Callable[[Answer, Unit], CreditBalance] | None = None
    preview: Request | None = None
