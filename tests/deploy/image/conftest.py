from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from tests.deploy.image.engine import Containers, Engine, find_engine
from tests.processes import EXPORTER, Process, Starter


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine that holds the image."""
    return find_engine()


@pytest.fixture
def run(engine: Engine, start_process: Starter) -> Iterator[Containers]:
    """Start containers: `run(["--read-only"], "demo")` gives a `Container`, removed when the test ends."""
    with ExitStack() as running:
        yield Containers(engine, start_process, running, count())


@pytest.fixture
def sandbox(start_process: Starter) -> Process:
    """A sandbox on loopback, outside any container."""
    return start_process([*EXPORTER, "sandbox", "--listen-address", "127.0.0.1:0", "--log.format", "json"])
