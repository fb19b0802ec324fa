"""The ids of invoices to which the API gives none (2024): their periods, told apart where two have the same one.

A month's usage and its subscription may be billed for the very same period.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from exporter.domain.invoice import Invoice

_Bill = tuple[float, float, str, object]


class GivenIds:
    """The ids of one account's invoices. One that was given stays, also when another of the same period appears."""

    def __init__(self) -> None:
        self._ids: dict[_Bill, str] = {}

    def give(self, invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
        """The invoices in their order; those of a period that has an invoice already get a number after it."""
        return tuple(replace(invoice, id=self._id_of(invoice)) for invoice in invoices)

    def resume(self, invoices: Iterable[Invoice]) -> None:
        """Know the ids that were given before a restart."""
        self._ids.update({_bill(invoice): invoice.id for invoice in invoices})

    def _id_of(self, invoice: Invoice) -> str:
        bill = _bill(invoice)
        if bill not in self._ids:
            taken = set(self._ids.values())
            numbered = (f"{invoice.id}-{number}" for number in itertools.count(2))
            candidates = itertools.chain((invoice.id,), numbered)
            self._ids[bill] = next(each for each in candidates if each not in taken)
        return self._ids[bill]


def _bill(invoice: Invoice) -> _Bill:
    return (invoice.period.start, invoice.period.end, invoice.currency, invoice.total)
