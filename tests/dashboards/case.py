"""Samples of one or two exporters, and what a panel's query makes of them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.dashboards.shown import targets
from tests.rules.ruleset import promtool

SHOWN = {(target.dashboard, target.panel, target.part): target for target in targets()}


@dataclass(frozen=True, slots=True)
class Case:
    """What two exporters of an account say, both or one of them, and what a panel then adds up to."""

    dashboard: str
    panel: str
    both: tuple[str, ...]
    total: float
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    part: str = "A"

    def series(self) -> list[dict[str, str]]:
        """As promtool reads them: each `family{labels} value`."""
        told = [("a", each) for each in (*self.both, *self.first)] + [
            ("b", each) for each in (*self.both, *self.second)
        ]
        return [_of(instance, each) for instance, each in told]


def _of(instance: str, told: str) -> dict[str, str]:
    name, _, value = told.rpartition(" ")
    labels = f'account="acme", instance="{instance}:10115", job="northflank-billing"'
    return {"series": name.replace("{", f"{{{labels}, ").replace(", }", "}"), "values": f"{value}x5"}


def asked_of(case: Case, folder: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says of the panel's query on what the exporters say."""
    query = SHOWN[case.dashboard, case.panel, case.part].asked()
    samples = [{"labels": "{}", "value": case.total}]
    test = {
        "interval": "1m",
        "input_series": case.series(),
        "promql_expr_test": [{"expr": f"sum({query})", "eval_time": "3m", "exp_samples": samples}],
    }
    (folder / "case.yaml").write_text(yaml.safe_dump({"tests": [test]}), encoding="utf-8")
    return promtool("test", "rules", folder / "case.yaml")
