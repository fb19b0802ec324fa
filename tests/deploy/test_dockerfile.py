import subprocess

import pytest

from tests.deploy.victoria import find_tool
from tests.processes import ROOT

pytestmark = pytest.mark.process


def test_hadolint_has_nothing_to_say() -> None:
    """The Dockerfile follows the practices that hadolint knows."""
    checked = subprocess.run([find_tool("hadolint"), ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (0, "") == (checked.returncode, checked.stdout)


def test_only_what_is_built_reaches_the_builder() -> None:
    """Everything but what the Dockerfile copies is kept from the builder, tokens that lie about too."""
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {each.removeprefix("!") for each in rules if each.startswith("!")}
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert "*" in rules
    assert kept == copied
