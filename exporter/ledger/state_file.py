"""The state file while it is in use: opened when it is needed, and opened anew after a fault."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

from exporter.errors import StoreError
from exporter.ledger.database import FILE, open_database
from exporter.ledger.lock import lock

T = TypeVar("T")

NO_ANSWER = "no answer from the disk in time; mend it, or set state.path to another one"


class StateFile:
    """The file in a folder, for one piece of work at a time, from whichever thread.

    Work that finds another under way gives up once that one takes `patience_seconds`: a disk that hangs must neither
    gather threads nor be waited for again and again.
    """

    def __init__(self, folder: Path, *, patience_seconds: float) -> None:
        self._folder = folder
        self._patience_seconds = patience_seconds
        self._turn = Lock()
        self._began: float | None = None  # on the monotonic clock, while there is work under way
        self._lock: int | None = None
        self._connection: sqlite3.Connection | None = None
        self._opened_inode: int | None = None
        self._is_over = False

    def use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What the work returns; raises StoreError, OSError, sqlite3.Error, and then the next use opens it anew."""
        with self._taking_turns():
            try:
                return work(self._connected())
            except (OSError, sqlite3.Error, StoreError):
                self._let_go()
                raise

    def close(self) -> None:
        """Let go of the file for good, once the work under way is done; raises StoreError if that takes too long."""
        self._is_over = True
        with self._taking_turns():
            self._let_go()

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        began = self._began
        taken = 0.0 if began is None else time.monotonic() - began
        if not self._turn.acquire(timeout=max(self._patience_seconds - taken, 0.0)):
            raise StoreError(f"{self._folder}: {NO_ANSWER}")
        self._began = time.monotonic()
        try:
            yield
        finally:
            self._began = None
            self._turn.release()

    def _connected(self) -> sqlite3.Connection:
        if self._is_over:
            raise StoreError(f"{self._folder}: closed already; nothing to do")
        if self._connection is not None and self._inode() != self._opened_inode:
            self._let_go()
            structlog.get_logger().warning(
                "store.removed",
                error=f"{self._folder / FILE}: removed or replaced while in use; it is written anew from memory",
            )
        if self._lock is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = lock(self._folder)
        if self._connection is None:
            self._connection = open_database(self._folder)
            self._opened_inode = self._inode()
        return self._connection

    def _inode(self) -> int | None:
        """Which file is there now; None where there is none."""
        try:
            return (self._folder / FILE).stat().st_ino
        except FileNotFoundError:
            return None

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
        self._connection = self._lock = None
