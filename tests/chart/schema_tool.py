"""A program for the environment of the schemas (.tools/helm/venv), which tests start; it has no part in the tests' own.

`check` reads manifests from standard input, a JSON list, and prints every fault as a JSON list of sentences;
`definitions` prints the CustomResourceDefinitions of the custom resources, a JSON list.
"""

import json
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from tests.chart.custom_resources import VERTICAL_POD_AUTOSCALER, Schema, definition, plain, strict

OLDEST = (1, 27)
OPERATOR = "monitoring.coreos.com/v1"
AUTOSCALER = "autoscaling.k8s.io/v1"
UNKNOWN_TO_SCHEMAS = ("metadata", "apiVersion", "kind")


@cache
def custom_resources() -> dict[tuple[str, str], Schema]:
    """The schema of each custom resource, by API version and kind, without the fields that every object has."""
    models = import_module("cloudcoil.models.prometheus_operator.v1")
    found = {(AUTOSCALER, "VerticalPodAutoscaler"): VERTICAL_POD_AUTOSCALER}
    for kind in ("ServiceMonitor", "PodMonitor", "PrometheusRule"):
        model = getattr(models, kind).model_json_schema(by_alias=True)
        spec = plain(model["properties"]["spec"], model["$defs"])
        found[OPERATOR, kind] = {"type": "object", "required": ["spec"], "properties": {"spec": spec}}
    return found


def faults(manifests: list[dict[str, Any]]) -> Iterator[str]:
    """Each manifest against the schema of its kind, unknown fields refused; Kubernetes's own in every version."""
    for manifest in manifests:
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        custom = custom_resources().get((manifest["apiVersion"], manifest["kind"]))
        found = _of_kubernetes(manifest) if custom is None else _of_custom_resource(manifest, custom)
        yield from (f"{name}: {fault}" for fault in found)


def _of_custom_resource(manifest: dict[str, Any], schema: Schema) -> Iterator[str]:
    validator = import_module("jsonschema").Draft202012Validator(strict(schema))
    own = {field: value for field, value in manifest.items() if field not in UNKNOWN_TO_SCHEMAS}
    for error in validator.iter_errors(own):
        yield f"{error.json_path}: {error.message}"


def _of_kubernetes(manifest: dict[str, Any]) -> Iterator[str]:
    library = import_module("kubernetes_validate")
    for version in versions():
        try:
            library.validate(manifest, version, strict=True)
        except library.ValidationError as error:
            yield f"Kubernetes {version}: {error.json_path}: {error.message}"
        except library.SchemaNotFoundError as error:
            yield f"Kubernetes {version}: {error.message}"


@cache
def versions() -> list[str]:
    """The versions of Kubernetes that there are schemas for, from the oldest that we promise."""
    known = dict.fromkeys(_utils().all_versions())  # each is named twice there
    return [each for each in known if tuple(map(int, each.split(".")[:2])) >= OLDEST]


@cache
def _utils() -> Any:  # noqa: ANN401 - a module without types
    utils: Any = import_module("kubernetes_validate.utils")
    utils.schema_contents = cache(utils.schema_contents)  # else some 10 MB are read for each manifest
    return utils


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        answer: Any = {"faults": list(faults(json.load(sys.stdin))), "versions": versions()}
    else:
        answer = [definition(kind, version, schema) for (version, kind), schema in custom_resources().items()]
    json.dump(answer, sys.stdout)
