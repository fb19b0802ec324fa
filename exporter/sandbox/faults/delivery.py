"""Ways of sending an answer that are not the usual one, as ASGI applications.

A server closes the connection when an application returns with its body unfinished; so a connection is cut here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope, Send

from exporter.sandbox.reply import Reply

CHUNK_BYTES = 65_536
HUGE_START = b'{"data":{"invoices":[],"filler":"'
HUGE_END = b'"}}'


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing, until the client gives up; after so many seconds the connection is cut."""

    seconds: float

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer so."""
        try:
            async with asyncio.timeout(self.seconds):
                await _until_gone(receive)
        except TimeoutError:
            await send(_start(Reply(200, b""), 1))


@dataclass(frozen=True, slots=True)
class Drip:
    """The answer byte by byte, with so many seconds between."""

    reply: Reply
    seconds_between: float

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer so, unless the client goes."""
        await _while_client_stays(receive, self._drip(send))

    async def _drip(self, send: Send) -> None:
        await send(_start(self.reply, len(self.reply.body)))
        *bytes_before, last = (self.reply.body[place : place + 1] for place in range(len(self.reply.body)))
        for byte in bytes_before:
            await send(_body(byte, more=True))
            await asyncio.sleep(self.seconds_between)
        await send(_body(last, more=False))


@dataclass(frozen=True, slots=True)
class Cut:
    """The headers of the whole answer, half its body, and then the end of the connection."""

    reply: Reply

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Answer so."""
        body = self.reply.body
        await send(_start(self.reply, len(body)))
        await send(_body(body[: len(body) // 2], more=True))


@dataclass(frozen=True, slots=True)
class Huge:
    """Valid JSON of so many bytes, made while it is sent; `reply` gives the headers, which may state the length."""

    reply: Reply
    size: int
    states_length: bool

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer so, unless the client goes."""
        await _while_client_stays(receive, self._pour(send))

    async def _pour(self, send: Send) -> None:
        filler = max(0, self.size - len(HUGE_START) - len(HUGE_END))
        length = len(HUGE_START) + filler + len(HUGE_END)
        await send(_start(self.reply, length if self.states_length else None))
        await send(_body(HUGE_START, more=True))
        for sent in range(0, filler, CHUNK_BYTES):
            await send(_body(b"x" * min(CHUNK_BYTES, filler - sent), more=True))
            await asyncio.sleep(0)  # so that a client that reads fast does not keep others waiting
        await send(_body(HUGE_END, more=False))


@dataclass(frozen=True, slots=True)
class Late:
    """The answer after so many seconds."""

    reply: Reply
    seconds: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer so."""
        await asyncio.sleep(self.seconds)
        await self.reply.response()(scope, receive, send)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _while_client_stays(receive: Receive, work: Coroutine[None, None, None]) -> None:
    working, gone = asyncio.create_task(work), asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        working.cancel()
        gone.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


def _start(reply: Reply, length: int | None) -> Message:
    stated = {} if length is None else {"content-length": str(length)}
    headers = {"content-type": reply.media_type, **reply.headers, **stated}
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": encoded}


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}
