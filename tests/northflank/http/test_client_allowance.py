import asyncio

import httpx
import pytest

from exporter.errors import ConnectionFailedError, PollError, PostponedError, RateLimitedError
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.http.client import Limits
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, LIST_INVOICES, LIST_USAGE, Endpoint, Request
from tests.northflank.asking import Clock, Observed, Script, client_of, ok, refused
from tests.northflank.http.allowed import ACCOUNT, PROJECTS, RESOURCES


def allowance_at(clock: Clock, *, limit: float, reserve: int = 0) -> Allowance:
    """Half of the limit, by one clock."""
    return Allowance(share=0.5, reserve=reserve, limit=limit, clock=clock, monotonic=clock)


async def test_postponed() -> None:
    """What the allowance refuses is not asked, counted, observed or repeated, and no token is read for it."""
    clock, observed, script, tokens = Clock(), Observed(), Script([ok({})]), list[str]()
    allowance = allowance_at(clock, limit=4, reserve=1)

    def read_token() -> str:
        tokens.append("read")
        return "token"

    async with client_of(script, clock, allowance=allowance, observer=observed, read_token=read_token) as client:
        await client.get(LIST_USAGE, PROJECTS)
        with pytest.raises(PostponedError) as caught:
            await client.get(LIST_USAGE.with_query({"perPage": "100"}), PROJECTS)

    assert str(caught.value).startswith("GET /v1/billing/usage?perPage=100: not asked: of the share of 2 requests")
    assert (1, 1, 1, 1) == (len(script.requests), len(tokens), client.requests_made, len(observed.answers))
    assert (1, []) == (allowance.used, clock.slept)


async def test_account_first() -> None:
    """What is asked without an urgency is the account's: it may use what the rest leaves."""
    clock = Clock()
    async with client_of(Script([ok({})]), clock, allowance=allowance_at(clock, limit=4, reserve=1)) as client:
        with pytest.raises(PostponedError):
            await client.get(GET_CREDIT_BALANCE, RESOURCES)
        await client.get(GET_CREDIT_BALANCE)
        await client.get(GET_CREDIT_BALANCE)
        with pytest.raises(PostponedError, match="the share of 2 requests an hour is used"):
            await client.get(GET_CREDIT_BALANCE)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refused(503), id="503"),
        pytest.param(refused(429), id="429"),
        pytest.param(httpx.ConnectError("refused"), id="no_connection"),
    ],
)
async def test_retries_are_counted(fault: httpx.Response | Exception) -> None:
    """Each retry needs room of its own, lost ones too: where there is none, the poll is postponed."""
    clock, script = Clock(), Script([fault])
    allowance = allowance_at(clock, limit=6)
    async with client_of(script, clock, allowance=allowance, limits=Limits(max_retries=9)) as client:
        with pytest.raises(PostponedError):
            await client.get(LIST_INVOICES)

    assert (3, 3) == (len(script.requests), allowance.used)


async def test_headers_are_heeded() -> None:
    """What an answer states of the limit and what remains holds for the next request, also where it is a fault."""
    clock = Clock()
    headers = {"x-ratelimit-limit": "200", "x-ratelimit-remaining": "20", "x-ratelimit-reset": "900"}
    allowance, script = allowance_at(clock, limit=1000), Script([refused(404, headers=headers), ok({})])
    async with client_of(script, clock, allowance=allowance) as client:
        with pytest.raises(PollError):
            await client.get(LIST_INVOICES)
        assert (200, 100) == (allowance.limit, allowance.limit_an_hour)
        with pytest.raises(PostponedError, match="20 of 200 requests an hour remain"):
            await client.get(LIST_INVOICES)
        clock.now += 900
        await client.get(LIST_INVOICES)

    assert 2 == len(script.requests)


async def test_quiet_comes_first() -> None:
    """After a 429 nothing is asked for as long as the server wants; then the allowance decides."""
    clock = Clock()
    headers = {"retry-after": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"}
    script = Script([refused(429, headers=headers), ok({})])
    async with client_of(script, clock, allowance=allowance_at(clock, limit=1000)) as client:
        for _ in range(2):
            with pytest.raises(RateLimitedError):
                await client.get(LIST_INVOICES)
        clock.now += 100
        with pytest.raises(PostponedError):
            await client.get(LIST_INVOICES)
        clock.now += 800
        await client.get(LIST_INVOICES)

    assert 2 == len(script.requests)


async def test_lost_requests_are_not_waited_for() -> None:
    """Requests that were lost count once: what the next answer states of the rest covers them."""
    clock = Clock()
    headers = {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "12"}
    lost, answered = httpx.ConnectError("refused"), httpx.Response(200, json={"data": {}}, headers=headers)
    script = Script([lost, lost, lost, lost, lost, answered, ok({})])
    async with client_of(
        script, clock, allowance=allowance_at(clock, limit=100), limits=Limits(max_retries=0)
    ) as client:
        for _ in range(5):
            with pytest.raises(ConnectionFailedError):
                await client.get(LIST_INVOICES)
        for _ in range(3):
            await client.get(LIST_INVOICES)
        with pytest.raises(PostponedError):
            await client.get(LIST_INVOICES)


async def test_spread() -> None:
    """Once nothing is missing any more, what is less urgent is spread over the hour; the account is not held back."""
    clock, script = Clock(), Script([ok({})])
    async with client_of(script, clock, allowance=allowance_at(clock, limit=24)) as client:
        for _ in range(3):
            await client.get(LIST_USAGE, PROJECTS)
        client.spread()
        with pytest.raises(PostponedError, match="2 at most are made in ten minutes"):
            await client.get(LIST_USAGE, PROJECTS)
        await client.get(LIST_USAGE, ACCOUNT)

    assert 4 == len(script.requests)


async def test_spread_without_an_allowance() -> None:
    """A client that asks as often as the server lets it has nothing to spread."""
    script = Script([ok({})])
    async with client_of(script) as client:
        client.spread()
        for _ in range(30):
            await client.get(LIST_USAGE, RESOURCES)

    assert 30 == len(script.requests)


async def test_in_parallel() -> None:
    """Of many requests at once exactly the share is made."""
    clock, script = Clock(), Script([ok({})])
    async with client_of(script, clock, allowance=allowance_at(clock, limit=20)) as client:
        asking = (client.get(Request(Endpoint.GET_INVOICE, f"/{number}"), ACCOUNT) for number in range(30))
        results = await asyncio.gather(*asking, return_exceptions=True)

    assert (10, 20) == (len(script.requests), sum(isinstance(each, PostponedError) for each in results))
