"""The dashboard *Exporter*: how fresh the figures are, what they cost in requests, whether anything is wrong."""

from __future__ import annotations

from scripts.dashboards import exporter_fresh, exporter_itself, exporter_requests
from scripts.dashboards.frame import ACCOUNT, Sheet

EXPORTER = Sheet(
    name="exporter",
    title="Northflank / Exporter",
    description="How fresh the figures are, what they cost in requests, and whether anything is wrong.",
    since="now-24h",
    variables=(ACCOUNT,),
    rows=(exporter_fresh.ROW, exporter_requests.ROW, exporter_itself.ROW),
)
