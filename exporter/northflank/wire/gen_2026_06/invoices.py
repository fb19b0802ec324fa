"""The invoice list and an invoice's detail."""

from __future__ import annotations

import msgspec

from exporter.domain.invoice import Invoice, InvoiceDetail, Status
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.gen_2026_06.shapes import PaasUsage, categories
from exporter.northflank.wire.probe import Mark, expect, probe_detail, probe_list
from exporter.northflank.wire.shapes import ByocPriced, Priced, WireDiscounts, WireLineItem, WirePeriod, WireTax
from exporter.northflank.wire.tree import rows_of
from exporter.northflank.wire.values import Amount, Currency, Id, Money, Reading


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    id: Id
    period: WirePeriod
    currency: Currency
    total: Amount
    sub_total: Amount | None = None
    paid: bool | None = None
    paas_usage: Priced | None = None
    byoc_usage: ByocPriced | None = None


class _List(msgspec.Struct, frozen=True):
    invoices: list[_Row]


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    id: str | None = None
    currency: Currency | None = None
    paid: bool | None = None
    total: Amount | None = None
    sub_total: Amount | None = None
    discounts: WireDiscounts | None = None
    tax: WireTax | None = None
    line_items: list[WireLineItem] | None = None
    paas_usage: PaasUsage | None = None
    byoc_usage: ByocPriced | None = None


def _invoice(row: _Row, money: Money) -> Invoice:
    return Invoice(
        id=row.id,
        period=row.period.to_domain(),
        currency=row.currency,
        total=money.of(row.total),
        subtotal=money.maybe(row.sub_total),
        status=Status.of_paid(row.paid),
        categories=categories(row, money),
    )


def read_invoices(answer: Answer, unit: Unit) -> Page[tuple[Invoice, ...]]:
    """One page of the list; raises DecodeError and GenerationError."""
    page = open_envelope(answer)
    expect(answer, probe_list(answer, page.content), {Mark.LEGACY, Mark.NONE}, Generation.B)
    reading = Reading(answer, Generation.B)
    rows = reading.struct(page.content, _List).invoices
    return page.with_content(tuple(_invoice(row, reading.money(unit, row.currency)) for row in rows))


def read_detail(answer: Answer, unit: Unit, currency: str) -> Page[InvoiceDetail]:
    """One page of an invoice's detail, in `currency` where it states none; raises as read_invoices does."""
    page = open_envelope(answer)
    expect(answer, probe_detail(answer, page.content, currency), {Mark.LEGACY, Mark.NONE}, Generation.B)
    reading = Reading(answer, Generation.B)
    wire = reading.struct(page.content, _Detail)
    money = reading.money(unit, wire.currency or currency)
    tax = wire.tax or WireTax()
    paas = wire.paas_usage or PaasUsage()
    detail = InvoiceDetail(
        id=wire.id,
        currency=wire.currency,
        status=Status.of_paid(wire.paid),
        total=money.maybe(wire.total),
        subtotal=money.maybe(wire.sub_total),
        discount=money.maybe(wire.discounts.total) if wire.discounts else None,
        tax_amount=money.maybe(tax.amount),
        tax_percent=tax.percent,
        line_items=tuple(item.to_domain(money) for item in wire.line_items or ()),
        categories=categories(wire, money),
        rows=rows_of(answer, paas.price, paas.teams or (), money),
        places=money.places,
    )
    return page.with_content(detail)
