"""Write what the Helm chart holds of other files, or check that it is what they say.

Helm cannot read outside a chart, so the rules and dashboards of deploy/ are copied into it; the table of values in its
README is made from the comments of values.yaml that begin with `--`.
"""  # noqa: INP001 - a program of its own, in no package

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path("helm/northflank-billing-exporter")
COPIES = (
    ("deploy/prometheus", "*.rules.yaml", CHART / "files" / "rules"),
    ("deploy/grafana/dashboards", "*.json", CHART / "files" / "dashboards"),
)
"""Each folder that is copied, which of its files, and the folder of the chart that holds nothing but the copies."""

BEGIN = "<!-- Generated from values.yaml by `make docs`. Do not edit it here. -->\n"
END = "<!-- End of what is generated. -->\n"
_KEY = re.compile(r"( *)(\w+):")
_COMMENT = re.compile(r" *# ?(.*)")


def expected(root: Path) -> dict[Path, bytes]:
    """What each file that is made here should hold, by its path from the root of the repository."""
    copies = {
        target / source.name: source.read_bytes()
        for folder, pattern, target in COPIES
        for source in sorted((root / folder).glob(pattern))
    }
    readme = CHART / "README.md"
    return copies | {readme: _with_table(root, readme).encode()}


def stale(root: Path) -> list[Path]:
    """The files that are missing, differ, or are copies of what is there no more."""
    wanted = expected(root)
    differing = [path for path, content in wanted.items() if _content(root / path) != content]
    return differing + _left_over(root, wanted)


def write(root: Path) -> None:
    """Write all that is expected, and delete copies of what is there no more."""
    wanted = expected(root)
    for path in _left_over(root, wanted):
        (root / path).unlink()
    for path, content in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def documented(values: str) -> Iterator[tuple[str, Any, str]]:
    """Each value that values.yaml has a comment for: its dotted key, its default and its meaning, in order."""
    defaults = yaml.safe_load(values)
    keys: list[str] = []
    comment: list[str] = []
    for line in values.splitlines():
        if said := _COMMENT.fullmatch(line):
            comment = [*comment, said[1]] if comment or said[1].startswith("-- ") else []
        elif found := _KEY.match(line):
            keys = [*keys[: len(found[1]) // 2], found[2]]
            if comment:
                yield ".".join(keys), _look_up(defaults, keys), " ".join(comment).removeprefix("-- ")
            comment = []
        else:
            comment = []


def table(values: str) -> str:
    """The values as a table in Markdown."""
    rows = (f"| `{key}` | `{json.dumps(default)}` | {meaning} |\n" for key, default, meaning in documented(values))
    return "".join(["\n| value | default | meaning |\n| --- | --- | --- |\n", *rows, "\n"])


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare: exit code 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something differs")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent, help="of the repository")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.root)
        return 0
    differing = stale(chosen.root)
    for path in differing:
        sys.stderr.write(f"{path} differs from what it is made from; run: make docs\n")
    return 1 if differing else 0


def _with_table(root: Path, readme: Path) -> str:
    before, _, rest = (root / readme).read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    made = table((root / CHART / "values.yaml").read_text(encoding="utf-8"))
    return f"{before}{BEGIN}{made}{END}{after}"


def _left_over(root: Path, wanted: dict[Path, bytes]) -> list[Path]:
    held = [path.relative_to(root) for _, _, target in COPIES for path in sorted((root / target).glob("*"))]
    return [path for path in held if path not in wanted]


def _look_up(values: Any, keys: list[str]) -> Any:  # noqa: ANN401 - YAML holds anything
    for key in keys:
        values = values[key]
    return values


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
