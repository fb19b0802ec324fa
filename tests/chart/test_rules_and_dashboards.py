from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.helm import NAME, Helm, Manifest, one
from tests.processes import ROOT

pytestmark = pytest.mark.process

RULES = sorted((ROOT / "deploy" / "prometheus").glob("*.rules.yaml"))
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))


def groups_of(files: list[Path]) -> list[dict[str, Any]]:
    """The groups of rules in these files."""
    return [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]


def alerts_of(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The alerting rules in these groups."""
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def rendered(helm: Helm, directory: Path, **values: object) -> Manifest:
    """The PrometheusRule with these values."""
    return one(helm.render_values(directory, {"prometheusRule": {"enabled": True, **values}}), "PrometheusRule")


def test_there_are_some() -> None:
    """The tests below compare something."""
    assert RULES
    assert DASHBOARDS


def test_rules_are_those_of_deploy(helm: Helm, tmp_path: Path) -> None:
    """The PrometheusRule holds the same groups, expressions, labels and annotations, templates unexpanded."""
    assert groups_of(RULES) == rendered(helm, tmp_path)["spec"]["groups"]


def test_a_disabled_alert_is_left_out(helm: Helm, tmp_path: Path) -> None:
    """`disabled` takes away the alerts that it names, and nothing else."""
    names = [alert["alert"] for alert in alerts_of(groups_of(RULES))]
    left = alerts_of(rendered(helm, tmp_path, disabled=names[:1])["spec"]["groups"])
    assert [name for name in names if name != names[0]] == [alert["alert"] for alert in left]


def test_labels_are_added_to_alerts(helm: Helm, tmp_path: Path) -> None:
    """`additionalRuleLabels` stand on every alert beside its own labels, and on no recorded series."""
    groups = rendered(helm, tmp_path, additionalRuleLabels={"team": "finance"})["spec"]["groups"]
    expected = [alert.get("labels", {}) | {"team": "finance"} for alert in alerts_of(groups_of(RULES))]
    assert expected == [alert["labels"] for alert in alerts_of(groups)]
    recorded = [rule for group in groups for rule in group["rules"] if "record" in rule]
    assert not any("team" in rule.get("labels", {}) for rule in recorded)


def test_groups_of_the_users_own_come_last(helm: Helm, tmp_path: Path) -> None:
    """`additionalGroups` are taken as they are."""
    own = {"name": "own", "rules": [{"alert": "A", "expr": "up == 0", "annotations": {"summary": "{{ $labels.job }}"}}]}
    assert [*groups_of(RULES), own] == rendered(helm, tmp_path, additionalGroups=[own])["spec"]["groups"]


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboards_are_those_of_deploy(helm: Helm, dashboard: Path, tmp_path: Path) -> None:
    """Each dashboard is a ConfigMap for Grafana's sidecar, byte for byte."""
    manifests = helm.render_values(tmp_path, {"dashboards": {"enabled": True, "annotations": {"grafana_folder": "N"}}})
    (found,) = (each for each in manifests if each["metadata"]["name"] == f"{NAME}-{dashboard.stem}")
    assert {dashboard.name: dashboard.read_text()} == found["data"]
    assert "1" == found["metadata"]["labels"]["grafana_dashboard"]
    assert {"grafana_folder": "N"} == found["metadata"]["annotations"]
