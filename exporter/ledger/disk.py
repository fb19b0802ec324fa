"""The state file for all accounts, off the event loop. Whatever a disk does is said once, and raises nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog

from exporter.background import Background
from exporter.errors import StoreError
from exporter.ledger.state_file import NO_ANSWER, StateFile

T = TypeVar("T")

_CLOSING_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
_FORESEEN = (StoreError, OSError, sqlite3.Error)


class Disk:
    """The file in a folder that is made when it is needed.

    Work is done in `background`, which should be of its own: a slow disk then delays nothing else. Work that takes
    longer than `patience_seconds` counts as a fault, so that a disk that hangs does not end the polls; waiting for the
    work of other accounts does not count.
    """

    def __init__(self, folder: Path, background: Background, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._folder = folder
        self._file = StateFile(folder, patience_seconds=patience_seconds)
        self._background = background
        self._patience_seconds = patience_seconds
        self._turn = asyncio.Lock()
        self._said: dict[str, str] = {}

    def is_well(self, account: str) -> bool:
        """Whether the account's last piece of work was done."""
        return account not in self._said

    async def run(self, account: str, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What the work returns; None after a fault, which is logged when it is another than the one before."""
        try:
            async with self._turn, asyncio.timeout(self._patience_seconds):
                result = await self._background.run(lambda: self._file.use(work))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and the polls go on
            self._say(account, error)
            return None
        if self._said.pop(account, None):
            structlog.get_logger().info("store.recovered", account=account, folder=str(self._folder))
        return result

    async def close(self) -> None:
        """Close the file; a disk that hangs is not waited for, since nothing written so far gets lost."""
        with suppress(*_FORESEEN):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._background.run(self._file.close)

    def _say(self, account: str, error: Exception) -> None:
        text = self._text(error)
        if text != self._said.get(account):
            more = {} if isinstance(error, _FORESEEN) else {"exc_info": error}
            structlog.get_logger().warning("store.unavailable", account=account, error=text, **more)
        self._said[account] = text

    def _text(self, error: Exception) -> str:
        if isinstance(error, StoreError):
            return str(error)
        if isinstance(error, TimeoutError):
            return f"{self._folder}: {NO_ANSWER}"
        if isinstance(error, _FORESEEN):
            return f"{self._folder}: {error}; see that the folder can be written and has room, or set state.path"
        return f"{self._folder}: a fault of the exporter; please report it"
