"""What may be set: values.yaml, its schema, its table, and what a mistyped value is answered with."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from msgspec import Struct
from msgspec.structs import fields

from exporter.config.keys import FileKeys
from tests.chart.helm import CHART, Helm, write_values
from tests.processes import ROOT

DEFAULTS: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
GENERATOR = ROOT / "scripts" / "generate_chart.py"


def test_readme_and_copies_are_as_made_from_their_sources() -> None:
    """The README's table is that of values.yaml, and the chart's rules and dashboards are those of deploy/."""
    checked = subprocess.run([sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False)
    assert (0, "") == (checked.returncode, checked.stderr)


def test_a_copy_that_differs_is_told(tmp_path: Path) -> None:
    """The check names a copy that was edited, one that is missing and one whose source has gone."""
    rules, dashboards = tmp_path / "deploy/prometheus", tmp_path / "deploy/grafana/dashboards"
    copied = tmp_path / "helm/northflank-billing-exporter/files"
    for folder in (rules, dashboards, copied / "rules", copied / "dashboards"):
        folder.mkdir(parents=True)
    for name in ("README.md", "values.yaml"):
        (copied.parent / name).write_bytes((CHART / name).read_bytes())
    (rules / "a.rules.yaml").write_text("groups: []")
    (copied / "rules" / "a.rules.yaml").write_text("groups: [edited]")
    (rules / "b.rules.yaml").write_text("groups: []")
    (copied / "dashboards" / "gone.json").write_text("{}")
    checked = subprocess.run(
        [sys.executable, GENERATOR, "--check", "--root", tmp_path], capture_output=True, text=True, check=False
    )
    told = [Path(line.partition(" ")[0]).name for line in checked.stderr.splitlines()]
    assert (1, ["a.rules.yaml", "b.rules.yaml", "gone.json"]) == (checked.returncode, told)


def test_every_default_is_documented() -> None:
    """Each value has a line in the README's table, by itself or with the mapping that it is in."""
    listed = {line.split("`")[1] for line in (CHART / "README.md").read_text().splitlines() if line.startswith("| `")}
    paths = set(leaves(DEFAULTS))
    assert set() == {path for path in paths if not any(f"{path}.".startswith(f"{each}.") for each in listed)}
    assert set() == {each for each in listed if not any(f"{path}.".startswith(f"{each}.") for path in paths)}


def test_schema_has_the_keys_of_the_defaults() -> None:
    """What has a default may be set, and what may be set has a default."""
    assert set() == set(differing(DEFAULTS, SCHEMA))


def test_schema_requires_what_may_not_be_null() -> None:
    """Null takes a default away: where nothing can be made without it, it is refused by name."""
    assert [] == [path for path, schema in mappings(SCHEMA) if set(schema.get("required", [])) != not_null(schema)]


def test_schema_has_the_keys_of_the_configuration() -> None:
    """Below `config` the chart knows the exporter's keys, no more and no fewer."""
    assert keys_of(FileKeys) == keys_in(SCHEMA["properties"]["config"])


@pytest.mark.process
@pytest.mark.parametrize(
    ("values", "named"),
    [
        pytest.param({"replicaCount": 1}, "replicaCount", id="unknown"),
        pytest.param({"serviceMonitor": {"enable": True}}, "enable", id="unknown below a key"),
        pytest.param({"config": {"pol": {"usage": "5m"}}}, "pol", id="unknown in the configuration"),
        pytest.param({"config": {"accounts": [{"name": "a", "tokn_file": "x"}]}}, "tokn_file", id="in an account"),
        pytest.param({"config": {"budgets": [{"name": "a", "amount": 1}]}}, "currency", id="missing"),
        pytest.param({"replicas": 2}, "replicas", id="too many"),
        pytest.param({"service": {"port": "http"}}, "port", id="wrong kind"),
        pytest.param({"serviceMonitor": {"interval": "30"}}, "interval", id="no unit"),
        pytest.param({"serviceMonitor": {"labels": {"release": 1}}}, "release", id="label that is no text"),
        pytest.param({"image": {"digest": "sha256:1"}}, "digest", id="digest"),
        pytest.param({"tokens": {"a token": "x"}}, "a token", id="name that no Secret may have"),
        pytest.param({"log": {"level": "trace"}}, "level", id="level"),
        pytest.param({"telemetryPath": "metrics"}, "telemetryPath", id="path"),
        pytest.param({"podDisruptionBudget": {"maxUnavailable": "all"}}, "maxUnavailable", id="count"),
        pytest.param({"extraManifests": {"a": 1}}, "extraManifests", id="mapping for a list"),
        pytest.param({"telemetryPath": None}, "telemetryPath", id="null"),
        pytest.param({"global": None}, "global", id="null for a mapping"),
    ],
)
def test_a_mistyped_value_is_refused_by_name(helm: Helm, tmp_path: Path, values: dict[str, Any], named: str) -> None:
    """Nothing is installed where a value is not what it should be, and the message has its name."""
    refused = helm.run("template", "spend", CHART, "--values", write_values(tmp_path, values))
    assert refused.code == 1
    assert named in refused.stderr
    assert "values don't meet the specifications of the schema" in refused.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param(
            {"tokens": {"token": "t"}, "existingSecret": "s"},
            "tokens and existingSecret: set one of them",
            id="two secrets",
        ),
        pytest.param(
            {"tokens": {"other": "t"}},
            "config.accounts: token is no key of tokens (account default)",
            id="token that is not there",
        ),
        pytest.param(
            {"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}},
            "serviceMonitor.enabled and podMonitor.enabled: set one of them, or every figure is scraped twice",
            id="two monitors",
        ),
        pytest.param(
            {"prometheusRule": {"enabled": True, "disabled": ["NorthflankNoSuchAlert"]}},
            "prometheusRule.disabled: there is no alert NorthflankNoSuchAlert",
            id="alert that is not there",
        ),
    ],
)
def test_values_that_contradict_are_refused(helm: Helm, tmp_path: Path, values: dict[str, Any], message: str) -> None:
    """Nothing is installed where two values exclude each other, and the message says which."""
    refused = helm.run("template", "spend", CHART, "--values", write_values(tmp_path, values))
    assert refused.code == 1
    assert message in refused.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"global": {"anything": {"at": ["all"]}}}, id="global"),
        pytest.param({"enabled": True}, id="condition of a parent"),
        pytest.param({"podSecurityContext": {"seLinuxOptions": {"level": "s0"}}}, id="security context"),
        pytest.param({"affinity": {"podAffinity": {}}, "dnsConfig": {"searches": ["a"]}}, id="Kubernetes's own"),
        pytest.param({"config": {"budgets": None, "labels": None, "state": {"path": "none"}}}, id="null"),
        pytest.param({key: None for key, value in DEFAULTS.items() if value in ([], {}, "")}, id="defaults taken away"),
    ],
)
def test_what_is_the_users_own_is_admitted(helm: Helm, tmp_path: Path, values: dict[str, Any]) -> None:
    """`global`, mappings that Kubernetes defines, and null in place of an empty default are no mistakes."""
    assert helm.render_values(tmp_path, values)


def leaves(values: dict[str, Any], path: str = "") -> Iterator[str]:
    """The dotted key of each value that is no mapping, or an empty one."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


def differing(values: dict[str, Any], schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """The dotted keys that only one of the two has, where the schema lists keys; few of the configuration's are set."""
    known = schema.get("properties", {})
    missing = (values.keys() - known.keys()) if path.startswith("config.") else (values.keys() ^ known.keys())
    yield from (f"{path}{key}" for key in missing)
    for key in values.keys() & known.keys():
        if isinstance(values[key], dict) and "properties" in known[key] and key != "resources":
            yield from differing(values[key], known[key], f"{path}{key}.")


def mappings(schema: dict[str, Any], path: str = "values") -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema of each mapping whose keys we know, but for the configuration, which the exporter checks."""
    if "properties" in schema and path != "values.config":
        yield path, schema
        for key, inner in schema["properties"].items():
            yield from mappings(inner, f"{path}.{key}")


def not_null(schema: dict[str, Any]) -> set[str]:
    """The keys of a mapping that may not be null."""
    found = {
        key: SCHEMA["definitions"].get(each.get("$ref", "").rpartition("/")[2], each)
        for key, each in schema["properties"].items()
    }
    return {
        key for key, each in found.items() if "null" not in each.get("type", []) and None not in each.get("enum", [])
    }


def keys_of(struct: type[Struct]) -> dict[str, Any]:
    """The keys that the exporter reads into this struct, those of structs in it below them."""
    hints = get_type_hints(struct)
    return {field.encode_name: _below(hints[field.name]) for field in fields(struct)}


def keys_in(schema: dict[str, Any]) -> dict[str, Any]:
    """The keys that a schema lists, those of lists and mappings in it below them."""
    inner = schema.get("items", schema)
    return {key: keys_in(value) for key, value in inner.get("properties", {}).items()}


def _below(hint: Any) -> dict[str, Any]:  # noqa: ANN401 - a type
    if isinstance(hint, type) and issubclass(hint, Struct):
        return keys_of(hint)
    parts = get_args(hint) if isinstance(hint, UnionType) or get_args(hint) else ()
    return next((found for part in parts if (found := _below(part))), {})
