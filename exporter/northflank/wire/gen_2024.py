"""Generation 2024 (the API sheet's A; the document "List invoices" of 2024). Amounts in minor units.

Its list gives no id, its detail is asked for by an instant, and team and project rows come at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from exporter.domain.invoice import Category, Invoice, InvoiceDetail, Status
from exporter.domain.money import Unit
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.probe import Mark, expect, probe_detail, probe_list
from exporter.northflank.wire.shapes import ByocPriced, PaasPrice, WireLineItem, WirePeriod, categories_of
from exporter.northflank.wire.tree import rows_of
from exporter.northflank.wire.values import Amount, Currency, Id, Money, Percent, Reading
from exporter.northflank.wire.wire import Endpoint, Request, Wire


class _Project(msgspec.Struct, frozen=True):
    id: Id
    name: str | None = None
    price: PaasPrice | None = None

    @property
    def children(self) -> Sequence[_Project]:
        return ()


class _TeamUsage(msgspec.Struct, frozen=True):
    price: PaasPrice | None = None
    projects: list[_Project] | None = None


class _Team(msgspec.Struct, frozen=True):
    id: Id
    name: str | None = None
    usage: _TeamUsage | None = None

    @property
    def price(self) -> PaasPrice | None:
        return self.usage.price if self.usage else None

    @property
    def children(self) -> Sequence[_Project]:
        return (self.usage.projects if self.usage else None) or ()


class _PaasUsage(msgspec.Struct, frozen=True):
    price: PaasPrice | None = None
    teams: list[_Team] | None = None


class _Tax(msgspec.Struct, frozen=True):
    percent: Percent | None = None
    value: Amount | None = None


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    period: WirePeriod
    currency: Currency
    total: Amount
    sub_total: Amount | None = None
    paid: bool | None = None


class _List(msgspec.Struct, frozen=True):
    # The document shows one object, real answers are an array.
    invoices: list[_Row] | _Row

    @property
    def rows(self) -> list[_Row]:
        return self.invoices if isinstance(self.invoices, list) else [self.invoices]


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    period: WirePeriod | None = None
    currency: Currency | None = None
    paid: bool | None = None
    total: Amount | None = None
    sub_total: Amount | None = None
    discount: Amount | None = None
    tax: _Tax | None = None
    line_items: list[WireLineItem] | None = None
    paas_usage: _PaasUsage | None = None
    byoc_usage: ByocPriced | None = None


def _invoice(row: _Row, money: Money) -> Invoice:
    period = row.period.to_domain()
    return Invoice(
        id=f"{int(period.start)}-{int(period.end)}",
        period=period,
        currency=row.currency,
        total=money.of(row.total),
        subtotal=money.maybe(row.sub_total),
        status=Status.of_paid(row.paid),
        categories=None,
    )


def read_invoices(answer: Answer, unit: Unit) -> Page[tuple[Invoice, ...]]:
    """One page of the list; raises DecodeError and GenerationError."""
    page = open_envelope(answer)
    expect(answer, probe_list(answer, page.content), {Mark.NONE}, Generation.A)
    reading = Reading(answer, Generation.A)
    rows = reading.struct(page.content, _List).rows
    return page.with_content(tuple(_invoice(row, reading.money(unit, row.currency)) for row in rows))


def _categories(wire: _Detail, money: Money) -> Mapping[Category, Price]:
    return categories_of({Category.PAAS: wire.paas_usage, Category.BYOC: wire.byoc_usage}, money)


def read_detail(answer: Answer, unit: Unit, currency: str) -> Page[InvoiceDetail]:
    """The detail of an invoice, in `currency` where it states none; raises as read_invoices does."""
    page = open_envelope(answer)
    expect(answer, probe_detail(answer, page.content, currency), {Mark.LEGACY, Mark.NONE}, Generation.A)
    reading = Reading(answer, Generation.A)
    wire = reading.struct(page.content, _Detail)
    money = reading.money(unit, wire.currency or currency)
    tax = wire.tax or _Tax()
    paas = wire.paas_usage or _PaasUsage()
    detail = InvoiceDetail(
        currency=wire.currency,
        period=wire.period.to_domain() if wire.period else None,
        status=Status.of_paid(wire.paid),
        total=money.maybe(wire.total),
        subtotal=money.maybe(wire.sub_total),
        discount=money.maybe(wire.discount),
        tax_amount=money.maybe(tax.value),
        tax_percent=tax.percent,
        line_items=tuple(item.to_domain(money) for item in wire.line_items or ()),
        categories=_categories(wire, money),
        rows=rows_of(answer, paas.price, paas.teams or (), money),
        places=money.places,
    )
    return page.with_content(detail)


def detail_request(invoice: Invoice) -> Request:
    """What asks for the invoice that contains an instant: one well inside, since neighbours share their ends."""
    middle = int(invoice.period.start + (invoice.period.end - invoice.period.start) / 2)
    return Request(Endpoint.GET_INVOICE, "/billing/invoices/details", MappingProxyType({"timestamp": str(middle)}))


WIRE = Wire(
    generation=Generation.A,
    unit=Unit.MINOR,
    list_query=MappingProxyType({"per_page": "100"}),
    list_page="page",
    detail=detail_request,
    asks_by_id=False,
    drills_down=False,
    resource_types=(),
    statuses=(Status.PAID, Status.OPEN),
    page_parameters=MappingProxyType({}),
    page_size=None,
    pages_when_told=True,
    read_invoices=read_invoices,
    read_detail=read_detail,
    preview=Request(Endpoint.GET_INVOICE, "/billing/invoices/details"),
)
