"""Schemas of the custom resources that the chart makes, in the two forms in which the tests need them."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

_QUANTITIES: Schema = {"type": "object", "additionalProperties": {"type": ["integer", "string"]}}
_NAMES: Schema = {"type": "array", "items": {"type": "string"}}
VERTICAL_POD_AUTOSCALER: Schema = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["targetRef"],
            "properties": {
                "targetRef": {
                    "type": "object",
                    "required": ["kind", "name"],
                    "properties": {name: {"type": "string"} for name in ("apiVersion", "kind", "name")},
                },
                "recommenders": {
                    "type": "array",
                    "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
                },
                "updatePolicy": {
                    "type": "object",
                    "properties": {
                        "updateMode": {
                            "type": "string",
                            "enum": ["Off", "Initial", "Recreate", "InPlaceOrRecreate", "Auto"],
                        },
                        "minReplicas": {"type": "integer"},
                    },
                },
                "resourcePolicy": {
                    "type": "object",
                    "properties": {
                        "containerPolicies": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "containerName": {"type": "string"},
                                    "mode": {"type": "string", "enum": ["Auto", "Off"]},
                                    "minAllowed": _QUANTITIES,
                                    "maxAllowed": _QUANTITIES,
                                    "controlledResources": _NAMES,
                                    "controlledValues": {
                                        "type": "string",
                                        "enum": ["RequestsAndLimits", "RequestsOnly"],
                                    },
                                },
                            },
                        }
                    },
                },
            },
        },
    },
}
"""As the documents of the vertical pod autoscaler describe it; no package carries its own."""

_SAID_ELSEWHERE = ("title", "default", "description")


def plain(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Schema:
    """A model's JSON schema without references and nulls: what may be null there may be left out here.

    `known` is what references refer to, the model's `$defs`.
    """
    if "$ref" in schema:
        return plain(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return _one_of([each for each in schema["anyOf"] if each != {"type": "null"}], known)
    return {name: _part(name, value, known) for name, value in schema.items() if name not in _SAID_ELSEWHERE}


def strict(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """The same schema, which also refuses every field that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: strict(value) for name, value in schema.items()}
    return inner | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else inner


def definition(kind: str, api_version: str, schema: Schema) -> Schema:
    """The CustomResourceDefinition by which an API server learns of this kind."""
    group, _, version = api_version.partition("/")
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            # Asked for where a group ends with k8s.io.
            "annotations": {"api-approved.kubernetes.io": "unapproved, for tests alone"},
        },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [
                {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": _structural(schema)}}
            ],
        },
    }


def _one_of(choices: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> Schema:
    if len(choices) == 1:
        return plain(choices[0], known)
    return {"type": sorted(plain(each, known)["type"] for each in choices)}


def _part(name: str, value: Any, known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if name == "properties":
        return {each: plain(of, known) for each, of in value.items()}
    if name in {"items", "additionalProperties"} and isinstance(value, dict):
        return plain(value, known)
    return value


def _structural(schema: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(schema, list):
        return [_structural(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == ["integer", "string"]:
        return {"x-kubernetes-int-or-string": True}
    kept = {name: _structural(value) for name, value in schema.items() if name != "const"}
    return kept | ({"enum": [schema["const"]]} if "const" in schema else {})
