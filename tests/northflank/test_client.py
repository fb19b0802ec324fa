import asyncio

import httpx
import pytest

from exporter.errors import RefusedError
from exporter.northflank.http.client import Limits
from exporter.northflank.http.rate_limit import RateLimit
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, LIST_INVOICES, Endpoint, Request
from tests.northflank.asking import NOW, TOKEN, Observed, Script, client_of, client_over, ok, refused


async def test_body_as_it_came() -> None:
    """The body of a 200 answer is handed on byte for byte, with the request that it answers."""
    script = Script([httpx.Response(200, content=b'{"data": 1.10 }')])
    async with client_of(script) as client:
        answer = await client.get(LIST_INVOICES.with_query({"perPage": "100"}))

    assert b'{"data": 1.10 }' == answer.body
    assert "GET /v1/billing/invoices?perPage=100" == answer.request


async def test_request() -> None:
    """A request is a GET for JSON that says who asks, with the token in its header."""
    script = Script([ok({})])
    async with client_of(script, user_agent="exporter/1") as client:
        await client.get(LIST_INVOICES)

    (request,) = script.requests
    assert ("GET", f"Bearer {TOKEN}") == (request.method, request.headers["authorization"])
    assert ("exporter/1", "application/json") == (request.headers["user-agent"], request.headers["accept"])


@pytest.mark.parametrize(
    ("base_url", "team_id", "expected"),
    [
        pytest.param("https://a.example", None, "https://a.example/v1/billing/invoices", id="plain"),
        pytest.param("http://a.example:81", None, "http://a.example:81/v1/billing/invoices", id="port"),
        pytest.param("https://a.example/nf", None, "https://a.example/nf/v1/billing/invoices", id="path"),
        pytest.param("https://a.example", "web", "https://a.example/v1/teams/web/billing/invoices", id="team"),
        pytest.param("https://a.example", "a/b?", "https://a.example/v1/teams/a%2Fb%3F/billing/invoices", id="quoted"),
    ],
)
async def test_address(base_url: str, team_id: str | None, expected: str) -> None:
    """The address is the base URL, the version, the team where one is set, and the path."""
    script = Script([ok({})])
    async with client_of(script, base_url=base_url, team_id=team_id) as client:
        await client.get(LIST_INVOICES)

    assert [expected] == [str(request.url) for request in script.requests]


async def test_query_is_quoted() -> None:
    """A cursor with characters of its own reaches the server as it was."""
    script = Script([ok({})])
    async with client_of(script) as client:
        await client.get(LIST_INVOICES.with_query({"cursor": "a=&+/ b"}))

    assert {"cursor": "a=&+/ b"} == dict(script.requests[0].url.params)


@pytest.mark.parametrize("status", [201, 204, 206])
async def test_other_success(status: int) -> None:
    """A success without the answer that was asked for is an error, at once: no figure is read from it."""
    script = Script([httpx.Response(status)])
    async with client_of(script) as client:
        with pytest.raises(RefusedError, match=f"^GET /v1/billing/invoices: {status}: not an answer that the API"):
            await client.get(LIST_INVOICES)

    assert 1 == len(script.requests)


async def test_observer_is_told_of_every_request() -> None:
    """Each request is told with its endpoint and status, retries and lost ones too, and counted."""
    observed = Observed()
    lost = httpx.ConnectError("refused")
    async with client_of(Script([refused(500), lost, ok({})]), observer=observed) as client:
        await client.get(GET_CREDIT_BALANCE)

        endpoint = Endpoint.GET_CREDIT_BALANCE
        assert [(endpoint, "500"), (endpoint, "error"), (endpoint, "200")] == observed.answers
        assert 3 == client.requests_made


async def test_observer_is_told_of_the_allowance() -> None:
    """What each answer states of the allowance is told, failures too; what it leaves out is not known."""
    observed = Observed()
    headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "7", "x-ratelimit-reset": "60"}
    async with client_of(Script([refused(500, headers=headers), ok({})]), observer=observed) as client:
        await client.get(LIST_INVOICES)

    stated = RateLimit(limit=1000, remaining=7, reset=NOW + 60)
    assert [stated, RateLimit(limit=None, remaining=None, reset=None)] == observed.rate_limits


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_concurrency(concurrency: int) -> None:
    """No more requests than allowed are under way at once, and as many as allowed are."""
    under_way, seen = 0, []

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal under_way
        under_way += 1
        for _turn in range(5):
            seen.append(under_way)
            await asyncio.sleep(0)
        under_way -= 1
        return ok({})

    async with client_over(httpx.MockTransport(answer), limits=Limits(concurrency=concurrency)) as client:
        await asyncio.gather(*(client.get(Request(Endpoint.GET_INVOICE, f"/{number}")) for number in range(8)))

    assert concurrency == max(seen)


async def test_waiting_for_a_retry_leaves_the_turn_to_others() -> None:
    """A request that waits for its retry does not keep the next one from being sent."""
    script = Script([refused(503, headers={"retry-after": "9"}), ok({})])
    sleeping, woken = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        sleeping.set()
        await woken.wait()

    async with client_of(script, limits=Limits(concurrency=1), sleep=sleep) as client:
        waiting = asyncio.create_task(client.get(LIST_INVOICES))
        await sleeping.wait()
        await client.get(GET_CREDIT_BALANCE)
        woken.set()
        await waiting

    expected = ["/v1/billing/invoices", "/v1/billing/credit-balance", "/v1/billing/invoices"]
    assert expected == script.targets
