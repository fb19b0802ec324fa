"""What PromQL derives: forecasts, runways, what changed. Forecasts and runways are those of the recording rules."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.dashboards.promql import of_any, once, once_over, total

DAY_SECONDS = 86400
PAUSE_DAYS = 7
"""How long after an invoice stays unpaid Northflank pauses services."""


@dataclass(frozen=True, slots=True)
class _Period:
    """Expressions of a time in which something is spent: `on` are the labels, besides the currency, that tell it.

    `spent` is what was spent from `start` to `through`, of a period that ends at `end` (Unix seconds); `day` is what
    was spent in the newest 24 complete hours.
    """

    on: str
    spent: str
    day: str
    start: str
    through: str
    end: str

    @property
    def burn(self) -> str:
        """What is spent in a day: in the newest one, or at the period's own rate while there is no such day."""
        return (
            f"({self.day} or {self.spent} * {DAY_SECONDS}"
            f" / on ({self.on}) group_left () ({self.through} - {self.start} > 0))"
        )

    @property
    def forecast(self) -> str:
        """What the period will have cost, counted from the instant up to which the figures are complete."""
        return (
            f"{self.spent} + on ({self.on}, currency) {self.burn} / {DAY_SECONDS}"
            f" * on ({self.on}) group_left () clamp_min({self.end} - {self.through}, 0)"
        )


_MONTH = _Period(
    on="account",
    spent=total("account, currency", once("month_to_date_cost")),
    day=total("account, currency", once("trailing_day_cost")),
    start=once("month_to_date_start_timestamp_seconds"),
    through=once("month_to_date_through_timestamp_seconds"),
    end=once("month_to_date_end_timestamp_seconds"),
)
_BUDGET = _Period(
    on="account, budget",
    spent=once("budget_spent_amount"),
    day=once("budget_trailing_day_amount"),
    start=once("budget_period_start_timestamp_seconds"),
    through=once("budget_spent_through_timestamp_seconds"),
    end=once("budget_period_end_timestamp_seconds"),
)


def month_forecast() -> str:
    """What the month will have cost, by account and currency."""
    return _MONTH.forecast


def budget_forecast() -> str:
    """What a budget's period will have cost, by account, budget and currency."""
    return _BUDGET.forecast


def budget_share(amount: str) -> str:
    """An amount by account, budget and currency as a share of the budget."""
    return f"{amount} / ({once('budget_amount')} > 0)"


def credit_runway() -> str:
    """Seconds until the credits are gone at what is spent in a day, by account and currency; for those who had any."""
    available = once("credit_available_amount")
    had = once_over("max_over_time", "credit_available_amount", "1w")
    return f"clamp_min({available}, 0) / ({_MONTH.burn} > 0) * {DAY_SECONDS} and {had} > 0"


def unpaid_since() -> str:
    """When an invoice that is unpaid was first seen so, Unix seconds, by account and invoice.

    Of two exporters the one that was there when it became so has the later time.
    """
    name = "invoice_unpaid_since_timestamp_seconds"
    return f"{of_any(name, invoice=True)} and on (account, invoice_id) {once(name, invoice=True)}"


def days_until_paused() -> str:
    """Days that remain to pay an unpaid invoice, by account and invoice."""
    return f"{PAUSE_DAYS} - (time() - ({unpaid_since()})) / {DAY_SECONDS}"


def change(name: str, by: str, offset: str) -> str:
    """What is spent now beyond what was spent before; what is new counts in full, and so does what is gone.

    Only of accounts of which it is known what they spent before: not all is new where Prometheus is.
    """
    before = once(name, offset=offset)
    now = f"{total(by, f'{once(name)} and on (account) {before}')}"
    return f"({now} or 0 * {total(by, before)}) - ({total(by, before)} or 0 * {now})"
