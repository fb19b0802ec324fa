from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection

import pytest

from exporter.ledger.database import open_database


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A connection to a new file."""
    with closing(open_database(tmp_path)) as opened:
        yield opened
