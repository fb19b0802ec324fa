"""Spend: the figures of this moment."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.forecasts import credit_runway, month_forecast
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, bars, figures
from scripts.dashboards.promql import once, total
from scripts.dashboards.queries import Query

_PLACE = Place(4, 4)
_CURRENCY = "{{currency}}"

ROW = Row(
    "Now",
    (
        figures(
            "This month",
            "Spent since the start of the calendar month (UTC).",
            _PLACE,
            MONEY,
            [Query(total("currency", once("month_to_date_cost")), _CURRENCY)],
        ),
        figures(
            "This month, forecast",
            "What the month will have cost at the rate of the newest 24 hours, from the hour up to which the figures "
            "are complete; at the month's own rate while there is less than a day.",
            _PLACE,
            MONEY,
            [Query(total("currency", month_forecast()), _CURRENCY)],
        ),
        figures(
            "Last month",
            "Spent in the last finished calendar month (UTC).",
            _PLACE,
            MONEY,
            [Query(total("currency", once("past_month_cost", months_ago="1")), _CURRENCY)],
        ),
        figures(
            "Newest 24 hours",
            "Spent in the newest 24 complete hours.",
            _PLACE,
            MONEY,
            [Query(total("currency", once("trailing_day_cost")), _CURRENCY)],
        ),
        figures(
            "Newest hour",
            "Spent in the newest complete hour: the rate of spending.",
            _PLACE,
            MONEY,
            [Query(total("currency", once("hourly_cost")), _CURRENCY)],
        ),
        figures(
            "Age of the figures",
            "How long ago the figures of the account end: Northflank tells of an hour when it is over.",
            _PLACE,
            Look(fields.SECONDS, 1, {None: "green", 3 * 3600: "orange", 6 * 3600: "red"}),
            [Query(f"time() - {once('month_to_date_through_timestamp_seconds')}", "{{account}}")],
        ),
        figures(
            "Not invoiced yet",
            "Spent since the end of the newest invoice that bills usage.",
            _PLACE,
            MONEY,
            [Query(total("currency", once("unbilled_cost")), _CURRENCY)],
        ),
        bars(
            "Towards the next invoice",
            "Unbilled spend as a share of the billing threshold, where the configuration states one; at 100 percent "
            "an invoice closes.",
            Place(8, 4),
            Look(fields.SHARE, 0, {None: "blue", 0.9: "orange"}, most=1),
            [
                Query(
                    f"{total('account, currency', once('unbilled_cost'))} / ({once('billing_threshold_amount')} > 0)",
                    "{{account}}",
                )
            ],
        ),
        figures(
            "Credits left",
            "Credits that can be spent now, from all sources.",
            _PLACE,
            MONEY,
            [Query(total("currency", once("credit_available_amount")), _CURRENCY)],
        ),
        figures(
            "Credits, pending",
            "Credits that are granted and not yet available.",
            _PLACE,
            MONEY,
            [Query(total("currency", once("credit_pending_amount")), _CURRENCY)],
        ),
        figures(
            "Credits last for",
            "Until the credits are gone at the rate of the newest 24 hours; of accounts that had some within a week.",
            _PLACE,
            Look(fields.SECONDS, 1, fields.NEAR_END),
            [Query(credit_runway(), "{{account}} {{currency}}")],
        ),
    ),
)
