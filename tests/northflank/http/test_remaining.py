from contextlib import AsyncExitStack

import pytest

from exporter.domain.question import Urgency
from exporter.northflank.http.rate_limit import RateLimit
from tests.northflank.asking import NOW
from tests.northflank.http.allowed import ACCOUNT, PROJECTS, RESOURCES, Times, allowance_of, ask, fill, refusal


def stated(remaining: float | None, reset: float | None = NOW + 1800, limit: float = 1000) -> RateLimit:
    """What an answer states."""
    return RateLimit(limit=limit, remaining=remaining, reset=reset)


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        pytest.param(ACCOUNT, 80, id="account"),
        pytest.param(PROJECTS, 50, id="projects"),
        pytest.param(RESOURCES, 0, id="resources"),
    ],
)
async def test_last_tenth(urgency: Urgency, expected: int) -> None:
    """The last tenth of the limit is not used, whoever used the rest, and what is less urgent leaves more."""
    allowance = allowance_of(Times(), reserve=30)
    await ask(allowance, stated=stated(180))

    assert expected == await fill(allowance, urgency)


async def test_refusal() -> None:
    """A refusal for the sake of others says what remains, until when, and what to change."""
    times = Times()
    allowance = allowance_of(times)
    await ask(allowance, stated=stated(100))

    error = await refusal(allowance)
    assert error
    assert (
        "GET /x: not asked: 100 of 1000 requests an hour remain, and the last tenth is left to others; there is room "
        "in 1800 s at the earliest; give the exporter a token of its own, or show fewer levels (detail)"
    ) == str(error)
    assert 1800 == error.seconds


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        pytest.param(NOW + 1800, 1800, id="reset"),
        pytest.param(None, 3600, id="not_stated"),
        pytest.param(NOW - 5000, 3600, id="of_another_clock_behind"),
        pytest.param(NOW + 9000, 3600, id="of_another_clock_ahead"),
    ],
)
async def test_until_the_reset(reset: float | None, seconds: float) -> None:
    """What an answer states holds until the reset; for an hour where that is not stated or makes no sense."""
    times = Times()
    allowance = allowance_of(times)
    await ask(allowance, stated=stated(0, reset))

    times.go_on(seconds - 1)
    assert await refusal(allowance)
    times.go_on(1)
    assert await refusal(allowance) is None


async def test_newest_answer_counts() -> None:
    """Answers that come in another order than they were asked for leave what the newest one states."""
    allowance = allowance_of(Times())
    async with allowance.turn(ACCOUNT, "first") as learn_first:
        async with allowance.turn(ACCOUNT, "second") as learn_second:
            learn_second(stated(110))
        learn_first(stated(900, limit=2000))

    assert 500 == allowance.limit_an_hour
    # The first was under way when the second was answered: the server may not have seen it yet.
    assert 9 == await fill(allowance, ACCOUNT)


async def test_requests_under_way() -> None:
    """Requests that were begun after the one that was answered are taken from what it states."""
    allowance = allowance_of(Times())
    async with AsyncExitStack() as under_way:
        learn = await under_way.enter_async_context(allowance.turn(ACCOUNT, "first"))
        for _ in range(5):
            await under_way.enter_async_context(allowance.turn(RESOURCES, "later"))
        learn(stated(110))

        assert 5 == await fill(allowance, ACCOUNT)


async def test_request_without_an_answer() -> None:
    """A request that fails without an answer is over: it is not waited for when the next one is answered."""
    allowance = allowance_of(Times())
    with pytest.raises(ConnectionError):
        async with allowance.turn(ACCOUNT, "lost"):
            raise ConnectionError
    await ask(allowance, stated=stated(110))

    assert 10 == await fill(allowance, ACCOUNT)
    assert 12 == allowance.used


async def test_answer_that_states_nothing() -> None:
    """An answer without headers leaves what was stated before."""
    allowance = allowance_of(Times())
    await ask(allowance, stated=stated(110))
    await ask(allowance, stated=RateLimit(limit=None, remaining=None, reset=None))

    assert 9 == await fill(allowance, ACCOUNT)


async def test_setting_the_clock_forward_does_not_free_it() -> None:
    """What remains holds for as long as it was stated to, also where the clock is set past the reset."""
    times = Times()
    allowance = allowance_of(times)
    await ask(allowance, stated=stated(0))
    times.clock += 86400

    assert await refusal(allowance)
    times.go_on(1800)
    assert await refusal(allowance) is None
