"""An exporter and a sandbox on one clock, and what has to be shown of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from exporter.domain.budget import Declared
from tests.e2e.dialect import DIALECTS
from tests.e2e.expected_declared import DECLARED
from tests.e2e.expected_polls import Polls
from tests.e2e.expected_running import Listing
from tests.faults.pair import Pair, pair

WORLD: dict[str, Any] = {
    "teams": 2,
    "projects": 2,
    "resources": 3,
    "invoices": 6,
    "threshold": 100,  # no month has one invoice: 2024 could not tell it from the month's subscription
    "rate_limit": 1_000_000,
}
DEPTHS = ("account", "team", "project", "resource_type", "resource")
LINES_SHOWN = 40
Watched = tuple[Pair, Polls]


@asynccontextmanager
async def watching(
    generation: str,
    began: float,
    declared: Declared = DECLARED,
    *,
    detail: str = "resource",
    **world: Any,  # noqa: ANN401 - SandboxOptions says what it takes
) -> AsyncIterator[Watched]:
    """An exporter that has not polled yet, and what it has to show once it has."""
    dialect = DIALECTS[generation]
    shown = replace(dialect, levels=dialect.levels[: DEPTHS.index(detail)])
    listing = Listing(world.get("late_hours", 0), world.get("running_hour", True))
    options = {**WORLD, "generation": generation, **world}
    async with pair(detail=detail, declared=declared, began=began, **options) as asked:
        yield asked, Polls(asked, shown, declared, listing, world.get("forgets", ()))


async def assert_shown(polls: Polls) -> None:
    """Every billing series is there with the ledger's figure, none is missing and none is more.

    Sums by resource sum to their projects, and none is more than the ledger's.
    """
    _assert_none(await polls.findings())


async def assert_caught_up(polls: Polls) -> None:
    """The same, and every resource has the ledger's figure."""
    _assert_none(await polls.findings(caught_up=True))


def _assert_none(found: list[str]) -> None:
    assert not found, "\n".join([f"{len(found)} differences", *found[:LINES_SHOWN]])
