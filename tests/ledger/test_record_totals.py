"""What a total of the API changes: what was spent stays spent, and falls only as the account's own hours fell."""

from decimal import Decimal

import pytest

from exporter.domain.budget import Scope
from exporter.domain.facts import ONLY, Correction, Facts, TotalFact
from exporter.domain.hours import Hours, hours_of, total_price
from exporter.domain.invoice import Category, Period
from exporter.domain.question import EVERYTHING, GetTotal, ListMonths, UsageList
from exporter.domain.totals import Totals
from exporter.domain.usage import Usage, UsageRow
from tests.builders import price
from tests.facts import DAY, HOUR, LATE_AFTER, account, at, hourly, period, recorded, usage

TEAM = Scope("platform")
START = at("2026-11-18")
SEVEN, EIGHT = (period("2026-11-18", f"2026-11-18T0{hour}:00") for hour in (7, 8))
HOURS = hourly("2026-11-18", "2026-11-18T08:00", 100)


def stated(*usages: Usage, is_found: bool = True) -> UsageList:
    """The API's answer of a total."""
    return UsageList(tuple(UsageRow(START, each) for each in usages), is_found=is_found)


def total(
    facts: Facts, within: Period, *usages: Usage, scope: Scope = TEAM, minutes: int = 10, is_found: bool = True
) -> Facts:
    """The facts with what the API states of a period, asked for so long after its end."""
    answer = stated(*usages, is_found=is_found)
    return recorded(facts, GetTotal(scope, within), answer, within.end + minutes * 60)


def fact(facts: Facts, within: Period, scope: Scope = TEAM) -> TotalFact:
    """What is known of a period."""
    found = facts.totals[scope].of(within)
    assert found
    return found


def amounts(facts: Facts, within: Period, scope: Scope = TEAM) -> dict[str, Decimal]:
    """What was spent in a period, by currency."""
    return {each.currency: total_price(each) for each in fact(facts, within, scope).usages}


def hours(facts: Facts) -> Hours:
    """The account's hours."""
    found = hours_of(facts, LATE_AFTER)
    assert found
    return found


def corrected(facts: Facts, amount: int, *, seen_at: float, place: int = 3) -> Facts:
    """The facts after an hour of the account fell by so much."""
    correction = Correction(seen_at, Decimal(amount), Decimal(amount))
    return facts.with_changes({"corrections": {START + place * HOUR: (correction,)}})


KNOWN = total(account(hours=HOURS), SEVEN, usage("70"))


def test_the_first_total() -> None:
    """What the API states at first is what was spent; several rows of it are added up, currency by currency."""
    facts = total(account(hours=HOURS), SEVEN, usage("40"), usage("2", "EUR"), usage("30"))

    assert {"USD": Decimal(70), "EUR": Decimal(2)} == amounts(facts, SEVEN)
    assert SEVEN.end + 600 == facts.totals[TEAM].seen_at


def test_a_total_that_grows() -> None:
    """A longer period holds what the shorter one did and more: the API's own figure is shown."""
    facts = total(KNOWN, EIGHT, usage("80"))

    assert TotalFact((usage("80"),), (usage("80"),), EIGHT.end + 600) == fact(facts, EIGHT)


@pytest.mark.parametrize(
    ("answer", "is_found"),
    [
        pytest.param((), False, id="404"),
        pytest.param((), True, id="empty"),
        pytest.param((usage("30"),), True, id="lower"),
        pytest.param((usage("0"),), True, id="zero"),
        pytest.param((usage("80", "EUR"),), True, id="in_another_currency"),
    ],
)
def test_what_the_api_forgets_was_spent(answer: tuple[Usage, ...], is_found: bool) -> None:  # noqa: FBT001 - a column
    """Where less is stated than before and the account's hours did not fall, the old value stays, for now."""
    facts = total(KNOWN, EIGHT, *answer, is_found=is_found)

    assert Decimal(70) == amounts(facts, EIGHT)["USD"]
    assert fact(facts, EIGHT).is_suspect
    # The same of the period that was asked for is kept as well.
    again = total(KNOWN, SEVEN, *answer, minutes=30, is_found=is_found)
    assert Decimal(70) == amounts(again, SEVEN)["USD"]
    assert not fact(again, SEVEN).is_suspect


def test_the_period_before_is_asked_for_again() -> None:
    """To know how much was forgotten, the period before is asked for: only like can be compared with like."""
    suspect = total(KNOWN, EIGHT, usage("35"))

    assert (GetTotal(TEAM, SEVEN, "USD"),) == Totals(suspect, hours(suspect)).wanted(TEAM, EIGHT)
    assert () == Totals(KNOWN, hours(KNOWN)).wanted(TEAM, SEVEN)


def test_stated_and_forgotten() -> None:
    """Then what was spent is what is stated of the whole period, and what was forgotten of the one before."""
    suspect = total(KNOWN, EIGHT, usage("35"))
    known = total(suspect, SEVEN, usage("30"), minutes=71)

    assert {"USD": Decimal(75)} == amounts(known, EIGHT)
    assert not fact(known, EIGHT).is_suspect
    assert {"USD": Decimal(70)} == amounts(known, SEVEN)
    assert () == Totals(known, hours(known)).wanted(TEAM, EIGHT)


NINE, TEN = (period("2026-11-18", f"2026-11-18T{hour}:00") for hour in ("09", "10"))


def test_what_was_forgotten_stays_in_the_next_hours() -> None:
    """Hour after hour, what was forgotten once is added to what the API states, and not asked for again."""
    known = total(total(KNOWN, EIGHT, usage("35")), SEVEN, usage("30"), minutes=71)
    nine = total(known, NINE, usage("41"))
    ten = total(nine, TEN, usage("46"))

    assert [Decimal(81), Decimal(86)] == [amounts(nine, NINE)["USD"], amounts(ten, TEN)["USD"]]
    assert not fact(ten, TEN).is_suspect


def test_forgotten_twice() -> None:
    """A second team that is forgotten is added to what was forgotten before."""
    known = total(total(KNOWN, EIGHT, usage("35")), SEVEN, usage("30"), minutes=71)
    nine = total(known, NINE, usage("20"))
    assert fact(nine, NINE).is_suspect
    known = total(nine, EIGHT, usage("15"), minutes=71)

    assert {"USD": Decimal(20 + 40 + 20)} == amounts(known, NINE)


def test_a_recovery_does_not_count_twice() -> None:
    """When the API knows again what it had forgotten, its own figure is shown: nothing is counted twice."""
    known = total(total(KNOWN, EIGHT, usage("35")), SEVEN, usage("30"), minutes=71)
    recovered = total(known, NINE, usage("82"))
    later = total(recovered, TEN, usage("90"))

    assert [Decimal(82), Decimal(90)] == [amounts(recovered, NINE)["USD"], amounts(later, TEN)["USD"]]


def test_a_genuine_correction() -> None:
    """A figure falls by what the account's own hours fell, and the API's own figure is shown."""
    facts = corrected(KNOWN, 30, seen_at=EIGHT.end)
    facts = total(facts, EIGHT, usage("45"))

    assert {"USD": Decimal(45)} == amounts(facts, EIGHT)
    assert not fact(facts, EIGHT).is_suspect


def test_a_correction_explains_no_more_than_it_is() -> None:
    """Where the figure falls by more than the hours did, the rest was forgotten, and not unspent."""
    facts = corrected(KNOWN, 10, seen_at=EIGHT.end)
    facts = total(facts, EIGHT, usage("20"))

    assert {"USD": Decimal(70)} == amounts(facts, EIGHT)


def test_a_correction_from_before_the_answer() -> None:
    """A correction that the known figure was asked for after explains no fall of it."""
    facts = total(corrected(KNOWN, 30, seen_at=SEVEN.end), EIGHT, usage("45"))

    assert fact(facts, EIGHT).is_suspect


@pytest.mark.parametrize("place", [-1, 7, 8])
def test_a_correction_outside_the_period(place: int) -> None:
    """A correction of an hour that the known figure does not hold explains no fall of it."""
    facts = total(corrected(KNOWN, 30, seen_at=EIGHT.end, place=place), EIGHT, usage("45"))

    assert fact(facts, EIGHT).is_suspect


def test_a_fall_of_a_cent_may_be_rounding() -> None:
    """Rows that are rounded by themselves may make a total fall by a cent: that is no loss."""
    assert {"USD": Decimal("69.99")} == amounts(total(KNOWN, EIGHT, usage("69.99")), EIGHT)
    assert {"USD": Decimal(70)} == amounts(total(KNOWN, EIGHT, usage("69.98")), EIGHT)


def test_scopes_are_paas_alone() -> None:
    """Within a scope PaaS alone counts, since BYOC is always the whole customer's; of the account all categories do."""
    both, paas = (Usage("USD", {Category.PAAS: price("70"), Category.BYOC: price(byoc)}) for byoc in ("30", "10"))
    team = total(total(account(hours=HOURS), SEVEN, both), EIGHT, paas)
    everything = total(total(account(hours=HOURS), SEVEN, both, scope=EVERYTHING), EIGHT, paas, scope=EVERYTHING)

    assert not fact(team, EIGHT).is_suspect
    assert fact(everything, EIGHT, EVERYTHING).is_suspect
    assert {"USD": Decimal(100)} == amounts(everything, EIGHT, EVERYTHING)


def test_a_scope_that_was_never_seen() -> None:
    """An empty answer about a scope in which nothing was ever spent says so: it was never seen."""
    facts = total(account(hours=HOURS), SEVEN, is_found=False)

    assert () == fact(facts, SEVEN).usages
    assert None is facts.totals[TEAM].seen_at
    assert None is total(facts, EIGHT, usage("0")).totals[TEAM].seen_at
    assert NINE.end + 600 == total(facts, NINE, usage("1")).totals[TEAM].seen_at
    assert SEVEN.end + 600 == total(total(KNOWN, EIGHT), NINE).totals[TEAM].seen_at


def test_the_two_newest_of_a_beginning_are_held() -> None:
    """Of the totals that begin at one instant the two newest are held; others are held for some time."""
    other = period("2026-11-17", "2026-11-18")
    facts = total(KNOWN, other, usage("1"))
    for within in (EIGHT, NINE, TEN):
        facts = total(facts, within, usage("99"))

    assert {NINE, TEN, other} == {each for each, _ in facts.totals[TEAM].totals}
    later = Period(START + 3 * DAY, START + 3 * DAY + HOUR)
    assert {later} == {each for each, _ in total(facts, later, usage("1")).totals[TEAM].totals}


def test_totals_of_a_month_are_held() -> None:
    """A total of more than a day is held for longer than a year: a finished month is not forgotten."""
    month = period("2026-11-01", "2026-12-01")
    facts = total(account(hours=HOURS), month, usage("700"))
    later = total(facts, period("2027-06-01", "2027-06-01T05:00"), usage("1"))

    assert month in {each for each, _ in later.totals[TEAM].totals}


def test_each_scope_by_itself() -> None:
    """What is known of one scope changes nothing of another."""
    facts = total(KNOWN, EIGHT, usage("1"), scope=Scope("other"))

    assert {"USD": Decimal(1)} == amounts(facts, EIGHT, Scope("other"))
    assert KNOWN.totals[TEAM] == facts.totals[TEAM]


def months(facts: Facts, asked_at: str, **by_month: tuple[Usage, ...]) -> Facts:
    """The facts with the finished months of 2026, such as `m10`."""
    rows = tuple(UsageRow(at(f"2026-{name[1:]}-01"), each) for name, usages in by_month.items() for each in usages)
    return recorded(facts, ListMonths(period("2025-12-01", "2026-11-01")), UsageList(rows), asked_at)


def shown(facts: Facts, month: str) -> dict[str, Decimal]:
    """What a finished month came to."""
    return {each.currency: total_price(each) for each in facts.months[ONLY].usages.get(at(f"2026-{month}-01"), ())}


def test_finished_months() -> None:
    """Each finished month is kept by its beginning, its currencies by themselves."""
    facts = months(account(), "2026-11-18", m10=(usage("7"), usage("3", "EUR"), usage("1")), m09=(usage("5"),))

    assert [{"USD": Decimal(8), "EUR": Decimal(3)}, {"USD": Decimal(5)}, {}] == [
        shown(facts, month) for month in ("10", "09", "08")
    ]
    assert (period("2025-12-01", "2026-11-01"), at("2026-11-18")) == (
        facts.months[ONLY].period,
        facts.months[ONLY].asked_at,
    )


@pytest.mark.parametrize("answer", [(), (usage("6"),), (usage("70", "EUR"),)], ids=["gone", "lower", "currency"])
def test_a_finished_month_that_falls(answer: tuple[Usage, ...]) -> None:
    """A finished month stays what it was where its own hours were not corrected."""
    facts = months(account(), "2026-11-18", m10=(usage("7"),), m09=(usage("5"),))

    assert {"USD": Decimal(7)} == shown(months(facts, "2026-11-19", m10=answer, m09=(usage("5"),)), "10")


def test_a_finished_month_that_is_corrected() -> None:
    """A finished month falls by what its hours fell, and rises as it is stated."""
    facts = months(account(), "2026-11-18", m10=(usage("7"),), m09=(usage("5"),))
    hour = at("2026-10-31T23:00")
    facts = facts.with_changes({"corrections": {hour: (Correction(at("2026-11-18T06:00"), Decimal(2), Decimal(2)),)}})
    facts = months(facts, "2026-11-19", m10=(usage("5"),), m09=(usage("6"),))

    assert [{"USD": Decimal(5)}, {"USD": Decimal(6)}] == [shown(facts, month) for month in ("10", "09")]


def test_months_that_are_not_asked_for_any_more() -> None:
    """A month that is older than a year is not kept, since it is not shown."""
    facts = months(account(), "2026-11-18", m10=(usage("7"),))
    question = ListMonths(period("2026-11-01", "2027-11-01"))

    assert {} == shown(recorded(facts, question, UsageList(()), "2027-11-18"), "10")
