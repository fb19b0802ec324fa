"""Spend: what changed since last week."""

from __future__ import annotations

from scripts.dashboards.forecasts import change
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import MONEY, Look, Place, lines
from scripts.dashboards.promql import once, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_PROJECT = "account, team_id, project_id, currency"
_NOW = total(_PROJECT, once("trailing_day_project_cost"))
_BEFORE = total(_PROJECT, once("trailing_day_project_cost", offset="7d"))
_CATEGORY = "account, category, component, currency"
_CATEGORY_NOW = total(_CATEGORY, once("trailing_day_cost"))
_CATEGORY_BEFORE = total(_CATEGORY, once("trailing_day_cost", offset="7d"))
_CHANGE = Look(decimals=2, thresholds={None: "green", 0.005: "red"})
_MONTH = total(_PROJECT, once("month_to_date_project_cost"))
_LAST_MONTH = total(_PROJECT, once("past_month_project_cost", months_ago="1"))

ROW = Row(
    "What changed since last week",
    (
        listing(
            "Projects",
            "The newest 24 hours beside the same hours of a week ago: what is new counts in full, and so does what is "
            "gone.",
            Place(12, 9),
            [
                Column("Account", "account"),
                Column("Team", "team_id"),
                Column("Project", "project_id"),
                Column("Currency", "currency"),
                Column("A week ago", _BEFORE, MONEY),
                Column("Newest day", _NOW, MONEY),
                Column("Change", change("trailing_day_project_cost", _PROJECT, "7d"), _CHANGE),
            ],
            Order("Change", descending=True),
        ),
        listing(
            "Categories and components",
            "The same for the whole account.",
            Place(12, 9),
            [
                Column("Account", "account"),
                Column("Category", "category"),
                Column("Component", "component"),
                Column("Currency", "currency"),
                Column("A week ago", _CATEGORY_BEFORE, MONEY),
                Column("Newest day", _CATEGORY_NOW, MONEY),
                Column("Change", change("trailing_day_cost", _CATEGORY, "7d"), _CHANGE),
            ],
            Order("Change", descending=True),
        ),
        lines(
            "Beside the week before",
            "Spent in the 24 hours before each moment, and in those a week earlier.",
            Place(12),
            MONEY,
            [
                Query(total("currency", once("trailing_day_cost")), "{{currency}} this week"),
                Query(total("currency", once("trailing_day_cost", offset="7d")), "{{currency}} a week earlier"),
            ],
        ),
        listing(
            "Projects, this month beside the last",
            "The month so far beside the whole month before it.",
            Place(12),
            [
                Column("Account", "account"),
                Column("Team", "team_id"),
                Column("Project", "project_id"),
                Column("Currency", "currency"),
                Column("Last month", _LAST_MONTH, MONEY),
                Column("This month", _MONTH, MONEY),
            ],
            Order("This month", descending=True),
        ),
    ),
)
