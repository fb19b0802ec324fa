from decimal import Decimal

import pytest

from exporter.domain.question import Urgency
from exporter.errors import OUTCOMES
from exporter.northflank.http.rate_limit import RateLimit
from tests.northflank.http.allowed import (
    ACCOUNT,
    BACKFILL,
    LATER,
    PROJECTS,
    RESOURCES,
    Times,
    allowance_of,
    ask,
    fill,
    refusal,
)

HOUR = 3600


@pytest.mark.parametrize(
    ("share", "limit", "expected"),
    [
        pytest.param(0.5, 1000, 500, id="half"),
        pytest.param(Decimal("0.29"), 100, 29, id="exact"),
        pytest.param(0.29, 100, 29, id="exact_from_a_float"),
        pytest.param(0.5, 25, 12, id="rounded_down"),
        pytest.param(1, 40, 40, id="all"),
        pytest.param(0.01, 20, 1, id="one_at_least"),
    ],
)
async def test_share(share: Decimal | float, limit: float, expected: int) -> None:
    """The account's figures may use the whole share of the limit, and not one request more."""
    allowance = allowance_of(Times(), share=share, limit=limit, reserve=7)

    assert expected == allowance.limit_an_hour
    assert expected == await fill(allowance, ACCOUNT)
    assert expected == allowance.used


async def test_limit_that_is_not_known_yet() -> None:
    """Until an answer states the limit, it is the documented one of a thousand."""
    assert 500 == allowance_of(Times()).limit_an_hour


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param(RateLimit(limit=200, remaining=None, reset=None), 100, id="smaller"),
        pytest.param(RateLimit(limit=5000, remaining=None, reset=None), 2500, id="larger"),
        pytest.param(RateLimit(limit=None, remaining=900, reset=None), 500, id="not_stated"),
        pytest.param(RateLimit(limit=0, remaining=None, reset=None), 500, id="a_limit_of_nothing_is_none"),
    ],
)
async def test_stated_limit(stated: RateLimit, expected: int) -> None:
    """The share is that of the limit that the answers state."""
    allowance = allowance_of(Times())
    await ask(allowance, stated=stated)

    assert expected == allowance.limit_an_hour


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        pytest.param(ACCOUNT, 100, id="account"),
        pytest.param(PROJECTS, 70, id="projects_leave_the_reserve"),
        pytest.param(RESOURCES, 60, id="resources_leave_a_tenth_more"),
        pytest.param(LATER, 20, id="what_can_wait_leaves_half_of_the_share_more"),
        pytest.param(BACKFILL, 10, id="what_completes_the_month_leaves_a_tenth_more_than_that"),
    ],
)
async def test_reserve(urgency: Urgency, expected: int) -> None:
    """What is less urgent leaves requests to what is more urgent, which may use them."""
    allowance = allowance_of(Times(), limit=200, reserve=30)

    assert expected == await fill(allowance, urgency)
    assert 100 - expected == await fill(allowance, PROJECTS) + await fill(allowance, ACCOUNT)


async def test_what_the_account_used_of_its_reserve_is_not_left_to_it_twice() -> None:
    """Requests for the account's figures are taken from the reserve first: all else keeps its part of the share."""
    allowance = allowance_of(Times(), limit=200, reserve=30)
    await fill(allowance, ACCOUNT, most=30)

    assert 70 == await fill(allowance, PROJECTS)
    assert 0 == await fill(allowance, ACCOUNT)


@pytest.mark.parametrize("reserve", [50, 51, 1000])
async def test_share_too_small_for_the_reserve(reserve: int) -> None:
    """Where the account's figures need all of the share, they get it, and nothing else is asked for."""
    allowance = allowance_of(Times(), limit=100, reserve=reserve)

    assert (0, 0) == (await fill(allowance, RESOURCES), await fill(allowance, PROJECTS))
    error = await refusal(allowance, PROJECTS)
    assert error
    assert "of the share of 50 requests an hour, 50 are left to what is more urgent" in str(error)
    assert 50 == await fill(allowance, ACCOUNT)


async def test_spread() -> None:
    """Teams, projects and resources together use a sixth of the share in ten minutes; the account is not held back."""
    times = Times()
    allowance = allowance_of(times, limit=240, quick=False)

    assert (15, 5) == (await fill(allowance, RESOURCES, most=15), await fill(allowance, PROJECTS))
    assert 10 == await fill(allowance, ACCOUNT, most=10)
    times.go_on(11 * 60)
    assert 20 == await fill(allowance, RESOURCES)


async def test_spread_of_a_tiny_share() -> None:
    """However small the share is, one request in ten minutes goes down to the resources."""
    allowance = allowance_of(Times(), share=0.1, limit=50, quick=False)

    assert 1 == await fill(allowance, RESOURCES)


async def test_quick_start() -> None:
    """A first start is not spread; what it has used counts once it is over."""
    allowance = allowance_of(Times(), limit=240)

    assert 60 == await fill(allowance, PROJECTS, most=60)
    allowance.quick = False
    assert 0 == await fill(allowance, PROJECTS)


async def test_hour_slides() -> None:
    """What was used an hour and a minute ago is free again, and only that."""
    times = Times()
    allowance = allowance_of(times, limit=20)
    await fill(allowance, ACCOUNT, most=4)
    times.go_on(1800)
    await fill(allowance, ACCOUNT)

    times.go_on(1799)
    assert 0 == await fill(allowance, ACCOUNT)
    times.go_on(61)
    assert 4 == await fill(allowance, ACCOUNT)


@pytest.mark.parametrize(
    ("urgency", "said"),
    [
        pytest.param(
            ACCOUNT,
            "GET /x: not asked: the share of 120 requests an hour is used; there is room in 3660 s at the earliest; "
            "for more, raise api.share or show fewer levels (detail)",
            id="share",
        ),
        pytest.param(
            RESOURCES,
            "GET /x: not asked: of the share of 120 requests an hour, 42 are left to what is more urgent; "
            "there is room in 3660 s at the earliest; for more, raise api.share or show fewer levels (detail)",
            id="reserve",
        ),
    ],
)
async def test_refusal(urgency: Urgency, said: str) -> None:
    """A refusal says in one line what was not asked, why, when it may be, and what to change."""
    allowance = allowance_of(Times(), limit=240, reserve=30)
    await fill(allowance, urgency)

    error = await refusal(allowance, urgency)
    assert error
    assert (said, 3660, "postponed") == (str(error), error.seconds, error.outcome)
    assert "for more, raise api.share or show fewer levels (detail)" == error.remedy
    assert "postponed" in OUTCOMES


async def test_refusal_of_the_spread() -> None:
    """A refusal for the sake of spreading says how many are made in ten minutes, and ends after these."""
    times = Times()
    allowance = allowance_of(times, limit=240, quick=False)
    await fill(allowance, RESOURCES)
    times.go_on(100.5)

    error = await refusal(allowance, RESOURCES)
    assert error
    assert (
        "GET /x: not asked: of the share of 120 requests an hour, 20 at most are made in ten minutes; "
        "there is room in 560 s at the earliest; for more, raise api.share or show fewer levels (detail)"
    ) == str(error)
    times.go_on(error.seconds - 0.25)
    assert await refusal(allowance, RESOURCES)
    times.go_on(0.25)
    assert await refusal(allowance, RESOURCES) is None


async def test_a_refusal_is_not_counted() -> None:
    """What was refused is no request: it uses nothing up."""
    allowance = allowance_of(Times(), limit=20, reserve=10)
    await fill(allowance, PROJECTS)

    assert (0, {}) == (allowance.used, allowance.requests)
