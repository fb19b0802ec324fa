"""The files of deploy/ for a test: unchanged but for addresses, and times that go by faster."""

import json
import re
from pathlib import Path

from exporter.config import duration
from tests.processes import ROOT
from tests.rules.ruleset import RULES_PATH

PROMETHEUS_PATH = ROOT / "deploy/prometheus/prometheus.yaml"
ALERTMANAGER_PATH = ROOT / "deploy/alertmanager/alertmanager.yaml"

_RULE_TIMES = re.compile(r"(?<=\n        )(for|keep_firing_for): (\w+)(?=\n)")
_ROUTE_TIMES = re.compile(r"\b(group_wait|group_interval|repeat_interval): (\w+)(?=\n)")
_INTERVALS = re.compile(r"\b(scrape_interval|evaluation_interval): \w+")
_RECEIVERS = "/etc/alertmanager/receivers/"


def rules(*, speed: float) -> str:
    """The rules, with `for` and `keep_firing_for` shorter by this factor; PromQL stays as it is."""
    return _faster(_RULE_TIMES, RULES_PATH.read_text(), speed)


def prometheus(*, exporters: list[str], alertmanager: str) -> str:
    """The configuration with these hosts and ports, scraping and evaluating every second."""
    text = PROMETHEUS_PATH.read_text()
    text = text.replace('["localhost:10115"]', json.dumps(exporters)).replace(
        '["localhost:9093"]', f'["{alertmanager}"]'
    )
    return _INTERVALS.sub(r"\1: 1s", text)


def alertmanager(*, receivers: Path, speed: float) -> str:
    """The configuration with the receivers' files in this folder, and messages sooner by this factor."""
    text = ALERTMANAGER_PATH.read_text()
    text = text.replace(_RECEIVERS, f"{receivers}/").replace("templates/*", f"{ALERTMANAGER_PATH.parent}/templates/*")
    return _faster(_ROUTE_TIMES, text, speed)


def _faster(times: re.Pattern[str], text: str, speed: float) -> str:
    def shorter(found: re.Match[str]) -> str:
        seconds = duration.parse(found[2])
        assert seconds is not None
        return f"{found[1]}: {duration.render(max(seconds / speed, 0.001))}"

    return times.sub(shorter, text)
