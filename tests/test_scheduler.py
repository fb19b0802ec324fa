import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from exporter.scheduler import Job, Scheduler

SOON = 0.01
LONG = 3600.0
PATIENCE = 5.0


class Counted:
    """A job that counts its runs, and does something in each."""

    def __init__(self, run: Callable[[], Awaitable[object]] | None = None) -> None:
        self.runs = 0
        self.ended = 0
        self._run = run
        self._changed = asyncio.Condition()

    async def __call__(self) -> None:
        """One run."""
        self.runs += 1
        async with self._changed:
            self._changed.notify_all()
        if self._run:
            await self._run()
        self.ended += 1

    async def reach(self, runs: int) -> None:
        """Return once it ran so often; the test fails when it takes too long."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self.runs >= runs)


async def test_first_run_is_at_once() -> None:
    """Each job runs at the start, however long its interval is."""
    scheduler, one, two = Scheduler(), Counted(), Counted()
    scheduler.start((Job("one", LONG, one), Job("two", LONG, two)))
    await one.reach(1)
    await two.reach(1)
    await scheduler.stop()

    assert (1, 1) == (one.runs, two.runs)


async def test_runs_again_and_again() -> None:
    """A job runs again after its interval."""
    scheduler, job = Scheduler(), Counted()
    scheduler.start((Job("job", SOON, job),))
    await job.reach(3)
    await scheduler.stop()


@pytest.mark.parametrize("seconds", [-86400.0, 86400.0], ids=["back", "forward"])
async def test_clock_that_is_set(seconds: float) -> None:
    """When the system's clock is set, jobs run at once and go on: set back, they would not for as long."""
    offset = 0.0
    scheduler, job = Scheduler(clock=lambda: time.time() + offset, watch_seconds=SOON), Counted()
    scheduler.start((Job("job", LONG, job),))
    await job.reach(1)
    offset = seconds
    await job.reach(2)
    offset = 0.0
    await job.reach(3)
    await scheduler.stop()


async def test_clock_that_is_not_set() -> None:
    """A clock that is kept right by small steps makes no job run before its time."""
    asked = 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        return time.time() + asked / 10

    scheduler, job, other = Scheduler(clock=clock, watch_seconds=SOON), Counted(), Counted()
    scheduler.start((Job("job", LONG, job), Job("other", SOON, other)))
    while asked < 10:
        await other.reach(other.runs + 1)
    await scheduler.stop()

    assert 1 == job.runs


async def test_no_overlap(caplog: pytest.LogCaptureFixture) -> None:
    """A run that is due while the last one goes on is left out, and said once; other jobs are not kept waiting."""
    free = asyncio.Event()
    scheduler, slow, other = Scheduler(), Counted(free.wait), Counted()
    with capture_logs() as logs:
        scheduler.start((Job("slow", SOON, slow), Job("other", SOON, other)))
        await slow.reach(1)
        await other.reach(5)
    assert (1, 0) == (slow.runs, slow.ended)
    assert ["slow"] == [line["job"] for line in logs if line["event"] == "poll.left_out" and line["job"] == "slow"]
    assert [] == [record.message for record in caplog.records if record.levelno >= logging.WARNING]

    free.set()
    await slow.reach(2)
    await scheduler.stop()


@pytest.mark.parametrize("error", [ValueError("no"), asyncio.CancelledError("no")], ids=["error", "stray_cancellation"])
async def test_job_that_fails(caplog: pytest.LogCaptureFixture, error: BaseException) -> None:
    """A job that raises runs again all the same."""
    caplog.set_level(logging.CRITICAL, logger="apscheduler")

    async def fail() -> None:
        raise error

    scheduler, job = Scheduler(), Counted(fail)
    scheduler.start((Job("job", SOON, job),))
    await job.reach(3)
    await scheduler.stop()


async def test_stop_of_a_run_in_which_a_cancellation_got_lost() -> None:
    """A run that goes on when it is cancelled is cancelled again, and is the last one."""

    async def disobey() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    scheduler, job = Scheduler(), Counted(disobey)
    scheduler.start((Job("job", LONG, job),))
    await job.reach(1)
    async with asyncio.timeout(PATIENCE):
        await scheduler.stop()

    assert (1, 0) == (job.runs, job.ended)


async def test_stop(caplog: pytest.LogCaptureFixture) -> None:
    """Stopping cancels what is under way and starts nothing more, without a line of error."""
    caplog.set_level(logging.WARNING)
    cancelled = asyncio.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    scheduler, job = Scheduler(), Counted(wait_for_ever)
    scheduler.start((Job("job", LONG, job),))
    await job.reach(1)
    await scheduler.stop()

    assert cancelled.is_set(), "stop returned before the run had ended"
    assert (1, 0) == (job.runs, job.ended)
    assert "" == caplog.text
