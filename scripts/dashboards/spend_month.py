"""Spend: the month, its rate, and the months before."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.forecasts import month_forecast
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, areas, bars, lines
from scripts.dashboards.promql import once, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, bars_in_order, listing

_MONTH_STARTS = once("past_month_start_timestamp_seconds")
# The month as a label, to be ordered by: 202610 by arithmetic, and from that 2026-10.
_MONTHS = (
    f'label_replace(count_values by (account, months_ago) ("digits", '
    f"year({_MONTH_STARTS}) * 100 + month({_MONTH_STARTS})), "
    '"month", "$1-$2", "digits", "(....)(..)")'
)
_BY_MONTH = (
    f"{total('account, months_ago, currency', once('past_month_cost'))}"
    f" * on (account, months_ago) group_left (month) {_MONTHS}"
)
_NAMED = f'label_join({total("month, currency", _BY_MONTH)}, "of", " ", "month", "currency")'

ROW = Row(
    "Month",
    (
        lines(
            "This month and its forecast",
            "Spent since the start of the month, what the month was forecast to cost at each moment, and what the "
            "month before cost.",
            Place(12, 9),
            MONEY,
            [
                Query(total("currency", once("month_to_date_cost")), "{{currency}} so far"),
                Query(total("currency", month_forecast()), "{{currency}} forecast"),
                Query(total("currency", once("past_month_cost", months_ago="1")), "{{currency}} last month"),
            ],
        ),
        areas(
            "A day's burn by category",
            "Spent in the 24 hours before each moment.",
            Place(12, 9),
            MONEY,
            [Query(total("category, currency", once("trailing_day_cost")), "{{category}} {{currency}}")],
        ),
        bars(
            "This month by category and component",
            "The parts add up to the month to date. `other` is what a price holds beyond the parts that Northflank "
            "names.",
            Place(8, 9),
            MONEY,
            [
                Query(
                    f"sort_desc({total('category, component, currency', once('month_to_date_cost'))} > 0)",
                    "{{category}} {{component}} {{currency}}",
                )
            ],
        ),
        bars_in_order(
            "Finished months",
            "What each finished calendar month (UTC) cost.",
            Place(8, 9),
            [
                Column("Month", "of"),
                Column("Cost", f"{total('of', _NAMED)}", MONEY),
            ],
            Order("Month"),
        ),
        listing(
            "Used this month",
            "Quantities as billing counts them.",
            Place(8, 9),
            [
                Column("Category", "category"),
                Column("Unit", "unit", width=215),
                Column(
                    "Quantity",
                    total("category, unit", once("month_to_date_usage_quantity")),
                    Look(fields.COUNT, 1),
                ),
            ],
            Order("Quantity", descending=True),
        ),
    ),
)
