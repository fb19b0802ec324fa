"""Spend: by team, project, resource and cluster; one level at a time."""

from __future__ import annotations

from scripts.dashboards.frame import Row
from scripts.dashboards.names import with_cluster, with_project, with_resource, with_team
from scripts.dashboards.panels import MONEY, Look, Place, areas, bars, lines
from scripts.dashboards.promql import dearest, once, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_TEAM = "account, team_id, currency"
_PROJECT = "account, team_id, project_id, currency"
_RESOURCE = "account, team_id, project_id, resource_type, resource_id, currency"
_NAMED = "account, team_id, project_id, resource_type, resource_name, currency"
_RESOURCE_COLUMNS = (
    Column("Account", "account"),
    Column("Team", "team_id"),
    Column("Project", "project_id"),
    Column("Type", "resource_type"),
    Column("Resource", "resource_name"),
    Column("Currency", "currency"),
)

ROW = Row(
    "Who spends it",
    (
        bars(
            "Teams this month",
            "Spent by each team since the start of the calendar month; PaaS alone.",
            Place(8),
            MONEY,
            [
                Query(
                    dearest(10, with_team(total(_TEAM, once("month_to_date_team_cost")))),
                    "{{team_name}} {{currency}}",
                )
            ],
        ),
        bars(
            "Top projects this month",
            "Spent by the ten dearest projects of each currency since the start of the calendar month; PaaS alone.",
            Place(8),
            MONEY,
            [
                Query(
                    dearest(10, with_project(total(_PROJECT, once("month_to_date_project_cost")))),
                    "{{team_id}} / {{project_name}} {{currency}}",
                )
            ],
        ),
        bars(
            "Resource types in the newest hour",
            "Spent in the newest hour that is known by resource type.",
            Place(8),
            Look(decimals=3),
            [
                Query(
                    dearest(10, total("resource_type, currency", once("hourly_resource_type_cost"))),
                    "{{resource_type}} {{currency}}",
                )
            ],
        ),
        areas(
            "A day's burn by project",
            "Spent by each project in the 24 hours before each moment.",
            Place(12, 9),
            MONEY,
            [
                Query(
                    total("team_id, project_id, currency", once("trailing_day_project_cost")),
                    "{{team_id}} / {{project_id}} {{currency}}",
                )
            ],
        ),
        lines(
            "An hour's burn by team",
            "Spent by each team in the newest hour that is known by team.",
            Place(12, 9),
            Look(decimals=3),
            [Query(total("team_id, currency", once("hourly_team_cost")), "{{team_id}} {{currency}}")],
        ),
        *(
            listing(
                title,
                f"The twenty most expensive resources of each currency {when}; PaaS alone. `_other` of type `_other` "
                "is what is not known by resource yet; `_other` of another type is what `limits.series` folds.",
                Place(12, 10),
                [
                    *_RESOURCE_COLUMNS,
                    Column("Cost", dearest(20, total(_NAMED, with_resource(total(_RESOURCE, once(name))))), MONEY),
                ],
                Order("Cost", descending=True),
            )
            for title, when, name in (
                ("Top resources today", "in the newest 24 complete hours", "trailing_day_resource_cost"),
                (
                    "Top resources this month",
                    "since the start of the calendar month, each instant once",
                    "month_to_date_resource_cost",
                ),
            )
        ),
        listing(
            "Top resources in the newest hour",
            "The twenty dearest resources of each currency in the newest hour that is known by resource.",
            Place(16, 10),
            [
                *_RESOURCE_COLUMNS,
                Column(
                    "Cost",
                    dearest(20, total(_NAMED, with_resource(total(_RESOURCE, once("hourly_resource_cost"))))),
                    Look(decimals=4),
                ),
            ],
            Order("Cost", descending=True),
        ),
        areas(
            "An hour's burn by BYOC cluster",
            "Spent by each BYOC cluster in the newest hour that is known.",
            Place(8, 10),
            Look(decimals=3),
            [
                Query(
                    with_cluster(total("account, cluster_id, currency", once("hourly_cluster_cost"))),
                    "{{cluster_name}} {{currency}}",
                )
            ],
        ),
    ),
)
