"""The series limit: what is shown of a report, so that no family of resources has more series than allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.domain.folding import fold_cheapest
from exporter.domain.report import AccountReport, Dataset, InvoiceDetailsSection, Section, UsageDetailsSection
from exporter.domain.tree import Path, Rows
from exporter.domain.usage import ScopedSpend

NO_LIMIT = 0

Fold = Callable[[tuple[Rows, ...]], tuple[Rows, ...]]
"""Folds the trees of one family."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A report as it was fetched and as it is shown; `resources` are how many of each dataset are folded in it."""

    limit: int
    fetched: AccountReport
    shown: AccountReport
    resources: Mapping[Dataset, int]


def fold(report: AccountReport, limit: int, before: Folded | None) -> Folded:
    """The report with at most `limit` series in each family of resources; 0 is no limit.

    Trees of several invoices share the limit, and so do the currencies of one month. A section that is the very same
    object as in `before` is shown as the very same object, so that what was rendered of it is used again. It takes a
    second at a hundred thousand resources: never call it on the event loop.
    """
    usable = before if before and before.limit == limit else None
    shown, resources = report, {}
    for dataset in (Dataset.INVOICE_DETAILS, Dataset.USAGE_DETAILS):
        if usable and usable.fetched.section(dataset) is report.section(dataset):
            section, resources[dataset] = usable.shown.section(dataset), usable.resources[dataset]
        else:
            section, resources[dataset] = _fold_one(report.section(dataset), limit)
        shown = shown.with_section(dataset, section) if section else shown
    return Folded(limit, report, shown, MappingProxyType(resources))


def _fold_one(section: Section | None, limit: int) -> tuple[Section | None, int]:
    folded: set[Path] = set()

    def one_family(trees: tuple[Rows, ...]) -> tuple[Rows, ...]:
        shown, paths = fold_cheapest(trees, limit)
        folded.update(paths)
        return shown

    if limit == NO_LIMIT:
        return section, 0
    shown = section
    if isinstance(section, InvoiceDetailsSection):
        shown = _fold_invoices(section, one_family)
    elif isinstance(section, UsageDetailsSection):
        shown = _fold_usage(section, one_family)
    return (shown if folded else section), len(folded)


def _fold_invoices(section: InvoiceDetailsSection, one_family: Fold) -> InvoiceDetailsSection:
    trees = one_family(tuple(tree.rows for tree in section.trees))
    return replace(
        section, trees=tuple(replace(tree, rows=rows) for tree, rows in zip(section.trees, trees, strict=True))
    )


def _fold_usage(section: UsageDetailsSection, one_family: Fold) -> UsageDetailsSection:
    hour = section.hour
    return replace(
        section,
        hour=replace(hour, rows=one_family((hour.rows,))[0]) if hour else None,
        month_resources=_fold_spend(section.month_resources, one_family),
        day_resources=_fold_spend(section.day_resources, one_family),
    )


def _fold_spend(spend: ScopedSpend | None, one_family: Fold) -> ScopedSpend | None:
    if spend is None:
        return None
    trees = one_family(tuple(spend.rows.values()))
    return replace(spend, rows=MappingProxyType(dict(zip(spend.rows, trees, strict=True))))
