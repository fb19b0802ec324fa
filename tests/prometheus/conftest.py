from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.processes import EXPORTER, Starter, process_starter
from tests.prometheus.server import Prometheus, start_prometheus


@dataclass(frozen=True, slots=True)
class Demo:
    """The addresses of a running demo."""

    exporter: str
    sandbox: str


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Start processes that live as long as the tests of one file."""
    with process_starter(tmp_path_factory.mktemp("processes")) as starter:
        yield starter


@pytest.fixture(scope="module")
def demo(start: Starter) -> Demo:
    """The demo, run as a person runs it but on ports that the system chose."""
    here = "127.0.0.1:0"
    process = start(
        [
            *EXPORTER,
            "demo",
            "--web.listen-address",
            here,
            "--sandbox.listen-address",
            here,
            "--log.format",
            "json",
        ]
    )
    sandbox, exporter = process.address("sandbox.listening"), process.address("web.listening")
    process.wait_until_answers(f"{exporter}/-/ready")
    return Demo(exporter, sandbox)


@pytest.fixture(scope="module")
def prometheus(start: Starter, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Prometheus:
    """A Prometheus that has scraped the demo's whole tree of the newest invoice."""
    server = start_prometheus(start, tmp_path_factory.mktemp("prometheus") / "server", demo.exporter)
    server.wait_for('northflank_last_success_timestamp_seconds{dataset="invoice_details"} > 0')
    return server
