import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

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


class Time:
    """Seconds that pass where somebody sleeps or works; `slept` is how long each sleep was."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """The seconds that have passed."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


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


@pytest.mark.parametrize(
    ("run_seconds", "speed", "shortest", "longest"),
    [
        pytest.param(0, 1, 95, 105, id="at_once"),
        pytest.param(10, 1, 85, 95, id="from_start_to_start"),
        pytest.param(130, 1, 60, 80, id="longer_than_the_interval"),
        pytest.param(0, 50, 1.9, 2.1, id="fast"),
    ],
)
async def test_intervals(run_seconds: float, speed: float, shortest: float, longest: float) -> None:
    """Intervals are those of a clock that nobody sets, and spread by a twentieth, so that not all polls coincide."""
    time = Time()

    async def work() -> None:
        time.now += run_seconds

    scheduler, job = Scheduler(speed=speed, monotonic=time, sleep=time.sleep), Counted(work)
    scheduler.start((Job("job", 100.0, job),))
    await job.reach(50)
    await scheduler.stop()

    assert shortest <= min(time.slept) < max(time.slept) <= longest


async def test_no_overlap() -> None:
    """A run that is due while the last one goes on is left out; other jobs are not kept waiting."""
    free = asyncio.Event()
    scheduler, slow, other = Scheduler(), Counted(free.wait), Counted()
    scheduler.start((Job("slow", SOON, slow), Job("other", SOON, other)))
    await slow.reach(1)
    await other.reach(5)
    assert (1, 0) == (slow.runs, slow.ended)

    free.set()
    await slow.reach(2)
    await scheduler.stop()


@pytest.mark.parametrize("error", [ValueError("no"), asyncio.CancelledError("no")], ids=["error", "stray_cancellation"])
async def test_job_that_fails(caplog: pytest.LogCaptureFixture, error: BaseException) -> None:
    """A job that raises is logged with its name, and runs again all the same."""

    async def fail() -> None:
        raise error

    scheduler, job = Scheduler(), Counted(fail)
    scheduler.start((Job("job", SOON, job),))
    await job.reach(3)
    await scheduler.stop()

    assert {("ERROR", "job: a fault of the exporter; please report it")} == {
        (record.levelname, record.message.splitlines()[0]) for record in caplog.records
    }
    assert f"{type(error).__name__}: no" in caplog.text


async def test_stop_of_a_job_that_does_not_obey() -> None:
    """A run that goes on when it is cancelled is the last one: stopping does not wait for another."""

    async def disobey() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    scheduler, job = Scheduler(), Counted(disobey)
    scheduler.start((Job("job", LONG, job),))
    await job.reach(1)
    async with asyncio.timeout(PATIENCE):
        await scheduler.stop()

    assert (1, 1) == (job.runs, job.ended)


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
