"""The families of the dataset `usage_details`, spend by team, project and resource: report in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exporter.domain.report import AccountReport
from exporter.domain.tree import Level
from exporter.domain.usage import HourTree, ScopedSpend
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples
from exporter.metrics.tree_samples import amounts_by_level, clusters_by_component, rows_by_component

LAST_MONTH = 1

Chosen = Callable[[AccountReport], ScopedSpend | None]


def month_to_date(report: AccountReport) -> ScopedSpend | None:
    """That of the month whose start and end are exported; None while it is still of another one."""
    details, usage = report.usage_details, report.usage
    scoped, spend = (details and details.month_to_date), (usage and usage.month_to_date)
    return scoped if scoped and spend and scoped.period.start == spend.period.start else None


def trailing_day(report: AccountReport) -> ScopedSpend | None:
    """That of the newest 24 hours that are known by project."""
    return report.usage_details.trailing_day if report.usage_details else None


def month_resources(report: AccountReport) -> ScopedSpend | None:
    """The resources of the month to date by project."""
    details = report.usage_details
    return details.month_resources if details and month_to_date(report) else None


def day_resources(report: AccountReport) -> ScopedSpend | None:
    """The resources of the trailing day by project; None unless all of its hours are known by resource."""
    return report.usage_details.day_resources if report.usage_details else None


def past_month(report: AccountReport) -> ScopedSpend | None:
    """That of the last finished month; None where the account's last finished month is another one."""
    scoped = report.usage_details.past_month if report.usage_details else None
    spend = report.usage.past_months.get(LAST_MONTH) if report.usage else None
    return scoped if scoped and (spend is None or scoped.period.start == spend.period.start) else None


def hour(report: AccountReport) -> HourTree | None:
    """The newest hour whose tree is known."""
    return report.usage_details.hour if report.usage_details else None


def cost(spend: Chosen, level: Level, *labels: str) -> Samples:
    """The prices of one level of a spend; `labels` come after account and currency."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        chosen = spend(report)
        for currency, rows in chosen.rows.items() if chosen else ():
            yield from rows_by_component((report.account, currency, *labels), rows, level)

    return samples


def month_to_date_through(report: AccountReport) -> Iterator[Sample]:
    """The instant up to which the month to date by team and project is complete."""
    month = month_to_date(report)
    if month:
        yield Sample((report.account,), month.period.end)


def hour_start(report: AccountReport) -> Iterator[Sample]:
    """The start of the hour that the tree is of."""
    tree = hour(report)
    if tree:
        yield Sample((report.account,), tree.start)


def hourly_cost(level: Level) -> Samples:
    """The prices of one level of the hour's tree."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        tree = hour(report)
        if tree:
            yield from rows_by_component((report.account, tree.currency), tree.rows, level)

    return samples


def hourly_cluster_cost(report: AccountReport) -> Iterator[Sample]:
    """The prices of BYOC clusters in the hour."""
    tree = hour(report)
    if tree:
        yield from clusters_by_component((report.account, tree.currency), tree.clusters)


def hourly_unattributed_cost(report: AccountReport) -> Iterator[Sample]:
    """What each level of the hour's tree leaves over of the level above it."""
    tree = hour(report)
    if tree:
        yield from amounts_by_level((report.account, tree.currency), tree.unattributed)
