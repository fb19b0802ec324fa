import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

from exporter.errors import StoreError
from exporter.ledger.database import FILE
from exporter.ledger.state_file import StateFile


def count(connection: sqlite3.Connection) -> int:
    """How many facts there are."""
    return int(connection.execute("SELECT count(*) FROM fact").fetchone()[0])


@contextmanager
def opened(folder: Path) -> Iterator[StateFile]:
    """A state file that was used once, closed in the end."""
    file = StateFile(folder, patience_seconds=10)
    file.use(count)
    yield file
    file.close()


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


def without_folder(folder: Path) -> None:
    """Remove the folder with all that is in it."""
    shutil.rmtree(folder)


def without_file(folder: Path) -> None:
    """Remove the file alone."""
    (folder / FILE).unlink()


def with_another_file(folder: Path) -> None:
    """Put a copy in place of the file, as restoring a backup does."""
    shutil.copy(folder / FILE, folder / "copy")
    (folder / "copy").rename(folder / FILE)


@pytest.mark.parametrize(
    "remove",
    [
        pytest.param(without_folder, id="folder"),
        pytest.param(without_file, id="file"),
        pytest.param(with_another_file, id="replaced"),
    ],
)
def test_removed_while_in_use(tmp_path: Path, remove: Callable[[Path], None]) -> None:
    """A file that is removed or replaced is noticed at the next use, logged once, and opened anew (case 16)."""
    folder = tmp_path / "state"
    with opened(folder) as file:
        connections = [file.use(lambda connection: connection)]
        with capture_logs() as logs:
            remove(folder)
            connections += [file.use(lambda connection: connection) for _ in range(3)]
            assert 0 == file.use(count)

        assert connections[0] is not connections[1] is connections[2] is connections[3]
        assert (folder / FILE).exists()
        with pytest.raises(StoreError, match="another process"), opened(folder):
            pass

    text = f"{folder / FILE}: removed or replaced while in use; it is written anew from memory"
    assert [("store.removed", "warning", text)] == [(each["event"], each["log_level"], each["error"]) for each in logs]


def test_folder_that_another_process_has_by_then(tmp_path: Path) -> None:
    """Where another process keeps its state in the new folder, the file is that one's."""
    folder = tmp_path / "state"
    with opened(folder) as file:
        shutil.rmtree(folder)
        with opened(folder):
            for _ in range(2):
                with pytest.raises(StoreError, match="another process"):
                    file.use(count)

        assert 0 == file.use(count)
