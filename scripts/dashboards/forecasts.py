"""What PromQL derives: forecasts, runways, what changed."""

from __future__ import annotations

from scripts.dashboards.promql import once, once_over, total

DAY_SECONDS = 86400
PAUSE_DAYS = 7
"""How long after an invoice stays unpaid Northflank pauses services."""


def month_spent() -> str:
    """Spent in the month so far, by account and currency."""
    return total("account, currency", once("month_to_date_cost"))


def day_spent() -> str:
    """Spent in the newest 24 complete hours, by account and currency."""
    return total("account, currency", once("trailing_day_cost"))


def month_forecast() -> str:
    """What the month will have cost, by account and currency, at the rate of the trailing day.

    Counted from the instant up to which the figures are complete; at the month's own rate while there is no such day.
    """
    return _forecast(
        on="account",
        spent=month_spent(),
        day=day_spent(),
        start=once("month_to_date_start_timestamp_seconds"),
        through=once("month_to_date_through_timestamp_seconds"),
        end=once("month_to_date_end_timestamp_seconds"),
    )


def budget_forecast() -> str:
    """What a budget's period will have cost, by account, budget and currency."""
    return _forecast(
        on="account, budget",
        spent=once("budget_spent_amount"),
        day=once("budget_trailing_day_amount"),
        start=once("budget_period_start_timestamp_seconds"),
        through=once("budget_spent_through_timestamp_seconds"),
        end=once("budget_period_end_timestamp_seconds"),
    )


def budget_share(amount: str) -> str:
    """An amount by account, budget and currency as a share of the budget."""
    return f"{amount} / ({once('budget_amount')} > 0)"


def credit_runway() -> str:
    """Seconds until the credits are gone at the trailing day's rate, by account and currency; for those who had any."""
    available = once("credit_available_amount")
    had = once_over("max_over_time", "credit_available_amount", "1w")
    return (
        f"({available} / on (account, currency) ({day_spent()} > 0) * {DAY_SECONDS})"
        f" and on (account, currency) ({had} > 0)"
    )


def days_until_paused() -> str:
    """Days that remain to pay an unpaid invoice, by account and invoice."""
    since = once("invoice_unpaid_since_timestamp_seconds", invoice=True)
    return f"{PAUSE_DAYS} - (time() - {since}) / {DAY_SECONDS}"


def change(name: str, by: str, offset: str) -> str:
    """What is spent now beyond what was spent before; what is new counts in full, and so does what is gone.

    Only of accounts of which it is known what they spent before: not all is new where Prometheus is.
    """
    before = once(name, offset=offset)
    now = f"{total(by, f'{once(name)} and on (account) {before}')}"
    return f"({now} or 0 * {total(by, before)}) - ({total(by, before)} or 0 * {now})"


def _forecast(*, on: str, spent: str, day: str, start: str, through: str, end: str) -> str:  # noqa: PLR0913 - by name
    rate = f"{day} / {DAY_SECONDS} or {spent} / on ({on}) group_left () ({through} - {start} > 0)"
    return f"{spent} + on ({on}, currency) ({rate}) * on ({on}) group_left () clamp_min({end} - {through}, 0)"
