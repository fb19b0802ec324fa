import asyncio
from contextlib import suppress

import httpx
import pytest

from exporter.errors import PollError, RefusedError
from exporter.northflank.http.client import Limits
from exporter.northflank.http.rate_limit import RateLimit
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, LIST_INVOICES, Endpoint, Request
from tests.northflank.asking import NOW, TOKEN, Observed, Script, client_of, client_over, ok, refused


async def test_body_as_it_came() -> None:
    """The body of a 200 answer is returned byte for byte, with the request that it answers."""
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


async def test_every_request_is_observed() -> None:
    """Each request is observed with its endpoint and status, retries and lost ones too, and counted."""
    observed = Observed()
    lost = httpx.ConnectError("refused")
    async with client_of(Script([refused(500), lost, ok({})]), observer=observed) as client:
        await client.get(GET_CREDIT_BALANCE)

        endpoint = Endpoint.GET_CREDIT_BALANCE
        assert [(endpoint, "500"), (endpoint, "error"), (endpoint, "200")] == observed.answers
        assert 3 == client.requests_made


async def test_allowance_is_observed() -> None:
    """What each answer states of the allowance is observed, failures too; what it leaves out is not known."""
    observed = Observed()
    headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "7", "x-ratelimit-reset": "60"}
    async with client_of(Script([refused(500, headers=headers), ok({})]), observer=observed) as client:
        await client.get(LIST_INVOICES)

    stated = RateLimit(limit=1000, remaining=7, reset=NOW + 60)
    assert [stated, RateLimit(limit=None, remaining=None, reset=None)] == observed.rate_limits


async def test_newest_statement_of_the_allowance() -> None:
    """Parallel answers come in any order: what one that was asked for earlier states is not taken for the newest."""
    observed, is_answered = Observed(), asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        is_first = request.url.path.endswith("/first")
        if is_first:
            await is_answered.wait()
        return httpx.Response(200, headers={"x-ratelimit-remaining": "8" if is_first else "7"}, json={"data": {}})

    async with client_over(httpx.MockTransport(answer), observer=observed) as client:
        first = asyncio.create_task(client.get(Request(Endpoint.GET_INVOICE, "/first")))
        await asyncio.sleep(0)
        await client.get(Request(Endpoint.GET_INVOICE, "/second"))
        is_answered.set()
        await first

    assert [7] == [each.remaining for each in observed.rate_limits]


ERROR = {"error": {"status": 0, "message": "no"}}


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        pytest.param(ok({}), 1, id="answer"),
        pytest.param(refused(403), 1, id="403_of_the_api"),
        pytest.param(refused(401), 0, id="401"),
        pytest.param(refused(404), 0, id="404"),
        pytest.param(refused(429), 0, id="429"),
        pytest.param(refused(500), 0, id="500_of_the_api"),
        pytest.param(httpx.Response(200, html="<html>Sign in to the network</html>"), 0, id="captive_portal"),
        pytest.param(httpx.Response(200, json={"status": "ok"}), 0, id="json_of_something_else"),
        pytest.param(httpx.Response(403, html="<html>blocked</html>"), 0, id="403_of_a_firewall"),
        pytest.param(httpx.Response(403, json={"error": "forbidden"}), 0, id="403_of_a_gateway"),
        pytest.param(httpx.Response(502, html="<html>Bad gateway</html>"), 0, id="502_of_a_gateway"),
        pytest.param(httpx.Response(502, json=ERROR), 0, id="502_of_a_gateway_in_the_api_s_form"),
        pytest.param(httpx.Response(302, headers={"location": "/login"}, json=ERROR), 0, id="redirect"),
        pytest.param(httpx.ConnectError("refused"), 0, id="no_connection"),
    ],
)
async def test_accepted_token(answer: httpx.Response | Exception, accepted: int) -> None:
    """Only an answer that the API itself gives to an accepted token counts as one: 200, or 403 in the API's form."""
    observed = Observed()
    async with client_of(Script([answer]), observer=observed, limits=Limits(max_retries=0)) as client:
        with suppress(PollError):
            await client.get(LIST_INVOICES)

    assert accepted == observed.accepted


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
