"""Exporter: requests to Northflank's API, and the allowance that they take from."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import Look, Place, areas, bars, lines
from scripts.dashboards.promql import buckets, once, once_over, total
from scripts.dashboards.queries import Query

_REQUESTS = once_over("increase", "exporter_api_requests_total", "1h")
_LIMIT = once("exporter_api_rate_limit")
_REMAINING = once("exporter_api_rate_limit_remaining")
_SHARE = once("exporter_api_share_ratio")
_SECONDS = buckets("exporter_api_request_duration_seconds", "1h")

ROW = Row(
    "Requests and allowance",
    (
        areas(
            "Requests an hour by status",
            "Every request, retries too; error where no answer came.",
            Place(12),
            Look(decimals=0),
            [Query(f"{total('account, code', _REQUESTS)} > 0", "{{account}} {{code}}")],
        ),
        areas(
            "Requests an hour by endpoint",
            "Every request, retries too.",
            Place(12),
            Look(decimals=0),
            [Query(total("endpoint", _REQUESTS), "{{endpoint}}")],
        ),
        lines(
            "Allowance that remains",
            "As the answers state it; all users of the token take from it.",
            Place(6),
            Look(fields.COUNT, 0),
            [
                Query(_REMAINING, "{{account}} remaining"),
                Query(_LIMIT, "{{account}} limit"),
            ],
        ),
        lines(
            "Pending requests",
            "Requests that the plan still wants and the allowance has not let through; 0 when all is fetched.",
            Place(6),
            Look(fields.COUNT, 0),
            [Query(once("exporter_pending_requests"), "{{account}} {{dataset}}")],
        ),
        bars(
            "The exporter's share that is used",
            "Requests of the last hour as a share of what the configuration lets the exporter use.",
            Place(6),
            Look(fields.SHARE, 1, {None: "green", 0.8: "orange", 1: "red"}, most=1),
            [Query(f"{total('account', _REQUESTS)} / ({_LIMIT} * {_SHARE} > 0)", "{{account}}")],
        ),
        bars(
            "Allowance is full again in",
            "As the answers state it; 0 when that is past.",
            Place(6),
            Look(fields.SECONDS, 0, most=3600),
            [
                Query(
                    f"clamp_min({once('exporter_api_rate_limit_reset_timestamp_seconds')} - time(), 0)",
                    "{{account}}",
                )
            ],
        ),
        lines(
            "Half of the requests take less than",
            "The median by endpoint, body included.",
            Place(6),
            Look(fields.SECONDS, 2),
            [Query(f"histogram_quantile(0.5, {_SECONDS}) >= 0", "{{endpoint}}")],
        ),
        lines(
            "95 percent of the requests take less than",
            "The 95th percentile by endpoint, body included.",
            Place(6),
            Look(fields.SECONDS, 2),
            [Query(f"histogram_quantile(0.95, {_SECONDS}) >= 0", "{{endpoint}}")],
        ),
        lines(
            "Polls take",
            "The last poll of each dataset.",
            Place(12),
            Look(fields.SECONDS, 2),
            [Query(once("exporter_poll_duration_seconds"), "{{account}} {{dataset}}")],
        ),
    ),
)
