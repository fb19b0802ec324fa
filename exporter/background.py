"""Work that takes long, off the event loop, in a thread that does not keep the process from ending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class Background:
    """Runs one thing at a time: more threads would only compete with the event loop for the interpreter.

    The event loop's own pool of threads would be waited for at the end of the process, however long a thread takes.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """What the work returns; raises what it raises. When this is cancelled, the work is left to itself."""
        async with self._turn:
            done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            Thread(
                target=_settle, args=(work, done, asyncio.get_running_loop()), name="background", daemon=True
            ).start()
            return await done


def _settle(work: Callable[[], T], done: asyncio.Future[T], loop: asyncio.AbstractEventLoop) -> None:
    try:
        settle = partial(done.set_result, work())
    except Exception as error:  # noqa: BLE001 - it is raised again where the work is waited for
        settle = partial(done.set_exception, error)
    with suppress(RuntimeError):  # the loop may be closed by now
        loop.call_soon_threadsafe(lambda: None if done.done() else settle())
