"""What only a real connection shows: deadlines, cut connections, sizes."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from exporter.errors import ConnectionFailedError, DeadlineError, PollError, TooLargeError
from exporter.northflank.http import client as client_module
from exporter.northflank.http.client import Limits
from exporter.northflank.wire.wire import LIST_INVOICES
from tests.northflank.asking import Observed, client_over

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MEBIBYTE = 1024 * 1024


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[str]:
    """The address of a server that reads a request and then does what a test says."""
    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await serve(writer)
        except ConnectionError:
            pass  # the client has gone, as it should
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in handlers:  # some never end by themselves, and from Python 3.12 on a server waits for them
            each.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await server.wait_closed()


async def ask(address: str, *, timeout_seconds: float = 5.0, observer: Observed | None = None) -> bytes:
    """The body of one answer, asked for without retries."""
    limits = Limits(timeout_seconds=timeout_seconds, max_retries=0)
    async with client_over(None, base_url=address, limits=limits, observer=observer or Observed()) as client:
        return (await client.get(LIST_INVOICES)).body


async def drip(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever: no single read takes long."""
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent(_: asyncio.StreamWriter) -> None:
    """Nothing at all."""
    await asyncio.sleep(3600)


async def drip_headers(writer: asyncio.StreamWriter) -> None:
    """Headers without an end."""
    writer.write(HEAD)
    while True:
        writer.write(b"X-Y: z\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "serve",
    [pytest.param(drip, id="body"), pytest.param(silent, id="nothing"), pytest.param(drip_headers, id="headers")],
)
async def test_deadline(serve: Serve) -> None:
    """A whole request ends at its deadline, however busy the server keeps the line."""
    observed = Observed()
    async with listening(serve) as address:
        with pytest.raises(DeadlineError, match=r"no whole answer within 0\.2 s \(.+\); if the API is only slow"):
            await asyncio.wait_for(ask(address, timeout_seconds=0.2, observer=observed), 5)

    assert [("list_invoices", "error")] == observed.answers


@pytest.mark.parametrize(
    "canned",
    [
        pytest.param(HEAD + b"Content-Length: 100\r\n\r\n" + b'{"data":', id="cut_in_the_body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n8\r\n{", id="cut_in_a_chunk"),
        pytest.param(HEAD, id="cut_in_the_headers"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="not_http"),
        pytest.param(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", id="not_gzip"),
    ],
)
async def test_cut_connection(canned: bytes) -> None:
    """An answer that is cut off is no answer, not a short one."""

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(canned)
        await writer.drain()

    async with listening(serve) as address:
        with pytest.raises(ConnectionFailedError, match="no answer"):
            await ask(address)


async def test_nobody_listens() -> None:
    """A port without a server is an error that says so."""
    async with listening(silent) as address:
        pass
    with pytest.raises(ConnectionFailedError, match=r"no answer \(ConnectError: .+\); check base_url"):
        await ask(address)


@pytest.mark.parametrize(
    ("size", "expected"),
    [pytest.param(0, None, id="at_the_limit"), pytest.param(1, TooLargeError, id="beyond")],
)
@pytest.mark.parametrize("is_compressed", [False, True])
async def test_size_limit(
    size: int,
    expected: type[PollError] | None,
    is_compressed: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer beyond the limit is not read on, counted as it is unpacked; one at the limit is read."""
    # A constant made small, so that the test is.
    monkeypatch.setattr(client_module, "MAX_BODY_BYTES", MEBIBYTE)
    plain = b" " * (MEBIBYTE + size)
    body = gzip.compress(plain) if is_compressed else plain
    encoding = b"Content-Encoding: gzip\r\n" if is_compressed else b""

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + encoding + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    async with listening(serve) as address:
        if expected is None:
            assert len(plain) == len(await ask(address))
            return
        with pytest.raises(expected, match="/v1/billing/invoices: the answer is larger than 1 MiB"):
            await ask(address)
