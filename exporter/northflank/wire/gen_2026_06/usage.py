"""The usage list and a billing hour's detail."""

from __future__ import annotations

import msgspec

from exporter.domain.invoice import HourDetail
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, UsageRow
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.gen_2026_06.shapes import PaasUsage, categories
from exporter.northflank.wire.probe import Mark, expect, probe_detail, probe_list
from exporter.northflank.wire.shapes import ByocPriced, Priced, distinct
from exporter.northflank.wire.tree import rows_of
from exporter.northflank.wire.values import Currency, Instant, Reading


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: Instant
    currency: Currency | None = None
    paas_usage: Priced | None = None
    byoc_usage: ByocPriced | None = None


class _List(msgspec.Struct, frozen=True):
    usage: list[_Row]


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: Instant | None = None
    currency: Currency | None = None
    paas_usage: PaasUsage | None = None
    byoc_usage: ByocPriced | None = None


def read_usage(answer: Answer, unit: Unit, currency: str) -> Page[tuple[UsageRow, ...]]:
    """One page of the usage list, in `currency` where a row states none (the documents know no other); no quantities.

    Raises DecodeError, GenerationError, and DuplicateSeriesError when two rows have one timestamp.
    """
    page = open_envelope(answer)
    expect(answer, probe_list(answer, page.content, currency), {Mark.LEGACY, Mark.NONE}, Generation.B)
    reading = Reading(answer, Generation.B)
    wire = reading.struct(page.content, _List).usage

    def to_domain(row: _Row) -> UsageRow:
        known = row.currency or currency
        usage = Usage(known, categories(row, reading.money(unit, known)))
        return UsageRow(float(row.timestamp), usage, states_currency=row.currency is not None)

    return page.with_content(distinct(answer, map(to_domain, wire)))


def read_usage_detail(answer: Answer, unit: Unit, currency: str) -> Page[HourDetail]:
    """One page of a billing hour's detail, in `currency` where it states none; raises as read_usage does."""
    page = open_envelope(answer)
    expect(answer, probe_detail(answer, page.content, currency), {Mark.LEGACY, Mark.NONE}, Generation.B)
    reading = Reading(answer, Generation.B)
    wire = reading.struct(page.content, _Detail)
    money = reading.money(unit, wire.currency or currency)
    paas = wire.paas_usage or PaasUsage()
    detail = HourDetail(
        timestamp=None if wire.timestamp is None else float(wire.timestamp),
        currency=wire.currency,
        categories=categories(wire, money),
        rows=rows_of(answer, paas.price, paas.teams or (), money),
        places=money.places,
    )
    return page.with_content(detail)
