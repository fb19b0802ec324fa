"""Serving an application on a socket until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 1
"""How long requests in flight are waited for once told to stop."""

_KEEP_ALIVE_SECONDS = 75
"""Longer than the usual scrape interval of a minute, so that each scrape does not need a new connection."""


async def serve(
    app: ASGIApp, listening: socket.socket, *, stop: asyncio.Event, on_listening: Callable[[], None]
) -> None:
    """Answer requests until `stop` is set, then those in flight, and close the socket.

    `on_listening` is called once requests are answered. Idle connections do not hold the end up.
    """
    server = _Server(_settings(app), on_listening)
    stopper = asyncio.create_task(_stop(server, stop))
    try:
        await server.serve(sockets=[listening])
    finally:
        stopper.cancel()


class _Server(uvicorn.Server):
    """uvicorn, with signals left to the command that runs it."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_listening()


async def _stop(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
