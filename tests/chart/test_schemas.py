import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.chart.helm import HELMS, VALUES, Helm, Manifest, find_tool, one, write_values
from tests.processes import ROOT

pytestmark = pytest.mark.process

NEWER = {
    "service": {"type": "LoadBalancer", "nodePort": 30115, "ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv6"]},
    "persistence": {"enabled": True, "storageClass": "fast", "accessModes": ["ReadWriteOncePod"]},
    "podDisruptionBudget": {"enabled": True, "minAvailable": "50%", "unhealthyPodEvictionPolicy": "AlwaysAllow"},
    "verticalPodAutoscaler": {
        "enabled": True,
        "updateMode": "InPlaceOrRecreate",
        "recommenders": [{"name": "own"}],
    },
    "networkPolicy": {"enabled": True, "egress": {"enabled": False}},
    "serviceMonitor": {"enabled": True, "interval": "", "jobLabel": ""},
    "priorityClassName": "system-cluster-critical",
}
"""What the files in ci/ leave out: much of it as the API server that they are installed on is too old for it."""


@pytest.fixture
def helms(tmp_path: Path) -> list[Helm]:
    """Both Helms at once: what they render alike is checked once, which takes long."""
    return [Helm(find_tool(f"bin/{name}"), tmp_path / name) for name in HELMS]


def check(manifests: list[Manifest]) -> dict[str, Any]:
    """The faults of these manifests by the schemas of every version of Kubernetes, and which versions those are."""
    done = subprocess.run(
        [find_tool("venv/bin/python"), "-m", "tests.chart.schema_tool", "check"],
        cwd=ROOT,
        input=json.dumps(manifests),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_all_that_is_rendered_follows_the_schemas(helms: list[Helm], tmp_path: Path) -> None:
    """Kubernetes 1.27 to 1.37 takes every field of what any of our values render, and the operators do of theirs."""
    files = [*VALUES, write_values(tmp_path, NEWER)]
    rendered = [manifest for helm in helms for values in files for manifest in helm.render("--values", values)]
    unlike = {json.dumps(manifest, sort_keys=True): manifest for manifest in rendered}
    answer = check(list(unlike.values()))
    assert [] == answer["faults"]
    assert ["1.27.0", "1.37.0"] == [answer["versions"][0], answer["versions"][-1]]
    kinds = {manifest["kind"] for manifest in rendered}
    assert {"ServiceMonitor", "PodMonitor", "PrometheusRule", "VerticalPodAutoscaler", "NetworkPolicy"} < kinds


MISSPELT = {
    "Service": "sepc",
    "Deployment": "spec.template.spec.containers.0.imagee",
    "ServiceMonitor": "spec.endpoints.0.intervall",
    "PrometheusRule": "spec.groups.0.rules.0.fro",
    "VerticalPodAutoscaler": "spec.targetRef.nam",
}
"""For each kind a field that it does not have."""


def test_an_unknown_field_is_found(helms: list[Helm], tmp_path: Path) -> None:
    """The test before this one would see a misspelt field of every kind, at any depth."""
    enabled = {name: {"enabled": True} for name in ("serviceMonitor", "prometheusRule", "verticalPodAutoscaler")}
    rendered = helms[-1].render_values(tmp_path, enabled)
    broken = [misspell(one(rendered, kind), path) for kind, path in MISSPELT.items()]
    faults = check(broken)["faults"]
    unseen = [path for path in MISSPELT.values() if not any(path.rpartition(".")[2] in fault for fault in faults)]
    assert [] == unseen


def misspell(manifest: Manifest, path: str) -> Manifest:
    """The same manifest with one more field at this place."""
    *parents, field = path.split(".")
    place: Any = manifest
    for parent in parents:
        place = place[int(parent) if parent.isdecimal() else parent]
    place[field] = "1m"
    return manifest
