"""When things are polled: APScheduler, one job for an account's invoices and one for its usage."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

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

    With `speed`, so many seconds of an interval pass in a second.
    """

    def __init__(self, *, speed: float = 1.0) -> None:
        self._speed = speed
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Task[None]] = set()

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on; call it in the event loop."""
        for job in jobs:
            seconds = job.interval_seconds / self._speed
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=seconds, jitter=seconds * _JITTER, timezone=UTC),
                args=(job.run,),
                id=job.name,
                name=job.name,
                next_run_time=datetime.now(UTC),
                misfire_grace_time=None,  # otherwise a run that is over a second late is left out
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Start no more runs, cancel those that are under way, and return once they have ended."""
        self._scheduler.shutdown(wait=False)
        # The library does so at the loop's next turn, and waits for nothing: until then a run could still begin.
        await asyncio.sleep(0)
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, run: Callable[[], Awaitable[None]]) -> None:
        # The library would log a run that `stop` cancels as a failure, with a traceback.
        task = asyncio.create_task(_as_coroutine(run))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with suppress(asyncio.CancelledError):
            await task


async def _as_coroutine(run: Callable[[], Awaitable[None]]) -> None:
    await run()
