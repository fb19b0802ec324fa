"""How values are written: currencies, shares, times; from which value on they are a matter of concern."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

SHARE = "percentunit"
SECONDS = "s"
COUNT = "locale"
"""Written out, 2,500: shortened to thousands, an axis has 2 K twice."""
PLAIN = "none"
DATE = "time:YYYY-MM-DD"
DATE_FACTOR = 1000
"""Grafana's times are in milliseconds."""

# Currencies that Grafana writes with their own sign; others are in the legend alone.
_SIGNS: Mapping[str, str] = MappingProxyType({"USD": "$", "EUR": "€", "GBP": "£"})

GREEN_AT_ZERO: Mapping[float | None, str] = MappingProxyType({None: "green", 1: "red"})
SHARE_OF_BUDGET: Mapping[float | None, str] = MappingProxyType({None: "green", 0.8: "orange", 1: "red"})
NEAR_END: Mapping[float | None, str] = MappingProxyType(
    {None: "text", 0: "red", 3 * 86400: "orange", 14 * 86400: "green"}
)
DAYS_LEFT: Mapping[float | None, str] = MappingProxyType({None: "red", 2: "orange", 5: "green"})
GOOD_AT_ONE: Mapping[float | None, str] = MappingProxyType({None: "red", 1: "green"})
YES_OR_NO: Mapping[str, str] = MappingProxyType({"0": "no", "1": "yes"})
STATUS_COLORS: Mapping[str, str] = MappingProxyType(
    {
        "paid": "green",
        "open": "yellow",
        "payment_failed": "red",
        "uncollectible": "dark-red",
        "void": "text",
        "draft": "blue",
    }
)


class Panel(Protocol):
    """What every builder of a panel can do."""

    def override_by_regexp(self, regexp: str, properties: list[DynamicConfigValue]) -> Self:
        """Other settings for fields whose name matches."""

    def override_by_name(self, name: str, properties: list[DynamicConfigValue]) -> Self:
        """Other settings for one field."""


AnyPanel = TypeVar("AnyPanel", bound=Panel)


def with_currencies(panel: AnyPanel) -> AnyPanel:
    """The panel, its series whose name holds a currency's code written in that currency."""
    for code, sign in _SIGNS.items():
        panel.override_by_regexp(f"/\\b{code}\\b/", [DynamicConfigValue("unit", f"currency:financial:{sign}")])
    return panel


def with_colors(panel: AnyPanel, colors: Mapping[str, str]) -> AnyPanel:
    """The panel, its series of these names in these colours."""
    for name, color in colors.items():
        panel.override_by_name(name, [DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color})])
    return panel


def thresholds(steps: Mapping[float | None, str]) -> ThresholdsConfig:
    """Colours by the value from which on they hold; None is the lowest."""
    made = [Threshold(value=value, color=color) for value, color in steps.items()]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)


def by_threshold() -> FieldColor:
    """A colour that the thresholds decide."""
    return FieldColor().mode(FieldColorModeId.THRESHOLDS)


def by_series() -> FieldColor:
    """A colour of its own for each series."""
    return FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC)


def words(mapping: Mapping[str, str]) -> ValueMap:
    """Words in place of values."""
    return ValueMap({value: ValueMappingResult(text=word) for value, word in mapping.items()})
