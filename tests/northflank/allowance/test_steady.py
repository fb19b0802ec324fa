import pytest

from tests.northflank.allowance.allowed import ACCOUNT, RESOURCES, Times, allowance_of, fill
from tests.northflank.asking import NOW

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
    """What is kept after the clock was set is told by the new clock: a restart then holds back for the right time."""
    times = Times()
    allowance = allowance_of(times, limit=20)
    await fill(allowance, ACCOUNT)
    times.clock += jump
    times.go_on(600)

    restarted = allowance_of(times, limit=20)
    restarted.resume(allowance.requests)
    times.go_on(2999)
    assert 0 == await fill(restarted, ACCOUNT)
    times.go_on(181)
    assert 10 == await fill(restarted, ACCOUNT)


async def test_counts_do_not_get_older_when_the_clock_is_set() -> None:
    """A request of the minute's end is told in the minute that it was in by the new clock, never an earlier one."""
    times = Times(clock=NOW + 50)
    allowance = allowance_of(times)
    await fill(allowance, ACCOUNT, most=2)
    times.clock += 30

    assert {MINUTE + 1: 2} == allowance.requests


async def test_resume_after_the_clock_was_set() -> None:
    """Counts are taken over by the clock as it is at that moment."""
    times = Times()
    allowance = allowance_of(times)
    times.clock += 7200
    allowance.resume({MINUTE + 119: 2, MINUTE + 30: 7})

    assert (2, {MINUTE + 119: 2}) == (allowance.used, allowance.requests)


async def test_resume() -> None:
    """After a restart the requests of the hour before count on, each until its own hour is over."""
    times = Times()
    allowance = allowance_of(times, limit=200)
    allowance.resume({MINUTE - 61: 1000, MINUTE - 60: 3, MINUTE - 30: 40, MINUTE: 2})

    assert (45, {MINUTE - 60: 3, MINUTE - 30: 40, MINUTE: 2}) == (allowance.used, allowance.requests)
    assert 55 == await fill(allowance, ACCOUNT)
    times.go_on(1860)
    assert 43 == await fill(allowance, ACCOUNT)


async def test_counts_do_not_pile_up() -> None:
    """What no window holds any more is let go of: weeks of requests take the memory of an hour's."""
    times = Times()
    allowance = allowance_of(times)
    for _ in range(200):
        times.go_on(60)
        await fill(allowance, RESOURCES, most=1)

    assert [61, 61] == [len(tally.by_minute(now=0)) for tally in (allowance._all, allowance._deep)]


async def test_resume_is_added() -> None:
    """What was counted before the kept counts are read is not lost."""
    allowance = allowance_of(Times())
    await fill(allowance, ACCOUNT, most=3)
    allowance.resume({MINUTE: 2, MINUTE - 1: 1})

    assert {MINUTE: 5, MINUTE - 1: 1} == allowance.requests


async def test_resumed_requests_hold_back_the_deepest_levels() -> None:
    """What a restart finds used counts for the spreading, and leaves the account its reserve."""
    allowance = allowance_of(Times(), limit=240, reserve=30, quick=False)
    allowance.resume({MINUTE - 1: 18})
    assert 2 == await fill(allowance, RESOURCES)

    allowance.resume({MINUTE - 20: 70})
    assert (0, 30) == (await fill(allowance, RESOURCES), await fill(allowance, ACCOUNT))


async def test_resume_from_the_future() -> None:
    """Counts that the clock has not come to, since it was set back, count as of now: for an hour, not for ever."""
    times = Times()
    allowance = allowance_of(times, limit=20)
    allowance.resume({MINUTE + 500_000: 4, MINUTE + 1: 6})

    assert {MINUTE: 10} == allowance.requests
    times.go_on(3599)
    assert 0 == await fill(allowance, ACCOUNT)
    times.go_on(61)
    assert 10 == await fill(allowance, ACCOUNT)
