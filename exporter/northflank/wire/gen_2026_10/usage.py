"""The usage list and a billing hour's detail."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec

from exporter.domain.invoice import Category, HourDetail
from exporter.domain.money import Unit, add_up, subtract
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.domain.tree import Remainder
from exporter.domain.usage import Quantities, Usage, UsageRow
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.gen_2026_10.shapes import Byoc, Paas, TotalOnly, TotalPriced, categories, clusters_of
from exporter.northflank.wire.probe import Mark, expect, probe_detail, probe_list
from exporter.northflank.wire.shapes import ByocPrice, PaasPrice, distinct
from exporter.northflank.wire.tree import rows_of
from exporter.northflank.wire.values import Amount, Currency, Instant, Money, Quantity, Reading

# The units of billing as metrics name them, and as answers do.
_UNITS = {
    "vcpu_hours": "vcpuHours",
    "memory_gibibyte_hours": "memoryGiBHours",
    "storage_gibibyte_hours": "storageGiBHours",
    "gpu_on_demand_hours": "gpuOnDemandHours",
    "gpu_spot_hours": "gpuSpotHours",
    "gpu_memory_gibibyte_hours": "gpuMemoryGiBHours",
    "cluster_hours": "clusterHours",
}


# `build` and `run` are parts of the first two, and not read.
class _PaasQuantities(msgspec.Struct, frozen=True, rename=_UNITS):
    vcpu_hours: Quantity | None = None
    memory_gibibyte_hours: Quantity | None = None
    storage_gibibyte_hours: Quantity | None = None
    gpu_on_demand_hours: Quantity | None = None
    gpu_spot_hours: Quantity | None = None


class _ByocQuantities(msgspec.Struct, frozen=True, rename=_UNITS):
    vcpu_hours: Quantity | None = None
    memory_gibibyte_hours: Quantity | None = None
    gpu_memory_gibibyte_hours: Quantity | None = None
    cluster_hours: Quantity | None = None


class _HoursOnly(msgspec.Struct, frozen=True):
    hours: Quantity | None = None


class _Paas(msgspec.Struct, frozen=True):
    price: PaasPrice | None = None
    usage: _PaasQuantities | None = None


class _Byoc(msgspec.Struct, frozen=True):
    price: ByocPrice | None = None
    usage: _ByocQuantities | None = None


class _Fee(msgspec.Struct, frozen=True):
    price: TotalOnly | None = None
    usage: _HoursOnly | None = None


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: Instant
    currency: Currency | None = None
    total: Amount | None = None
    paas: _Paas | None = None
    byoc: _Byoc | None = None
    egress_ip: _Fee | None = None
    load_balancer: _Fee | None = None


class _List(msgspec.Struct, frozen=True):
    usage: list[_Row]


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: Instant | None = None
    currency: Currency | None = None
    paas: Paas | None = None
    byoc: Byoc | None = None
    egress_ip: TotalPriced | None = None
    load_balancer: TotalPriced | None = None


def read_usage(answer: Answer, unit: Unit, currency: str) -> Page[tuple[UsageRow, ...]]:
    """One page of the usage list, in `currency` where a row states none.

    Raises DecodeError, GenerationError, and DuplicateSeriesError when two rows have one timestamp.
    """
    page = open_envelope(answer)
    expect(answer, probe_list(answer, page.content, currency), {Mark.CURRENT, Mark.NONE}, Generation.C)
    reading = Reading(answer, Generation.C)
    wire = reading.struct(page.content, _List).usage

    def to_domain(row: _Row) -> UsageRow:
        known = row.currency or currency
        return _usage_row(row, known, reading.money(unit, known))

    return page.with_content(distinct(answer, map(to_domain, wire)))


def _usage_row(row: _Row, currency: str, money: Money) -> UsageRow:
    prices = _with_other(categories(row, money), money.maybe(row.total), money.places)
    return UsageRow(float(row.timestamp), Usage(currency, prices, _quantities(row)))


def _with_other(known: Mapping[Category, Price], total: Decimal | None, places: int) -> Mapping[Category, Price]:
    """The categories that are known, and what the row's own total holds beyond them, either way."""
    if total is None:
        return known
    rest = Remainder(subtract(total, add_up(price.total for price in known.values())), len(known))
    if rest.is_rounding(places):
        return known
    return MappingProxyType({**known, Category.OTHER: Price(rest.amount)})


def _quantities(row: _Row) -> Quantities:
    sides = {
        Category.PAAS: row.paas and row.paas.usage,
        Category.BYOC: row.byoc and row.byoc.usage,
        Category.EGRESS_IP: row.egress_ip and row.egress_ip.usage,
        Category.LOAD_BALANCER: row.load_balancer and row.load_balancer.usage,
    }
    stated = {category: _stated(usage) for category, usage in sides.items() if usage}
    return MappingProxyType({category: units for category, units in stated.items() if units})


def _stated(usage: msgspec.Struct) -> Mapping[str, Decimal]:
    units = {unit: getattr(usage, unit) for unit in usage.__struct_fields__}
    return MappingProxyType({unit: Decimal(quantity) for unit, quantity in units.items() if quantity is not None})


def read_usage_detail(answer: Answer, unit: Unit, currency: str) -> Page[HourDetail]:
    """One page of a billing hour's detail, in `currency` where it states none; raises as read_usage does."""
    page = open_envelope(answer)
    expect(answer, probe_detail(answer, page.content, currency), {Mark.CURRENT, Mark.NONE}, Generation.C)
    reading = Reading(answer, Generation.C)
    wire = reading.struct(page.content, _Detail)
    money = reading.money(unit, wire.currency or currency)
    paas = wire.paas or Paas()
    detail = HourDetail(
        timestamp=None if wire.timestamp is None else float(wire.timestamp),
        currency=wire.currency,
        categories=categories(wire, money),
        clusters=clusters_of(wire.byoc, money),
        rows=rows_of(answer, paas.price, paas.teams or (), money),
        places=money.places,
    )
    return page.with_content(detail)
