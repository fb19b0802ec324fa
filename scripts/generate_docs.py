"""Write the documents that are made from the code, or check that they are as the code would write them."""  # noqa: INP001 - a program of its own, in no package

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from exporter.config import reference as configuration
from exporter.metrics import reference as metrics

DOCUMENTS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("docs/configuration.md", configuration.render),
    ("docs/metrics.md", metrics.render_markdown),
)
"""Each document's path from the root of the repository, and what renders it."""


def stale(root: Path) -> list[str]:
    """The paths of the documents that are missing, or differ from what the code says."""
    return [path for path, render in DOCUMENTS if _content(root / path) != render()]


def write(root: Path) -> None:
    """Render every document into its place."""
    for path, render in DOCUMENTS:
        (root / path).write_text(render(), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare: exit code 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a document differs")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent, help="of the repository")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.root)
        return 0
    differing = stale(chosen.root)
    for path in differing:
        sys.stderr.write(f"{path} differs from what the code says; run: make docs\n")
    return 1 if differing else 0


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
