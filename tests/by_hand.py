"""A schedule for tests: nothing runs by itself."""

from exporter.scheduler import Job


class ByHand:
    """A schedule that runs a job when a test says so."""

    def __init__(self) -> None:
        self.jobs: tuple[Job, ...] = ()
        self.is_stopped = False

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Keep the jobs."""
        self.jobs = jobs

    async def stop(self) -> None:
        """Remember it."""
        self.is_stopped = True

    async def run(self, end: str = "") -> None:
        """Run each job once whose name ends so."""
        for job in self.jobs:
            if job.name.endswith(end):
                await job.run()
