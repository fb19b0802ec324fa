"""What goes over a real socket when the sandbox misbehaves."""

import time

import httpx
import pytest

from tests.sandbox.serving import served, spoil

LIST = "/v1/billing/invoices"


async def _status_logged(client: httpx.AsyncClient) -> int:
    return int((await client.get("/-/requests")).json()[-1]["status"])


async def test_hang() -> None:
    """A request that hangs is accepted and never answered; the log tells no status, and others are answered."""
    async with served() as client:
        await spoil(client, "hang", count=1)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(LIST, timeout=0.2)
        assert 0 == await _status_logged(client)
        assert 200 == (await client.get(LIST)).status_code


async def test_hang_ends() -> None:
    """After the seconds that the rule names the connection is cut."""
    async with served() as client:
        await spoil(client, "hang", {"seconds": 0.05})
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(LIST)


async def test_drip() -> None:
    """A body that drips comes byte by byte and whole, if the client waits."""
    async with served() as client:
        truth = (await client.get("/v1/login")).content
        await spoil(client, "drip", {"seconds_between": 0.01})
        began = time.monotonic()
        async with client.stream("GET", "/v1/login") as response:
            chunks = [chunk async for chunk in response.aiter_raw()]
        assert truth == b"".join(chunks)
        assert len(chunks) == len(truth)
        assert 0.005 * len(truth) <= time.monotonic() - began


async def test_drip_outlives_read_timeouts() -> None:
    """Each byte comes within a read timeout, so that only a deadline for the whole request ends it."""
    async with served() as client:
        await client.get(LIST)  # what is asked for the first time takes longer
        await spoil(client, "drip", {"seconds_between": 0.05})
        began = time.monotonic()
        async with client.stream("GET", LIST, timeout=1) as response:
            async for _ in response.aiter_raw():
                if time.monotonic() - began > 1.2:
                    break
        assert 200 == await _status_logged(client)


async def test_cut() -> None:
    """A connection that is cut has promised the whole body and brought half of it."""
    async with served() as client:
        truth = (await client.get(LIST)).content
        await spoil(client, "cut", count=1)
        async with client.stream("GET", LIST) as response:
            chunks = response.aiter_raw()
            body = await anext(chunks)
            with pytest.raises(httpx.RemoteProtocolError):
                body += await anext(chunks)
        assert str(len(truth)) == response.headers["content-length"]
        assert truth[: len(truth) // 2] == body
        assert 0 == await _status_logged(client)
        assert truth == (await client.get(LIST)).content


@pytest.mark.parametrize(
    ("states", "stated"), [pytest.param(False, None, id="chunked"), pytest.param(True, "1000000", id="stated")]
)
async def test_huge_body(states: bool, stated: str | None) -> None:  # noqa: FBT001 - a parameter of the test
    """A huge body has just the bytes asked for and is valid JSON; its length is stated if the rule says so."""
    async with served() as client:
        await spoil(client, "huge_body", {"bytes": 1_000_000, "content_length": states})
        response = await client.get(LIST)
        assert (1_000_000, stated) == (len(response.content), response.headers.get("content-length"))
        assert [] == response.json()["data"]["invoices"]


async def test_huge_body_costs_only_what_is_read() -> None:
    """200 MB are not made beforehand: who stops reading is served again at once."""
    async with served() as client:
        await spoil(client, "huge_body", count=1)
        read = 0
        async with client.stream("GET", LIST) as response:
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > 1_000_000:
                    break
        assert 200 == (await client.get(LIST, timeout=1)).status_code


async def test_latency() -> None:
    """A late answer is the true one."""
    async with served() as client:
        truth = await client.get(LIST)
        await spoil(client, "latency", {"seconds": 0.1})
        began = time.monotonic()
        late = await client.get(LIST)
        assert 0.05 <= time.monotonic() - began
        assert (truth.status_code, truth.content) == (late.status_code, late.content)


async def test_truncated_json() -> None:
    """The answer is complete for HTTP, and ends in the middle of its JSON."""
    async with served() as client:
        truth = (await client.get(LIST)).content
        await spoil(client, "truncated_json")
        response = await client.get(LIST)
        assert truth[: len(truth) // 2] == response.content
        assert (200, 200) == (response.status_code, await _status_logged(client))
