"""When things are polled: APScheduler, one job for an account's invoices and one for its usage."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

# Spreads the accounts, and the exporters of a fleet that started together.
_JITTER = 0.05
_WATCH_SECONDS = 10.0
# A clock that is kept right by small steps stays below this.
_CLOCK_WAS_SET_SECONDS = 5.0
# Before Python 3.13 a cancellation can get lost in a task group: it is said again until the run has ended.
_CANCEL_AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again; `interval_seconds` from start to start, the first at once."""

    name: str
    interval_seconds: float
    run: Callable[[], Awaitable[None]]


class Scheduler:
    """Runs the jobs between `start` and `stop`. A job never overlaps itself: a run due meanwhile is left out.

    The first that is left out is logged, with what to do.

    With `speed`, so many seconds of an interval pass in a second. When the system's `clock` is set, every job is due:
    the library goes by that clock, and would wait for as long as it was set back.
    """

    def __init__(
        self, *, speed: float = 1.0, clock: Callable[[], float] = time.time, watch_seconds: float = _WATCH_SECONDS
    ) -> None:
        self._speed = speed
        self._clock = clock
        self._watch_seconds = watch_seconds
        # The library would warn of each run that is left out, and not say what to do.
        logger = logging.getLogger("apscheduler.scheduler.jobs")
        logger.setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(timezone=UTC, logger=logger)
        self._scheduler.add_listener(self._on_left_out, EVENT_JOB_MAX_INSTANCES)
        self._left_out: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None

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
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Start no more runs, cancel those that are under way, and return once they have ended."""
        self._scheduler.shutdown(wait=False)
        # The library does so at the loop's next turn, and waits for nothing: until then a run could still begin.
        await asyncio.sleep(0)
        running = {*self._running, *([self._watching] if self._watching else ())}
        while running:
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=_CANCEL_AGAIN_SECONDS)

    async def _run(self, run: Callable[[], Awaitable[None]]) -> None:
        # The library would log a run that `stop` cancels as a failure, with a traceback.
        task = asyncio.create_task(_as_coroutine(run))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with suppress(asyncio.CancelledError):
            await task

    def _on_left_out(self, event: JobSubmissionEvent) -> None:
        if event.job_id not in self._left_out:
            self._left_out.add(event.job_id)
            structlog.get_logger().warning(
                "poll.left_out",
                job=event.job_id,
                error="the last poll was still under way; where this goes on, set a longer poll.invoices or poll.usage",
            )

    async def _watch(self) -> None:
        offset = self._offset()
        while True:
            await asyncio.sleep(self._watch_seconds)
            before, offset = offset, self._offset()
            if abs(offset - before) > _CLOCK_WAS_SET_SECONDS:
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    def _offset(self) -> float:
        """How far the system's clock is from the one that nobody sets, in seconds."""
        return self._clock() - time.monotonic()


async def _as_coroutine(run: Callable[[], Awaitable[None]]) -> None:
    await run()
