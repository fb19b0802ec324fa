import pytest

from exporter.domain.facts import TokenLimit
from exporter.northflank.http.rate_limit import RateLimit
from tests.northflank.asking import NOW
from tests.northflank.http.allowed import ACCOUNT, RESOURCES, Times, allowance_of, ask, fill

MINUTE = int(NOW // 60)
DAY = 86400
JUMPS = [
    pytest.param(7200, id="two_hours_forward"),
    pytest.param(-7200, id="two_hours_back"),
    pytest.param(30 * DAY, id="a_month_forward"),
    pytest.param(-30 * DAY, id="a_month_back"),
    pytest.param(-NOW, id="1970"),
    pytest.param(59.5, id="under_a_minute"),
]


@pytest.mark.parametrize("jump", JUMPS)
async def test_clock_is_set(jump: float) -> None:
    """Setting the clock frees nothing before its hour is over, and locks nothing beyond."""
    times = Times()
    allowance = allowance_of(times, limit=20)
    await fill(allowance, ACCOUNT)
    times.clock += jump

    times.go_on(3599)
    assert (0, 10) == (await fill(allowance, ACCOUNT), allowance.used)
    times.go_on(61)
    assert 10 == await fill(allowance, ACCOUNT)


@pytest.mark.parametrize("jump", JUMPS)
async def test_counts_follow_the_clock(jump: float) -> None:
    """What is kept after the clock was set goes by the new clock: a restart then holds back for the right time."""
    times = Times()
    allowance = allowance_of(times, limit=20)
    await fill(allowance, ACCOUNT)
    times.clock += jump
    times.go_on(600)

    restarted = allowance_of(times, limit=20)
    restarted.open(allowance.requests, None)
    times.go_on(2999)
    assert 0 == await fill(restarted, ACCOUNT)
    times.go_on(181)
    assert 10 == await fill(restarted, ACCOUNT)


async def test_counts_do_not_get_older_when_the_clock_is_set() -> None:
    """A request of the minute's end counts in the minute that it was in by the new clock, never in an earlier one."""
    times = Times(clock=NOW + 50)
    allowance = allowance_of(times)
    await fill(allowance, ACCOUNT, most=2)
    times.clock += 30

    assert {MINUTE + 1: 2} == allowance.requests


async def test_restart_after_the_clock_was_set() -> None:
    """Counts are taken over by the clock as it is at that moment."""
    times = Times()
    allowance = allowance_of(times)
    times.clock += 7200
    allowance.open({MINUTE + 119: 2, MINUTE + 30: 7}, None)

    assert (2, {MINUTE + 119: 2}) == (allowance.used, allowance.requests)


async def test_restart() -> None:
    """After a restart the requests of the hour before count on, each until its own hour is over."""
    times = Times()
    allowance = allowance_of(times, limit=200)
    allowance.open({MINUTE - 61: 1000, MINUTE - 60: 3, MINUTE - 30: 40, MINUTE: 2}, None)

    assert (45, {MINUTE - 60: 3, MINUTE - 30: 40, MINUTE: 2}) == (allowance.used, allowance.requests)
    assert 55 == await fill(allowance, ACCOUNT)
    times.go_on(1860)
    assert 43 == await fill(allowance, ACCOUNT)


async def test_counts_do_not_pile_up() -> None:
    """What no window holds any more is dropped: weeks of requests take the memory of an hour's."""
    times = Times()
    allowance = allowance_of(times)
    for _ in range(200):
        times.go_on(60)
        await fill(allowance, RESOURCES, most=1)

    assert [61, 61] == [len(tally.by_minute(now=0)) for tally in (allowance._all, allowance._deep)]


async def test_what_was_counted_before_the_state_is_read() -> None:
    """What was counted before the kept counts are read is not lost."""
    allowance = allowance_of(Times())
    await fill(allowance, ACCOUNT, most=3)
    allowance.open({MINUTE: 2, MINUTE - 1: 1}, None)

    assert {MINUTE: 5, MINUTE - 1: 1} == allowance.requests


async def test_requests_before_a_restart_hold_back_the_deepest_levels() -> None:
    """What a restart finds used counts for the spreading, and leaves the account its reserve."""
    allowance = allowance_of(Times(), limit=240, reserve=30, quick=False)
    allowance.open({MINUTE - 1: 18}, None)
    assert 2 == await fill(allowance, RESOURCES)

    allowance.open({MINUTE - 20: 70}, None)
    assert (0, 30) == (await fill(allowance, RESOURCES), await fill(allowance, ACCOUNT))


async def test_counts_of_the_future() -> None:
    """Counts that the clock has not come to, since it was set back, count as of now: for an hour, not for ever."""
    times = Times()
    allowance = allowance_of(times, limit=20)
    allowance.open({MINUTE + 500_000: 4, MINUTE + 1: 6}, None)

    assert {MINUTE: 10} == allowance.requests
    times.go_on(3599)
    assert 0 == await fill(allowance, ACCOUNT)
    times.go_on(61)
    assert 10 == await fill(allowance, ACCOUNT)


async def test_limit_of_the_token_over_a_restart() -> None:
    """The limit that was stated before a restart holds from the start, until an answer states another one."""
    times = Times()
    before, after = allowance_of(times), allowance_of(times)
    await ask(before, stated=RateLimit(60, None, None))
    after.open(before.requests, before.stated_limit)

    assert (TokenLimit(60), 30) == (after.stated_limit, after.limit_an_hour)
    await ask(after, stated=RateLimit(200, None, None))
    assert (TokenLimit(200), 100) == (after.stated_limit, after.limit_an_hour)


async def test_limit_that_is_stated_again() -> None:
    """A limit that an answer repeats is the same fact: nothing has to be written anew."""
    allowance = allowance_of(Times())
    await ask(allowance, stated=RateLimit(60, None, None))
    before = allowance.stated_limit
    await ask(allowance, stated=RateLimit(60, None, None))

    assert before is allowance.stated_limit


async def test_limit_as_documented() -> None:
    """The limit that is assumed anyway is not kept, nor is one that no answer states."""
    allowance = allowance_of(Times())
    await ask(allowance)
    assert allowance.stated_limit is None
    await ask(allowance, stated=RateLimit(1000, None, None))
    assert allowance.stated_limit is None


async def test_documented_limit_after_another_one() -> None:
    """A token whose limit was raised to the documented one has that limit at once."""
    allowance = allowance_of(Times())
    allowance.open({}, TokenLimit(60))
    await ask(allowance, stated=RateLimit(1000, None, None))

    assert (1000, 500) == (allowance.limit, allowance.limit_an_hour)
