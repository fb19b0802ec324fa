"""The event loop's longest pause while a large organisation is polled: `python -m scripts.performance.loop_pause`.

An organisation of 20 teams and 1,000 projects (50,000 resources) unless other numbers are given.
"""

from __future__ import annotations

import asyncio
import sys
import time

import structlog

from tests.faults.pair import pair

PLENTY = 1_000_000
WARNINGS = 30


async def _measure(teams: int, projects: int, resources: int) -> tuple[float, float, int]:
    """The longest pause and the whole poll in seconds, and how many times the loop was looked at."""
    pauses: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            pauses.append(time.perf_counter() - before - 0.001)

    async with pair(teams=teams, projects=projects, resources=resources, invoices=3, rate_limit=PLENTY) as asked:
        watching = asyncio.create_task(watch())
        began = time.perf_counter()
        await asked.poll()
        seconds = time.perf_counter() - began
        watching.cancel()
    return max(pauses), seconds, len(pauses)


def main(arguments: list[str]) -> None:
    """Print the figures. The sandbox answers on the same loop, so its own work is in them: an upper bound."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS))
    sizes = [int(each) for each in arguments] or [20, 50, 50]
    longest, seconds, looks = asyncio.run(_measure(*sizes))
    sys.stdout.write(f"longest pause {longest * 1000:.0f} ms in {looks} looks, one poll {seconds:.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
