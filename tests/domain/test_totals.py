"""Which totals make up a figure, which of them have to be asked for, and what they add up to."""

from decimal import Decimal

from exporter.domain.budget import Scope
from exporter.domain.facts import Correction, Facts
from exporter.domain.hours import hours_of
from exporter.domain.invoice import Period
from exporter.domain.question import EVERYTHING, GetTotal
from exporter.domain.totals import Totals
from tests.facts import LATE_AFTER, account, at, hourly, period, usage, with_total

NOON = "2026-11-18T12:00"
MONTH = period("2026-11-01", NOON)
TEAM = Scope("platform")
ONE = account(hours=hourly("2026-11-01", NOON))
DOLLARS, EUROS, AGAIN = (
    period(start, end)
    for start, end in (("2026-11-01", "2026-11-05"), ("2026-11-05", "2026-11-09"), ("2026-11-09", NOON))
)
TWO = account(
    hours={
        **hourly(DOLLARS.start, DOLLARS.end),
        **hourly(EUROS.start, EUROS.end, 1, "EUR"),
        **hourly(AGAIN.start, AGAIN.end),
    }
)


def totals(facts: Facts) -> Totals:
    """The account's totals."""
    hours = hours_of(facts, LATE_AFTER)
    assert hours
    return Totals(facts, hours)


def test_one_currency() -> None:
    """A month in one currency is one question, asked once: what was answered is what was spent."""
    question = GetTotal(TEAM, MONTH, "USD")
    assert (question,) == totals(ONE).questions(TEAM, MONTH) == totals(ONE).wanted(TEAM, MONTH)
    assert None is totals(ONE).spent(TEAM, MONTH)
    known = with_total(ONE, MONTH, usage(7), scope=TEAM)
    assert () == totals(known).wanted(TEAM, MONTH)
    assert (usage(7),) == totals(known).spent(TEAM, MONTH)
    assert None is totals(known).spent(EVERYTHING, MONTH)


def test_hours_that_change_currency() -> None:
    """A period is split where its hours change currency, also back and forth; each part is asked for by itself."""
    parts = tuple(
        GetTotal(TEAM, each, currency) for each, currency in ((DOLLARS, "USD"), (EUROS, "EUR"), (AGAIN, "USD"))
    )
    assert parts == totals(TWO).questions(TEAM, MONTH)
    assert parts[::2] == totals(TWO).questions(TEAM, MONTH, "USD")
    assert () == totals(TWO).questions(TEAM, MONTH, "JPY")

    facts = with_total(with_total(TWO, DOLLARS, usage(1), scope=TEAM), EUROS, usage(2, "EUR"), scope=TEAM)
    assert parts[2:] == totals(facts).wanted(TEAM, MONTH)
    assert None is totals(facts).spent(TEAM, MONTH)
    facts = with_total(facts, AGAIN, usage(4), scope=TEAM)
    assert (usage(5), usage(2, "EUR")) == totals(facts).spent(TEAM, MONTH)
    assert (usage(2, "EUR"),) == totals(facts).spent(TEAM, MONTH, "EUR")


def test_a_period_without_hours() -> None:
    """What is known to be without usage is not asked for: nothing was spent in it."""
    facts = account(hours=hourly("2026-11-01", NOON))
    later = period(NOON, "2026-11-19")

    assert ((), ()) == (totals(facts).wanted(TEAM, later), totals(facts).spent(TEAM, later))


def test_zero_hours_ask_for_nothing() -> None:
    """A total ends with the last listed hour: hours that count as zero later make no new question of it."""
    known = with_total(ONE, MONTH, usage(7), scope=TEAM)
    later = Period(MONTH.start, MONTH.end + 9 * 3600)

    assert ((), (usage(7),)) == (totals(known).wanted(TEAM, later), totals(known).spent(TEAM, later))


def test_a_corrected_hour() -> None:
    """A total that was asked for before an hour of its period was corrected is asked for again, and shown till then."""
    known = with_total(ONE, MONTH, usage(7), scope=TEAM)
    seen = Correction(MONTH.end + 600, Decimal(1), Decimal(1))
    inside = known.with_changes({"corrections": {at("2026-11-03"): (seen,)}})
    outside = known.with_changes({"corrections": {at("2026-10-03"): (seen,), MONTH.end: (seen,)}})

    assert (GetTotal(TEAM, MONTH, "USD"),) == totals(inside).wanted(TEAM, MONTH)
    assert (usage(7),) == totals(inside).spent(TEAM, MONTH)
    assert () == totals(outside).wanted(TEAM, MONTH)
    assert () == totals(with_total(inside, MONTH, usage(6), scope=EVERYTHING)).wanted(EVERYTHING, period(NOON, NOON))


def test_a_correction_of_one_part() -> None:
    """Of a period in parts only the one with the corrected hour is asked for again."""
    facts = TWO
    for part, currency in ((DOLLARS, "USD"), (EUROS, "EUR"), (AGAIN, "USD")):
        facts = with_total(facts, part, usage(1, currency), scope=TEAM, asked_at=NOON)
    facts = facts.with_changes({"corrections": {EUROS.start: (Correction(at(NOON) + 1),)}})

    assert (GetTotal(TEAM, EUROS, "EUR"),) == totals(facts).wanted(TEAM, MONTH)


def test_a_suspect_total() -> None:
    """Where less is stated than before, the period before is asked for again: like is compared with like."""
    before = Period(MONTH.start, MONTH.end - 3600)
    facts = with_total(ONE, before, usage(9), scope=TEAM)
    facts = with_total(facts, MONTH, usage(9), scope=TEAM, stated=(usage(4),), is_suspect=True)
    assert (GetTotal(TEAM, before, "USD"),) == totals(facts).wanted(TEAM, MONTH)
    assert (usage(9),) == totals(facts).spent(TEAM, MONTH)

    alone = with_total(ONE, MONTH, usage(9), scope=TEAM, is_suspect=True)
    assert () == totals(alone).wanted(TEAM, MONTH)
