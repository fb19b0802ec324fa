"""The rows of the dataset `usage_details`: what teams, projects and resources spend now."""

from __future__ import annotations

from exporter.domain.report import Dataset
from exporter.domain.tree import Level
from exporter.metrics import scoped_samples
from exporter.metrics.catalog_usage import AT_PRICES
from exporter.metrics.family import Family
from exporter.metrics.labels import BY_LEVEL, CURRENCY
from exporter.metrics.row import Row

_ACCOUNT = ("account",)
_OVERLAP = "Levels overlap, and so do times: never add two"
_MONTH = "may end some hours before the account's (its own timestamp tells), and is absent while it is of another month"
_HOUR = (Dataset.USAGE_DETAILS,)
_SPEND = (Dataset.USAGE_DETAILS, Dataset.USAGE)

SCOPED_ROWS = (
    *(
        Row(
            Family(
                f"northflank_month_to_date_{level}_cost",
                f"Spent by a {level} since the start of the calendar month (UTC), PaaS alone; {_MONTH}: {AT_PRICES}. "
                f"{_OVERLAP}.",
                (*CURRENCY, *BY_LEVEL[level], "component"),
            ),
            _SPEND,
            scoped_samples.cost(scoped_samples.month_to_date, level),
        )
        for level in (Level.TEAM, Level.PROJECT)
    ),
    Row(
        Family(
            "northflank_month_to_date_resource_cost",
            'Spent by a resource in the month to date of its project; what is not known by resource is "_other".',
            (*CURRENCY, *BY_LEVEL[Level.RESOURCE], "component"),
        ),
        _SPEND,
        scoped_samples.cost(scoped_samples.month_resources, Level.RESOURCE),
    ),
    Row(
        Family(
            "northflank_month_to_date_details_through_timestamp_seconds",
            "The instant up to which the month to date by team and project is complete, Unix time: a full hour; "
            "cached.",
            _ACCOUNT,
        ),
        _SPEND,
        scoped_samples.month_to_date_through,
    ),
    Row(
        Family(
            "northflank_trailing_day_project_cost",
            "Spent by a project in the newest 24 complete hours that are known by project, PaaS alone; absent while "
            f"fewer are known: {AT_PRICES}. {_OVERLAP}.",
            (*CURRENCY, *BY_LEVEL[Level.PROJECT], "component"),
        ),
        _HOUR,
        scoped_samples.cost(scoped_samples.trailing_day, Level.PROJECT),
    ),
    Row(
        Family(
            "northflank_trailing_day_resource_cost",
            "Spent by a resource in the trailing day of its project; absent unless all 24 hours are known by resource.",
            (*CURRENCY, *BY_LEVEL[Level.RESOURCE], "component"),
        ),
        _HOUR,
        scoped_samples.cost(scoped_samples.day_resources, Level.RESOURCE),
    ),
    Row(
        Family(
            "northflank_past_month_project_cost",
            f"Spent by a project in the last finished calendar month (UTC), PaaS alone: {AT_PRICES}. {_OVERLAP}.",
            (*CURRENCY, "months_ago", *BY_LEVEL[Level.PROJECT], "component"),
        ),
        _SPEND,
        scoped_samples.cost(scoped_samples.past_month, Level.PROJECT, str(scoped_samples.LAST_MONTH)),
    ),
)

HOUR_ROWS = (
    *(
        Row(
            Family(
                f"northflank_hourly_{level}_cost",
                f"Spent by a {level.replace('_', ' ')} in the newest billing hour that is known by {level} and whole, "
                f"PaaS, unfiltered: {AT_PRICES}. {_OVERLAP}.",
                (*CURRENCY, *labels, "component"),
            ),
            _HOUR,
            scoped_samples.hourly_cost(level),
        )
        for level, labels in BY_LEVEL.items()
    ),
    Row(
        Family(
            "northflank_hourly_cluster_cost",
            f"Spent by a BYOC cluster in that billing hour: {AT_PRICES}. {_OVERLAP}.",
            (*CURRENCY, "cluster_id", "component"),
        ),
        _HOUR,
        scoped_samples.hourly_cluster_cost,
    ),
    Row(
        Family(
            "northflank_hourly_unattributed_cost",
            "What the level above holds in that billing hour beyond the sum of this level: 0 when all is accounted "
            "for, negative when too much is; cached.",
            (*CURRENCY, "level"),
        ),
        _HOUR,
        scoped_samples.hourly_unattributed_cost,
    ),
    Row(
        Family(
            "northflank_hourly_details_start_timestamp_seconds",
            "The start of the billing hour that the hourly costs of teams, projects, resource types, resources and "
            "clusters are of, Unix time; may be before that of the account's; cached.",
            _ACCOUNT,
        ),
        _HOUR,
        scoped_samples.hour_start,
    ),
)
