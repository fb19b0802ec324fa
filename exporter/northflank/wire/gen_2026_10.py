"""Generation 2026-10 (the API sheet's C): what the service speaks today. Decimal amounts of the currency."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

import msgspec

from exporter.domain.invoice import Category, Cluster, Invoice, InvoiceDetail, Status
from exporter.domain.money import Unit
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.probe import Mark, expect, probe_detail, probe_list
from exporter.northflank.wire.shapes import (
    ByocPrice,
    ByocPriced,
    PaasPrice,
    Priced,
    WireDiscounts,
    WireLineItem,
    WirePeriod,
    WireTax,
    categories_of,
)
from exporter.northflank.wire.tree import WireTeam, rows_of
from exporter.northflank.wire.values import Amount, Currency, Id, Money, Reading
from exporter.northflank.wire.wire import Endpoint, Request, Wire

_OWN_FIELDS_ONLY = {"removeLegacyFields": "true"}
_PAGE_SIZE = 100


class _TotalOnly(msgspec.Struct, frozen=True):
    total: Amount | None = None


class _TotalPriced(msgspec.Struct, frozen=True):
    price: _TotalOnly | None = None


class _Cluster(msgspec.Struct, frozen=True):
    id: Id
    name: str | None = None
    price: ByocPrice | None = None


class _Byoc(msgspec.Struct, frozen=True):
    price: ByocPrice | None = None
    clusters: list[_Cluster] | None = None


class _Paas(msgspec.Struct, frozen=True):
    price: PaasPrice | None = None
    teams: list[WireTeam] | None = None


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    id: Id
    period: WirePeriod
    currency: Currency
    total: Amount
    sub_total: Amount | None = None
    status: str | None = None
    paas: Priced | None = None
    byoc: ByocPriced | None = None
    egress_ip: _TotalPriced | None = None
    load_balancer: _TotalPriced | None = None


class _List(msgspec.Struct, frozen=True):
    invoices: list[_Row]


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    id: str | None = None
    currency: Currency | None = None
    status: str | None = None
    total: Amount | None = None
    sub_total: Amount | None = None
    discounts: WireDiscounts | None = None
    tax: WireTax | None = None
    line_items: list[WireLineItem] | None = None
    paas: _Paas | None = None
    byoc: _Byoc | None = None
    egress_ip: _TotalPriced | None = None
    load_balancer: _TotalPriced | None = None


def _categories(wire: _Row | _Detail, money: Money) -> Mapping[Category, Price]:
    sides = {
        Category.PAAS: wire.paas,
        Category.BYOC: wire.byoc,
        Category.EGRESS_IP: wire.egress_ip,
        Category.LOAD_BALANCER: wire.load_balancer,
    }
    return categories_of(sides, money)


def _invoice(row: _Row, money: Money) -> Invoice:
    return Invoice(
        id=row.id,
        period=row.period.to_domain(),
        currency=row.currency,
        total=money.of(row.total),
        subtotal=money.maybe(row.sub_total),
        status=row.status,
        categories=_categories(row, money),
    )


def read_invoices(answer: Answer, unit: Unit) -> Page[tuple[Invoice, ...]]:
    """One page of the list; raises DecodeError and GenerationError."""
    page = open_envelope(answer)
    expect(answer, probe_list(answer, page.content), {Mark.CURRENT, Mark.NONE}, Generation.C)
    reading = Reading(answer, Generation.C)
    rows = reading.struct(page.content, _List).invoices
    return page.with_content(tuple(_invoice(row, reading.money(unit, row.currency)) for row in rows))


def read_detail(answer: Answer, unit: Unit, currency: str) -> Page[InvoiceDetail]:
    """One page of an invoice's detail, in `currency` where it states none; raises as read_invoices does."""
    page = open_envelope(answer)
    expect(answer, probe_detail(answer, page.content), {Mark.CURRENT, Mark.NONE}, Generation.C)
    reading = Reading(answer, Generation.C)
    wire = reading.struct(page.content, _Detail)
    money = reading.money(unit, wire.currency or currency)
    tax = wire.tax or WireTax()
    paas = wire.paas or _Paas()
    byoc = wire.byoc or _Byoc()
    detail = InvoiceDetail(
        id=wire.id,
        currency=wire.currency,
        status=wire.status,
        total=money.maybe(wire.total),
        subtotal=money.maybe(wire.sub_total),
        discount=money.maybe(wire.discounts.total) if wire.discounts else None,
        tax_amount=money.maybe(tax.amount),
        tax_percent=tax.percent,
        line_items=tuple(item.to_domain(money) for item in wire.line_items or ()),
        categories=_categories(wire, money),
        clusters=tuple(
            Cluster(id=each.id, name=each.name or None, price=money.price(each.price)) for each in byoc.clusters or ()
        ),
        rows=rows_of(answer, paas.price, paas.teams or (), money),
        places=money.places,
    )
    return page.with_content(detail)


def detail_request(invoice: Invoice) -> Request:
    """What asks for the detail of an invoice."""
    path = f"/billing/invoices/{quote(invoice.id, safe='')}"
    sizes = {name: str(_PAGE_SIZE) for name in ("teamsPerPage", "projectsPerPage", "resourcesPerPage")}
    return Request(Endpoint.GET_INVOICE, path, MappingProxyType({**_OWN_FIELDS_ONLY, **sizes}))


WIRE = Wire(
    generation=Generation.C,
    unit=Unit.MAJOR,
    list_query=MappingProxyType({"perPage": str(_PAGE_SIZE), **_OWN_FIELDS_ONLY}),
    list_page=None,
    detail=detail_request,
    asks_by_id=True,
    drills_down=True,
    resource_types=("job", "service", "harness", "addon", "volume"),
    statuses=tuple(Status),
    page_parameters=MappingProxyType(
        {Level.TEAM: "teamsPage", Level.PROJECT: "projectsPage", Level.RESOURCE: "resourcesPage"}
    ),
    page_size=_PAGE_SIZE,
    pages_when_told=False,
    read_invoices=read_invoices,
    read_detail=read_detail,
)
