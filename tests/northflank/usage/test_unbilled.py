"""What is unbilled, since the newest invoice that bills usage, and how a correction comes into it."""

import pytest

from exporter.domain.report import Generation, UsageSection
from exporter.northflank.usage.running import Bill
from tests.northflank.usage.account import Account
from tests.northflank.usage.listed import at, hours, paas

GENERATIONS = pytest.mark.parametrize("generation", [Generation.B, Generation.C])


def unbilled(section: UsageSection) -> tuple[float, float, int]:
    """Since when, until when and how much."""
    assert section.unbilled
    return section.unbilled.period.start, section.unbilled.period.end, int(paas(section.unbilled.usage))


@pytest.mark.parametrize(
    ("ended", "since", "total"),
    [
        pytest.param("2026-11-20T10:00", "2026-11-20T10:00", 50, id="at a full hour"),
        pytest.param("2026-11-20T10:00:01", "2026-11-20T11:00", 49, id="just after"),
        pytest.param("2026-11-20T10:59:59.5", "2026-11-20T11:00", 49, id="just before the next"),
        pytest.param("2026-10-31T22:30", "2026-10-31T23:00", 1 + 21 * 24 + 12, id="in the month before"),
    ],
)
@GENERATIONS
async def test_unbilled(generation: Generation, ended: str, since: str, total: int) -> None:
    """Unbilled spend begins at the invoice's end and counts from the first full hour after it."""
    account = Account(hours("2026-10-01", "2026-11-22T13:00"), generation)
    section = await account.figures("2026-11-22T12:20", Bill(at(ended), "USD"))
    assert (at(ended), at("2026-11-22T12:00"), total) == unbilled(section)
    if generation is Generation.C:
        assert str(int(at(since))) in {query["startTime"] for query in account.server.asked("total")}


@GENERATIONS
@pytest.mark.parametrize("ended", ["2026-11-22T11:30", "2026-11-22T12:00", "2026-11-22T12:10", "2026-11-22T12:20"])
async def test_an_invoice_that_has_just_ended(generation: Generation, ended: str) -> None:
    """As long as no full hour is over since its end, nothing is unbilled, and nothing is asked for."""
    account = Account(hours("2026-11-01", "2026-11-22T13:00"), generation)
    section = await account.figures("2026-11-22T12:20", Bill(at(ended), "USD"))
    assert (at(ended), max(at(ended), at("2026-11-22T12:00")), 0) == unbilled(section)
    assert 1 >= len(account.server.asked("total"))


async def test_an_invoice_closes() -> None:
    """A new invoice begins unbilled spend anew at the next poll, within the hour too."""
    account = Account(hours("2026-11-01", "2026-11-22T13:00"))
    await account.figures("2026-11-22T12:20", Bill(at("2026-11-10"), "USD"))
    section = await account.figures("2026-11-22T12:30", Bill(at("2026-11-22T10:00"), "USD"))
    assert (at("2026-11-22T10:00"), at("2026-11-22T12:00"), 2) == unbilled(section)


async def test_a_correction() -> None:
    """A corrected hour is in every figure at the next poll."""
    account = Account(hours("2026-10-01", "2026-11-01T13:00"))
    bill = Bill(at("2026-10-31T08:00"), "USD")
    await account.figures("2026-11-01T12:20", bill)
    account.server.dollars[at("2026-10-31T20:00")] = 4
    section = await account.figures("2026-11-01T12:30", bill)
    assert section.trailing_day
    assert 24 + 3 == paas(section.trailing_day.usage)
    assert 28 + 3 == unbilled(section)[2]
    assert 744 + 3 == paas(section.past_months[1].usage)
