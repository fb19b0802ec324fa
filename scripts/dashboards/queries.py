"""What a panel asks of Prometheus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grafana_foundation_sdk.builders import prometheus as builders
from grafana_foundation_sdk.models.dashboard import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

DATA_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
REF_IDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Query:
    """An expression, and how its series are called: `legend` as Grafana reads it, `{{label}}`."""

    expression: str
    legend: str = ""


def over_time(queries: Iterable[Query]) -> list[builders.Dataquery]:
    """Series over the dashboard's time."""
    return [_target(query, ref_id).range() for ref_id, query in zip(REF_IDS, queries, strict=False)]


def now(queries: Iterable[Query]) -> list[builders.Dataquery]:
    """Series at the end of the dashboard's time."""
    return [_target(query, ref_id).instant() for ref_id, query in zip(REF_IDS, queries, strict=False)]


def rows(queries: Iterable[Query]) -> list[builders.Dataquery]:
    """A row for each series at the end of the dashboard's time, its labels the columns."""
    return [target.format(PromQueryFormat.TABLE) for target in now(queries)]


def _target(query: Query, ref_id: str) -> builders.Dataquery:
    target = builders.Dataquery().datasource(DATA_SOURCE).ref_id(ref_id).expr(query.expression)
    return target.legend_format(query.legend) if query.legend else target
