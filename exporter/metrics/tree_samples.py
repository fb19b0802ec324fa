"""The families of the invoices' trees, and what any tree's rows are as samples: report in, samples out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from exporter.domain.invoice import Cluster
from exporter.domain.report import AccountReport, InvoiceTree
from exporter.domain.tree import Level, Rows, rows_at
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples


def rows_by_component(start: tuple[str, ...], rows: Rows, level: Level) -> Iterator[Sample]:
    """The prices of one level by the ids of the whole path and by component, after the labels that all begin with."""
    for path, row in rows_at(rows, level):
        for component, amount in row.price.by_component() if row.price else ():
            yield Sample((*start, *path, component), amount)


def clusters_by_component(start: tuple[str, ...], clusters: tuple[Cluster, ...]) -> Iterator[Sample]:
    """The prices of BYOC clusters by component."""
    for index, cluster in enumerate(clusters):
        for component, amount in cluster.price.by_component() if cluster.price else ():
            yield Sample((*start, cluster.id, component), amount, f"byoc.clusters[{index}]")


def amounts_by_level(start: tuple[str, ...], amounts: Mapping[Level, Decimal]) -> Iterator[Sample]:
    """An amount of each level."""
    for level, amount in amounts.items():
        yield Sample((*start, level), amount)


def trees_of(report: AccountReport) -> tuple[InvoiceTree, ...]:
    """The trees shown, newest first."""
    return report.invoice_details.trees if report.invoice_details else ()


def level_cost(level: Level) -> Samples:
    """The prices of one level."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for tree in trees_of(report):
            yield from rows_by_component(_start(report, tree), tree.rows, level)

    return samples


def cluster_cost(report: AccountReport) -> Iterator[Sample]:
    """The prices of BYOC clusters."""
    for tree in trees_of(report):
        yield from clusters_by_component(_start(report, tree), tree.clusters)


def unattributed_cost(report: AccountReport) -> Iterator[Sample]:
    """What each level leaves over of the level above it."""
    for tree in trees_of(report):
        yield from amounts_by_level(_start(report, tree), tree.unattributed)


def _start(report: AccountReport, tree: InvoiceTree) -> tuple[str, ...]:
    return (report.account, tree.invoice.id, tree.invoice.currency)
