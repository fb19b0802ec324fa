"""The history as blocks of Prometheus, made once for each state of the code that it comes from."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.dashboards.history import write_history
from tests.processes import ROOT
from tests.prometheus.server import find_program

KEPT = ROOT / ".tools" / "dashboards"
SOURCES = ("exporter/**/*.py", "tests/dashboards/history.py", "tests/faults/pair.py")
IMPORT_SECONDS = 120


def blocks() -> Path:
    """A folder of blocks, made if there is none of this code; not to be written to."""
    promtool = find_program("promtool")
    made = KEPT / f"history-{_digest()}"
    if not made.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as scratch:
            _write(Path(scratch), promtool)
            for older in KEPT.glob("history-*"):
                shutil.rmtree(older)
            (Path(scratch) / "blocks").rename(made)
    return made


def link_blocks(source: Path, target: Path) -> None:
    """Give a server the blocks as its own: it may delete and compact them."""
    shutil.copytree(source, target, copy_function=os.link)


def _write(scratch: Path, promtool: Path) -> None:
    lines, made = scratch / "lines", scratch / "blocks"
    lines.mkdir()
    made.mkdir()
    asyncio.run(write_history(lines))

    def import_one(path: Path) -> None:
        # One file a block: promtool reads all of a file for every block that it spans.
        command: list[str | Path] = [promtool, "tsdb", "create-blocks-from", "openmetrics", path, made]
        subprocess.run(command, check=True, capture_output=True, timeout=IMPORT_SECONDS)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(import_one, sorted(lines.iterdir())))


def _digest() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(ROOT.glob(pattern))
