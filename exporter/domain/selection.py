"""Which invoices are shown. The list holds usage invoices, subscriptions and credit purchases alike."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from exporter.domain.invoice import Invoice


def newest_first(invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
    """By the end of their periods; of two that end together the one that began later; then in the order of the list."""
    return tuple(sorted(invoices, key=lambda invoice: (-invoice.period.end, -invoice.period.start)))


def billing_usage(invoices: Iterable[Invoice], count: int, now: float) -> tuple[Invoice, ...]:
    """The newest invoices that bill usage (where the list does not tell: the newest), newest first.

    Never one whose period ends in the future: that is a subscription billed ahead.
    """
    candidates = (each for each in newest_first(invoices) if each.period.end <= now and each.may_bill_usage)
    return tuple(islice(candidates, count))


def shown(invoices: Iterable[Invoice], *, history: int, details: int, now: float) -> tuple[Invoice, ...]:
    """Those to export, newest first.

    They are the newest `history` whose period has ended, those billed ahead, every older one that is unpaid,
    and the ones whose tree is shown (a join on their ids has to find them).
    """
    ordered = newest_first(invoices)
    ended = [each for each in ordered if each.period.end <= now]
    chosen = {each.id for each in ended[:history]}
    chosen |= {each.id for each in ordered if each.period.end > now or each.is_unpaid}
    chosen |= {each.id for each in billing_usage(ordered, max(details, 1), now)}
    return tuple(each for each in ordered if each.id in chosen)


def billed_until(invoices: Iterable[Invoice], now: float) -> float | None:
    """The end of the newest invoice that bills usage, in Unix seconds; None where there is none."""
    return next((invoice.period.end for invoice in billing_usage(invoices, 1, now)), None)


def newest_currency(invoices: Iterable[Invoice]) -> str | None:
    """What an amount is in that states no currency: that of the newest invoice; None where there is none."""
    return next((invoice.currency for invoice in newest_first(invoices)), None)
