"""The SQLite file: made, checked, and moved aside where it is not one of ours. Readable by its owner alone."""

from __future__ import annotations

import itertools
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from exporter.errors import StoreError
from exporter.ledger import tables

FILE = "state.sqlite"
APPLICATION_ID = 0x4E464245
"""NFBE in ASCII: tells our file from any other SQLite file."""
SCHEMA = 3
"""Goes up with any change to the tables or to what the payloads hold; docs/design/store.md."""

_OWNER_ONLY = 0o600
_BUSY_SECONDS = 1.0
_COMPANIONS = ("", "-wal", "-shm", "-journal")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY_CODE = 0xFF


class _UnusableError(Exception):
    """The file is not one that can be gone on with."""


def open_database(folder: Path) -> sqlite3.Connection:
    """A connection to the folder's file, ready to read and write, in any thread but one at a time.

    A file that is damaged, foreign or of an older schema is moved aside. Raises StoreError for one of a newer schema,
    and OSError and sqlite3.Error where the disk or the folder do not allow it.
    """
    path = folder / FILE
    try:
        return _open(path)
    except _UnusableError as reason:
        aside = _move_aside(path)
        structlog.get_logger().warning(
            "store.moved_aside",
            error=f"{path}: {reason}; a new one is begun, delete {aside.name} if nobody misses it",
        )
    return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    _make_private(path)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _DAMAGED:
            raise _UnusableError(str(error)) from None
        raise
    except (StoreError, _UnusableError):
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    # SQLite gives the files beside it the mode of this one.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY))
    for each in _with_companions(path):
        each.chmod(_OWNER_ONLY)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    if _is_blank(connection):
        _create(connection)
    _check(connection, path)
    # A commit is on the disk when the system gets to it: it outlives the process, and no crash leaves half of it.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _is_blank(connection: sqlite3.Connection) -> bool:
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return not (objects or _pragma(connection, "application_id") or _pragma(connection, "user_version"))


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        for statement in tables.SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise _UnusableError("not a file of this exporter")
    version = _pragma(connection, "user_version")
    if version > SCHEMA:
        raise StoreError(
            f"{path}: written by a newer version of the exporter (schema {version}, this one knows {SCHEMA}) and left "
            "as it is; run that version, or set state.path to another folder"
        )
    if version < SCHEMA:
        raise _UnusableError(f"written by an older version of the exporter (schema {version})")
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise _UnusableError("damaged")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    with closing(connection.execute(f"PRAGMA {name}")) as cursor:
        return int(cursor.fetchone()[0])


def _move_aside(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.aside-{number}") for number in itertools.count(1))
    aside = next(each for each in names if not each.exists())
    for each in _with_companions(path):
        each.rename(f"{aside}{each.name.removeprefix(path.name)}")
    return aside


def _with_companions(path: Path) -> list[Path]:
    named = (path.with_name(f"{path.name}{end}") for end in _COMPANIONS)
    return [each for each in named if each.exists()]
