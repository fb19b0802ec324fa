"""The names that are taken are those that the rules, their alerts and Alertmanager need, and no other."""

import re
from collections.abc import Mapping

import pytest
import yaml

from exporter.config.label_names import OF_BUDGETS, OF_PROJECTS
from exporter.metrics.catalog import FAMILIES
from tests.processes import ROOT

RULES = yaml.safe_load((ROOT / "deploy/prometheus/northflank-billing.rules.yaml").read_text(encoding="utf-8"))
ROUTE = yaml.safe_load((ROOT / "deploy/alertmanager/alertmanager.yaml").read_text(encoding="utf-8"))["route"]
LABELS = {family.name: set(family.labels) for family in FAMILIES}

TAKEN_OFF = re.compile(r"without \(([^)]*)\)")
COPIED = re.compile(r"group_(?:left|right) \(([^)]*)\)")


def names(lists: list[str]) -> set[str]:
    """The labels in lists such as `instance, job`."""
    return {name.strip() for each in lists for name in each.split(",") if name.strip()}


def lost(family: str) -> set[str]:
    """The names that a label of this family's has not any more, or not with its own value, once it is in an alert."""
    read = re.compile(rf"(?<![:\w]){family}(?![:\w])")
    rules = [rule for group in RULES["groups"] for rule in group["rules"] if read.search(rule["expr"])]
    assert ["alert"] * len(rules) == [next(iter(rule)) for rule in rules]
    expressions = "\n".join(rule["expr"] for rule in rules)
    set_by_rules = {name for rule in rules for name in rule["labels"]}
    return names([*TAKEN_OFF.findall(expressions), *COPIED.findall(expressions)]) | set_by_rules | {"alertname"}


@pytest.mark.parametrize(
    ("taken", "families"),
    [
        pytest.param(OF_BUDGETS, ("northflank_budget_info", "northflank_budget_threshold_ratio"), id="budgets"),
        pytest.param(OF_PROJECTS, ("northflank_project_info",), id="projects"),
    ],
)
def test_names_that_are_taken(taken: Mapping[str, str], families: tuple[str, ...]) -> None:
    """A label that would be lost, or that Alertmanager would take for one of ours, is refused, and no other is."""
    own = {label for family in families for label in LABELS[family]}
    needed = own.union(*(lost(family) for family in families), ROUTE["group_by"])

    assert needed == set(taken)
