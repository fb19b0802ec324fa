"""Write the dashboards' JSON, or check that it is as the code would write it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.dashboards.files import stale, write

ROOT = Path(__file__).parent.parent.parent


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare: exit code 1 if a file differs."""
    parser = argparse.ArgumentParser(prog="python -m scripts.dashboards", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file differs")
    if not parser.parse_args(arguments).check:
        write(ROOT)
        return 0
    differing = stale(ROOT)
    for path in differing:
        sys.stderr.write(f"{path} differs from what the code says; run: python -m scripts.dashboards\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
