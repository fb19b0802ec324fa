import datetime as dt

import pytest

from exporter.sandbox.closings import Closed, Terms
from exporter.sandbox.periods import Frame, frames
from exporter.sandbox.timeline import Timeline

HOUR = 3_600
DAY = 24 * HOUR


def _unix(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


BEGAN = _unix("2024-02-10")
FEBRUARY, MARCH, APRIL = _unix("2024-02-01"), _unix("2024-03-01"), _unix("2024-04-01")
PAST = frames("ACME", BEGAN, 14)


def _timeline(*, threshold: int = 0, seed: int = 1, payments_fail: bool = False) -> Timeline:
    closed = Closed(Terms(BEGAN, threshold, lambda start, end: end - start), FEBRUARY)
    return Timeline(
        customer="ACME", seed=seed, began=BEGAN, past=PAST, closed=closed, payments_fail=payments_fail
    )  # fmt: skip


def _told(frame: Frame) -> tuple[str, str, str]:
    start, end = (dt.datetime.fromtimestamp(at, tz=dt.UTC) for at in (frame.start, frame.end))
    return frame.kind, f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"


@pytest.mark.parametrize("now", [pytest.param(BEGAN, id="start"), pytest.param(MARCH - 1, id="end of the month")])
def test_list_of_the_past(now: float) -> None:
    """Before anything has closed the list is that of the past, however often it is asked for."""
    assert PAST == _timeline().frames(now)


def test_turn_of_the_month() -> None:
    """At the month's turn a usage invoice closes, and a subscription for the new month comes on top."""
    expected = [
        ("subscription", "2024-03-01", "2024-04-01"),
        ("subscription", "2024-02-01", "2024-03-01"),
        ("usage", "2024-02-01", "2024-03-01"),
    ]
    rows = _timeline().frames(MARCH)
    assert expected == [_told(row) for row in rows[:3]]
    assert set(PAST) < set(rows)


def test_threshold_invoices() -> None:
    """Threshold invoices stand below the subscription of their month, newest first, without a gap."""
    rows = _timeline(threshold=12 * DAY).frames(APRIL)
    expected = ["2024-04-01", "2024-03-25", "2024-03-13", "2024-03-01", "2024-02-25", "2024-02-13", "2024-02-01"]
    usage = [row for row in rows if row.kind == "usage"]
    assert expected == [_told(row)[2] for row in usage[:7]]
    assert [row.end for row in usage[1:7]] == [row.start for row in usage[:6]]
    assert sorted((row.end for row in rows), reverse=True) == [row.end for row in rows]


def test_ids() -> None:
    """No two invoices share an id, even where hundreds close in a month, and each keeps its own."""
    timeline = _timeline(threshold=HOUR)
    early, late = timeline.frames(BEGAN + DAY), timeline.frames(APRIL)
    assert "ACME-2428901" == early[-14].id
    assert 700 < len(late) == len({row.id for row in late})
    assert {(row.id, row.start, row.end) for row in early} < {(row.id, row.start, row.end) for row in late}


def _status(timeline: Timeline, now: float) -> str:
    return next(row.status for row in timeline.frames(now) if row.end == MARCH and row.kind == "usage")


def test_open_for_a_day() -> None:
    """An invoice is open for a day, then paid."""
    timeline = _timeline()
    assert ["open", "open", "paid"] == [_status(timeline, MARCH + age) for age in (0, DAY - 1, DAY)]


def test_some_payments_fail() -> None:
    """About one payment in twelve fails, and always the same."""
    found = [_status(_timeline(seed=seed), MARCH + DAY) for seed in range(600)]
    assert {"paid", "payment_failed"} == set(found)
    assert 30 < found.count("payment_failed") < 75
    assert found[:50] == [_status(_timeline(seed=seed), MARCH + DAY) for seed in range(50)]


def test_payments_fail() -> None:
    """The newest usage invoice cannot be paid, if so told; no other is touched."""
    plain, failing = (_timeline(payments_fail=on).frames(MARCH + DAY) for on in (False, True))
    changed = [(one.status, _told(other)) for one, other in zip(plain, failing, strict=True) if one != other]
    assert [("paid", ("usage", "2024-02-01", "2024-03-01"))] == changed
    assert "payment_failed" == _status(_timeline(payments_fail=True), MARCH + DAY)
    assert "open" == _status(_timeline(payments_fail=True), MARCH + DAY - 1)


def test_billed_until() -> None:
    """What comes after the newest usage invoice is not billed yet."""
    timeline = _timeline(threshold=12 * DAY)
    instants = (BEGAN, FEBRUARY + 12 * DAY, MARCH - 1, MARCH)
    expected = [FEBRUARY, FEBRUARY + 12 * DAY, FEBRUARY + 24 * DAY, MARCH]
    assert expected == [timeline.billed_until(now) for now in instants]
