"""The container engine that holds the image which `make image` built, and containers of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from exporter import __version__
from tests.processes import ROOT, Process, Starter

IMAGE = os.environ.get("IMAGE", f"localhost/northflank-billing-exporter:{__version__}")
_OURS = (str(ROOT / "scripts" / "containers.sh"), "podman")
LOCKED_DOWN = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
"""What a cautious operator sets."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Docker, or the podman that was unpacked for us."""

    command: tuple[str, ...]

    def run(self, *arguments: str | Path) -> str:
        """What one of the engine's commands prints; the test fails where it fails."""
        ended = self.attempt(*arguments)
        assert 0 == ended.returncode, ended.stderr
        return ended.stdout

    def attempt(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """One of the engine's commands, ended in whatever way."""
        return subprocess.run(
            [*self.command, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
        )

    def image(self) -> dict[str, Any]:
        """What the engine knows of the image."""
        (image,) = json.loads(self.run("image", "inspect", IMAGE))
        return dict(image)

    def is_healthy(self, container: str) -> bool:
        """Whether the container's health check passes: podman runs it when asked, Docker by itself."""
        if self.command == _OURS:
            return self.attempt("healthcheck", "run", container).returncode == 0
        return "healthy\n" == self.attempt("inspect", "--format", "{{.State.Health.Status}}", container).stdout


@dataclass(frozen=True, slots=True)
class Container:
    """A running container: its process is the engine's client, which shows its output and ends with its exit code."""

    engine: Engine
    name: str
    process: Process

    def stop(self) -> int:
        """Its exit code once asked to stop; after two seconds it is killed, and the code is 137."""
        self.engine.run("stop", "--time", "2", self.name)
        return self.process.wait(20)


@dataclass(frozen=True, slots=True)
class Containers:
    """Starts containers of the image; those that still run are removed when the block ends."""

    engine: Engine
    start: Starter
    running: ExitStack
    numbers: "count[int]"

    def __call__(self, options: Sequence[str | Path], *command: str) -> Container:
        """Run the image's command with these of the engine's options, on the host's network if they name no other."""
        name = f"exporter-{os.getpid()}-{next(self.numbers)}"
        network = () if any("--network" in str(each) for each in options) else ("--network=host",)
        self.running.callback(self.engine.attempt, "rm", "--force", "--volumes", name)
        process = self.start([*self.engine.command, "run", "--rm", "--name", name, *network, *options, IMAGE, *command])
        return Container(self.engine, name, process)


def find_engine() -> Engine:
    """The engine that has the image; the test is skipped where none has."""
    engine = Engine(("docker",) if os.environ.get("ENGINE") == "docker" else _OURS)
    if not _is_there(engine) or engine.attempt("image", "inspect", IMAGE).returncode:
        pytest.skip(f"there is no image {IMAGE}: make image")
    return engine


def _is_there(engine: Engine) -> bool:
    unpacked = (ROOT / ".tools" / "containers" / "fetched.stamp").exists()
    return unpacked if engine.command == _OURS else shutil.which(engine.command[0]) is not None
