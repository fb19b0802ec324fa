"""The running month by resource: the hours whose trees are known, and invoices that lie wholly within the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.facts import Facts, ResourceMonth
from exporter.domain.invoice import Invoice, Period, Status
from exporter.domain.price import Price, sum_of
from exporter.domain.tree import Path, Row, Rows


def is_outdated(facts: Facts, start: float) -> bool:
    """Whether an hour's resources were answered before the hour was corrected."""
    several = facts.corrections.get(start, ())
    return bool(several) and facts.hour_resources[start].asked_at < several[-1].seen_at


def counted_hours(facts: Facts, month: Period) -> frozenset[float]:
    """The beginnings of the month's hours whose resources are known."""
    added_up = (
        start for (begin, _), each in facts.resource_months.items() if begin == month.start for start in each.hours
    )
    single = (start for start in facts.hour_resources if month.start <= start < month.end)
    return frozenset((*added_up, *single))


def is_of_month(invoice: Invoice, month: Period) -> bool:
    """Whether an invoice bills usage of the month alone; a draft may change, and what is void was not spent."""
    is_within = month.start <= invoice.period.start and invoice.period.end <= month.end
    return is_within and invoice.may_bill_usage and invoice.status not in {Status.DRAFT, Status.VOID}


def fillable(invoices: Iterable[Invoice], counted: AbstractSet[float]) -> Iterator[Invoice]:
    """The invoices of which no instant is counted already, be it by an hour or by an invoice before them."""
    taken: list[Period] = []
    for invoice in invoices:
        period = invoice.period
        first = period.start // HOUR_SECONDS * HOUR_SECONDS
        hours = (first + index * HOUR_SECONDS for index in range(int((period.end - first) // HOUR_SECONDS) + 1))
        is_counted = any(start in counted and start < period.end for start in hours)
        if not is_counted and not any(each.start < period.end and period.start < each.end for each in taken):
            taken.append(period)
            yield invoice


def with_rows(month: Mapping[Path, Row], rows: Rows) -> Mapping[Path, Row]:
    """Rows added to others, under the newer names."""
    added = dict(month)
    for path, row in rows.items():
        before = added.get(path)
        added[path] = Row(row.name or (before.name if before else None), _sum(before, row))
    return MappingProxyType(added)


def _sum(before: Row | None, row: Row) -> Price | None:
    prices = [each.price for each in (before, row) if each and each.price]
    return sum_of(prices) if prices else None


def with_hour(month: ResourceMonth, start: float, rows: Rows) -> ResourceMonth:
    """The month with one more hour added up."""
    return ResourceMonth(month.hours | {start}, with_rows(month.rows, rows))
