"""Helm 3 and 4 as a person starts them, and what they render."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.processes import ROOT

CHART = ROOT / "helm" / "northflank-billing-exporter"
VALUES = sorted((CHART / "ci").glob("*-values.yaml"))
RELEASE, NAMESPACE = "spend", "billing"
NAME = f"{RELEASE}-{CHART.name}"
TOOLS = ROOT / ".tools" / "helm"
HELMS = ("helm-3", "helm-4")

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Helm:
    """One of the two programs, with a home of its own."""

    program: Path
    home: Path

    def run(self, *args: str | Path, env: Mapping[str, str] | None = None) -> Outcome:
        """Run it with these arguments in the repository's root."""
        done = subprocess.run(
            [self.program, *map(str, args)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def render(self, *args: str | Path) -> list[Manifest]:
        """All that the chart renders with these further arguments, in the order of the output."""
        done = self.run("template", RELEASE, CHART, "--namespace", NAMESPACE, *args)
        assert (0, "") == (done.code, done.stderr)
        return [each for each in yaml.load_all(done.stdout, Loader=_Unique) if each is not None]

    def render_values(self, directory: Path, values: Mapping[str, Any], *args: str) -> list[Manifest]:
        """All that the chart renders with these values, which are written into this directory."""
        return self.render("--values", write_values(directory, values), *args)


class _Unique(yaml.CSafeLoader):
    """Refuses a key that stands twice in a mapping, which Kubernetes does too. In C: there is much to read."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        assert sorted(set(keys)) == sorted(keys), node.start_mark
        return super().construct_mapping(node, deep)


def write_values(directory: Path, values: Mapping[str, Any]) -> Path:
    """A file of values, which Helm reads as YAML: JSON is that too."""
    path = directory / "values.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def find_tool(name: str) -> Path:
    """A program that `make chart` fetched; without it the test is skipped."""
    path = TOOLS / name
    if not (TOOLS / "stamp").exists() or not path.exists():
        pytest.skip(f"{name} is not there: make chart")
    return path


def one(manifests: list[Manifest], kind: str) -> Manifest:
    """The only manifest of this kind."""
    (found,) = (each for each in manifests if each["kind"] == kind)
    return found


def container(manifests: list[Manifest]) -> Manifest:
    """The exporter's container in the Deployment."""
    containers = one(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    (found,) = (each for each in containers if each["name"] == "exporter")
    return dict(found)
