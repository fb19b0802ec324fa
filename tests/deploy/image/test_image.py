import re
import subprocess
import sys
from pathlib import Path

import pytest

from exporter import __version__
from tests.deploy.image.engine import Engine
from tests.processes import ROOT

pytestmark = pytest.mark.process

PYTHON = "--entrypoint=/opt/exporter/bin/python"
STATED = re.compile(r"(\d+) MB of ours \((\d+) Python packages\) .*?; (\d+) MB in all on Debian's Python", re.DOTALL)
"""What docs/install.md says of the image."""
BASE = re.compile(r"python:(3\.\d+)\.\d+-")


def test_it_says_what_it_is(engine: Engine) -> None:
    """The labels of the Open Container Initiative tell the version, the commit and the license."""
    labels = engine.image()["Config"]["Labels"]
    own = {name.rpartition(".")[2]: text for name, text in labels.items() if name.startswith("org.opencontainers")}
    assert {"title", "description", "licenses", "version", "revision"} <= own.keys()
    assert (__version__, "Apache-2.0") == (own["version"], own["licenses"])
    assert re.fullmatch("[0-9a-f]{40}|", own["revision"])


def test_it_runs_as_nobody_in_particular(engine: Engine) -> None:
    """The user is a number and not root's, so that Kubernetes can tell that it is not root."""
    assert "65532:65532" == engine.image()["Config"]["User"]


def test_it_needs_no_shell(engine: Engine) -> None:
    """Command, arguments and health check are started without a shell."""
    image = engine.image()
    config = image["Config"]
    # Where podman has it, and where Docker has it.
    health = image.get("Healthcheck") or config["Healthcheck"]
    assert ["northflank-billing-exporter"] == config["Entrypoint"]
    assert ["serve"] == config["Cmd"]
    assert "CMD" == health["Test"][0]


def test_it_is_as_large_as_the_docs_state(engine: Engine) -> None:
    """The documents state what we add to a Python image, and what that comes to on the base of Debian's packages."""
    program = """
import pathlib, sys
from importlib.metadata import distributions
ours = sum(path.lstat().st_size for path in pathlib.Path(sys.prefix).rglob("*"))
print(ours / 1e6, len(list(distributions())))
"""
    shown = engine.run("run", "--rm", "--network=none", "--no-healthcheck", PYTHON, engine.image()["Id"], "-c", program)
    megabytes, packages = shown.split()
    stated = STATED.search((ROOT / "docs" / "install.md").read_text())
    assert stated
    assert int(stated[1]) == pytest.approx(float(megabytes), abs=1)
    assert stated[2] == packages
    if engine.command != ("docker",):
        assert int(stated[3]) == pytest.approx(engine.image()["Size"] / 1e6, rel=0.05)


def test_its_own_files_are_not_its_users(engine: Engine) -> None:
    """Nobody who gets into the container can change what it runs, or install something with pip."""
    program = """
import os, sys
from importlib.util import find_spec
found = [os.path.join(at, name) for at, folders, files in os.walk(sys.prefix) for name in [*folders, *files]]
print([path for path in found if os.access(path, os.W_OK) and not os.path.islink(path)], find_spec("pip"))
"""
    shown = engine.run("run", "--rm", "--network=none", "--no-healthcheck", PYTHON, engine.image()["Id"], "-c", program)
    assert "[] None\n" == shown


def test_its_modules_are_compiled(engine: Engine) -> None:
    """It starts as fast on a read-only root: Python has compiled all modules beforehand."""
    program = """
import importlib.util, pathlib, sys
sources = pathlib.Path(sys.prefix, "lib").rglob("*.py")
print([str(each) for each in sources if not pathlib.Path(importlib.util.cache_from_source(each)).exists()])
"""
    shown = engine.run("run", "--rm", "--network=none", "--no-healthcheck", PYTHON, engine.image()["Id"], "-c", program)
    assert "[]\n" == shown


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_architecture_needs_a_compiler(machine: str, tmp_path: Path) -> None:
    """All that is installed can be had as wheels, for the base's Python and for either architecture."""
    found = BASE.search((ROOT / "Dockerfile").read_text())
    assert found
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
    ]
    kinds = (f"--platform={kind}_{machine}" for kind in ("manylinux2014", "manylinux_2_17", "manylinux_2_28"))
    locked = f"--requirement={ROOT / 'requirements' / 'run.txt'}"
    done = subprocess.run(
        [*command, *kinds, f"--python-version={found[1]}", f"--dest={tmp_path}", locked],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
