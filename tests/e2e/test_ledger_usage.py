"""What is being spent now, credits and budgets: what is shown is what the ledger says, whatever the clock shows."""

from dataclasses import replace
from typing import Any

import pytest

from exporter.domain.budget import Declared
from tests.e2e.dialect import DIALECTS
from tests.e2e.expected_declared import DECLARED, LONG
from tests.e2e.expected_periods import HOUR, at
from tests.e2e.expected_shown import assert_shown, watching

pytestmark = pytest.mark.process

MID_MONTH = at("2026-11-18T13:37:12")
GENERATIONS = sorted(DIALECTS)
WITH_HOURS = [name for name in GENERATIONS if DIALECTS[name].has_hours]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    "now",
    [
        pytest.param(MID_MONTH, id="mid-month"),
        pytest.param(at("2026-12-01T00:00"), id="the month's turn"),
        pytest.param(at("2026-12-01T00:20"), id="a month's first hour"),
        pytest.param(at("2026-12-01T01:05"), id="one hour into a month"),
        pytest.param(at("2026-12-02T00:05"), id="one day into a month"),
        pytest.param(at("2027-01-01T03:30"), id="a new year"),
        pytest.param(at("2028-02-29T12:30"), id="leap day"),
        pytest.param(at("2028-03-01T00:30"), id="the first hour after a leap day"),
        pytest.param(at("2028-03-01T05:30"), id="the day after a leap day"),
    ],
)
async def test_first_start(generation: str, now: float) -> None:
    """Whenever the exporter starts, one poll shows all that can be told, each figure as the ledger has it."""
    async with watching(generation, now) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize(
    ("generation", "world"),
    [
        pytest.param("2026-06", {"detail_paging": False}, id="2026-06 without detail paging"),
        pytest.param("2026-06", {"running_hour": False}, id="2026-06 without the running hour"),
        pytest.param("2026-06", {"page_cap": 20}, id="2026-06 with short pages"),
        pytest.param("2026-06", {"teams": 1}, id="2026-06 with one team"),
        pytest.param("2026-10", {"running_hour": False}, id="2026-10 without the running hour"),
        pytest.param("2026-10", {"page_cap": 2}, id="2026-10 with short pages"),
        pytest.param("2026-10", {"legacy_fields": True}, id="2026-10 with the fields of 2026-06"),
        pytest.param("2026-10", {"teams": 1}, id="2026-10 with one team"),
        pytest.param("2026-10", {"projects": 6, "resources": 8}, id="2026-10 with more projects than resource types"),
        pytest.param("2026-10", {"noise": True}, id="2026-10 with binary noise"),
        pytest.param("2026-10", {"odd_names": True}, id="2026-10 with odd names"),
    ],
)
async def test_variants(generation: str, world: dict[str, Any]) -> None:
    """However a server leaves its pages, hours and names, the figures are the ledger's."""
    async with watching(generation, MID_MONTH, **world) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("detail", ["account", "team", "project", "resource_type"])
async def test_detail(detail: str) -> None:
    """Levels beyond `detail` are not shown of running spend either, nor are their names."""
    async with watching("2026-10", MID_MONTH, detail=detail) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_budgets_of_a_quarter_and_a_year(generation: str) -> None:
    """A long budget is told of from its period's beginning, also where the hours have to be added up."""
    declared = replace(DECLARED, budgets=(*DECLARED.budgets, *LONG))
    async with watching(generation, MID_MONTH, declared) as (_, polls):
        await polls.poll()
        await polls.poll()  # a budget may be what makes the hours of past months known
        await assert_shown(polls)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_an_account_without_invoices(generation: str) -> None:
    """Nothing is unbilled since an invoice; where usage does not state its currency, nobody knows what it is in."""
    async with watching(generation, MID_MONTH, invoices=0) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_the_clock_goes_on_and_nothing_is_configured(generation: str) -> None:
    """Within an hour nothing changes but what is told to the second; at its end all does."""
    async with watching(generation, MID_MONTH, Declared()) as (asked, polls):
        for minutes in (0, 10, 20, 30):
            asked.hand.now = MID_MONTH + minutes * 60
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize(
    ("generation", "began", "hours", "looks"),
    [
        pytest.param("2026-06", at("2026-11-30T21:30"), 30, (1, 2, 3, 4, 5, 25, 26, 27, 28), id="2026-06, a month"),
        pytest.param("2026-06", at("2028-02-29T21:30"), 6, (0, 1, 2, 3, 4, 5), id="2026-06, a leap day"),
        pytest.param("2026-10", at("2026-11-30T21:30"), 6, (0, 1, 2, 3, 4, 5), id="2026-10, a month"),
        pytest.param("2026-10", at("2028-02-29T21:30"), 6, (0, 1, 2, 3, 4, 5), id="2026-10, a leap day"),
    ],
)
async def test_hour_by_hour(generation: str, began: float, hours: int, looks: tuple[int, ...]) -> None:
    """Polled every hour, the figures are the ledger's over the turns of days and months."""
    async with watching(generation, began) as (asked, polls):
        for hour in range(hours):
            asked.hand.now = began + hour * HOUR
            await polls.poll()
            if hour in looks:
                await assert_shown(polls)


@pytest.mark.parametrize("generation", ["2024", "2026-10"])
async def test_the_clock_jumps(generation: str) -> None:
    """After hours, days or months without a poll, and a clock set back, one poll shows all as the ledger has it."""
    async with watching(generation, at("2027-12-30T20:10")) as (asked, polls):
        for now in ("2027-12-31T01:10", "2028-01-01T00:10", "2028-02-29T23:50", "2028-03-01T00:10", "2028-02-29T21:10"):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_an_invoice_closes(generation: str) -> None:
    """Unbilled spend begins anew once the invoice that closed is known, and goes on as before until then."""
    async with watching(generation, at("2026-11-18T13:30"), threshold=5) as (asked, polls):
        await polls.poll()
        await assert_shown(polls)
        before = await polls.closings()
        asked.hand.now = at("2026-11-18T14:10")
        assert before + 1 == await polls.closings()
        await polls.poll_without_invoices()
        await assert_shown(polls)
        for minutes in (20, 80, 140):
            asked.hand.now = at("2026-11-18T14:00") + minutes * 60
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize(
    ("generation", "began"),
    [
        pytest.param("2024", at("2026-11-18T13:30"), id="2024"),
        pytest.param("2026-06", at("2026-11-30T23:30"), id="2026-06, a month's turn"),
        pytest.param("2026-10", at("2026-11-30T23:30"), id="2026-10, a month's turn"),
        pytest.param("2026-06", at("2026-11-18T13:30"), id="2026-06, an invoice closes"),
        pytest.param("2026-10", at("2026-11-18T13:30"), id="2026-10, an invoice closes"),
    ],
)
async def test_hours_appear_late(generation: str, began: float) -> None:
    """All ends where the hours end that the API tells of: a month that has turned is shown once its hours come."""
    async with watching(generation, began, late_hours=2) as (asked, polls):
        for hour in range(5):
            asked.hand.now = began + hour * HOUR
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("clock", ["2026-11-18T10:59", "2026-11-18T11:01", "2026-11-19T04:30"])
async def test_a_start_after_hours_were_corrected(generation: str, clock: str) -> None:
    """Corrected hours count as they are known now."""
    began = at("2026-11-18T02:00")
    async with watching(generation, began, corrections=True) as (asked, polls):
        asked.hand.now = at(clock)
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    "began",
    [
        pytest.param(at("2026-11-18T09:30"), id="dearer"),
        pytest.param(at("2026-11-19T02:30"), id="cheaper"),
    ],
)
async def test_hours_are_corrected_while_polling(generation: str, began: float) -> None:
    """All figures that hold an hour which was corrected follow at the next poll."""
    async with watching(generation, at("2026-11-18T09:00"), corrections=True) as (asked, polls):
        for hour in range(4):  # the second hour brings the correction
            asked.hand.now = began + hour * HOUR
            await polls.poll()
            await assert_shown(polls)
