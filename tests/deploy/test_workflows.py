import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.victoria import find_tool
from tests.processes import ROOT

pytestmark = pytest.mark.process

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
MAKEFILE = (ROOT / "Makefile").read_text()


def test_they_follow_the_schema() -> None:
    """GitHub knows every key of the workflows."""
    command: list[str | Path] = [
        find_tool("check-jsonschema"),
        "--builtin-schema",
        "vendor.github-workflows",
        *WORKFLOWS,
    ]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == checked.returncode, checked.stdout


def test_they_are_safe() -> None:
    """No workflow runs what a stranger writes, or holds more rights than it needs, as far as zizmor can tell."""
    command: list[str | Path] = [find_tool("zizmor"), "--offline", "--no-progress", "--quiet", ROOT / ".github"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == checked.returncode, checked.stdout + checked.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_they_call_targets_that_exist(workflow: Path) -> None:
    """What runs at GitHub are the targets that everybody has."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    called = {
        word
        for line in re.findall(r"run: make (.+)$", workflow.read_text(), re.MULTILINE)
        for word in line.split()
        if "=" not in word
    }
    assert called
    assert set() == called - targets
