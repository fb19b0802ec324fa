import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.domain.facts import NO_FACTS
from exporter.errors import StoreError
from exporter.ledger import tables
from exporter.ledger.database import APPLICATION_ID, FILE, SCHEMA, open_database
from tests.ledger.keeping import API, KEPT, NOW, OWNER, all_of

Spoil = Callable[[Path], None]


def fill(folder: Path) -> None:
    """A file with an account in it."""
    with closing(open_database(folder)) as connection:
        write(connection)


def write(connection: sqlite3.Connection) -> None:
    """Record facts of every kind."""
    tables.write(connection, tables.open_book(connection, OWNER), all_of(KEPT), API, NOW)


def is_empty(folder: Path) -> bool:
    """Whether nothing is recorded of the account."""
    with closing(open_database(folder)) as connection:
        return tables.read(connection, tables.open_book(connection, OWNER), API) == NO_FACTS


def foreign_text(path: Path) -> None:
    """Something that a person wrote."""
    path.write_text("my diary\n" * 1000)


def foreign_database(path: Path) -> None:
    """The SQLite file of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.commit()


def truncated(path: Path) -> None:
    """Ours, cut in the middle."""
    fill(path.parent)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def beheaded(path: Path) -> None:
    """Ours, its first page zeroed."""
    fill(path.parent)
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def scribbled(path: Path) -> None:
    """Ours, with noise where the tables are."""
    fill(path.parent)
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096))


def older(path: Path) -> None:
    """Ours, of a schema before this one."""
    fill(path.parent)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA - 1}")


UNUSABLE = [
    pytest.param(foreign_text, "file is not a database", id="foreign_text"),
    pytest.param(foreign_database, "not a file of this exporter", id="foreign_database"),
    pytest.param(truncated, "database disk image is malformed", id="truncated"),
    pytest.param(beheaded, "file is not a database", id="beheaded"),
    pytest.param(scribbled, "damaged", id="scribbled"),
    pytest.param(older, f"written by an older version of the exporter (schema {SCHEMA - 1})", id="older"),
]


@pytest.mark.parametrize(("spoil", "reason"), UNUSABLE)
def test_unusable_file_is_moved_aside(tmp_path: Path, spoil: Spoil, reason: str) -> None:
    """A file that cannot be gone on with is kept under another name, said once, and a new one is begun."""
    path = tmp_path / FILE
    spoil(path)
    content = path.read_bytes()
    with capture_logs() as logs:
        assert is_empty(tmp_path)
        assert is_empty(tmp_path)

    aside = f"{FILE}.aside-1"
    assert content == (tmp_path / aside).read_bytes()
    (line,) = logs
    assert ("store.moved_aside", "warning") == (line["event"], line["log_level"])
    assert f"{path}: {reason}; a new one is begun, delete {aside} if nobody misses it" == line["error"]


def test_nothing_aside_is_overwritten(tmp_path: Path) -> None:
    """A second file that is moved aside does not replace the first."""
    for text in ("first" * 999, "second" * 999):
        (tmp_path / FILE).write_text(text)
        assert is_empty(tmp_path)

    aside = [tmp_path / f"{FILE}.aside-{number}" for number in (1, 2)]
    assert ["first" * 999, "second" * 999] == [each.read_text() for each in aside]


def test_companions_go_with_the_file(tmp_path: Path) -> None:
    """What a program that runs has not written into its foreign file yet goes aside with it: nothing gets lost."""
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE notes (text)")
        with capture_logs():
            assert is_empty(tmp_path)
        with closing(sqlite3.connect(tmp_path / f"{FILE}.aside-1")) as moved:
            assert [("notes",)] == moved.execute("SELECT name FROM sqlite_master").fetchall()


def test_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """A file of a newer version is not touched: that version goes on with it after a downgrade that was a mistake."""
    fill(tmp_path)
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        open_database(tmp_path)

    assert (
        f"{path}: written by a newer version of the exporter (schema {SCHEMA + 1}, this one knows {SCHEMA}) and left "
        "as it is; run that version, or set state.path to another folder"
    ) == str(refused.value)
    assert before == path.read_bytes()
    assert [FILE] == [each.name for each in tmp_path.iterdir()]


@pytest.mark.parametrize("content", [pytest.param(None, id="no_file"), pytest.param(b"", id="empty_file")])
def test_new_file(tmp_path: Path, content: bytes | None) -> None:
    """A file is made where there is none, and an empty one is as good as none; neither is worth a line."""
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with capture_logs() as logs, closing(open_database(tmp_path)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()

    assert (APPLICATION_ID, SCHEMA, []) == (application, version, logs)


def test_file_whose_making_was_cut_short(tmp_path: Path) -> None:
    """A file that was killed before its tables were there is made anew, in place."""
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
    with capture_logs() as logs:
        assert is_empty(tmp_path)

    assert [] == logs


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    """The bill is nobody else's business: neither in the file nor in those beside it, also if they were open before."""
    (tmp_path / FILE).touch(0o644)
    with closing(open_database(tmp_path)) as connection:
        write(connection)
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}

    assert dict.fromkeys((FILE, f"{FILE}-wal", f"{FILE}-shm"), 0o600) == modes


def test_journal_is_ahead(tmp_path: Path) -> None:
    """Commits go to a write-ahead log: a process that is killed loses nothing that was committed."""
    with closing(open_database(tmp_path)) as connection:
        assert [("wal",)] == connection.execute("PRAGMA journal_mode").fetchall()
