"""A real VictoriaMetrics on loopback, asked as a Prometheus is."""

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.processes import ROOT, Starter
from tests.prometheus.server import Prometheus

UNPACKED = ROOT / ".tools" / "deploy" / "bin"


def find_tool(name: str) -> Path:
    """The program from PATH or as scripts/fetch_deploy_tools.sh fetched it; without either the test is skipped."""
    places = (None, UNPACKED, ROOT / ".tools" / "deploy" / "python" / "bin")
    found = next(filter(None, (shutil.which(name, path=place) for place in places)), None)
    if found is None:
        pytest.skip(f"{name} is neither on PATH nor fetched: scripts/fetch_deploy_tools.sh")
    return Path(found)


def start_victoria(start: Starter, directory: Path, arguments: Sequence[str]) -> Prometheus:
    """A server that shows samples at once; it answers PromQL."""
    address = f"127.0.0.1:{_free_port()}"
    process = start(
        [
            find_tool("victoria-metrics"),
            f"-storageDataPath={directory}",
            f"-httpListenAddr={address}",
            "-search.latencyOffset=0s",
            *arguments,
        ]
    )
    process.wait_until_answers(f"http://{address}/health")
    return Prometheus(process, f"http://{address}")


def _free_port() -> int:
    """A port that was free a moment ago: the server does not tell which one it chose."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
