import json
from collections.abc import Iterator

import pytest

from tests.dashboards.blocks import Made, history
from tests.dashboards.books import Books
from tests.dashboards.history import ACME, LABS
from tests.dashboards.loaded import Loaded, start_loaded
from tests.dashboards.money import Charged
from tests.processes import process_starter


@pytest.fixture(scope="session")
def made() -> Made:
    """Three months of two organisations."""
    return history()


@pytest.fixture(scope="session")
def loaded(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """A Prometheus that holds three months of two organisations."""
    folder = tmp_path_factory.mktemp("loaded")
    with process_starter(folder / "processes") as start:
        loaded = start_loaded(start, folder / "server", made.blocks)
        with loaded.http:
            yield loaded


@pytest.fixture(scope="session")
def charged(made: Made) -> tuple[Charged, ...]:
    """What the ledgers of both accounts say at the end of the history."""
    told = json.loads(made.ledgers.read_text(encoding="utf-8"))
    return (
        Charged(ACME, Books("acme", told["acme"]), Books("acme", told["acme a week ago"])),
        Charged(LABS, Books("labs", told["labs"])),
    )
