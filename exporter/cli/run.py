"""Running what serves, until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from exporter import __version__
from exporter.app import App
from exporter.cli.interpreter import prefer_answers_to_throughput
from exporter.web.app import build
from exporter.web.server import serve


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, in place of what they do otherwise. Call it in the event loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def run_exporter(
    exporter: App,
    listening: socket.socket,
    *,
    telemetry_path: str,
    stop: asyncio.Event,
    on_listening: Callable[[], None],
) -> None:
    """Poll and serve until `stop` is set; first the web ends, with its requests answered, then the polls."""
    prefer_answers_to_throughput()
    pages = build(
        telemetry_path=telemetry_path,
        exposition=exporter.exposition,
        is_ready=exporter.is_ready,
        version=__version__,
    )
    async with AsyncExitStack() as running:
        # What was shown before a restart takes seconds to render when it is large; whoever connects waits for it.
        if await _unless(stop, running.enter_async_context(exporter)):
            await serve(pages, listening, stop=stop, on_listening=on_listening)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, object]) -> bool:
    """Whether the work was done before `stop` was set; if not, it is cancelled."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        await working
        return True
    working.cancel()
    await asyncio.wait((working,))
    return False
