"""The list of invoices as it stands at an instant: those of the past, and those that have come since the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from exporter.sandbox.closings import Closed, Closing
from exporter.sandbox.periods import Frame, Status, month_of, month_start
from exporter.sandbox.seeded import drawn, draws
from exporter.sandbox.span import SECONDS_AN_HOUR

CHARGED_AFTER = 24 * SECONDS_AN_HOUR
"""How long after its end a usage invoice is paid, or fails to be."""
FAILS_ONE_IN = 12


@dataclass(frozen=True, slots=True)
class Timeline:
    """All finalized invoices without their figures, of a world that began with those of the `past`.

    `began` is in Unix seconds. `payments_fail`: the newest usage invoice cannot be paid.
    """

    customer: str
    seed: int
    began: int
    past: tuple[Frame, ...]
    closed: Closed
    payments_fail: bool

    def frames(self, now: float) -> tuple[Frame, ...]:
        """The list at that instant, newest first by the end of the period; the subscription on top of its month."""
        rows = [*self.past, *self._subscriptions(now), *(self._frame(one, now) for one in self.closed.until(now))]
        rows.sort(key=lambda row: (row.end, row.kind == "subscription"), reverse=True)
        return tuple(self._with_failure(rows, now) if self.payments_fail else rows)

    def billed_until(self, now: float) -> int:
        """The end of the newest usage invoice: what comes after it is not billed yet."""
        closings = self.closed.until(now)
        return closings[-1].end if closings else month_start(month_of(self.began))

    def has_accrued(self, frame: Frame) -> bool:
        """Whether the invoice bills usage hour by hour, having closed after the start."""
        return frame.kind == "usage" and frame.start >= month_start(month_of(self.began))

    def _subscriptions(self, now: float) -> Iterator[Frame]:
        for month in range(month_of(self.began) + 1, month_of(now) + 1):
            yield Frame(
                f"{self.customer}-{month * 10}", "subscription", month_start(month), month_start(month + 1), "paid", 0
            )

    def _frame(self, closing: Closing, now: float) -> Frame:
        # Two digits and more, where those of the past have one: no two are the same.
        id_ = f"{self.customer}-{month_of(closing.start)}{closing.number:02d}"
        return Frame(id_, "usage", closing.start, closing.end, self._status(id_, closing, now), 0)

    def _status(self, id_: str, closing: Closing, now: float) -> Status:
        if now < closing.end + CHARGED_AFTER:
            return "open"
        return "payment_failed" if drawn(draws(self.seed, "payment", id_), 1, FAILS_ONE_IN) == 1 else "paid"

    def _with_failure(self, rows: list[Frame], now: float) -> Iterator[Frame]:
        newest = next((row for row in rows if row.kind == "usage"), None)
        for row in rows:
            fails = row is newest and now >= row.end + CHARGED_AFTER
            yield replace(row, status="payment_failed") if fails else row
