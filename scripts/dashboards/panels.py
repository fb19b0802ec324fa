"""The kinds of panel that the dashboards are made of, each with one look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import bargauge, stat, timeseries
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    StackingConfig,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BarGaugeNamePlacement,
    BarGaugeSizing,
    BarGaugeValueMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphDrawStyle,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)

from scripts.dashboards import fields
from scripts.dashboards.queries import DATA_SOURCE, Query, now, over_time

_LEGEND_BESIDE = 12
"""From how many columns on the legend stands beside the chart."""


@dataclass(frozen=True, slots=True)
class Place:
    """How many of the 24 columns a panel takes, and how many units of height."""

    columns: int
    height: int = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How values are written, and which of them are coloured; without thresholds each series has its colour.

    `most` is where a bar is full, and up to where the axis of a chart goes at least.
    """

    unit: str = fields.PLAIN
    decimals: int | None = None
    thresholds: Mapping[float | None, str] | None = None
    words: Mapping[str, str] | None = None
    most: float | None = None


NOTHING = "-"
MONEY = Look(decimals=2)


def figures(title: str, description: str, place: Place, look: Look, queries: Sequence[Query]) -> stat.Panel:
    """A figure for each series, as it is now."""
    panel = (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .span(place.columns)
        .height(place.height)
        .targets([*now(queries)])
        .unit(look.unit)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .color_mode(BigValueColorMode.VALUE)
        .orientation(VizOrientation.AUTO)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(fields.thresholds(look.thresholds or {None: "text"}))
        .color_scheme(fields.by_threshold())
        .no_value(NOTHING)
    )
    if look.words:
        panel.mappings([fields.words(look.words)])
    return _written(panel, look)


def lines(title: str, description: str, place: Place, look: Look, queries: Sequence[Query]) -> timeseries.Panel:
    """A line for each series over time."""
    return (
        _chart(title, description, place, look, queries)
        .draw_style(GraphDrawStyle.LINE)
        .line_width(2)
        .fill_opacity(0)
        .show_points(VisibilityMode.NEVER)
        .span_nulls(True)  # noqa: FBT003 - the SDK has no name for it that stays
    )


def areas(title: str, description: str, place: Place, look: Look, queries: Sequence[Query]) -> timeseries.Panel:
    """Series over time, one upon the other."""
    panel = lines(title, description, place, look, queries)
    return panel.line_width(1).fill_opacity(55).stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))


def bars(title: str, description: str, place: Place, look: Look, queries: Sequence[Query]) -> bargauge.Panel:
    """A bar for each series, as it is now."""
    panel = (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .span(place.columns)
        .height(place.height)
        .targets([*now(queries)])
        .unit(look.unit)
        .min(0)
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .value_mode(BarGaugeValueMode.TEXT)
        .name_placement(BarGaugeNamePlacement.LEFT)
        .show_unfilled(show_unfilled=True)
        .sizing(BarGaugeSizing.MANUAL)
        .min_viz_height(16)
        .max_viz_height(32)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(fields.thresholds(look.thresholds or {None: "blue"}))
        .color_scheme(fields.by_threshold())
        .no_value(NOTHING)
    )
    if look.most is not None:
        panel.max(look.most)
    return _written(panel, look)


def _chart(title: str, description: str, place: Place, look: Look, queries: Sequence[Query]) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .span(place.columns)
        .height(place.height)
        .targets([*over_time(queries)])
        .unit(look.unit)
        .color_scheme(fields.by_series())
        .axis_soft_min(0)
        .legend(_legend(place))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    if look.unit == fields.SECONDS:
        panel.min(0)
    if look.most is not None:
        panel.axis_soft_max(look.most)
    return _written(panel, look)


def _legend(place: Place) -> VizLegendOptions:
    legend = VizLegendOptions().show_legend(show_legend=True)
    if place.columns < _LEGEND_BESIDE:
        return legend.display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).calcs([])
    return legend.display_mode(LegendDisplayMode.TABLE).placement(LegendPlacement.RIGHT).calcs(["lastNotNull"])


class _Written(fields.Panel, Protocol):
    def decimals(self, decimals: float) -> Self: ...


_AnyPanel = TypeVar("_AnyPanel", bound=_Written)


def _written(panel: _AnyPanel, look: Look) -> _AnyPanel:
    if look.decimals is not None:
        panel.decimals(look.decimals)
    return fields.with_currencies(panel) if look.unit == fields.PLAIN else panel
