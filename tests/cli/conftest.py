import logging
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import structlog

from tests.cli.checking import Start, served


@pytest.fixture
def own_logs() -> Iterator[None]:
    """What the command sets up for logs does not reach other tests."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start sandboxes that end with the test."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(served(**options))
