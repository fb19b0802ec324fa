import datetime as dt

import pytest

from exporter.sandbox.periods import Frame, frames, midnight, month_of, month_start


def _unix(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


TODAY = _unix("2026-11-22")


def _days(frame: Frame) -> tuple[str, str]:
    start, end = (dt.datetime.fromtimestamp(at, tz=dt.UTC) for at in (frame.start, frame.end))
    return f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"


def test_default_list() -> None:
    """The newest fourteen hold a subscription billed ahead on top, threshold invoices, credits and bad payments."""
    expected = [
        ("subscription", "paid", ("2026-11-01", "2026-12-01")),
        ("subscription", "paid", ("2026-10-01", "2026-11-01")),
        ("usage", "open", ("2026-10-24", "2026-11-01")),
        ("usage", "paid", ("2026-10-17", "2026-10-24")),
        ("usage", "paid", ("2026-10-09", "2026-10-17")),
        ("credits", "paid", ("2026-10-12", "2026-10-13")),
        ("usage", "paid", ("2026-10-01", "2026-10-09")),
        ("subscription", "paid", ("2026-09-12", "2026-10-01")),
        ("usage", "paid", ("2026-09-01", "2026-10-01")),
        ("usage", "paid", ("2026-08-01", "2026-09-01")),
        ("usage", "paid", ("2026-07-01", "2026-08-01")),
        ("usage", "void", ("2026-06-01", "2026-07-01")),
        ("usage", "paid", ("2026-05-01", "2026-06-01")),
        ("usage", "payment_failed", ("2026-04-01", "2026-05-01")),
    ]
    assert expected == [(row.kind, row.status, _days(row)) for row in frames("ACME", TODAY, 14)]


def test_long_list() -> None:
    """A long list has its ids once each, no period twice, ends in order, and usage without a gap or an overlap."""
    rows = frames("ACME", TODAY, 500)
    usage = [row for row in rows if row.kind == "usage"]
    assert 500 == len({row.id for row in rows}) == len({(row.start, row.end) for row in rows})
    assert sorted((row.end for row in rows), reverse=True) == [row.end for row in rows]
    assert [row.end for row in usage[1:]] == [row.start for row in usage[:-1]]
    assert rows[-1].start > 0


@pytest.mark.parametrize("day", ["2026-11-01", "2026-01-31", "2024-02-29", "2026-12-31"])
def test_any_day(day: str) -> None:
    """On any day the newest usage invoice ends with the last month."""
    newest = next(row for row in frames("ACME", _unix(day), 14) if row.kind == "usage")
    assert _unix(f"{day[:7]}-01") == newest.end == month_start(month_of(_unix(day)))


def test_a_month_keeps_its_list() -> None:
    """The list changes only when a month ends."""
    assert frames("ACME", TODAY, 14) == frames("ACME", _unix("2026-11-30"), 14)
    assert frames("ACME", TODAY, 14) != frames("ACME", _unix("2026-12-01"), 14)


def test_midnight() -> None:
    """A day begins at midnight, UTC."""
    assert TODAY == midnight(TODAY + 86_399.9)
