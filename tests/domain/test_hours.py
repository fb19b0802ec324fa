"""The account's hours: what a missing one means, up to which instant figures go, and which currency is whose."""

from decimal import Decimal

import pytest

from exporter.domain.facts import ONLY
from exporter.domain.hours import (
    Hours,
    Segment,
    hours_in,
    hours_of,
    paas_price,
    past_months_by_hour,
    total_price,
    trailing_day,
)
from exporter.domain.invoice import Category, Period
from exporter.domain.usage import Usage
from tests.builders import price
from tests.facts import DAY, HOUR, LATE_AFTER, account, at, hourly, moved, period, usage

NOON = "2026-11-18T12:00"


def hours(listed: dict[float, Usage], read_at: str, since: str = "2026-11-01") -> Hours:
    """The hours as they were known at an answer."""
    known = hours_of(account(hours=listed, since=since, read_at=read_at), LATE_AFTER)
    assert known
    return known


@pytest.mark.parametrize(
    ("read_at", "through"),
    [
        pytest.param("2026-11-18T12:00", "2026-11-18T12:00", id="on_time"),
        pytest.param("2026-11-18T13:59", "2026-11-18T12:00", id="an_hour_is_late"),
        pytest.param("2026-11-18T15:59", "2026-11-18T12:00", id="late_to_the_last_minute"),
        pytest.param("2026-11-18T16:00", "2026-11-18T13:00", id="late_for_as_long_as_is_waited"),
        pytest.param("2026-11-20T09:30", "2026-11-20T06:00", id="stopped_days_ago"),
    ],
)
def test_figures_end_at_the_newest_hour_that_is_known(read_at: str, through: str) -> None:
    """After the newest listed hour one counts as zero once it has been over for `late_after` at the last answer."""
    known = hours(hourly("2026-11-17", NOON), read_at)

    assert (at(NOON), at(through)) == (known.listed_through, known.through)


def test_an_outage_makes_nothing_zero() -> None:
    """Without an answer no hour becomes zero, however late it is by the clock: no clock is read at all."""
    facts = account(hours=hourly("2026-11-17", NOON), read_at="2026-11-18T12:10")
    known = hours_of(facts, LATE_AFTER)

    assert known
    assert at(NOON) == known.through


def test_a_gap_is_zero_at_once() -> None:
    """An hour that is not listed while a later one is counts as zero at once: figures go on beyond it."""
    listed = {**hourly("2026-11-17", "2026-11-18T10:00"), **hourly("2026-11-18T11:00", NOON)}
    known = hours(listed, NOON)

    assert at(NOON) == known.through
    assert (usage(35),) == known.used(period("2026-11-17", NOON))


def test_a_running_hour_that_is_listed() -> None:
    """Where the list already has the hour that is running, those before it are over: at once they count as zero."""
    facts = moved(account(hours=hourly("2026-11-17", NOON), read_at="2026-11-18T14:10"), newest="2026-11-18T14:00")
    known = hours_of(facts, LATE_AFTER)

    assert known
    assert (at(NOON), at("2026-11-18T14:00")) == (known.listed_through, known.through)


def test_nothing_was_ever_listed() -> None:
    """An account that never used anything has no hours, and no currency: nothing is known of it."""
    assert None is hours_of(account(hours={}), LATE_AFTER)
    assert None is hours_of(account(), LATE_AFTER)


def test_within() -> None:
    """A period's hours are those that begin in it, oldest first, whatever the order in which they came."""
    listed = hourly("2026-11-17", "2026-11-18")
    known = hours(dict(reversed(listed.items())), NOON)

    assert [at("2026-11-17T03:00"), at("2026-11-17T04:00")] == [
        start for start, _ in known.within(period("2026-11-17T03:00", "2026-11-17T05:00"))
    ]
    assert [] == list(known.within(period("2026-11-16", "2026-11-17")))


def test_known_since() -> None:
    """What lies before the first hour that was asked for is not known, and that is not zero."""
    known = hours(hourly("2026-11-17", NOON), NOON, since="2026-11-16")

    assert [True, True, False] == [known.is_known(at(day)) for day in ("2026-11-17", "2026-11-16", "2026-11-15")]


def test_currencies() -> None:
    """A period's currencies are those of its hours, the newest first; an unlisted hour has the one before it."""
    listed = {**hourly("2026-11-17", "2026-11-17T02:00"), **hourly("2026-11-17T02:00", "2026-11-17T04:00", 1, "EUR")}
    known = hours(listed, NOON)

    assert ("EUR", "USD") == known.currencies(period("2026-11-17", "2026-11-18"))
    assert ("USD",) == known.currencies(period("2026-11-17", "2026-11-17T02:00"))
    assert ("EUR",) == known.currencies(period("2026-11-17T10:00", NOON))
    assert "USD" == known.currency_at(at("2026-11-01"))


@pytest.mark.parametrize(
    ("currencies", "expected"),
    [
        pytest.param(["USD"] * 4, [(0, 4, "USD")], id="one"),
        pytest.param(["USD", "USD", "EUR", "EUR"], [(0, 2, "USD"), (2, 4, "EUR")], id="a_change"),
        pytest.param(["USD", "EUR", "USD", "USD"], [(0, 1, "USD"), (1, 2, "EUR"), (2, 4, "USD")], id="back_and_forth"),
        pytest.param(["USD", None, "USD", "EUR"], [(0, 3, "USD"), (3, 4, "EUR")], id="a_gap_within_one"),
        pytest.param(["USD", None, None, "EUR"], [(0, 1, "USD"), (3, 4, "EUR")], id="a_gap_at_the_change"),
        pytest.param([None, "EUR", None, None], [(0, 2, "EUR")], id="it_ends_with_the_last_listed_hour"),
        pytest.param([None] * 4, [], id="nothing_listed"),
    ],
)
def test_segments(currencies: list[str | None], expected: list[tuple[int, int, str]]) -> None:
    """A period is split where its hours change currency; what is known to be without usage is left out."""
    start = at("2026-11-17")
    listed = {start + place * HOUR: usage("1", each) for place, each in enumerate(currencies) if each}
    known = Hours({**hourly("2026-11-16", "2026-11-16T01:00"), **listed}, at("2026-11-01"), at(NOON), LATE_AFTER)
    found = known.segments(Period(start, start + 4 * HOUR))

    assert tuple(
        Segment(Period(start + first * HOUR, start + last * HOUR), each) for first, last, each in expected
    ) == (found)
    assert found is known.segments(Period(start, start + 4 * HOUR))


def test_segments_of_what_was_never_asked_for() -> None:
    """Hours that were never asked for are in the first part: they are asked for with it, or by themselves."""
    known = hours(hourly("2026-11-17", NOON), NOON, since="2026-11-17")

    assert (Segment(period("2026-11-01", NOON), "USD"),) == known.segments(period("2026-11-01", NOON))
    assert (Segment(period("2026-10-01", "2026-11-01"), "USD"),) == known.segments(period("2026-10-01", "2026-11-01"))
    assert (Segment(period("2026-11-16", "2026-11-17"), "USD"),) == hours(
        hourly("2026-11-18", NOON), NOON, since="2026-11-17"
    ).segments(period("2026-11-16", "2026-11-18"))


def test_no_time_at_all() -> None:
    """A period that has just begun has no parts to be asked for."""
    assert () == hours(hourly("2026-11-17", NOON), NOON).segments(period(NOON, NOON))


def test_used_in_two_currencies() -> None:
    """Two currencies are two sums, the newest first; nothing is added across."""
    listed = {
        **hourly("2026-11-17", "2026-11-17T02:00", "1.5"),
        **hourly("2026-11-17T02:00", "2026-11-17T05:00", 2, "EUR"),
    }

    assert (usage("6", "EUR"), usage("3.0")) == hours(listed, NOON).used(period("2026-11-17", "2026-11-18"))


def test_zeros() -> None:
    """Each currency of the month that a shorter time does not use is a zero there, in its newest parts."""
    listed = {**hourly("2026-11-17", "2026-11-17T02:00"), **hourly("2026-11-17T02:00", "2026-11-17T05:00", 2, "EUR")}
    known, hour = hours(listed, NOON), period("2026-11-17T04:00", "2026-11-17T05:00")

    assert (usage("2", "EUR"), usage("0")) == known.with_zeros(known.used(hour), hour, ("EUR", "USD"))
    assert (usage("0", "EUR"),) == known.with_zeros((), period("2026-11-18", "2026-11-18"), ())
    assert (usage("2", "EUR"),) == known.with_zeros((usage("2", "EUR"),), hour, ("EUR", "CHF"))


def test_until() -> None:
    """As of an earlier instant the hours after it are not there, and figures end right then."""
    known = hours(hourly("2026-11-17", NOON), "2026-11-18T16:30").until(at("2026-11-18T06:00"))

    assert (at("2026-11-18T06:00"), at("2026-11-18T06:00")) == (known.through, known.listed_through)
    zeros = hours(hourly("2026-11-17", "2026-11-18"), "2026-11-18T16:30").until(at("2026-11-18T06:00"))
    assert (at("2026-11-18T06:00"), at("2026-11-18")) == (zeros.through, zeros.listed_through)


def test_newest_of_a_currency() -> None:
    """The newest usage in a currency is found among older ones; a currency that was never used has none."""
    listed = {at("2026-11-17"): usage("7", "EUR"), **hourly("2026-11-17T01:00", NOON)}

    assert usage("7", "EUR") == hours(listed, NOON).newest_of("EUR")
    assert None is hours(listed, NOON).newest_of("JPY")


def test_past_months_in_several_currencies() -> None:
    """A finished month is taken apart where all of its hours are known, and they are in several currencies."""
    listed = {
        **hourly("2026-08-31", "2026-09-02", 1, "EUR"),
        **hourly("2026-09-02", "2026-10-05"),
        **hourly("2026-10-05", "2026-11-02", 1, "EUR"),
    }
    known = hours(listed, "2026-11-02", since="2026-09-01")

    assert [(1, period("2026-10-01", "2026-11-01")), (2, period("2026-09-01", "2026-10-01"))] == list(
        past_months_by_hour(known, period("2026-11-01", "2026-12-01"))
    )


def test_small_things() -> None:
    """The trailing day is 24 hours; a period's hours are the whole ones in it; PaaS is one category of several."""
    assert Period(at(NOON) - DAY, at(NOON)) == trailing_day(at(NOON))
    assert [at("2026-11-18"), at("2026-11-18T01:00")] == list(hours_in(period("2026-11-18", "2026-11-18T02:00")))
    assert [] == list(hours_in(period("2026-11-18", "2026-11-17")))
    both = Usage("USD", {Category.PAAS: price("3"), Category.BYOC: price("4")})
    assert (Decimal(7), Decimal(3)) == (total_price(both), paas_price(both))


def test_the_ledger_says_since_when() -> None:
    """Since when hours are known, and when they were read, is what the ledger has of it."""
    facts = account(hours=hourly("2026-11-17", NOON), since="2026-11-01", read_at="2026-11-18T12:10")

    assert (at("2026-11-01"), at("2026-11-18T12:10")) == (facts.hours_read[ONLY].start, facts.hours_read[ONLY].read_at)
