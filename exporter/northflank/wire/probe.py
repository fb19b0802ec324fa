"""Which generation an answer is of, told by fields that only one generation has, and whether its units agree.

`paas` and `byoc` mean generation C and amounts in major units; `paasUsage` and `byocUsage` alone mean B (in a detail:
A or B) and minor units. Where both stand in one answer, the totals say what the legacy fields are in; if those
totals cannot be told to be one or the other, no figure of the answer is to be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from exporter.domain.money import Unit, minor_digits, subtract
from exporter.errors import GenerationError
from exporter.northflank.wire.answer import Answer
from exporter.northflank.wire.values import Amount, Reading

# An amount in minor units may have been rounded to a whole one; one in major units to the same place.
_ROUNDED = Decimal("0.51")


class Mark(Enum):
    """What the distinguishing fields of an answer tell."""

    NONE = "no usage field"
    LEGACY = "usage fields of 2026-06 or before"
    CURRENT = "usage fields of 2026-10"


class _Total(msgspec.Struct):
    total: Amount | None = None


class _Side(msgspec.Struct):
    price: _Total | None = None


class _Marked(msgspec.Struct, rename="camel"):
    currency: str | None = None
    paas: _Side | None = None
    byoc: _Side | None = None
    paas_usage: _Side | None = None
    byoc_usage: _Side | None = None


class _MarkedList(msgspec.Struct):
    invoices: list[_Marked] | _Marked | None = None
    usage: list[_Marked] | None = None


def probe_list(answer: Answer, data: dict[str, Any], currency: str = "") -> Mark:
    """What the rows of a list tell, in `currency` where they state none.

    Raises DecodeError, and GenerationError when its two units contradict.
    """
    wire = Reading(answer, None).struct(data, _MarkedList)
    rows = wire.invoices if isinstance(wire.invoices, list) else [wire.invoices] if wire.invoices else []
    return _mark(answer, [*rows, *(wire.usage or [])], currency)


def probe_detail(answer: Answer, data: dict[str, Any], currency: str = "") -> Mark:
    """What one detail tells; raises as probe_list does."""
    return _mark(answer, [Reading(answer, None).struct(data, _Marked)], currency)


def expect(answer: Answer, mark: Mark, allowed: AbstractSet[Mark], generation: str) -> None:
    """Refuse an answer that is of another generation than the one it is read as; raises GenerationError."""
    if mark not in allowed:
        raise GenerationError(
            f"{answer.request}: answers with {mark.value}, which {generation} does not have; "
            "set api to auto for this account, or to the generation that the server speaks"
        )


def _mark(answer: Answer, rows: list[_Marked], currency: str) -> Mark:
    _refuse_contradiction(answer, rows, currency)
    if any(row.paas or row.byoc for row in rows):
        return Mark.CURRENT
    if any(row.paas_usage or row.byoc_usage for row in rows):
        return Mark.LEGACY
    return Mark.NONE


def _refuse_contradiction(answer: Answer, rows: Iterable[_Marked], currency: str) -> None:
    readings = set(Unit)
    for row in rows:
        digits = minor_digits((row.currency or currency).upper())
        for current, legacy in ((row.paas, row.paas_usage), (row.byoc, row.byoc_usage)):
            pair = _total(current), _total(legacy)
            if pair[0] is not None and pair[1] is not None:
                readings &= _readings(pair[0], pair[1], digits)
    if not readings:
        raise GenerationError(
            f"{answer.request}: the totals under paas/byoc and under paasUsage/byocUsage contradict each other: "
            "the unit of its amounts cannot be told, so nothing of it is shown"
        )


def _total(side: _Side | None) -> Decimal | None:
    return Decimal(side.price.total) if side and side.price and side.price.total is not None else None


def _readings(current: Decimal, legacy: Decimal, digits: int) -> set[Unit]:
    in_minor = current.scaleb(digits)
    return {
        unit
        for unit, expected, slack in (
            (Unit.MINOR, in_minor, _ROUNDED),
            (Unit.MAJOR, current, _ROUNDED.scaleb(-digits)),
        )
        if abs(subtract(legacy, expected)) <= slack
    }
