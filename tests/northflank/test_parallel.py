import asyncio

import pytest

from exporter.errors import PostponedError, RefusedError
from exporter.northflank.parallel import in_parallel


async def result(value: int, after: asyncio.Event) -> int:
    """A value, once something has happened."""
    await after.wait()
    return value


async def fail(error: Exception, sign: asyncio.Event) -> int:
    """An error, and a sign that it was raised."""
    sign.set()
    raise error


async def test_results_are_in_order() -> None:
    """What is done side by side is returned in the order in which it was given."""
    done = asyncio.Event()
    done.set()
    assert [1, 2] == await in_parallel([result(1, done), result(2, done)])


async def test_what_is_under_way_is_finished_when_some_is_postponed() -> None:
    """An answer that was asked for is not lost because another request has to wait."""
    finished: list[int] = []
    postponed = asyncio.Event()

    async def noting() -> int:
        finished.append(await result(1, postponed))
        return 1

    with pytest.raises(PostponedError, match="not now"):
        await in_parallel([noting(), fail(PostponedError("not now", seconds=1, remedy="wait"), postponed)])
    assert [1] == finished


async def test_an_error_ends_the_rest() -> None:
    """One error is raised as it is, and what is under way is cancelled."""
    never = asyncio.Event()
    with pytest.raises(RefusedError, match="no"):
        await in_parallel([result(1, never), fail(RefusedError("no"), asyncio.Event())])
