from collections.abc import Iterator

import pytest

from tests.processes import Starter, process_starter


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Start processes that live as long as the tests of one file."""
    with process_starter(tmp_path_factory.mktemp("processes")) as starter:
        yield starter
