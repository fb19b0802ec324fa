import sqlite3
from pathlib import Path
from threading import Event, Thread

import pytest

from exporter.errors import StoreError
from exporter.store.state_file import StateFile


def count(connection: sqlite3.Connection) -> int:
    """How many accounts are kept."""
    return int(connection.execute("SELECT count(*) FROM account").fetchone()[0])


def test_folder_is_made(tmp_path: Path) -> None:
    """The folder is made at the first use, not before, and is its owner's alone."""
    folder = tmp_path / "some" / "where"
    file = StateFile(folder, patience_seconds=10)
    assert not folder.exists()
    assert 0 == file.use(count)
    file.close()

    assert 0o700 == folder.stat().st_mode & 0o777


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError("disk"), id="os"),
        pytest.param(sqlite3.OperationalError("full"), id="sqlite"),
        pytest.param(StoreError("damaged"), id="ours"),
    ],
)
def test_opened_anew_after_a_fault(tmp_path: Path, error: Exception) -> None:
    """After a fault another process may have the folder; the next use opens it anew."""

    def fail(_: sqlite3.Connection) -> None:
        raise error

    file, other = StateFile(tmp_path, patience_seconds=10), StateFile(tmp_path, patience_seconds=10)
    with pytest.raises(type(error)):
        file.use(fail)
    assert 0 == other.use(count)
    with pytest.raises(StoreError, match="another process"):
        file.use(count)
    other.close()

    assert 0 == file.use(count)
    file.close()


def test_closed_for_good(tmp_path: Path) -> None:
    """After its end it is not opened again, be it for work that was under way: the next process can have it."""
    file, other = StateFile(tmp_path, patience_seconds=10), StateFile(tmp_path, patience_seconds=10)
    file.use(count)
    file.close()
    with pytest.raises(StoreError, match="closed already"):
        file.use(count)

    assert 0 == other.use(count)
    other.close()


def test_one_at_a_time(tmp_path: Path) -> None:
    """The end waits for the work that is under way in another thread."""
    file, began, goes_on = StateFile(tmp_path, patience_seconds=10), Event(), Event()
    done: list[int] = []

    def slow(connection: sqlite3.Connection) -> None:
        began.set()
        goes_on.wait(10)
        done.append(count(connection))

    working = Thread(target=lambda: file.use(slow))
    working.start()
    began.wait(10)
    closing = Thread(target=file.close)
    closing.start()
    goes_on.set()
    working.join(10)
    closing.join(10)

    assert [0] == done


def test_patience(tmp_path: Path) -> None:
    """Work that finds the file in use for too long gives up: a disk that hangs gathers no threads."""
    file, began, goes_on = StateFile(tmp_path, patience_seconds=0.01), Event(), Event()

    def hang(_: sqlite3.Connection) -> None:
        began.set()
        goes_on.wait(10)

    working = Thread(target=lambda: file.use(hang))
    working.start()
    began.wait(10)
    with pytest.raises(StoreError, match="no answer from the disk"):
        file.use(count)
    goes_on.set()
    working.join(10)

    assert 0 == file.use(count)
    file.close()
