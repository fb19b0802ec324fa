from pathlib import Path

import yaml

from tests.alerting import shipped
from tests.rules.ruleset import RULES_PATH


def test_only_the_times_of_rules_are_shorter() -> None:
    """What the end-to-end test runs is what ships: PromQL, labels and texts are the same."""
    before, after = (
        yaml.safe_load(text)["groups"][0]["rules"] for text in (RULES_PATH.read_text(), shipped.rules(speed=60))
    )
    times = {"for", "keep_firing_for"}
    assert [_without(each, times) for each in before] == [_without(each, times) for each in after]
    assert {"15s"} == {each["keep_firing_for"] for each in after if "alert" in each}
    assert {"5s", "10s", "15s", "30s", "1m", "2m", "3m", "6m"} == {each["for"] for each in after if "for" in each}


def test_only_addresses_and_intervals_of_prometheus_differ() -> None:
    """Prometheus runs with our configuration, on other ports."""
    before = yaml.safe_load(shipped.PROMETHEUS_PATH.read_text())
    after = yaml.safe_load(shipped.prometheus(exporters=["127.0.0.1:1", "127.0.0.1:2"], alertmanager="127.0.0.1:3"))
    assert {"scrape_interval": "1s", "evaluation_interval": "1s"} == after.pop("global")
    assert ["127.0.0.1:1", "127.0.0.1:2"] == after["scrape_configs"][0].pop("static_configs")[0]["targets"]
    assert ["127.0.0.1:3"] == after.pop("alerting")["alertmanagers"][0]["static_configs"][0]["targets"]
    del before["global"], before["scrape_configs"][0]["static_configs"], before["alerting"]
    assert before == after


def test_only_addresses_and_times_of_alertmanager_differ() -> None:
    """Alertmanager runs with our routes, inhibitions and templates."""
    before = yaml.safe_load(shipped.ALERTMANAGER_PATH.read_text())
    after = yaml.safe_load(shipped.alertmanager(receivers=Path("/here"), speed=60))
    assert ("500ms", "5s", "24m") == tuple(
        after["route"][each] for each in ("group_wait", "group_interval", "repeat_interval")
    )
    assert before["inhibit_rules"] == after["inhibit_rules"]
    for each in after["receivers"]:
        (slack,) = each["slack_configs"]
        assert f"/here/{each['name']}.url" == slack["api_url_file"]


def _without(mapping: dict[str, object], keys: set[str]) -> dict[str, object]:
    return {key: value for key, value in mapping.items() if key not in keys}
