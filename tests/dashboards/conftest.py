from collections.abc import Iterator

import pytest

from tests.dashboards.blocks import blocks
from tests.dashboards.loaded import Loaded, start_loaded
from tests.processes import process_starter


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """A Prometheus that holds three months of two organisations."""
    folder = tmp_path_factory.mktemp("loaded")
    with process_starter(folder / "processes") as start:
        loaded = start_loaded(start, folder / "server", blocks())
        with loaded.http:
            yield loaded
