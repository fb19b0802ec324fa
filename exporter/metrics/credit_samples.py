"""The families of the dataset `credits`: report in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from exporter.domain.credit import CreditBalance
from exporter.domain.report import AccountReport
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples


def amount(value: Callable[[CreditBalance], Decimal | None]) -> Samples:
    """An amount of the balance by account and currency; none where the API does not say."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        stated = value(report.credits) if report.credits else None
        if report.credits and stated is not None:
            yield Sample((report.account, report.credits.currency), stated)

    return samples


def by_source(report: AccountReport) -> Iterator[Sample]:
    """Where the credits come from; only grants can be pending."""
    balance = report.credits
    for source, state, stated in _sources(balance) if balance else ():
        if balance and stated is not None:
            yield Sample((report.account, balance.currency, source, state), stated)


def last_synced(report: AccountReport) -> Iterator[Sample]:
    """When Northflank last brought the balance up to date."""
    if report.credits and report.credits.last_synced_at is not None:
        yield Sample((report.account,), report.credits.last_synced_at)


def _sources(balance: CreditBalance) -> tuple[tuple[str, str, Decimal | None], ...]:
    return (
        ("grants", "available", balance.grants_available),
        ("grants", "pending", balance.grants_pending),
        ("customer_balance", "available", balance.customer_balance),
    )
