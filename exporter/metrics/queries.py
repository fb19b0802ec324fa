"""PromQL to start from: printed by `demo`, shown in docs/metrics.md, and tried on a real Prometheus by a test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "What is spent this month so far": "sum by (account, currency) (northflank_month_to_date_cost)",
        "How much of each budget is used up: 1 is all of it": (
            "northflank_budget_spent_amount / on (account, budget, currency) northflank_budget_amount"
        ),
        "What each project spends an hour": (
            "sort_desc(sum by (team_id, project_id, currency) (northflank_hourly_project_cost))"
        ),
        "What has been used since the last invoice": "sum by (account, currency) (northflank_unbilled_cost)",
        "What each project cost on the newest invoice": (
            "sort_desc(sum by (team_id, project_id, currency) (northflank_invoice_project_cost))"
        ),
        "The five dearest resources": (
            "topk(5, sum by (team_id, project_id, resource_type, resource_id, currency) "
            "(northflank_invoice_resource_cost))"
        ),
        "What an invoice costs by category": ("sum by (invoice_id, category, currency) (northflank_invoice_cost)"),
        "Invoices that are open, or whose payment failed": (
            "northflank_invoice_amount and on (account, invoice_id) northflank_invoice_unpaid_since_timestamp_seconds"
        ),
    }
)
"""What to ask, and how to ask it."""
