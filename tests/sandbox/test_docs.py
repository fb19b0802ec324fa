"""The sandbox's document tells all that there is, and only that."""

import re
from pathlib import Path

import click

from exporter.cli.sandbox import sandbox
from exporter.sandbox.faults.arguments import ARGUMENTS
from exporter.sandbox.faults.rule import ENDPOINTS, KEYS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \|(.*)\|$", DOCUMENT, re.MULTILINE)


def _section(title: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `([^`]+)` \|(.*)\|$", DOCUMENT.partition(title)[2], re.MULTILINE))


def test_flags() -> None:
    """Every flag of the command has a row, but those for logs, which all commands have."""
    flags = {option for each in sandbox.params if isinstance(each, click.Option) for option in each.opts}
    off = {option for each in sandbox.params for option in each.secondary_opts}
    assert flags - {"--log.level", "--log.format", "--detail-paging"} | off == {
        name for name, _ in ROWS if name.startswith("--")
    }


def test_faults() -> None:
    """Every fault has a row that names its arguments with their defaults."""
    rows = _section("| fault | what the client gets | arguments |")
    assert ARGUMENTS.keys() == rows.keys() - {"set", "delete", "raw", "append_copy_of"}
    for fault, arguments in ARGUMENTS.items():
        told = rows[fault].rpartition("|")[2]
        assert all(f"`{name}`" in told for name in arguments), fault


def test_rules() -> None:
    """Every key of a rule and every endpoint is told."""
    rows = _section("| key | default | meaning |")
    assert rows.keys() >= KEYS
    assert all(f"`{name}`" in rows["endpoint"] for name in ENDPOINTS)
