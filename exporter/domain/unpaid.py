"""Since when an invoice is unpaid, which the API does not tell: what was seen before has to be remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from exporter.domain.invoice import Invoice


def unpaid_since(unpaid: Iterable[Invoice], before: Mapping[str, float] | None, now: float) -> Mapping[str, float]:
    """The Unix second from which on each unpaid invoice is known to have been so, by its id.

    `before` is what was returned the last time, None at the very first start: then an invoice counts from the end of
    its period, since nobody knows how long it has been open. None counts from later than now, be it that its period is
    not over, or that the clock was set back since.
    """

    def first_seen(invoice: Invoice) -> float:
        return min(invoice.period.end if before is None else before.get(invoice.id, now), now)

    return MappingProxyType({invoice.id: first_seen(invoice) for invoice in unpaid})
