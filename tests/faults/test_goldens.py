"""Every golden exposition is one that Prometheus takes."""

import subprocess
from pathlib import Path

import pytest

from tests.faults.conftest import GOLDEN
from tests.prometheus.server import find_program

pytestmark = pytest.mark.prometheus


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.metrics")), ids=lambda path: path.stem)
def test_promtool_has_nothing_to_say(path: Path) -> None:
    """`promtool check metrics` reads it in silence."""
    with path.open("rb") as exposition:
        done = subprocess.run(
            [find_program("promtool"), "check", "metrics"], stdin=exposition, capture_output=True, check=False
        )
    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
