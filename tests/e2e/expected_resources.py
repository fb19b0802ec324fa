"""Sums by resource: what holds after every poll, and what has to be shown once all that can be asked for was asked for.

Which hours are known by resource after a poll depends on how many requests there were: nobody can say it beforehand.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from tests.e2e.dialect import Ledger
from tests.e2e.expected import Series, rows
from tests.e2e.expected_periods import DAY, month
from tests.e2e.expected_running import Running, tree_costs
from tests.e2e.figures import Figures

PREFIXES = ("month_to_date", "trailing_day")
FAMILIES = tuple(f"northflank_{prefix}_resource_cost" for prefix in PREFIXES)
OTHER = "_other"
ROUNDING = 1e-9
FLOOR = 1e-6

Key = tuple[str, ...]
PROJECT = ("currency", "team_id", "project_id")
RESOURCE = (*PROJECT, "resource_type", "resource_id")


async def resource_findings(running: Running, shown: Series) -> list[str]:
    """What is wrong with the sums by resource: they sum to their projects, and none is more than the ledger's."""
    if not running.has_resources:
        return [f"not expected: {name}" for name, _ in shown if name in FAMILIES]
    found = [*_sum_findings(shown, "month_to_date")]
    if any(name == FAMILIES[1] for name, _ in shown):
        found += _sum_findings(shown, "trailing_day")
    for prefix in PREFIXES:
        spent = await _spent(running, prefix)
        for key, value in sums(shown, f"northflank_{prefix}_resource_cost", RESOURCE).items():
            if OTHER not in key and value > spent.get(key, 0.0) + ROUNDING:
                found.append(f"{prefix} of {key} is {value}, more than {spent.get(key)}")
    return found


async def add_resources(running: Running, figures: Figures) -> None:
    """Add the sums by resource as they are once every hour is known; a resource that costs nothing may lack."""
    if running.has_resources:
        for prefix in PREFIXES:
            for figure in (await _used(running, prefix)).items():
                for line in tree_costs(running, prefix, figure, ("resource",)):
                    figures.add([line], required=bool(line[2]))


def with_resources(shown: Series) -> Series:
    """The sums by resource; a rest that is rounding is left out."""
    return {
        key: value
        for key, value in shown.items()
        if key[0] in FAMILIES and not (("resource_id", OTHER) in key[1] and abs(value) <= FLOOR)
    }


def sums(shown: Series, family: str, labels: Key) -> dict[Key, float]:
    """A family summed by these labels."""
    found: dict[Key, float] = defaultdict(float)
    for (name, told), value in shown.items():
        if name == family:
            values = dict(told)
            found[tuple(values[label] for label in labels)] += value
    return dict(found)


def _sum_findings(shown: Series, prefix: str) -> Iterator[str]:
    resources = sums(shown, f"northflank_{prefix}_resource_cost", PROJECT)
    projects = sums(shown, f"northflank_{prefix}_project_cost", PROJECT)
    for key in sorted(resources.keys() | projects.keys()):
        resource, project = resources.get(key, 0.0), projects.get(key, 0.0)
        if abs(resource - project) > max(ROUNDING, abs(project) * 1e-12):
            yield f"{prefix}: the resources of {key} sum to {resource}, the project is {project}"
        if key not in projects:
            yield f"{prefix}: there are resources of {key}, and no project"


async def _spent(running: Running, prefix: str) -> dict[Key, float]:
    spent: dict[Key, float] = {}
    for currency, used in (await _used(running, prefix)).items():
        for level, labels, row in rows(running.world, used):
            if level == "resource":
                spent[currency, *labels.values()] = float(Decimal(row["price"]["total"]))
    return spent


async def _used(running: Running, prefix: str) -> dict[str, Ledger]:
    start = month(running.through)[0] if prefix == "month_to_date" else running.through - DAY
    return await running.by_currency(start, running.through, "resource")
