"""The rows of the dataset `usage`: what the account spends now."""

from __future__ import annotations

from exporter.domain.calendar import month_of
from exporter.domain.report import Dataset
from exporter.metrics import spend_samples
from exporter.metrics.family import Family
from exporter.metrics.labels import CURRENCY, PRICE
from exporter.metrics.row import Row

AT_PRICES = (
    "usage at Northflank's prices: before tax, discounts and credits, without subscriptions, in major units of the "
    "currency; cached"
)
_TIMES = "The times of running spend overlap: never add two"
_BY_PRICE = (*CURRENCY, *PRICE)
_ACCOUNT = ("account",)
_USAGE = (Dataset.USAGE,)

USAGE_ROWS = (
    Row(
        Family(
            "northflank_month_to_date_cost",
            f"Spent since the start of the calendar month (UTC), across invoices: {AT_PRICES}. {_TIMES}.",
            _BY_PRICE,
        ),
        _USAGE,
        spend_samples.cost(lambda usage: usage.month_to_date),
    ),
    Row(
        Family(
            "northflank_month_to_date_start_timestamp_seconds",
            "The first instant of the calendar month (UTC) of the month to date, Unix time; cached.",
            _ACCOUNT,
        ),
        _USAGE,
        spend_samples.instant(lambda usage: usage.month_to_date, lambda month: month_of(month.period.start).start),
    ),
    Row(
        Family(
            "northflank_month_to_date_end_timestamp_seconds",
            "The first instant after the calendar month (UTC) of the month to date, Unix time; cached.",
            _ACCOUNT,
        ),
        _USAGE,
        spend_samples.instant(lambda usage: usage.month_to_date, lambda month: month_of(month.period.start).end),
    ),
    Row(
        Family(
            "northflank_month_to_date_through_timestamp_seconds",
            "The instant up to which the account's month to date is complete, Unix time: a full hour; cached.",
            _ACCOUNT,
        ),
        _USAGE,
        spend_samples.instant(lambda usage: usage.month_to_date, lambda month: month.period.end),
    ),
    Row(
        Family(
            "northflank_month_to_date_usage_quantity",
            "Used since the start of the calendar month (UTC), as billing counts it, in the unit that the label names: "
            "never add two units; cached.",
            ("account", "category", "unit"),
        ),
        _USAGE,
        spend_samples.month_to_date_quantity,
    ),
    Row(
        Family(
            "northflank_trailing_day_cost",
            "Spent in the newest 24 complete hours, across the month's turn; absent while fewer are known: "
            f"{AT_PRICES}. {_TIMES}.",
            _BY_PRICE,
        ),
        _USAGE,
        spend_samples.cost(lambda usage: usage.trailing_day),
    ),
    Row(
        Family(
            "northflank_past_month_cost",
            f"Spent in a finished calendar month (UTC), 1 to 12 months ago: {AT_PRICES}. An invoice of that month "
            "bills the same usage: never add the two.",
            (*CURRENCY, "months_ago", *PRICE),
        ),
        _USAGE,
        spend_samples.past_month_cost,
    ),
    Row(
        Family(
            "northflank_past_month_start_timestamp_seconds",
            "The first instant of the finished calendar month (UTC) so many months ago, Unix time; cached.",
            ("account", "months_ago"),
        ),
        _USAGE,
        spend_samples.past_month_start,
    ),
    Row(
        Family(
            "northflank_unbilled_cost",
            f"Spent since the end of the newest invoice that bills usage: {AT_PRICES}. {_TIMES}.",
            _BY_PRICE,
        ),
        _USAGE,
        spend_samples.cost(lambda usage: usage.unbilled),
    ),
    Row(
        Family(
            "northflank_unbilled_start_timestamp_seconds",
            "The end of the newest invoice that bills usage, Unix time; unbilled spend is counted from the first full "
            "hour after it; cached.",
            _ACCOUNT,
        ),
        _USAGE,
        spend_samples.instant(lambda usage: usage.unbilled, lambda unbilled: unbilled.period.start),
    ),
    Row(
        Family(
            "northflank_billing_threshold_amount",
            "The account's billing threshold as the configuration states it, in major units of the currency: unbilled "
            "spend that reaches it is invoiced.",
            CURRENCY,
        ),
        (Dataset.USAGE, Dataset.INVOICES),
        spend_samples.billing_threshold,
        reads_declared=True,
    ),
    Row(
        Family(
            "northflank_hourly_cost",
            f"Spent in the newest complete billing hour, which is the rate of spending: {AT_PRICES}. {_TIMES}.",
            _BY_PRICE,
        ),
        _USAGE,
        spend_samples.cost(lambda usage: usage.hour),
    ),
    Row(
        Family(
            "northflank_hourly_start_timestamp_seconds",
            "The start of the newest complete billing hour, that of the account's hourly cost, Unix time; cached.",
            _ACCOUNT,
        ),
        _USAGE,
        spend_samples.instant(lambda usage: usage.hour, lambda hour: hour.period.start),
    ),
    Row(
        Family(
            "northflank_usage_listed_through_timestamp_seconds",
            "The end of the newest hour that the API lists, Unix time: its age shows that usage stopped, or is late.",
            _ACCOUNT,
        ),
        _USAGE,
        spend_samples.listed_through,
    ),
)
