"""The names of all that is shown, each id once: report in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from exporter.domain.invoice import Cluster
from exporter.domain.report import AccountReport, Dataset
from exporter.domain.tree import Level, Path, Rows
from exporter.metrics import labels, scoped_samples
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples
from exporter.metrics.tree_samples import trees_of

Named = Iterable[tuple[Path, str | None]]
Find = Callable[[AccountReport, Dataset], Named]


_SPENDS = (
    scoped_samples.month_to_date,
    scoped_samples.month_resources,
    scoped_samples.trailing_day,
    scoped_samples.day_resources,
    scoped_samples.past_month,
)


def names(find: Find, dataset: Dataset) -> Samples:
    """The names of the ids that are counted to a dataset."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for path, name in _newest_names(report, find)[dataset]:
            yield Sample((report.account, *path, name), 1)

    return samples


def project_names(dataset: Dataset) -> Samples:
    """The names of projects, with the labels that the configuration gives them."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        label_names, given = labels.of_projects(report), report.declared.project_labels
        for path, name in _newest_names(report, level(Level.PROJECT))[dataset]:
            more = labels.values(given.get(path, {}), label_names)
            yield Sample((report.account, *path, name, *more), 1)

    return samples


def level(of: Level) -> Find:
    """The ids of one level, from a dataset, newest first; those that are known by what is below them alone too."""

    def find(report: AccountReport, dataset: Dataset) -> Named:
        depth = of.depth
        for rows in _rows_shown(report, dataset):
            for path, row in rows.items():
                if len(path) >= depth:
                    yield path[:depth], row.name if len(path) == depth else None

    return find


def clusters(report: AccountReport, dataset: Dataset) -> Named:
    """The ids of BYOC clusters, from a dataset, newest first."""
    return (((cluster.id,), cluster.name) for cluster in _clusters_shown(report, dataset))


def _newest_names(report: AccountReport, find: Find) -> Mapping[Dataset, Iterable[tuple[Path, str]]]:
    """Each id once, under the newest dataset that shows it, with its newest name; without any, the id is its name."""
    found: dict[Path, str | None] = {}
    _take_over(found, find(report, Dataset.USAGE_DETAILS))
    running = len(found)
    _take_over(found, find(report, Dataset.INVOICE_DETAILS))
    named = [(path, name or path[-1]) for path, name in found.items()]
    return {Dataset.USAGE_DETAILS: named[:running], Dataset.INVOICE_DETAILS: named[running:]}


def _take_over(names: dict[Path, str | None], older: Named) -> None:
    for path, name in older:
        names[path] = names.get(path) or name


def _rows_shown(report: AccountReport, dataset: Dataset) -> Iterator[Rows]:
    if dataset is Dataset.INVOICE_DETAILS:
        yield from (tree.rows for tree in trees_of(report))
        return
    hour = scoped_samples.hour(report)
    if hour:
        yield hour.rows
    for choose in _SPENDS:
        spend = choose(report)
        yield from spend.rows.values() if spend else ()


def _clusters_shown(report: AccountReport, dataset: Dataset) -> Iterator[Cluster]:
    hour = scoped_samples.hour(report)
    trees = trees_of(report) if dataset is Dataset.INVOICE_DETAILS else (hour,) if hour else ()
    return (cluster for tree in trees for cluster in tree.clusters)
