"""How objects are named and labelled, whatever they are called."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.helm import CHART, Helm, Manifest, one, write_values

pytestmark = pytest.mark.process

SWITCHES = (
    "serviceMonitor",
    "prometheusRule",
    "dashboards",
    "networkPolicy",
    "podDisruptionBudget",
    "persistence",
    "verticalPodAutoscaler",
)
LONGEST_LABEL = 63
LONGEST_RELEASE = 53


def all_enabled(**values: object) -> dict[str, Any]:
    """Values with which the chart makes every kind of object but a PodMonitor."""
    return {**{name: {"enabled": True} for name in SWITCHES}, "tokens": {"token": "t"}, **values}


def labels(manifest: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - YAML
    """All labels in an object, those that others are found by too."""
    if isinstance(manifest, list):
        for each in manifest:
            yield from labels(each)
    elif isinstance(manifest, dict):
        for key, value in manifest.items():
            yield from [value] if key in {"labels", "matchLabels"} and isinstance(value, dict) else labels(value)


def test_every_object_has_the_common_labels_and_the_namespace(helm: Helm, tmp_path: Path) -> None:
    """`commonLabels` and `namespaceOverride` hold for all objects, whichever are enabled."""
    values = all_enabled(commonLabels={"team": "finance"}, namespaceOverride="elsewhere")
    metadata = [each["metadata"] for each in helm.render_values(tmp_path, values)]
    assert 14 <= len(metadata)
    assert {"elsewhere"} == {each["namespace"] for each in metadata}
    assert {"finance"} == {each["labels"].get("team") for each in metadata}


def test_selector_never_changes(helm: Helm, defaults: list[Manifest]) -> None:
    """No label of the user's own reaches the Deployment's selector, which an upgrade could not change."""
    changed = helm.render(
        "--set", "commonLabels.app\\.kubernetes\\.io/name=x,podLabels.app\\.kubernetes\\.io/instance=y"
    )
    assert one(defaults, "Deployment")["spec"]["selector"] == one(changed, "Deployment")["spec"]["selector"]
    labels = one(changed, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert one(defaults, "Deployment")["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_the_service_sends_no_scrape_to_the_test_pod(defaults: list[Manifest]) -> None:
    """The pod of `helm test` is not one of those that the Service finds."""
    selector = one(defaults, "Service")["spec"]["selector"]
    assert not selector.items() <= one(defaults, "Pod")["metadata"]["labels"].items()


def test_names_like_numbers_stay_texts(helm: Helm, tmp_path: Path) -> None:
    """A release, a namespace, a name or a token's key that YAML could take for a number or a switch is none."""
    account = {"name": "a", "token_file": "/run/secrets/northflank/on"}
    values = all_enabled(nameOverride="42", tokens={"on": "t"}, config={"accounts": [account]})
    done = helm.run("template", "365", CHART, "--namespace", "123", "--values", write_values(tmp_path, values))
    manifests = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert {"123"} == {each["metadata"]["namespace"] for each in manifests}
    assert {str} == {type(value) for each in labels(manifests) for value in each.values()}
    assert {"on"} == set(one(manifests, "Secret")["data"])
    assert ["123"] == one(manifests, "ServiceMonitor")["spec"]["namespaceSelector"]["matchNames"]


def test_names_of_the_users_own_like_numbers_stay_texts(helm: Helm, tmp_path: Path) -> None:
    """What was made beside the chart, or is to be called so, may have a name that YAML could take for another thing."""
    values = all_enabled(
        fullnameOverride="on",
        existingSecret="2024",
        serviceAccount={"name": "42"},
        persistence={"enabled": True, "existingClaim": "1e3"},
        tokens={},
    )
    manifests = helm.render_values(tmp_path, values)
    spec = one(manifests, "Deployment")["spec"]["template"]["spec"]
    volumes = {each["name"]: each for each in spec["volumes"]}
    assert "2024" == volumes["tokens"]["secret"]["secretName"]
    assert "1e3" == volumes["state"]["persistentVolumeClaim"]["claimName"]
    assert "on" == volumes["config"]["configMap"]["name"]
    assert ("42", "42") == (spec["serviceAccountName"], one(manifests, "Pod")["spec"]["serviceAccountName"])
    assert "on" == one(manifests, "VerticalPodAutoscaler")["spec"]["targetRef"]["name"]
    assert {str} == {type(each["metadata"]["name"]) for each in manifests}


def test_long_names_are_cut_to_what_a_label_may_be(helm: Helm, tmp_path: Path) -> None:
    """However long the names are, Kubernetes takes the labels, and the Service under its name."""
    values = write_values(tmp_path, all_enabled(nameOverride="n" * 70))
    done = helm.run("template", "r" * LONGEST_RELEASE, CHART, "--values", values)
    manifests = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert LONGEST_LABEL == max(len(value) for each in labels(manifests) for value in each.values())
    assert LONGEST_LABEL >= len(one(manifests, "Service")["metadata"]["name"])
    assert len({(each["kind"], each["metadata"]["name"]) for each in manifests}) == len(manifests)
