"""The credit balance, which only this generation has."""

from __future__ import annotations

import msgspec

from exporter.domain.credit import CreditBalance
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.northflank.wire.answer import Answer, open_envelope
from exporter.northflank.wire.values import Amount, Currency, Moment, Reading


class _Balance(msgspec.Struct, frozen=True):
    amount: Amount | None = None


class _Credits(msgspec.Struct, frozen=True):
    available: Amount | None = None
    pending: Amount | None = None


class _CreditBalance(msgspec.Struct, frozen=True, rename="camel"):
    currency: Currency
    last_synced_at: Moment | None = None
    customer_balance: _Balance | None = None
    grants: _Credits | None = None
    total: _Credits | None = None


def read_credit_balance(answer: Answer, unit: Unit) -> CreditBalance:
    """The credits of the account, None for each figure that is not stated; raises DecodeError."""
    reading = Reading(answer, Generation.C)
    wire = reading.struct(open_envelope(answer).content, _CreditBalance)
    money = reading.money(unit, wire.currency)
    balance, grants, total = wire.customer_balance or _Balance(), wire.grants or _Credits(), wire.total or _Credits()
    return CreditBalance(
        currency=wire.currency,
        available=money.maybe(total.available),
        pending=money.maybe(total.pending),
        grants_available=money.maybe(grants.available),
        grants_pending=money.maybe(grants.pending),
        customer_balance=money.maybe(balance.amount),
        last_synced_at=None if wire.last_synced_at is None else float(wire.last_synced_at),
    )
