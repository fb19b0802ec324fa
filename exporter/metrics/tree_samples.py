"""The families of the trees and of the names in them: report in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from exporter.domain.report import AccountReport, InvoiceTree
from exporter.domain.tree import Level, Path, rows_at
from exporter.metrics.family import Sample

Samples = Callable[[AccountReport], Iterator[Sample]]


def trees_of(report: AccountReport) -> tuple[InvoiceTree, ...]:
    """The trees shown, newest first."""
    return report.invoice_details.trees if report.invoice_details else ()


def level_cost(level: Level) -> Samples:
    """The prices of one level by the ids of the whole path and by component."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for tree in trees_of(report):
            start = (report.account, tree.invoice.id, tree.invoice.currency)
            for path, row in rows_at(tree.rows, level):
                for component, amount in row.price.by_component() if row.price else ():
                    yield Sample((*start, *path, component), amount)

    return samples


def cluster_cost(report: AccountReport) -> Iterator[Sample]:
    """The prices of BYOC clusters by component."""
    for tree in trees_of(report):
        start = (report.account, tree.invoice.id, tree.invoice.currency)
        for index, cluster in enumerate(tree.clusters):
            for component, amount in cluster.price.by_component() if cluster.price else ():
                yield Sample((*start, cluster.id, component), amount, f"byoc.clusters[{index}]")


def unattributed_cost(report: AccountReport) -> Iterator[Sample]:
    """What each level leaves over of the level above it."""
    for tree in trees_of(report):
        for level, amount in tree.unattributed.items():
            yield Sample((report.account, tree.invoice.id, tree.invoice.currency, level), amount)


def level_info(level: Level) -> Samples:
    """The names of one level, once for each id: the newest name wins, and the id stands in for a missing one."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        rows = ((path, row.name) for tree in trees_of(report) for path, row in rows_at(tree.rows, level))
        for path, name in _newest_names(rows):
            yield Sample((report.account, *path, name), 1)

    return samples


def cluster_info(report: AccountReport) -> Iterator[Sample]:
    """The names of BYOC clusters."""
    clusters = (((cluster.id,), cluster.name) for tree in trees_of(report) for cluster in tree.clusters)
    for path, name in _newest_names(clusters):
        yield Sample((report.account, *path, name), 1)


def _newest_names(rows: Iterable[tuple[Path, str | None]]) -> Iterator[tuple[Path, str]]:
    """Each path once with its first name that is one; rows come newest first."""
    names: dict[Path, str | None] = {}
    for path, name in rows:
        names[path] = names.get(path) or name
    return ((path, name or path[-1]) for path, name in names.items())
