"""When things are polled: APScheduler, one job an account."""

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
    """Runs the jobs between `start` and `stop`. A job never overlaps itself: a run due meanwhile is left out."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Run each job now and from now on; call it in the event loop."""
        for job in jobs:
            self._scheduler.add_job(
                _until_cancelled,
                IntervalTrigger(seconds=job.interval_seconds, jitter=job.interval_seconds * _JITTER, timezone=UTC),
                args=(job.run,),
                id=job.name,
                name=job.name,
                next_run_time=datetime.now(UTC),
                misfire_grace_time=None,  # otherwise a run that is over a second late is left out
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Start no more runs, and cancel those that are under way."""
        self._scheduler.shutdown(wait=False)


async def _until_cancelled(run: Callable[[], Awaitable[None]]) -> None:
    # The library logs a run that `stop` cancels as a failure, with a traceback.
    with suppress(asyncio.CancelledError):
        await run()
