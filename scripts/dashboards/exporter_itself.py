"""Exporter: how much is exported, and what runs."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import Look, Place, areas, lines
from scripts.dashboards.promql import once
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

ROW = Row(
    "Series and process",
    (
        areas(
            "Series by dataset",
            "As exported.",
            Place(12),
            Look(fields.COUNT, 0),
            [Query(once("exporter_series"), "{{account}} {{dataset}}")],
        ),
        lines(
            "Resources folded",
            "Into `_other`, since a dataset had more series than the configuration allows.",
            Place(12),
            Look(fields.COUNT, 0),
            [Query(once("exporter_folded_resources"), "{{account}} {{dataset}}")],
        ),
        listing(
            "API in use",
            "The generation of Northflank's API, and what it counts amounts in.",
            Place(8),
            [
                Column("Account", "account"),
                Column("Generation", "generation"),
                Column("Amounts", "amounts"),
                Column("In use", once("api_info"), Look(decimals=0, words=fields.YES_OR_NO)),
            ],
            Order("Account"),
        ),
        listing(
            "Running",
            "The exporter's build.",
            Place(8),
            [
                Column("Version", "version"),
                Column("Revision", "revision"),
                Column("Python", "python_version"),
                Column("Running", once("exporter_build_info"), Look(decimals=0, words=fields.YES_OR_NO)),
            ],
            Order("Version"),
        ),
        lines(
            "Configuration read ago",
            "Since the configuration in use was read.",
            Place(8),
            Look(fields.SECONDS, 0),
            [Query(f"time() - {once('exporter_config_last_reload_success_timestamp_seconds')}", "configuration")],
        ),
    ),
)
