"""Applications that answer on loopback while a test runs something with an event loop of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from exporter.web.listen import listen, url
from exporter.web.server import serve

PATIENCE_SECONDS = 10


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of an application in a thread of its own: the command has an event loop of its own."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    with listen("127.0.0.1:0", flag="--test") as listening:
        answering = serve(app, listening, stop=stop, on_listening=lambda: None)
        thread = threading.Thread(target=lambda: loop.run_until_complete(answering), daemon=True)
        thread.start()
        yield url(listening)
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_SECONDS)
    loop.close()
