"""What the poller keeps its figures in. Whatever a disk does: it is said once, and the polls go on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import structlog

from exporter.background import Background
from exporter.errors import StoreError
from exporter.store import tables
from exporter.store.kept import Kept, Terms
from exporter.store.state_file import NO_ANSWER, StateFile

T = TypeVar("T")

_CLOSING_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
_FORESEEN = (StoreError, OSError, sqlite3.Error)


class Store:
    """The state of all accounts, in a folder that is made when it is needed.

    Reading and writing are done in `background`, which should be of its own: a slow disk then delays nothing else.
    What takes longer than `patience_seconds` counts as a fault, so that a disk that hangs does not end the polls.
    """

    def __init__(self, folder: Path, background: Background, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._folder = folder
        self._file = StateFile(folder, patience_seconds=patience_seconds)
        self._background = background
        self._patience_seconds = patience_seconds
        self._said: str | None = None

    def of(self, account: str, terms: Terms) -> AccountStore:
        """What is kept of one account under these terms."""
        return AccountStore(self, account, terms)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What the work returns; None after a fault, which is logged when it is another than the one before."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                result = await self._background.run(lambda: self._file.use(work))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and the polls go on
            self._say(error)
            return None
        if self._said:
            structlog.get_logger().info("store.recovered", folder=str(self._folder))
            self._said = None
        return result

    async def close(self) -> None:
        """Let go of the file; a disk that hangs is not waited for, since nothing written so far gets lost."""
        with suppress(*_FORESEEN):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._background.run(self._file.close)

    def _say(self, error: Exception) -> None:
        text = self._told(error)
        if text != self._said:
            more = {} if isinstance(error, _FORESEEN) else {"exc_info": error}
            structlog.get_logger().warning("store.unavailable", error=text, **more)
        self._said = text

    def _told(self, error: Exception) -> str:
        if isinstance(error, StoreError):
            return str(error)
        if isinstance(error, TimeoutError):
            return f"{self._folder}: {NO_ANSWER}"
        if isinstance(error, _FORESEEN):
            return f"{self._folder}: {error}; see that the folder can be written and has room, or set state.path"
        return f"{self._folder}: a fault of the exporter; please report it"


class AccountStore:
    """What is kept of one account."""

    def __init__(self, store: Store, account: str, terms: Terms) -> None:
        self._store = store
        self._account = account
        self._terms = terms
        self._last: tuple[sqlite3.Connection, Kept] | None = None

    async def load(self) -> Kept | None:
        """The figures kept last; None if there are none, if they cannot be read, or were fetched under other terms."""
        return await self._store.run(self._read)

    async def save(self, kept: Kept) -> None:
        """Keep these figures in place of those before; never raises."""
        await self._store.run(lambda connection: self._write(connection, kept))

    async def load_requests(self) -> Mapping[int, int]:
        """How many requests the account made in each Unix minute that is kept, under whichever terms; never raises."""
        found = await self._store.run(lambda connection: tables.read_requests(connection, self._account))
        return found or MappingProxyType({})

    async def save_requests(self, requests: Mapping[int, int]) -> None:
        """Keep these in place of those before; never raises."""
        await self._store.run(lambda connection: tables.write_requests(connection, self._account, requests))

    def _read(self, connection: sqlite3.Connection) -> Kept | None:
        terms = tables.read_terms(connection, self._account)
        if terms is None:
            return None
        changed = self._terms.differences(terms)
        if changed:
            structlog.get_logger().warning(
                "store.ignored",
                account=self._account,
                changed=changed,
                error="what is kept was fetched under another configuration; nothing to do: it is fetched anew",
            )
            return None
        kept = tables.read(connection, self._account)
        self._last = (connection, kept)
        return kept

    def _write(self, connection: sqlite3.Connection, kept: Kept) -> None:
        # Another connection may be to another file, or to one that another process wrote to in between.
        before = self._last[1] if self._last and self._last[0] is connection else None
        tables.write(connection, kept, self._terms, before)
        self._last = (connection, kept)


class NoStore:
    """Keeps nothing: every start is a first one."""

    async def load(self) -> Kept | None:
        """Nothing."""
        return None

    async def save(self, kept: Kept) -> None:
        """Forget it."""

    async def load_requests(self) -> Mapping[int, int]:
        """None."""
        return MappingProxyType({})

    async def save_requests(self, requests: Mapping[int, int]) -> None:
        """Forget them."""
