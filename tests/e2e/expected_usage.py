"""The families of the datasets `usage` and `usage_details` at an instant: written from the metric contract.

Sums by resource are in `expected_resources`.
"""

from collections.abc import Iterator
from decimal import Decimal

from tests.e2e.dialect import Ledger
from tests.e2e.expected import Line, components
from tests.e2e.expected_periods import DAY, HOUR, hour_from, month
from tests.e2e.expected_running import PAST_MONTHS, Running, add_costs, is_zero, tree_costs
from tests.e2e.figures import Figures

UNITS = {
    "memory_gib_hours": "memory_gibibyte_hours",
    "storage_gib_hours": "storage_gibibyte_hours",
    "gpu_memory_gib_hours": "gpu_memory_gibibyte_hours",
}


async def add_usage(running: Running, figures: Figures) -> None:
    """Add the account's figures: those of hours where the generation tells of hours, and what is unbilled."""
    if running.dialect.has_hours:
        listed: Line = ("usage_listed_through_timestamp_seconds", {}, running.horizon.listed)
        figures.add([listed], required=running.has_currency)
    if not running.has_currency:
        return
    await _add_unbilled(running, figures)
    figures.must(_billing_threshold(running))
    if running.dialect.has_hours:
        await _add_hour(running, figures)
        await _add_month_to_date(running, figures)
        await _add_trailing_day(running, figures)
        await _add_past_months(running, figures)


async def add_usage_details(running: Running, figures: Figures) -> None:
    """Add the figures by team and project, and the tree of the newest hour."""
    if not (running.has_currency and running.dialect.has_hours and running.dialect.levels):
        return
    await _add_hour_tree(running, figures)
    await _add_month_to_date_by_project(running, figures)
    if "project" in running.dialect.levels:
        await _add_trailing_day_by_project(running, figures)
        await _add_past_month_by_project(running, figures)


async def _add_hour(running: Running, figures: Figures) -> None:
    """The newest hour, and zeros in the other currencies of the month."""
    start = running.through - HOUR
    used = await running.by_currency(start, running.through)
    for currency in sorted({*used, *await running.month_currencies()}):
        figure = currency, used.get(currency, await running.nothing())
        add_costs(running, figures, "hourly_cost", figure)
    figures.must([("hourly_start_timestamp_seconds", {}, start)])


async def _add_month_to_date(running: Running, figures: Figures) -> None:
    start, end = month(running.through)
    for figure in (await running.by_currency(start, running.through)).items():
        add_costs(running, figures, "month_to_date_cost", figure)
    whole = await running.used(start, running.through)
    # In a month in which nothing runs the API states no quantity.
    figures.add(_quantities(whole), required=start == running.through or not is_zero(whole))
    figures.must(
        [
            ("month_to_date_start_timestamp_seconds", {}, start),
            ("month_to_date_end_timestamp_seconds", {}, end),
            ("month_to_date_through_timestamp_seconds", {}, running.through),
        ]
    )


def _quantities(used: Ledger) -> Iterator[Line]:
    for category, units in used["quantities"].items():
        for unit, value in units.items():
            labels = {"category": category, "unit": UNITS.get(unit, unit)}
            yield "month_to_date_usage_quantity", labels, Decimal(value)


async def _add_trailing_day(running: Running, figures: Figures) -> None:
    used = await running.by_currency(running.through - DAY, running.through)
    for currency in sorted({*used, *await running.month_currencies()}):
        figure = currency, used.get(currency, await running.nothing())
        add_costs(running, figures, "trailing_day_cost", figure)


async def _add_past_months(running: Running, figures: Figures) -> None:
    """Each finished month that has to be known; one in which nothing ran may lack."""
    for ago in PAST_MONTHS:
        start, end = month(running.through, ago)
        whole = await running.used(start, end)
        required = running.has_hours(start) and not is_zero(whole)
        for figure in (await running.by_currency(start, end)).items():
            add_costs(running, figures, "past_month_cost", figure, required=required, months_ago=str(ago))
        figures.add([("past_month_start_timestamp_seconds", {"months_ago": str(ago)}, start)], required=required)


async def _add_unbilled(running: Running, figures: Figures) -> None:
    if running.unbilled_from is None:
        return
    whole_hours = hour_from(running.unbilled_from), running.through
    to_the_second = running.unbilled_from, int(running.now)
    for figure in (await running.by_currency(*(whole_hours if running.dialect.has_hours else to_the_second))).items():
        add_costs(running, figures, "unbilled_cost", figure)
    figures.must([("unbilled_start_timestamp_seconds", {}, running.unbilled_from)])


def _billing_threshold(running: Running) -> Iterator[Line]:
    if running.declared.billing_threshold is not None:
        yield "billing_threshold_amount", {"currency": "USD"}, running.declared.billing_threshold


async def _add_hour_tree(running: Running, figures: Figures) -> None:
    """The tree of the newest hour; of one that counts as zero nothing but its start is shown."""
    start = running.through - HOUR
    figures.must([("hourly_details_start_timestamp_seconds", {}, start)])
    used = await running.by_currency(start, running.through, "resource")
    for currency in {*used, *await running.month_currencies()}:
        unattributed = {"currency": currency}
        lines: list[Line] = [
            ("hourly_unattributed_cost", {**unattributed, "level": level}, 0) for level in running.dialect.levels
        ]
        if currency in used and not is_zero(used[currency]):
            figure = currency, used[currency]
            figures.must([*lines, *tree_costs(running, "hourly", figure, running.dialect.levels)])
            figures.must(_clusters(running, figure))
        else:
            figures.may(lines)


def _clusters(running: Running, figure: tuple[str, Ledger]) -> Iterator[Line]:
    currency, used = figure
    for cluster in used["clusters"] if running.dialect.has_clusters else ():
        labels = {"currency": currency, "cluster_id": cluster["id"]}
        for component, value in components(cluster["price"], running.dialect.parts["byoc"]):
            yield "hourly_cluster_cost", {**labels, "component": component}, value


async def _add_month_to_date_by_project(running: Running, figures: Figures) -> None:
    start = month(running.through)[0]
    is_known = await running.has_trees(start, running.through)
    is_idle = is_zero(await running.used(running.through - HOUR, running.through))
    lines: list[Line] = []
    for figure in (await running.by_currency(start, running.through, "project")).items():
        # Nothing is known of teams and projects of a month in which nothing ran.
        is_shown = not is_zero(figure[1]) or (start == running.through and not is_idle)
        of_levels = tree_costs(running, "month_to_date", figure, ("team", "project"))
        if is_known and not is_shown:
            figures.may(of_levels)
        else:
            lines += of_levels
    figures.add(lines, required=is_known)
    figures.add([("month_to_date_details_through_timestamp_seconds", {}, running.through)], required=is_known)


async def _add_trailing_day_by_project(running: Running, figures: Figures) -> None:
    start = running.through - DAY
    is_known = await running.has_trees(start, running.through)
    used = await running.by_currency(start, running.through, "project")
    for currency in {*used, *await running.month_currencies()}:
        figure = currency, used.get(currency, await running.nothing("project"))
        lines = tree_costs(running, "trailing_day", figure, ("project",))
        figures.add(lines, required=is_known and not is_zero(figure[1]))


async def _add_past_month_by_project(running: Running, figures: Figures) -> None:
    start, end = month(running.through, 1)
    is_known = await running.has_trees(start, end)
    for figure in (await running.by_currency(start, end, "project")).items():
        lines = tree_costs(running, "past_month", figure, ("project",), months_ago="1")
        figures.add(lines, required=is_known and not is_zero(figure[1]))
