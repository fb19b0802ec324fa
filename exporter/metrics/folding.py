"""The series limit: what is shown of a report, so that no dataset with resources has more series than allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.domain.folding import fold_cheapest
from exporter.domain.report import AccountReport, Dataset, Section, UsageSection
from exporter.domain.tree import Level, Rows
from exporter.domain.usage import Spend, Usage
from exporter.metrics.catalog import ROWS

NO_LIMIT = 0

Trees = tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """A report as it was fetched and as it is shown; `resources` are how many of each dataset are folded in it."""

    limit: int
    fetched: AccountReport
    shown: AccountReport
    resources: Mapping[Dataset, int]


@dataclass(frozen=True, slots=True)
class _Foldable:
    """How a dataset's trees are read and replaced, and how its section is shown whole without any other."""

    trees: Callable[[AccountReport], Trees]
    with_trees: Callable[[AccountReport, Trees], AccountReport]
    alone: Callable[[AccountReport], AccountReport]


def fold(report: AccountReport, limit: int, before: Folded | None) -> Folded:
    """The report with at most `limit` series in each dataset that has resources; 0 is no limit.

    Counted are all series of the catalogue that belong to the dataset: costs by component, sums, timestamps, and the
    names of its ids, also of those that another dataset names too. Trees of several invoices share the limit.

    A section that is the very same object as in `before` is shown as the very same object, so that what was rendered
    of it is used again. It takes a second at a hundred thousand resources: never call it on the event loop.
    """
    usable = before if before and before.limit == limit else None
    shown, resources = report, {}
    for dataset, foldable in _FOLDABLE.items():
        if usable and usable.fetched.section(dataset) is report.section(dataset):
            section, resources[dataset] = usable.shown.section(dataset), usable.resources[dataset]
        else:
            section, resources[dataset] = _fold_one(report, limit, dataset, foldable)
        shown = shown.with_section(dataset, section) if section else shown
    return Folded(limit, report, shown, MappingProxyType(resources))


def _fold_one(report: AccountReport, limit: int, dataset: Dataset, foldable: _Foldable) -> tuple[Section | None, int]:
    trees = foldable.trees(report)
    if limit == NO_LIMIT or not trees:
        return report.section(dataset), 0
    rest = foldable.with_trees(foldable.alone(report), tuple(map(_without_resources, trees)))
    folded, count = fold_cheapest(trees, limit - _series(rest, dataset))
    return (foldable.with_trees(report, folded) if count else report).section(dataset), count


def _series(report: AccountReport, dataset: Dataset) -> int:
    return sum(1 for row in ROWS if row.dataset is dataset for _ in row.samples(report))


def _without_resources(rows: Rows) -> Rows:
    return {path: row for path, row in rows.items() if len(path) < Level.RESOURCE.depth}


def _invoice_trees(report: AccountReport) -> Trees:
    return tuple(tree.rows for tree in report.invoice_details.trees) if report.invoice_details else ()


def _with_invoice_trees(report: AccountReport, trees: Trees) -> AccountReport:
    section = report.invoice_details
    if not section:
        return report
    replaced = tuple(replace(tree, rows=rows) for tree, rows in zip(section.trees, trees, strict=True))
    return replace(report, invoice_details=replace(section, trees=replaced))


def _details_alone(report: AccountReport) -> AccountReport:
    return AccountReport(report.account, invoice_details=report.invoice_details)


def _hour_tree(report: AccountReport) -> Trees:
    return (report.usage_details.hour.rows,) if report.usage_details and report.usage_details.hour else ()


def _with_hour_tree(report: AccountReport, trees: Trees) -> AccountReport:
    section = report.usage_details
    if not section or not section.hour:
        return report
    (rows,) = trees
    return replace(report, usage_details=replace(section, hour=replace(section.hour, rows=rows)))


def _usage_alone(report: AccountReport) -> AccountReport:
    """With an account's month to date that is of the month by team and project, so that this is counted."""
    section = report.usage_details
    month = section.month_to_date if section else None
    usage = UsageSection(month_to_date=Spend(month.period, Usage(month.currency, {}))) if month else None
    return AccountReport(report.account, usage=usage, usage_details=section)


_FOLDABLE: Mapping[Dataset, _Foldable] = MappingProxyType(
    {
        Dataset.INVOICE_DETAILS: _Foldable(_invoice_trees, _with_invoice_trees, _details_alone),
        Dataset.USAGE_DETAILS: _Foldable(_hour_tree, _with_hour_tree, _usage_alone),
    }
)
