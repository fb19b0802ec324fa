"""The command `check` on sandboxes, and what it prints."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from exporter.cli.group import group
from exporter.sandbox import SandboxOptions, build_app
from tests.serving import serving

NOW = 1_760_000_000.0  # 2025-10-09: a sandbox of the past answers the same, whenever the test runs

Start = Callable[..., str]


@contextmanager
def served(**options: Any) -> Iterator[str]:  # noqa: ANN401 - each option has a type of its own
    """The address of a sandbox."""
    with serving(build_app(SandboxOptions(**{"now": lambda: NOW, "invoices": 8, **options}))) as address:
        yield address


def check(folder: Path, text: str) -> Result:
    """The command with a configuration of this text; `good` and `bad` are token files beside it."""
    (folder / "good").write_text("sandbox")
    (folder / "bad").write_text("nf-wrong-token")
    path = folder / "config.yaml"
    path.write_text(text)
    return CliRunner().invoke(group, ["check", "--config.file", str(path)])


def one(address: str, more: str = "") -> str:
    """A configuration with one account."""
    return f'accounts: [{{name: acme, token_file: good, base_url: "{address}"}}]\n{more}'


def rows(result: Result) -> dict[str, str]:
    """The table by its left column."""
    pairs = (re.fullmatch(r"  (.{15}) (.+)", line) for line in result.stdout.splitlines())
    return {pair[1].rstrip(): pair[2] for pair in pairs if pair}


def warnings(result: Result) -> list[str]:
    """What the table warns of."""
    pairs = (re.fullmatch(r"  warning +(.+)", line) for line in result.stdout.splitlines())
    return [pair[1] for pair in pairs if pair]
