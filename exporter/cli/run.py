"""Running what serves, until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable

from exporter import __version__, app
from exporter.cli.interpreter import prefer_answers_to_throughput
from exporter.config import Config
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
    config: Config,
    listening: socket.socket,
    *,
    telemetry_path: str,
    stop: asyncio.Event,
    on_listening: Callable[[], None],
) -> None:
    """Poll and serve until `stop` is set; first the web ends, with its requests answered, then the polls."""
    prefer_answers_to_throughput()
    exporter = app.build(config)
    pages = build(
        telemetry_path=telemetry_path,
        exposition=exporter.exposition,
        is_ready=exporter.is_ready,
        version=__version__,
    )
    async with exporter:
        await serve(pages, listening, stop=stop, on_listening=on_listening)
