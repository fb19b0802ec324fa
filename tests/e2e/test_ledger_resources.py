"""What each resource cost this month and in the newest day: after every poll, and once every hour is known."""

from pathlib import Path
from typing import Any

import pytest

from exporter.domain.budget import Declared
from tests.e2e.dialect import DIALECTS
from tests.e2e.expected_periods import HOUR, at
from tests.e2e.expected_polls import Polls
from tests.e2e.expected_resources import FAMILIES
from tests.e2e.expected_shown import assert_caught_up, assert_shown, watching
from tests.e2e.simulated import simulated
from tests.faults.test_properties import series_of

pytestmark = pytest.mark.process

SMALL: dict[str, Any] = {"teams": 2, "projects": 2, "resources": 2, "threshold": 0}
WITH_HOURS = [name for name in sorted(DIALECTS) if DIALECTS[name].has_hours]


async def test_2024_has_none() -> None:
    """A generation without hours and without resources shows neither family."""
    async with watching("2024", at("2026-11-02T05:30"), **SMALL) as (asked, polls):
        await polls.poll()
        await assert_shown(polls)
        assert not {name for name, _ in series_of(asked.billing())} & set(FAMILIES)


@pytest.mark.parametrize("detail", ["account", "team", "project", "resource_type"])
async def test_none_below_detail(detail: str) -> None:
    """Without the level of resources there are no sums by resource."""
    async with watching("2026-10", at("2026-11-02T05:30"), detail=detail, **SMALL) as (asked, polls):
        await polls.poll()
        await assert_shown(polls)
        assert not {name for name, _ in series_of(asked.billing())} & set(FAMILIES)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_start_in_mid_month(generation: str) -> None:
    """What is not known yet stands under `_other`; in the end every resource is the ledger's."""
    async with watching(generation, at("2026-11-03T05:02"), **SMALL) as (asked, polls):
        for _ in range(3):
            await polls.poll()
            await assert_shown(polls)
            asked.hand.now += 60
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_hour_by_hour_over_a_months_turn(generation: str) -> None:
    """In a month's first hour there is nothing yet; each hour adds what it cost."""
    began = at("2026-11-30T21:10")
    async with watching(generation, began, **SMALL) as (asked, polls):
        for hour in range(6):
            asked.hand.now = began + hour * HOUR
            await polls.poll()
            await assert_shown(polls)
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)
        asked.hand.now = began + 6 * HOUR
        await polls.poll()
        await assert_caught_up(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
@pytest.mark.parametrize(
    "corrected",
    [
        pytest.param(at("2026-11-02T11:10"), id="dearer"),
        pytest.param(at("2026-11-03T04:10"), id="cheaper"),
    ],
)
async def test_a_correction(generation: str, corrected: float) -> None:
    """A resource's sums follow when an hour is corrected, up and down."""
    async with watching(generation, at("2026-11-02T02:00"), corrections=True, **SMALL) as (asked, polls):
        asked.hand.now = corrected - HOUR
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)
        asked.hand.now = corrected
        await polls.poll()
        await assert_shown(polls)
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_an_invoice_closes(generation: str) -> None:
    """An invoice's tree beside the hours that it bills counts no instant twice."""
    world = {**SMALL, "threshold": 5}
    async with watching(generation, at("2026-11-02T05:30"), **world) as (asked, polls):
        for now in ("2026-11-02T05:30", "2026-11-02T06:10", "2026-11-02T07:10"):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)
        assert await polls.closings() > 0
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_start_after_an_invoice_closed(generation: str) -> None:
    """An invoice that lies within the month stands for its hours, which are not read one by one then.

    The trailing day by resource is there once 24 hours have been read since.
    """
    world = {**SMALL, "threshold": 5}
    async with watching(generation, at("2026-11-02T05:30"), **world) as (asked, polls):
        asked.hand.now = at("2026-11-03T01:02")
        for _ in range(3):
            await polls.poll()
            await assert_shown(polls)
            asked.hand.now += 60
        await polls.poll_until_caught_up()
        found = await polls.findings(caught_up=True)
        assert [] == [each for each in found if not each.startswith("missing: northflank_trailing_day_resource_cost")]


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_restart(generation: str, tmp_path: Path) -> None:
    """A restart keeps what is known, whether the exporter had caught up before or not."""
    began = at("2026-11-02T05:02")
    world = {**SMALL, "generation": generation, "rate_limit": 1_000_000}
    async with simulated(tmp_path, began, **world) as life:
        polls = Polls(life.pair, DIALECTS[generation], Declared())
        await polls.poll()
        await life.restart()
        life.pair.hand.now += 60
        await polls.poll()
        await assert_shown(polls)
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)
        await life.restart()
        life.pair.hand.now = began + HOUR
        await polls.poll()
        await assert_caught_up(polls)
