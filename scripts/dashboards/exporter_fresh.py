"""Exporter: whether polls succeed, and how old the figures are."""

from __future__ import annotations

from scripts.dashboards import fields
from scripts.dashboards.frame import Row
from scripts.dashboards.panels import Look, Place, areas, bars, figures, lines
from scripts.dashboards.promql import once, once_over, total, worst
from scripts.dashboards.queries import Query
from scripts.dashboards.tables import Column, Order, listing

_DATASET = "{{account}} {{dataset}}"
_AGE = f"time() - {once('last_success_timestamp_seconds')}"
_INTERVAL = once("exporter_poll_interval_seconds")
_POLLS_LATE = Look(fields.PLAIN, 1, {None: "green", 2: "orange", 3: "red"})
_GOOD = Look(thresholds=fields.GOOD_AT_ONE, words=fields.YES_OR_NO)
_COMPLETE = (
    ("account", "month_to_date_through_timestamp_seconds"),
    ("listed by Northflank", "usage_listed_through_timestamp_seconds"),
    ("details", "month_to_date_details_through_timestamp_seconds"),
    ("newest hour", "hourly_start_timestamp_seconds"),
    ("newest hour by resource", "hourly_details_start_timestamp_seconds"),
    ("credits", "credit_last_synced_timestamp_seconds"),
)

ROW = Row(
    "Freshness",
    (
        figures(
            "All datasets up",
            "Whether the last poll of every dataset succeeded.",
            Place(5, 4),
            _GOOD,
            [Query(f"min by (account) ({once('up')})", "{{account}}")],
        ),
        figures(
            "Token accepted",
            "no: Northflank answered 401.",
            Place(5, 4),
            _GOOD,
            [Query(once("exporter_token_accepted"), "{{account}}")],
        ),
        figures(
            "Configuration read",
            "no: it was changed and has a fault; the one before stays in use. Of several exporters: whether of all.",
            Place(4, 4),
            _GOOD,
            [Query(worst("exporter_config_last_reload_successful"), "last reload")],
        ),
        figures(
            "Oldest dataset",
            "How long ago the oldest data shown were fetched.",
            Place(5, 4),
            Look(fields.SECONDS, 1),
            [Query(f"max by (account) ({_AGE})", "{{account}}")],
        ),
        figures(
            "Failed polls in 24 hours",
            "Polls of any dataset that did not succeed and were not postponed.",
            Place(5, 4),
            Look(fields.PLAIN, 0, fields.GREEN_AT_ZERO),
            [
                Query(
                    "sum by (account) (max by (account, dataset, outcome) (increase("
                    'northflank_exporter_polls_total{account=~"$account",outcome!~"success|postponed"}[24h])))',
                    "{{account}}",
                )
            ],
        ),
        listing(
            "Datasets",
            "Their age, how often they are polled, the age in polls, and how long the last poll took. An age of three "
            "polls and more is a matter of concern.",
            Place(12, 9),
            [
                Column("Account", "account"),
                Column("Dataset", "dataset", width=125),
                Column("Up", once("up"), Look(decimals=0, thresholds=fields.GOOD_AT_ONE, words=fields.YES_OR_NO)),
                Column("Age", _AGE, Look(fields.SECONDS, 1)),
                Column("Interval", _INTERVAL, Look(fields.SECONDS, 0)),
                Column("In polls", f"({_AGE}) / {_INTERVAL}", _POLLS_LATE),
                Column("Took", once("exporter_poll_duration_seconds"), Look(fields.SECONDS, 2)),
                Column("Series", once("exporter_series"), Look(fields.COUNT, 0)),
            ],
            Order("In polls", descending=True),
        ),
        lines(
            "Age of the data shown",
            "Since each dataset was fetched.",
            Place(12, 9),
            Look(fields.SECONDS, 1),
            [Query(_AGE, _DATASET)],
        ),
        bars(
            "Figures end so long ago",
            "Northflank lists an hour once it is over, some later; one that stays missing counts as zero "
            "(`poll.late_after`).",
            Place(12, 9),
            Look(fields.SECONDS, 1),
            [Query(f"time() - {once(name)}", f"{{{{account}}}} {what}") for what, name in _COMPLETE],
        ),
        areas(
            "Polls by outcome, an hour",
            "Postponed: the share of the allowance was used.",
            Place(12, 9),
            Look(decimals=1),
            [
                Query(
                    f"{total('account, outcome', once_over('increase', 'exporter_polls_total', '1h'))} > 0",
                    "{{account}} {{outcome}}",
                )
            ],
        ),
    ),
)
