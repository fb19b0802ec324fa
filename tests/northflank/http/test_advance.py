import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from exporter.errors import PostponedError
from exporter.northflank.http.allowance import Allowance
from tests.northflank.asking import NOW
from tests.northflank.http.allowed import ACCOUNT, RESOURCES, Times, allowance_of, ask, fill, refusal

MINUTE = int(NOW // 60)


@dataclass
class Disk:
    """Keeps what it is given, once it is let; it remembers each write."""

    is_free: asyncio.Event = field(default_factory=asyncio.Event)
    writes: list[Mapping[int, int]] = field(default_factory=list)
    waiting: int = 0

    async def keep(self, requests: Mapping[int, int]) -> None:
        """Write it."""
        self.waiting += 1
        await self.is_free.wait()
        self.waiting -= 1
        self.writes.append(requests)


def kept(times: Times, *, limit: float = 1000, is_free: bool = True) -> tuple[Allowance, Disk]:
    """An allowance that is kept on a disk."""
    allowance, disk = allowance_of(times, limit=limit), Disk()
    allowance.keep = disk.keep
    if is_free:
        disk.is_free.set()
    return allowance, disk


async def settled() -> None:
    """Let everybody go on until all of them wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_twenty_in_advance() -> None:
    """Requests are kept before they are made, twenty by one write."""
    allowance, disk = kept(Times())

    await fill(allowance, ACCOUNT, most=20)
    assert [{MINUTE: 20}] == disk.writes
    await ask(allowance)
    assert [{MINUTE: 20}, {MINUTE: 40}] == disk.writes
    assert (21, {MINUTE: 21}) == (allowance.used, allowance.requests)


async def test_another_minute_is_kept_anew() -> None:
    """A request of a later minute is kept as one: it counts for longer than what was kept in advance."""
    times = Times()
    allowance, disk = kept(times)
    await fill(allowance, ACCOUNT, most=3)
    times.go_on(60)
    await ask(allowance)

    assert [{MINUTE: 20}, {MINUTE: 3, MINUTE + 1: 20}] == disk.writes


async def test_setting_the_clock_is_kept() -> None:
    """Once the clock was set, the counts are kept by the new one before anything is asked."""
    times = Times()
    allowance, disk = kept(times)
    await fill(allowance, ACCOUNT, most=3)
    times.clock += 7200
    await ask(allowance)

    assert [{MINUTE: 20}, {MINUTE + 120: 23}] == disk.writes


async def test_never_more_in_advance_than_there_is_room() -> None:
    """A process that is killed has not counted more than its share: a small one would be used up by the advance."""
    allowance, disk = kept(Times(), limit=16)

    assert 8 == await fill(allowance, ACCOUNT)
    assert [{MINUTE: 8}] == disk.writes


async def test_nothing_is_made_before_it_is_kept() -> None:
    """While the disk is slow requests wait, all for the same write."""
    allowance, disk = kept(Times(), is_free=False)
    asking = [asyncio.create_task(ask(allowance)) for _ in range(15)]
    await settled()
    assert (1, 0, [False] * 15) == (disk.waiting, allowance.used, [each.done() for each in asking])

    disk.is_free.set()
    await asyncio.gather(*asking)
    assert (15, [{MINUTE: 20}]) == (allowance.used, disk.writes)


async def test_nothing_is_made_from_an_advance_that_is_being_replaced() -> None:
    """While another minute is written, that of the one before is of no use, even if the clock goes back to it."""
    times = Times()
    allowance, disk = kept(times)
    await ask(allowance)
    disk.is_free.clear()
    times.go_on(60)
    first = asyncio.create_task(ask(allowance))
    await settled()
    times.clock -= 60
    second = asyncio.create_task(ask(allowance))
    await settled()
    assert (1, False) == (allowance.used, second.done())

    disk.is_free.set()
    await asyncio.gather(first, second)
    assert 3 == allowance.used <= sum(disk.writes[-1].values())


async def test_write_that_takes_longer_than_its_minute() -> None:
    """What was kept for a minute that is over when the disk has written it is kept anew."""
    times = Times()
    allowance, writes = allowance_of(times), list[Mapping[int, int]]()

    async def keep(requests: Mapping[int, int]) -> None:
        writes.append(requests)
        times.go_on(61 if len(writes) == 1 else 1)

    allowance.keep = keep
    await ask(allowance)
    assert [{MINUTE: 20}, {MINUTE + 1: 20}] == writes


async def test_share_holds_among_those_who_wait() -> None:
    """Of many who wait for one write, no more than the share go on; the rest is refused."""
    allowance, disk = kept(Times(), limit=50, is_free=False)
    asking = [asyncio.create_task(refusal(allowance, RESOURCES)) for _ in range(60)]
    await settled()
    disk.is_free.set()

    refused = [each for each in await asyncio.gather(*asking) if each]
    assert (38, 22) == (len(refused), allowance.used)
    assert (3, 25) == (await fill(allowance, ACCOUNT), allowance.used)


async def test_refused_without_a_write() -> None:
    """A refusal is not kept: it costs no write."""
    allowance, disk = kept(Times(), limit=20)
    await fill(allowance, ACCOUNT)
    writes = len(disk.writes)
    with pytest.raises(PostponedError):
        await ask(allowance)

    assert writes == len(disk.writes)


async def test_cancelled_while_it_waits() -> None:
    """A poll that is given up while the disk is slow has made no request, and the next one is kept as ever."""
    allowance, disk = kept(Times(), is_free=False)
    given_up = asyncio.create_task(ask(allowance))
    await settled()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert (0, []) == (allowance.used, disk.writes)

    disk.is_free.set()
    await ask(allowance)
    assert (1, [{MINUTE: 20}]) == (allowance.used, disk.writes)
