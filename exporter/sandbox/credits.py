"""Credits: grants that burn down with usage, one that is pending until the month's turn, and the customer's balance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exporter.sandbox.periods import month_of, month_start
from exporter.sandbox.span import hour_of

# Minor units.
CUSTOMER_BALANCE = 2_500
GRANTS_AVAILABLE = 10_000
GRANTS_PENDING = 5_000


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits in grains as they were at `synced`, in Unix seconds; a negative customer balance is owed."""

    synced: int
    customer_balance: int
    grants_available: int
    grants_pending: int

    @property
    def available(self) -> int:
        """What can be spent: what is owed does not lessen it."""
        return self.grants_available + max(0, self.customer_balance)


def credits_at(now: float, began: int, cost: Callable[[int, int], int], grains: int) -> Credits:
    """The credits at the last full hour of an account that began to use them at `began`, with nothing owed.

    `cost` tells what was used from one full hour to another, in grains, of which `grains` make a minor unit.
    Grants go before the customer's balance. At each month's turn the pending grant comes in, and another is pending.
    """
    synced = hour_of(now)
    turns = [month_start(month) for month in range(month_of(began) + 1, month_of(synced) + 1)]
    grants, balance, start = GRANTS_AVAILABLE * grains, CUSTOMER_BALANCE * grains, hour_of(began)
    for turn in turns:
        grants, balance = _burnt(grants, balance, cost(start, turn))
        grants, start = grants + GRANTS_PENDING * grains, turn
    grants, balance = _burnt(grants, balance, cost(start, synced))
    return Credits(synced, balance, grants, GRANTS_PENDING * grains)


def _burnt(grants: int, balance: int, used: int) -> tuple[int, int]:
    return max(0, grants - used), max(0, balance - max(0, used - grants))
