"""What `/metrics` showed, as series to compare."""

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
