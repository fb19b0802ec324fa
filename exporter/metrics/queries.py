"""PromQL to start from: printed by `demo`, shown in docs/metrics.md, and tried on a real Prometheus by a test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

QUERIES: Mapping[str, str] = MappingProxyType(
    {
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
