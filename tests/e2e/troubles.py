"""What befalls an exporter hour by hour, chosen by chance that can be had again."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from tests.e2e.simulated import Simulated
from tests.faults.pair import Rule

TEN_MINUTES = 600
CALM_HOURS = 25
BUSY_HOURS = 6


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of hour: how often it comes, how many hours it lasts at most, and what is done in each."""

    weight: int
    longest_hours: int
    befall: Callable[[Simulated, Random], Awaitable[None]]


async def _calm(month: Simulated, _: Random) -> None:
    await month.poll()


async def _busy(month: Simulated, _: Random) -> None:
    for _again in range(3):
        await month.poll()
        month.pair.hand.now += TEN_MINUTES


async def _asleep(_: Simulated, __: Random) -> None:
    """Nothing polls."""


async def _restarted(month: Simulated, random: Random) -> None:
    if random.random() < 0.5:
        await month.poll()
    await month.restart()
    await month.poll()


async def _killed(month: Simulated, random: Random) -> None:
    await month.kill(after=random.randint(1, 12))
    await month.poll()


async def _crashing(month: Simulated, random: Random) -> None:
    for _again in range(4):
        await month.kill(after=random.randint(1, 12))


def _spoilt(*rules: Callable[[Random], Rule]) -> Callable[[Simulated, Random], Awaitable[None]]:
    async def poll(month: Simulated, random: Random) -> None:
        await month.poll(random.choice(rules)(random))
        month.pair.hand.now += TEN_MINUTES
        await month.poll()

    return poll


async def _unreachable(month: Simulated, _: Random) -> None:
    for _again in range(5):
        await month.poll({"fault": "hang", "with": {"seconds": 0}})
        month.pair.hand.now += TEN_MINUTES


def _status(status: int, headers: Mapping[str, str] = MappingProxyType({})) -> Callable[[Random], Rule]:
    told = {"status": status, "headers": dict(headers)}
    return lambda random: {"fault": "status", "skip": random.randint(0, 6), "count": random.randint(1, 9), "with": told}


def _broken(fault: str) -> Callable[[Random], Rule]:
    return lambda random: {"fault": fault, "skip": random.randint(0, 6), "count": random.randint(1, 6)}


def _slow(_: Random) -> Rule:
    return {"fault": "hang", "count": 1, "with": {"seconds": 30}}


TROUBLES: Mapping[str, Trouble] = MappingProxyType(
    {
        "calm": Trouble(700, 1, _calm),
        "busy": Trouble(40, 1, _busy),
        "asleep": Trouble(150, 9, _asleep),
        "restarted": Trouble(40, 1, _restarted),
        "killed": Trouble(40, 1, _killed),
        "crashing": Trouble(10, 1, _crashing),
        "unreachable": Trouble(12, 5, _unreachable),
        "errors": Trouble(30, 1, _spoilt(_status(500), _status(503, {"retry-after": "20"}))),
        "broken": Trouble(30, 1, _spoilt(_broken("cut"), _broken("truncated_json"))),
        "limited": Trouble(
            30,
            1,
            _spoilt(
                _status(429, {"retry-after": "30"}),
                _status(429, {"retry-after": "1200"}),
                _status(429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"}),
            ),
        ),
        "slow": Trouble(3, 1, _spoilt(_slow)),
    }
)


def hours(random: Random, count: int) -> Iterator[str]:
    """The trouble of each of so many hours; the last ones are calm, and then busy: what was postponed is caught up."""
    weights = [each.weight for each in TROUBLES.values()]
    left = count - CALM_HOURS - BUSY_HOURS
    while left > 0:
        (name,) = random.choices(tuple(TROUBLES), weights)
        lasting = min(random.randint(1, TROUBLES[name].longest_hours), left)
        left -= lasting
        yield from [name] * lasting
    yield from ["calm"] * CALM_HOURS + ["busy"] * BUSY_HOURS
