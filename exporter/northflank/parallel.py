"""Work done side by side, with one error out of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from exporter.errors import PostponedError

T = TypeVar("T")


async def in_parallel(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What all of it returns, in its order; when one fails the rest is cancelled and its error is raised as it is.

    When one is postponed, the rest goes on first: what was asked is counted, and its answer would be lost.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_unless_postponed(each)) for each in work]
    except ExceptionGroup as failed:
        raise _first(failed) from None
    results: list[T] = []
    for task in tasks:
        result = task.result()
        if isinstance(result, PostponedError):
            raise result
        results.append(result)
    return results


async def _unless_postponed(work: Coroutine[Any, Any, T]) -> T | PostponedError:
    try:
        return await work
    except PostponedError as postponed:
        return postponed


def _first(failed: ExceptionGroup[Exception]) -> Exception:
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
