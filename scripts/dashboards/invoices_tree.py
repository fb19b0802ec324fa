"""Invoices: what one invoice bills, level by level; levels overlap and are never added."""

from __future__ import annotations

from scripts.dashboards.frame import Row
from scripts.dashboards.names import with_cluster, with_project, with_resource, with_team
from scripts.dashboards.panels import MONEY, Place, bars
from scripts.dashboards.promql import dearest, once, total
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_PROJECT = "account, team_id, project_id, currency"
_RESOURCE = "account, team_id, project_id, resource_type, resource_id, currency"
_NAMED = "account, team_id, project_id, resource_type, resource_name, currency"


def _cost(level: str, by: str) -> str:
    return total(by, once(f"invoice_{level}cost", invoice=True))


ROW = Row(
    "What they bill (by category: the chosen invoices; below that: the newest)",
    (
        bars(
            "By category and component",
            "The price of usage on the chosen invoices, before tax and discounts.",
            Place(8, 10),
            MONEY,
            [
                Query(
                    f"sort_desc({_cost('', 'category, component, currency')} > 0)",
                    "{{category}} {{component}} {{currency}}",
                )
            ],
        ),
        bars(
            "Teams",
            "PaaS alone, of the newest invoices that bill usage.",
            Place(8, 10),
            MONEY,
            [
                Query(
                    f"sort_desc({with_team(_cost('team_', 'account, team_id, currency'))})",
                    "{{team_name}} {{currency}}",
                )
            ],
        ),
        bars(
            "BYOC clusters",
            "Of the newest invoices that bill usage.",
            Place(8, 10),
            MONEY,
            [
                Query(
                    f"sort_desc({with_cluster(_cost('cluster_', 'account, cluster_id, currency'))})",
                    "{{cluster_name}} {{currency}}",
                )
            ],
        ),
        bars(
            "Projects",
            "The twenty dearest of each currency; PaaS alone, of the newest invoices that bill usage.",
            Place(8, 11),
            MONEY,
            [
                Query(
                    dearest(20, with_project(_cost("project_", _PROJECT))),
                    "{{team_id}} / {{project_name}} {{currency}}",
                )
            ],
        ),
        bars(
            "Resource types",
            "PaaS alone, of the newest invoices that bill usage.",
            Place(5, 11),
            MONEY,
            [
                Query(
                    f"sort_desc({_cost('resource_type_', 'resource_type, currency')})",
                    "{{resource_type}} {{currency}}",
                )
            ],
        ),
        listing(
            "Resources of the newest invoice",
            "The fifty dearest of each currency of the newest invoices that bill usage; not of the month.",
            Place(11, 11),
            [
                Column("Account", "account"),
                Column("Team", "team_id"),
                Column("Project", "project_id"),
                Column("Type", "resource_type"),
                Column("Resource", "resource_name"),
                Column("Currency", "currency"),
                Column(
                    "Cost",
                    dearest(50, total(_NAMED, with_resource(_cost("resource_", _RESOURCE)))),
                    MONEY,
                ),
            ],
            Order("Cost", descending=True),
        ),
    ),
)
