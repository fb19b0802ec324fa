"""When things are polled: again and again, an account's invoices and its usage each by themselves."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Spreads the accounts, and the exporters of a fleet that started together.
_JITTER = 0.05


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again; `interval_seconds` from start to start, the first at once."""

    name: str
    interval_seconds: float
    run: Callable[[], Awaitable[None]]


class Scheduler:
    """Runs the jobs between `start` and `stop`. A job never overlaps itself: a run due meanwhile is left out.

    Intervals are those of the `monotonic` clock, in seconds: setting the system's clock neither stops polls nor makes
    some at once. With `speed`, so many seconds of an interval pass in a second.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._speed = speed
        self._monotonic = monotonic
        self._sleep = sleep
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on; call it in the event loop."""
        self._tasks = tuple(asyncio.create_task(self._repeat(job), name=job.name) for job in jobs)

    async def stop(self) -> None:
        """Start no more runs, cancel those that are under way, and return once they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, job: Job) -> None:
        while True:
            began = self._monotonic()
            await _run(job)
            spread = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
            seconds = job.interval_seconds / self._speed * spread
            await self._sleep(seconds - (self._monotonic() - began) % seconds)


async def _run(job: Job) -> None:
    try:
        await job.run()
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever it is, the job runs again
        if not _is_stopped():
            # By way of the event loop, which raises nothing where no log can be written.
            message = f"{job.name}: a fault of the exporter; please report it"
            asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
    if _is_stopped():
        raise asyncio.CancelledError


def _is_stopped() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
