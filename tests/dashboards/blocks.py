"""The history as blocks of Prometheus and the ledgers beside it, made once for each state of the code behind it."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.dashboards.history import DAYS, write_history
from tests.processes import ROOT
from tests.prometheus.server import find_program

KEPT = ROOT / ".tools" / "dashboards"
SOURCES = ("exporter/**/*.py", "tests/dashboards/history.py", "tests/dashboards/books.py", "tests/faults/pair.py")
IMPORT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Made:
    """A folder of the history's blocks, and the file of its ledgers; not to be written to."""

    blocks: Path
    ledgers: Path


def history() -> Made:
    """What there is of this code's history, made if there is nothing."""
    promtool = find_program("promtool")
    kept = KEPT / f"history-{_digest()}"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as scratch:
            _write(Path(scratch), promtool)
            for older in KEPT.glob("history-*"):
                shutil.rmtree(older)
            (Path(scratch) / "made").rename(kept)
    return Made(kept / "blocks", kept / "ledgers.json")


def link_blocks(source: Path, target: Path) -> None:
    """Give a server the blocks as its own: it may delete and compact them."""
    shutil.copytree(source, target, copy_function=os.link)


def _write(scratch: Path, promtool: Path) -> None:
    samples, made = scratch / "samples", scratch / "made"
    made.mkdir()
    ledgers = asyncio.run(write_history(samples))
    (made / "ledgers.json").write_text(json.dumps(ledgers), encoding="utf-8")
    # Large blocks: promtool reads all of the file for each.
    largest = f"--max-block-duration={DAYS * 24}h"
    create: list[str | Path] = [promtool, "tsdb", "create-blocks-from", largest, "openmetrics"]
    subprocess.run([*create, samples, made / "blocks"], check=True, capture_output=True, timeout=IMPORT_SECONDS)


def _digest() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(ROOT.glob(pattern))
