from pathlib import Path

import msgspec
import yaml

from exporter.config import reference
from exporter.config.expected import description
from exporter.config.keys import AccountKeys, FileKeys

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-config.yaml"


def leaves(value: object, prefix: str = "") -> set[str]:
    """The keys of nested mappings that hold no mapping, with dots between."""
    if not isinstance(value, dict):
        return {prefix}
    return {leaf for key in value for leaf in leaves(value[key], f"{prefix}.{key}" if prefix else key)}


def documented() -> set[str]:
    """The keys that stand first in a row of a table of the document."""
    rows = [line.split("`")[1] for line in reference.render().splitlines() if line.startswith("| `")]
    return {key for key in rows if not key.isupper()}


def test_every_key_of_the_example_is_documented() -> None:
    """The example has every key there is, and the document tells of each."""
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))

    assert documented() == leaves(example) | leaves(example["accounts"][0])


def test_bounds_and_defaults_are_documented() -> None:
    """A row tells what a key takes and what it is when it is left out."""
    row = "| `poll.invoices` | a duration from 1m to 1d | `30m` | How often the invoices are asked for. |"

    assert row in reference.render().splitlines()


def test_account_name_has_to_be_set() -> None:
    """A key without a default is said to be needed."""
    [row] = [line for line in reference.render().splitlines() if line.startswith("| `name` ")]

    assert "has to be set" in row


def test_every_key_is_described() -> None:
    """No key is without its meaning."""
    sections = [
        field.default for field in msgspec.structs.fields(FileKeys) if isinstance(field.default, msgspec.Struct)
    ]
    structs = [FileKeys, AccountKeys, *map(type, sections)]
    fields = [field for struct in structs for field in msgspec.structs.fields(struct)]

    assert [] == [
        field.name for field in fields if not description(field.type) and not isinstance(field.default, msgspec.Struct)
    ]
