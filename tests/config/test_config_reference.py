from pathlib import Path

import msgspec
import pytest
import yaml

from exporter.config import reference
from exporter.config.declared_keys import BudgetKeys, ProjectKeys, ScopeKeys
from exporter.config.expected import description
from exporter.config.keys import AccountKeys, FileKeys

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-config.yaml"


ITEMS = {"accounts": "## For each account", "budgets": "## For each budget", "labels": "## For each project"}
"""The lists of the file, and the heading under which the document has the keys of their items."""


def leaves(value: object, prefix: str = "") -> set[str]:
    """The keys of nested mappings that hold no mapping, with dots between; a mapping by names of one's own is whole."""
    if not isinstance(value, dict) or prefix in ("labels", "thresholds"):
        return {prefix}
    return {leaf for key in value for leaf in leaves(value[key], f"{prefix}.{key}" if prefix else key)}


def documented(heading: str) -> set[str]:
    """The keys that stand first in a row of the table under a heading of the document."""
    [section] = [each for each in reference.render().split("\n\n## ") if f"## {each}".startswith(heading)]
    return {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}


def test_every_key_of_the_example_is_documented() -> None:
    """The example has every key there is, and the document tells of each, under the heading of its list."""
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))

    assert documented("## For all accounts") == leaves(example)
    assert {name: documented(heading) for name, heading in ITEMS.items()} == {
        name: leaves(example[name][0]) for name in ITEMS
    }


def test_bounds_and_defaults_are_documented() -> None:
    """A row tells what a key takes and what it is when it is left out."""
    row = "| `poll.invoices` | a duration from 1m to 1d | `30m` | How often the invoices are asked for. |"

    assert row in reference.render().splitlines()


@pytest.mark.parametrize(
    ("key", "cells"),
    [
        pytest.param("api.share", "a number from 0.01 to 1 | `0.5`", id="ratio"),
        pytest.param("poll.late_after", "a duration from 1h to 1d | `3h`", id="late_after"),
        pytest.param("state.retention", "a duration from 62d to 10y | `395d`", id="duration"),
        pytest.param("limits.series", "a whole number from 0 to 10000000 | `50000`", id="whole_number"),
        pytest.param("amount", "a number from 0.0001 to 1000000000000 | has to be set", id="amount"),
        pytest.param("billing_threshold", "a number from 0.0001 to 1000000000000 | see there", id="optional"),
        pytest.param("period", "one of day, week, month, quarter, year | `month`", id="choice"),
        pytest.param(
            "thresholds",
            "a mapping from a severity to a number from 0.0001 to 10 | `{warning: 0.8, critical: 1.0}`",
            id="mapping",
        ),
        pytest.param("budgets", "a list | see there", id="list"),
    ],
)
def test_row(key: str, cells: str) -> None:
    """Ratios, amounts, choices and mappings are told in words, with the default as the file would state it."""
    [row] = [line for line in reference.render().splitlines() if line.startswith(f"| `{key}` ")]

    assert row.startswith(f"| `{key}` | {cells} | ")


def test_what_a_budget_counts() -> None:
    """The document says what the spend of a budget leaves out."""
    text = " ".join(reference.render().split())

    assert "before tax, discounts and credits, without subscriptions" in text
    assert "With a team, a project or a resource type in the scope it is PaaS alone" in text


def test_names_have_to_be_set() -> None:
    """A key of accounts and budgets without a default is said to be needed."""
    rows = [line for line in reference.render().splitlines() if line.startswith("| `name` ")]

    assert [True, True] == ["has to be set" in row for row in rows]


def test_every_key_is_described() -> None:
    """No key is without its meaning."""
    sections = [
        field.default for field in msgspec.structs.fields(FileKeys) if isinstance(field.default, msgspec.Struct)
    ]
    structs = [FileKeys, AccountKeys, BudgetKeys, ScopeKeys, ProjectKeys, *map(type, sections)]
    fields = [field for struct in structs for field in msgspec.structs.fields(struct)]

    assert [] == [
        field.name for field in fields if not description(field.type) and not isinstance(field.default, msgspec.Struct)
    ]
