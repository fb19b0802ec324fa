"""Grafana's components and a browser, as `scripts/fetch_dashboard_tools.sh` makes them available."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.processes import ROOT

COMPONENTS = ROOT / ".tools" / "grafana"
UNPACKED_BROWSER = ROOT / ".tools" / "chromium" / "run"
BROWSERS = ("chromium-headless-shell", "chromium")
DRAWING = ROOT / "tests" / "dashboards" / "drawing"
RUN_SECONDS = 180


def workshop(name: str) -> Path:
    """An empty folder from which node finds Grafana's components; without these the test is skipped."""
    if not (COMPONENTS / "node_modules").is_dir():
        pytest.skip("Grafana's components are not there: scripts/fetch_dashboard_tools.sh")
    folder = COMPONENTS / f"made-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def find_browser() -> Path:
    """The browser from PATH or as unpacked; without either the test is skipped."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and not UNPACKED_BROWSER.exists():
        pytest.skip("Chromium is neither on PATH nor unpacked: scripts/fetch_dashboard_tools.sh")
    return Path(found or UNPACKED_BROWSER)


def run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """What a command of npm's packages, or any other, said."""
    path = f"{COMPONENTS / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
