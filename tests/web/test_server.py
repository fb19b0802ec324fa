import asyncio
import signal
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exporter.web.listen import listen, url
from exporter.web.server import GRACE_SECONDS, serve

END_SECONDS = 2.0


class Served:
    """An application with a slow page: `begun` tells that it was asked for, `go_on` lets it answer."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.url = ""
        self.task: asyncio.Task[None] | None = None

    async def slow(self, _: Request) -> Response:
        """The page that waits for `go_on`."""
        self.begun.set()
        await self.go_on.wait()
        return PlainTextResponse("slow")

    async def fast(self, _: Request) -> Response:
        """The page that does not wait."""
        return PlainTextResponse("fast")

    async def end(self) -> float:
        """Stop serving; the seconds that it took."""
        assert self.task is not None
        begin = asyncio.get_running_loop().time()
        self.stop.set()
        await self.task
        return asyncio.get_running_loop().time() - begin


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    """An application that is served on a port of the system's choice until the test ends."""
    it = Served()
    app = Starlette(routes=[Route("/slow", it.slow), Route("/fast", it.fast)])
    listening, started = listen("127.0.0.1:0", flag="--x"), asyncio.Event()
    it.url = url(listening)
    it.task = asyncio.create_task(serve(app, listening, stop=it.stop, on_listening=started.set))
    await started.wait()
    yield it
    it.go_on.set()
    await it.end()


async def test_ends_at_once_without_requests(served: Served) -> None:
    """Without connections, serving ends well within the time that is promised."""
    assert await served.end() < END_SECONDS / 2


async def test_idle_connection_does_not_hold_the_end_up(served: Served) -> None:
    """A connection that a scraper keeps open is closed, not waited for."""
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"{served.url}/fast")

        assert await served.end() < GRACE_SECONDS


async def test_silent_connection_does_not_hold_the_end_up(served: Served) -> None:
    """A connection on which nothing was ever asked is closed, not waited for."""
    host, port = served.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))

    assert await served.end() < GRACE_SECONDS
    writer.close()


async def test_request_in_flight_is_answered(served: Served) -> None:
    """A request that has begun is answered in full though serving ends."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = asyncio.create_task(client.get(f"{served.url}/slow"))
        await served.begun.wait()
        ending = asyncio.create_task(served.end())
        await asyncio.wait_for(served.stop.wait(), END_SECONDS)
        served.go_on.set()

        assert "slow" == (await answer).text
    assert await ending < END_SECONDS


async def test_endless_request_is_given_up(served: Served) -> None:
    """A request that finds no answer does not hold the end up for long; who asked is told that it failed."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = asyncio.create_task(client.get(f"{served.url}/slow"))
        await served.begun.wait()

        assert await served.end() < END_SECONDS
        assert 500 == (await answer).status_code


async def test_nobody_is_answered_after_the_end(served: Served) -> None:
    """The port is free once serving has ended."""
    await served.end()

    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{served.url}/fast")


async def test_server_is_not_named(served: Served) -> None:
    """Answers do not tell which server software made them."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{served.url}/fast")

    assert "server" not in answer.headers


async def test_signals_are_left_alone(served: Served) -> None:
    """What a signal does is decided by the command alone, while serving as before."""
    during = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    await served.end()

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == during
