"""Panels of rows: several queries, joined by the labels that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import barchart, table
from grafana_foundation_sdk.builders.common import VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from scripts.dashboards import fields
from scripts.dashboards.panels import NOTHING, Look, Place
from scripts.dashboards.queries import DATA_SOURCE, REF_IDS, Query, rows

_LEAST_WIDTH = 50
"""Pixels, of a column without a width: Grafana's own least makes tables of many columns wider than their panel."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: of a label (`source` its name), or of the values of an expression; `width` in pixels."""

    title: str
    source: str
    look: Look | None = None
    width: int | None = None

    @property
    def is_label(self) -> bool:
        """Whether it is a label's; those have no look."""
        return self.look is None


@dataclass(frozen=True, slots=True)
class Order:
    """By which column the rows are ordered."""

    column: str
    descending: bool = False


def listing(title: str, description: str, place: Place, columns: Sequence[Column], order: Order) -> table.Panel:
    """A table: a row for each set of labels, a column for each label and each expression."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .span(place.columns)
        .height(place.height)
        .targets([*rows(_queries(columns))])
        .transformations(_joined(columns, order))
        .show_header(show_header=True)
        .min_width(_LEAST_WIDTH)
        .no_value(NOTHING)
    )
    for column in columns:
        if properties := _properties(column):
            panel.override_by_name(column.title, properties)
    return panel


def bars_in_order(
    title: str, description: str, place: Place, columns: Sequence[Column], order: Order
) -> barchart.Panel:
    """Bars side by side, as they are now: the first column names them, the others are stacked."""
    panel = (
        barchart.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .span(place.columns)
        .height(place.height)
        .targets([*rows(_queries(columns))])
        .transformations(_joined(columns, order))
        .x_field(columns[0].title)
        .orientation(VizOrientation.VERTICAL)
        .stacking(StackingMode.NORMAL)
        .show_value(VisibilityMode.NEVER)
        .x_tick_label_rotation(-45)
        .x_tick_label_spacing(0)
        .bar_width(0.8)
        .group_width(0.7)
        .fill_opacity(75)
        .line_width(1)
        .decimals(2)
        .color_scheme(fields.by_series())
        .legend(
            VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(show_legend=True)
            .calcs([])
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    return panel.no_value(NOTHING)


def _queries(columns: Sequence[Column]) -> list[Query]:
    return [Query(column.source) for column in columns if not column.is_label]


def _joined(columns: Sequence[Column], order: Order) -> list[DataTransformerConfig]:
    """Rows with the same labels become one; of the labels only those that have a column are shown."""
    by_source = dict(zip(_value_fields(columns), columns, strict=True))
    return [
        DataTransformerConfig("merge", options={}),
        DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Time": True},
                "includeByName": {},
                "indexByName": {source: index for index, source in enumerate(by_source)},
                "renameByName": {source: column.title for source, column in by_source.items()},
            },
        ),
        DataTransformerConfig(
            "sortBy", options={"fields": {}, "sort": [{"field": order.column, "desc": order.descending}]}
        ),
    ]


def _value_fields(columns: Sequence[Column]) -> list[str]:
    """How Grafana calls the columns before they are renamed."""
    count = len(_queries(columns))
    values = iter([f"Value #{ref_id}" for ref_id in REF_IDS[:count]] if count > 1 else ["Value"])
    return [column.source if column.is_label else next(values) for column in columns]


def _properties(column: Column) -> list[DynamicConfigValue]:
    made = [DynamicConfigValue("custom.width", column.width)] if column.width else []
    return made + (_looks(column.look) if column.look else [])


def _looks(look: Look) -> list[DynamicConfigValue]:
    made = [DynamicConfigValue("unit", look.unit)]
    if look.decimals is not None:
        made.append(DynamicConfigValue("decimals", look.decimals))
    if look.thresholds is not None:
        made.append(DynamicConfigValue("thresholds", fields.thresholds(look.thresholds).build()))
        made.append(DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
    if look.words is not None:
        made.append(DynamicConfigValue("mappings", [fields.words(look.words)]))
    return made
