from exporter.northflank.http.tally import HOUR_MINUTES, TEN_MINUTES, Tally


def tally_of(**counts: int) -> Tally:
    """Counts by minute, named `m7` and so on."""
    tally = Tally()
    for minute, count in counts.items():
        tally.add(int(minute[1:]), count)
    return tally


def test_minutes_that_are_partly_in_the_window() -> None:
    """A minute counts until its last second has left the window."""
    tally = tally_of(m0=2, m5=3, m10=4)

    assert 9 == tally.within(TEN_MINUTES, now=10 * 60 + 59.9)
    assert 7 == tally.within(TEN_MINUTES, now=11 * 60)
    assert {5: 3, 10: 4} == tally.by_minute(now=61 * 60)


def test_room() -> None:
    """Room comes with the minute whose end leaves enough behind; older minutes do not delay it."""
    tally = tally_of(m1=100, m100=2, m105=3)

    now = 106 * 60.0
    assert 0.0 == tally.seconds_until_below(6, TEN_MINUTES, now)
    assert 300.0 == tally.seconds_until_below(5, TEN_MINUTES, now)
    assert 600.0 == tally.seconds_until_below(3, TEN_MINUTES, now)
    assert 600.0 == tally.seconds_until_below(0, TEN_MINUTES, now)


def test_what_no_window_holds_is_forgotten() -> None:
    """Counts do not pile up: what is older than an hour is dropped, and nothing younger."""
    tally = tally_of(m0=1, m1=2, m61=3)
    tally.forget_before(now=61 * 60)

    assert {1: 2, 61: 3} == tally.by_minute(now=0)
    assert 5 == tally.within(HOUR_MINUTES, now=61 * 60)
