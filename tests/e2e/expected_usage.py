"""The families of the datasets `usage` and `usage_details` at an instant: written from the metric contract."""

from collections.abc import Iterator
from decimal import Decimal

from tests.e2e.dialect import Ledger
from tests.e2e.expected import Line, components
from tests.e2e.expected_periods import DAY, HOUR, hour_from, month
from tests.e2e.expected_running import USD, Running, costs, tree_costs

PAST_MONTHS = range(1, 13)
UNITS = {
    "memory_gib_hours": "memory_gibibyte_hours",
    "storage_gib_hours": "storage_gibibyte_hours",
    "gpu_memory_gib_hours": "gpu_memory_gibibyte_hours",
}


async def usage_lines(running: Running) -> list[Line]:
    """The account's figures: those of hours where the generation tells of hours, and what is unbilled."""
    if not running.has_currency:
        return []
    lines = [*await _unbilled(running), *_billing_threshold(running)]
    if running.dialect.has_hours:
        lines += [*await _hour(running), *await _month_to_date(running), *await _trailing_day(running)]
        lines += await _past_months(running)
    return lines


async def usage_detail_lines(running: Running) -> list[Line]:
    """The figures by team and project, and the tree of the newest hour, with the names of what is in them."""
    if not (running.has_currency and running.dialect.has_hours and running.dialect.levels):
        return []
    return [
        *await _hour_tree(running),
        *await _month_to_date_by_project(running),
        *await _project_costs(running, "trailing_day", running.through - DAY, running.through),
        *await _project_costs(running, "past_month", *month(running.through, 1), months_ago="1"),
    ]


async def _hour(running: Running) -> list[Line]:
    used = await running.used(running.through - HOUR, running.through)
    return [*costs(running, "hourly_cost", used), ("hourly_start_timestamp_seconds", {}, running.through - HOUR)]


async def _month_to_date(running: Running) -> list[Line]:
    start, end = month(running.through)
    used = await running.used(start, running.through)
    return [
        *costs(running, "month_to_date_cost", used),
        *_quantities(used),
        ("month_to_date_start_timestamp_seconds", {}, start),
        ("month_to_date_end_timestamp_seconds", {}, end),
        ("month_to_date_through_timestamp_seconds", {}, running.through),
    ]


def _quantities(used: Ledger) -> Iterator[Line]:
    for category, units in used["quantities"].items():
        for unit, value in units.items():
            labels = {"category": category, "unit": UNITS.get(unit, unit)}
            yield "month_to_date_usage_quantity", labels, Decimal(value)


async def _trailing_day(running: Running) -> list[Line]:
    return list(
        costs(running, "trailing_day_cost", await running.used(running.through - DAY, running.through)),
    )


async def _past_months(running: Running) -> list[Line]:
    lines: list[Line] = []
    for ago in PAST_MONTHS:
        start, end = month(running.through, ago)
        if running.has_hours(start):
            lines += costs(running, "past_month_cost", await running.used(start, end), months_ago=str(ago))
            lines += [("past_month_start_timestamp_seconds", {"months_ago": str(ago)}, start)]
    return lines


async def _unbilled(running: Running) -> list[Line]:
    if running.unbilled_from is None:
        return []
    whole_hours = hour_from(running.unbilled_from), running.through
    to_the_second = running.unbilled_from, int(running.now)
    used = await running.used(*(whole_hours if running.dialect.has_hours else to_the_second))
    start = ("unbilled_start_timestamp_seconds", dict[str, str](), running.unbilled_from)
    return [*costs(running, "unbilled_cost", used), start]


def _billing_threshold(running: Running) -> Iterator[Line]:
    if running.declared.billing_threshold is not None:
        yield "billing_threshold_amount", USD, running.declared.billing_threshold


async def _hour_tree(running: Running) -> list[Line]:
    start = running.through - HOUR
    used = await running.used(start, running.through, "resource")
    return [
        *tree_costs(running, "hourly", used, running.dialect.levels),
        *_clusters(running, used),
        *(("hourly_unattributed_cost", {**USD, "level": level}, 0) for level in running.dialect.levels),
        ("hourly_details_start_timestamp_seconds", {}, start),
    ]


def _clusters(running: Running, used: Ledger) -> Iterator[Line]:
    for cluster in used["clusters"] if running.dialect.has_clusters else ():
        labels = {"cluster_id": cluster["id"]}
        for component, value in components(cluster["price"], running.dialect.parts["byoc"]):
            yield "hourly_cluster_cost", {**USD, **labels, "component": component}, value
        yield "cluster_info", {**labels, "cluster_name": cluster["name"] or cluster["id"]}, 1


async def _month_to_date_by_project(running: Running) -> list[Line]:
    start = month(running.through)[0]
    if not running.has_trees(start, running.through):
        return []
    used = await running.used(start, running.through, "project")
    return [
        *tree_costs(running, "month_to_date", used, ("team", "project")),
        ("month_to_date_details_through_timestamp_seconds", {}, running.through),
    ]


async def _project_costs(running: Running, prefix: str, start: int, end: int, **labels: str) -> list[Line]:
    if not ("project" in running.dialect.levels and running.has_trees(start, end)):
        return []
    return list(tree_costs(running, prefix, await running.used(start, end, "project"), ("project",), **labels))
