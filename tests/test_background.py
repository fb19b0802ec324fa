import asyncio
import threading

import pytest

from exporter.background import Background

PATIENCE = 10.0


class Work:
    """Work that goes on until it is let."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> bool:
        """Whether it was let in time."""
        self.began.set()
        return self.may_end.wait(PATIENCE)

    async def reach(self) -> None:
        """Return once it has begun."""
        assert await asyncio.to_thread(self.began.wait, PATIENCE)


async def test_result_and_error() -> None:
    """Work is done in another thread; what it returns or raises is had where it is waited for."""
    background = Background()
    assert threading.get_ident() != await background.run(threading.get_ident)
    with pytest.raises(ZeroDivisionError):
        await background.run(lambda: 1 // 0)


async def test_one_at_a_time() -> None:
    """Work that comes while other work is done is begun when that has ended."""
    background, first, second = Background(), Work(), Work()
    doing = [asyncio.create_task(background.run(work)) for work in (first, second)]
    await first.reach()
    for _ in range(100):
        await asyncio.sleep(0)
    assert not second.began.is_set()

    first.may_end.set()
    second.may_end.set()
    assert [True, True] == await asyncio.gather(*doing)


async def test_cancelled() -> None:
    """Who is cancelled waits no longer; the work is left to itself, and in no way of the next."""
    background, work = Background(), Work()
    doing = asyncio.create_task(background.run(work))
    await work.reach()
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing

    assert 1 == await background.run(lambda: 1)
    work.may_end.set()


async def test_process_may_end() -> None:
    """The threads are such that a process ends without them, however long their work takes."""
    assert await Background().run(lambda: threading.current_thread().daemon)
