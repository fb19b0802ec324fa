"""A row of the catalogue: a family that is rendered from the report, and what its samples depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from exporter.domain.report import AccountReport, Dataset
from exporter.metrics.family import Family, Sample

Samples = Callable[[AccountReport], Iterator[Sample]]
LabelNames = Callable[[AccountReport], tuple[str, ...]]


def no_labels(report: AccountReport) -> tuple[str, ...]:  # noqa: ARG001 - it stands where others read the report
    """Nothing beyond the labels that the family has in every account."""
    return ()


@dataclass(frozen=True, slots=True)
class Row:
    """A family that is rendered from the report: its samples depend on nothing but the sections it reads.

    The first of them is the dataset to which its series are counted. `reads_declared` is whether they depend on what
    the configuration says of the account's money too. `more_labels` are label names that come after the family's own,
    in the account of the report alone; each sample has a value for them, empty where it has none.
    """

    family: Family
    reads: tuple[Dataset, ...]
    samples: Samples
    reads_declared: bool = False
    more_labels: LabelNames = no_labels

    @property
    def dataset(self) -> Dataset:
        """The dataset to which its series are counted."""
        return self.reads[0]

    def family_of(self, report: AccountReport) -> Family:
        """The family with the labels that it has in this account."""
        more = self.more_labels(report)
        return replace(self.family, labels=(*self.family.labels, *more)) if more else self.family

    def sections_of(self, report: AccountReport) -> tuple[object, ...]:
        """All that its samples depend on: while these are the very same objects, so are its lines."""
        sections = tuple(report.section(dataset) for dataset in self.reads)
        return (*sections, report.declared) if self.reads_declared else sections
