import httpx
import pytest

from exporter.errors import (
    ConnectionFailedError,
    DeadlineError,
    ForbiddenError,
    NotFoundError,
    PollError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
    UnauthorizedError,
)
from exporter.northflank.http.client import LONGEST_WAIT_SECONDS, Limits
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, LIST_INVOICES
from tests.northflank.asking import NOW, Clock, Script, client_of, ok, refused

HOUR = 3600.0
# The allowance as every answer of the API states it; the hour is over in 1800 s.
ALLOWANCE = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "900", "x-ratelimit-reset": "1800"}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(httpx.ConnectError("refused"), ConnectionFailedError, id="no_connection"),
        pytest.param(httpx.RemoteProtocolError("cut"), ConnectionFailedError, id="cut"),
        pytest.param(httpx.ReadTimeout("slow"), DeadlineError, id="timeout"),
        pytest.param(refused(408), ServerFaultError, id="408"),
        pytest.param(refused(429), RateLimitedError, id="429"),
        pytest.param(refused(500), ServerFaultError, id="500"),
        pytest.param(refused(503), ServerFaultError, id="503"),
        pytest.param(refused(599), ServerFaultError, id="599"),
        pytest.param(refused(500, headers=ALLOWANCE), ServerFaultError, id="500_with_allowance"),
    ],
)
@pytest.mark.parametrize("max_retries", [0, 3])
async def test_transient(fault: httpx.Response | Exception, expected: type[PollError], max_retries: int) -> None:
    """What may pass by itself is asked again as often as configured, then raised."""
    script, clock = Script([fault]), Clock()
    async with client_of(script, clock, limits=Limits(max_retries=max_retries)) as client:
        with pytest.raises(expected):
            await client.get(LIST_INVOICES)

    assert 1 + max_retries == len(script.requests)
    assert max_retries == len(clock.slept)


async def test_recovers() -> None:
    """An answer that comes at the last try is the answer."""
    script = Script([refused(500), httpx.ReadError("cut"), ok({})])
    async with client_of(script) as client:
        assert b'{"data":{}}' == (await client.get(LIST_INVOICES)).body


@pytest.mark.parametrize(
    ("status", "expected", "said"),
    [
        pytest.param(400, RefusedError, "not an answer that the API gives", id="400"),
        pytest.param(401, UnauthorizedError, "the token is not accepted; make a new one", id="401"),
        pytest.param(403, ForbiddenError, "may not read billing; give its role Organisation > Admin", id="403"),
        pytest.param(404, NotFoundError, "there is no such thing; check base_url and team_id", id="404"),
        pytest.param(422, RefusedError, "not an answer that the API gives", id="422"),
    ],
)
async def test_permanent(status: int, expected: type[PollError], said: str) -> None:
    """What will not pass by itself is asked once; the text says what to do and what the server said."""
    script, clock = Script([refused(status, "because", {"retry-after": "1"})]), Clock()
    async with client_of(script, clock) as client:
        with pytest.raises(expected) as caught:
            await client.get(LIST_INVOICES)

    assert (1, []) == (len(script.requests), clock.slept)
    assert str(caught.value).startswith(f"GET /v1/billing/invoices: {status}: ")
    assert said in str(caught.value)
    assert str(caught.value).endswith(" (the server says: because)")


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        pytest.param(429, {"retry-after": "7"}, 7, id="seconds"),
        pytest.param(503, {"retry-after": "7"}, 7, id="seconds_of_a_503"),
        pytest.param(429, {"retry-after": "Sun, 22 Nov 2026 02:00:09 GMT"}, 9, id="date"),
        pytest.param(429, {"retry-after": "Sun, 22 Nov 2026 01:00:00 GMT"}, 0, id="date_in_the_past"),
        pytest.param(429, {"x-ratelimit-reset": "11"}, 11, id="reset_seconds_left"),
        pytest.param(429, {"x-ratelimit-reset": str(int(NOW) + 12)}, 12, id="reset_unix_time"),
        pytest.param(429, {"x-ratelimit-reset": str((int(NOW) + 13) * 1000)}, 13, id="reset_milliseconds"),
        pytest.param(429, {"retry-after": "5", "x-ratelimit-reset": "1800"}, 5, id="retry_after_before_reset"),
        pytest.param(429, {"retry-after": "soon"}, 0, id="not_a_time"),
        pytest.param(503, {"x-ratelimit-reset": "50"}, 0, id="reset_of_a_503"),
    ],
)
async def test_wait(status: int, headers: dict[str, str], seconds: float) -> None:
    """The retry waits for as long as the server asks, and for a random moment on top."""
    script, clock = Script([refused(status, headers=headers), ok({})]), Clock()
    async with client_of(script, clock) as client:
        await client.get(LIST_INVOICES)

    (slept,) = clock.slept
    assert seconds <= slept <= seconds + 0.5


async def test_backoff_grows() -> None:
    """Where the server states no wait, the waits are random below a bound that doubles, at most 20 s."""
    slept: list[list[float]] = []
    for _ in range(5):
        clock = Clock()
        async with client_of(Script([refused(500)]), clock, limits=Limits(max_retries=10)) as client:
            with pytest.raises(ServerFaultError):
                await client.get(LIST_INVOICES)
        slept.append(clock.slept)

    bounds = (0.5, 1, 2, 4, 8, 16, 20, 20, 20, 20)
    assert all(0 <= wait <= bound for waits in slept for wait, bound in zip(waits, bounds, strict=True))
    assert 5 == len({tuple(waits) for waits in slept})


@pytest.mark.parametrize("status", [429, 503])
async def test_too_long_a_wait(status: int) -> None:
    """Who asks for more patience than a poll has is not waited for: the poll fails at once."""
    asked = str(int(LONGEST_WAIT_SECONDS) + 1)
    script, clock = Script([refused(status, headers={"retry-after": asked})]), Clock()
    async with client_of(script, clock) as client:
        with pytest.raises(PollError):
            await client.get(LIST_INVOICES)

    assert (1, []) == (len(script.requests), clock.slept)


async def test_quiet_after_a_429() -> None:
    """While the allowance is used up nothing is sent, whatever is asked for; afterwards it is."""
    script, clock = Script([refused(429, headers={"x-ratelimit-reset": "1800"}), ok({})]), Clock()
    async with client_of(script, clock) as client:
        with pytest.raises(RateLimitedError):
            await client.get(LIST_INVOICES)
        clock.now += 1000
        with pytest.raises(
            RateLimitedError, match="credit-balance: not asked: the allowance is used up for 800 s more"
        ):
            await client.get(GET_CREDIT_BALANCE)
        assert (1, 1) == (len(script.requests), client.requests_made)
        clock.now += 800
        await client.get(GET_CREDIT_BALANCE)

    assert 2 == len(script.requests)


async def test_quiet_for_an_hour_at_most() -> None:
    """A server that asks for a year of silence is asked again after an hour: the allowance is an hourly one."""
    script, clock = Script([refused(429, headers={"retry-after": "31536000"}), ok({})]), Clock()
    async with client_of(script, clock) as client:
        with pytest.raises(RateLimitedError):
            await client.get(LIST_INVOICES)
        clock.now += HOUR - 100
        with pytest.raises(RateLimitedError, match="for 100 s more"):
            await client.get(LIST_INVOICES)
        clock.now += 100
        await client.get(LIST_INVOICES)

    assert 2 == len(script.requests)


async def test_quiet_when_the_clock_is_set_back() -> None:
    """A clock that is set back by a day does not silence the exporter for that day."""
    script, clock = Script([refused(429, headers={"retry-after": "120"}), ok({})]), Clock()
    async with client_of(script, clock) as client:
        with pytest.raises(RateLimitedError):
            await client.get(LIST_INVOICES)
        clock.now -= 24 * HOUR
        await client.get(LIST_INVOICES)

    assert 2 == len(script.requests)


async def test_fault_of_the_server_is_no_reason_for_silence() -> None:
    """A 500 from a server that states its allowance leaves the next request as it is."""
    script = Script([refused(500, headers=ALLOWANCE), ok({})])
    async with client_of(script, limits=Limits(max_retries=0)) as client:
        with pytest.raises(ServerFaultError):
            await client.get(LIST_INVOICES)
        await client.get(LIST_INVOICES)

    assert 2 == len(script.requests)
