"""Metric families, and the samples that become their lines: checked, since the client library checks neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from exporter.errors import DuplicateSeriesError


class Type(StrEnum):
    """The Prometheus type of a family."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Family:
    """A promise to users: the name, the labels in their order, and what the values mean."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    type: Type = Type.GAUGE


class Sample(NamedTuple):
    """One series of a family: its label values in the order of the labels, and its value.

    `origin` says where in the answers it comes from, where the label values alone do not.
    """

    labels: tuple[str, ...]
    value: Decimal | float
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The exposition of a family's samples, without its HELP and TYPE lines."""

    text: bytes
    series: int


# The client library needs some kilobytes for each sample that it renders at once.
_BATCH = 2000

NO_LINES = Lines(text=b"", series=0)


class _Only:
    """A registry of one metric, in the form that the client library's renderer takes."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> Iterator[Metric]:
        yield self._metric


def header_of(family: Family) -> bytes:
    """The HELP and TYPE lines."""
    return _render(GaugeMetricFamily(family.name, family.help, labels=family.labels))


def lines_of(family: Family, samples: Iterable[Sample]) -> Lines:
    """The lines of a gauge family's samples, in their order.

    Raises DuplicateSeriesError with both origins when two samples are one series, and ValueError when a sample has
    not as many label values as the family has labels.
    """
    seen: dict[tuple[str, ...], Sample] = {}
    batches = []
    for batch in _batched(samples):
        for sample in batch:
            if len(sample.labels) != len(family.labels):
                raise ValueError(f"{family.name} has the labels {family.labels}, got {len(sample.labels)} values")
            if seen.setdefault(sample.labels, sample) is not sample:
                raise DuplicateSeriesError(_duplicate(family, seen[sample.labels], sample))
        batches.append(_lines(family, batch))
    return Lines(text=b"".join(batches), series=len(seen))


def _batched(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    rest = iter(samples)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _lines(family: Family, samples: Iterable[Sample]) -> bytes:
    metric = GaugeMetricFamily(family.name, family.help, labels=family.labels)
    for sample in samples:
        metric.add_metric(sample.labels, float(sample.value))
    return _render(metric)[len(header_of(family)) :]


def _render(metric: Metric) -> bytes:
    return bytes(generate_latest(_Only(metric)))


def _duplicate(family: Family, first: Sample, second: Sample) -> str:
    labels = ", ".join(f'{name}="{value}"' for name, value in zip(family.labels, first.labels, strict=True))
    return (
        f"{family.name}{{{labels}}} would be shown twice: {first.value} from {first.origin or 'one row'}, "
        f"{second.value} from {second.origin or 'another row'}"
    )
