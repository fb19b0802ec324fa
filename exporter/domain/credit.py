"""What is left to be spent before anything is charged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CreditBalance:
    """The account's credits in major units, None where the API does not say; `last_synced_at` in Unix seconds.

    `available` is the API's total of what can be spent now. `customer_balance` is positive for credit and negative for
    an amount owed, which is not in the total.
    """

    currency: str
    available: Decimal | None
    pending: Decimal | None
    grants_available: Decimal | None
    grants_pending: Decimal | None
    customer_balance: Decimal | None
    last_synced_at: float | None
