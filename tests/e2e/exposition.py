"""What `/metrics` showed, as series to compare."""

import math
from collections.abc import Sequence

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.expected import Labels, Series


def scrape(exporter: str) -> Series:
    """Every series of the exporter at this address; no two may be one."""
    text = httpx.get(f"{exporter}/metrics", trust_env=False).raise_for_status().text
    series: Series = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key: tuple[str, Labels] = (sample.name, frozenset(sample.labels.items()))
            assert key not in series, key
            series[key] = sample.value
    return series


def billing(series: Series) -> Series:
    """Those that tell what Northflank billed, without those of the exporter's health."""
    health = ("northflank_exporter_", "northflank_up", "northflank_last_success", "northflank_api_info")
    return {
        key: value
        for key, value in series.items()
        if key[0].startswith("northflank_") and not key[0].startswith(health)
    }


def of_invoices(series: Series) -> Series:
    """Those of the invoices alone, without names: where what goes on beside them is not compared."""
    mine = ("northflank_invoice_", "northflank_latest_invoice_info")
    return {key: value for key, value in series.items() if key[0].startswith(mine)}


def differences(expected: Series, shown: Series, allowed: Sequence[Series] = ()) -> list[str]:
    """What is missing, what should not be there, and what has another value, a line for each series.

    Each of the `allowed` groups may be there: all of it whose value is not 0, or nothing.
    """
    for group in allowed:
        is_there = any(value and key in shown for key, value in group.items())
        expected = expected | {key: value for key, value in group.items() if key in shown or (is_there and value)}
    missing = [f"missing: {_text(key)} {expected[key]}" for key in expected.keys() - shown.keys()]
    more = [f"not expected: {_text(key)} {shown[key]}" for key in shown.keys() - expected.keys()]
    other = [
        f"{_text(key)} is {shown[key]}, not {expected[key]}"
        for key in expected.keys() & shown.keys()
        if not math.isclose(expected[key], shown[key], rel_tol=1e-12, abs_tol=1e-9)
    ]
    return [*sorted(missing), *sorted(more), *sorted(other)]


def _text(key: tuple[str, Labels]) -> str:
    name, labels = key
    return f"{name}{dict(sorted(labels))}"
