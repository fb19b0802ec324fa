"""The account's own figures, from facts: what a missing hour means, when periods turn, two currencies, what is kept."""

import pytest

from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Facts, PreviewFact
from exporter.domain.invoice import Category, Invoice, InvoiceDetail, Period
from exporter.domain.report import Generation, UsageSection
from exporter.domain.usage import Spend, Usage
from exporter.views.usage import NOTHING_STATED, usage_view
from tests.builders import NO_USAGE, invoice, price, usage_invoice
from tests.facts import HOUR, Amount, Instant, account, at, hourly, moved, period, usage, with_months, with_total

GENERATIONS = pytest.mark.parametrize("generation", [Generation.B, Generation.C])
NOON = "2026-11-18T12:00"
EXTENT = Extent()


def spend(start: Instant, end: Instant, *usages: Usage) -> Spend:
    """What was used in a time."""
    return Spend(period(start, end), usages)


def view(facts: Facts, now: Instant = "2026-11-18T12:20") -> UsageSection:
    """The section; there has to be one."""
    section = usage_view(facts, EXTENT, at(now))
    assert section
    return section


def by_currency(several: Spend) -> dict[str, Usage]:
    """The usages of a time, by their currency."""
    return {each.currency: each for each in several.usages}


def known(
    generation: Generation,
    hours: dict[float, Usage],
    *,
    amount: Amount = 0,
    month: Instant = "2026-11-01",
    read_at: Instant | None = None,
    invoices: tuple[Invoice, ...] = (),
    since: Instant = "2026-10-01",
) -> Facts:
    """An account whose month to date is known: by its hours (2026-06), or because it was asked for (2026-10)."""
    facts = account(generation, hours=hours, since=since, read_at=read_at, invoices=invoices)
    if generation is Generation.B:
        return facts
    listed = [start for start in hours if start >= at(month)]
    if listed:
        facts = with_total(facts, Period(at(month), max(listed) + HOUR), usage(amount))
    return with_months(facts, NOON, {}, month)


@GENERATIONS
def test_mid_month(generation: Generation) -> None:
    """All ends at the newest complete hour: month to date, trailing day, the hour itself."""
    section = view(known(generation, hourly("2026-11-01", NOON), amount=17 * 24 + 12))

    assert spend("2026-11-18T11:00", NOON, usage(1)) == section.hour
    assert spend("2026-11-01", NOON, usage(17 * 24 + 12)) == section.month_to_date
    assert spend("2026-11-17T12:00", NOON, usage(24)) == section.trailing_day
    assert (None, at(NOON)) == (section.unbilled, section.listed_through)


@GENERATIONS
def test_the_month_s_turn(generation: Generation) -> None:
    """In a month's first hour nothing was spent in it yet: zeros, in the parts that the newest hour has."""
    facts = known(generation, hourly("2026-11-01", "2026-12-01"), month="2026-12-01", since="2026-11-01")
    section = view(facts, "2026-12-01T00:20")

    assert spend("2026-11-30T23:00", "2026-12-01", usage(1)) == section.hour
    assert spend("2026-12-01", "2026-12-01", usage(0)) == section.month_to_date
    assert spend("2026-11-30", "2026-12-01", usage(24)) == section.trailing_day


@GENERATIONS
def test_the_first_hour(generation: Generation) -> None:
    """After it the month to date is that hour, and the trailing day goes across the turn."""
    facts = known(generation, hourly("2026-11-20", "2026-12-01T01:00"), month="2026-12-01", amount=1)
    section = view(facts, "2026-12-01T01:20")

    assert spend("2026-12-01", "2026-12-01T01:00", usage(1)) == section.month_to_date == section.hour
    assert spend("2026-11-30T01:00", "2026-12-01T01:00", usage(24)) == section.trailing_day


@GENERATIONS
def test_an_hour_that_is_late(generation: Generation) -> None:
    """While the newest hours are late, figures end where the listed ones do, also after a turn: in the old month."""
    facts = known(generation, hourly("2026-11-01", "2026-11-30T22:00"), amount=718, read_at="2026-12-01T01:20")
    section = view(facts, "2026-12-01T01:20")

    assert spend("2026-11-01", "2026-11-30T22:00", usage(29 * 24 + 22)) == section.month_to_date


@GENERATIONS
def test_late_for_too_long(generation: Generation) -> None:
    """Then the hour counts as zero, and the month turns without it."""
    facts = known(generation, hourly("2026-11-01", "2026-11-30T22:00"), month="2026-12-01", read_at="2026-12-01T04:05")
    section = view(facts, "2026-12-01T04:05")

    assert spend("2026-12-01T00:00", "2026-12-01T01:00", usage(0)) == section.hour == section.month_to_date
    assert spend("2026-11-30T01:00", "2026-12-01T01:00", usage(21)) == section.trailing_day
    assert at("2026-11-30T22:00") == section.listed_through


@GENERATIONS
def test_no_answer_for_days(generation: Generation) -> None:
    """While nothing is answered, an outage of ours or of the API makes nothing zero, however late it is."""
    facts = known(generation, hourly("2026-11-01", NOON), amount=17 * 24 + 12)

    assert view(facts) == view(facts, "2026-11-25T09:00")


@GENERATIONS
def test_an_account_that_stopped(generation: Generation) -> None:
    """An account that stopped shows zeros hour by hour, and no month but the one that it is."""
    facts = known(generation, hourly("2026-10-20", "2026-10-22"), month="2026-11-01", read_at="2026-11-18T15:00")
    section = view(facts, "2026-11-18T15:05")

    assert spend("2026-11-18T11:00", NOON, usage(0)) == section.hour
    assert spend("2026-11-01", NOON, usage(0)) == section.month_to_date
    assert spend("2026-11-17T12:00", NOON, usage(0)) == section.trailing_day
    assert at("2026-10-22") == section.listed_through


@GENERATIONS
def test_an_account_that_never_used_anything(generation: Generation) -> None:
    """Of an account that never used anything nothing is shown: its currency is not known."""
    assert UsageSection() == view(known(generation, {}))


@GENERATIONS
def test_a_gap(generation: Generation) -> None:
    """A nightly gap has zeros: the trailing day is there, with what was listed of it."""
    hours = {**hourly("2026-11-01", "2026-11-18T02:00"), **hourly("2026-11-18T08:00", NOON)}
    section = view(known(generation, hours, amount=17 * 24 + 6))

    assert spend("2026-11-01", NOON, usage(17 * 24 + 6)) == section.month_to_date
    assert spend("2026-11-17T12:00", NOON, usage(18)) == section.trailing_day


@GENERATIONS
def test_less_than_a_day(generation: Generation) -> None:
    """Hours that were never asked for are no zeros: without 24 known ones there is no trailing day."""
    facts = known(generation, hourly("2026-11-18", NOON), amount=12, since="2026-11-17T13:00")
    if generation is Generation.C:
        assert None is view(facts).trailing_day
    else:
        assert None is usage_view(facts, EXTENT, at("2026-11-18T12:20"))


def test_what_was_never_asked_for() -> None:
    """As long as the month's total was never asked for, no figure is shown in place of it."""
    facts = with_months(account(hours=hourly("2026-11-01", NOON)), NOON, {}, "2026-11-01")
    assert None is usage_view(facts, EXTENT, at(NOON))

    facts = with_total(account(hours=hourly("2026-11-01", NOON)), period("2026-11-01", NOON), usage(1))
    assert None is usage_view(facts, EXTENT, at(NOON))


def test_the_newest_instant_of_which_all_is_known() -> None:
    """While another hour's total is asked for, all figures are those of the hour before, and agree."""
    facts = known(Generation.C, hourly("2026-11-01", NOON), amount=17 * 24 + 12)
    facts = facts.with_changes({"hours": hourly(NOON, "2026-11-18T13:00", 5)})
    section = view(moved(facts, read_at="2026-11-18T13:10"), "2026-11-18T13:10")

    assert spend("2026-11-01", NOON, usage(17 * 24 + 12)) == section.month_to_date
    assert (spend("2026-11-18T11:00", NOON, usage(1)), at(NOON)) == (section.hour, section.listed_through)


def test_the_turn_while_months_are_asked_for() -> None:
    """At a month's turn the old month is shown until the finished ones are known."""
    facts = known(Generation.C, hourly("2026-11-01", "2026-11-30T23:00"), amount=719)
    facts = facts.with_changes({"hours": hourly("2026-11-30T23:00", "2026-12-01T01:00")})
    section = view(moved(facts, read_at="2026-12-01T01:10"), "2026-12-01T01:10")

    assert spend("2026-11-01", "2026-11-30T23:00", usage(719)) == section.month_to_date


def test_what_is_kept_of_a_total() -> None:
    """What was spent stays spent: of a total that the API has forgotten a part of, the whole is shown."""
    facts = with_total(
        account(hours=hourly("2026-11-01", NOON)), period("2026-11-01", NOON), usage(420), stated=(usage(3),)
    )
    section = view(with_months(facts, NOON, {}, "2026-11-01"))

    assert spend("2026-11-01", NOON, usage(420)) == section.month_to_date


TWO_CURRENCIES = {**hourly("2026-11-01", "2026-11-10"), **hourly("2026-11-10", NOON, 2, "EUR")}
EUROS = 2 * (8 * 24 + 12)


@GENERATIONS
def test_two_currencies_in_a_month(generation: Generation) -> None:
    """A period with two currencies has two sums, and each currency of the month its hour and day, zero if unused."""
    facts = account(generation, hours=TWO_CURRENCIES)
    if generation is Generation.C:
        facts = with_total(facts, period("2026-11-01", "2026-11-10"), usage(9 * 24))
        facts = with_total(facts, period("2026-11-10", NOON), usage(EUROS, "EUR"))
        facts = with_months(facts, NOON, {}, "2026-11-01")
    section = view(facts)

    assert section.month_to_date
    assert {"USD": usage(9 * 24), "EUR": usage(EUROS, "EUR")} == by_currency(section.month_to_date)
    assert spend("2026-11-18T11:00", NOON, usage(2, "EUR"), usage(0)) == section.hour
    assert spend("2026-11-17T12:00", NOON, usage(48, "EUR"), usage(0)) == section.trailing_day


def test_a_new_month_in_a_new_currency() -> None:
    """An unlisted hour has the currency of the one before it; of last month's currencies no other is shown."""
    facts = account(Generation.B, hours=TWO_CURRENCIES, read_at="2026-12-05T06:00")
    section = view(facts, "2026-12-05T06:10")

    assert spend("2026-12-01", "2026-12-05T03:00", usage(0, "EUR")) == section.month_to_date
    assert spend("2026-12-05T02:00", "2026-12-05T03:00", usage(0, "EUR")) == section.hour


def test_past_months() -> None:
    """Finished months are what the API added up, by how many months ago they were; unused ones are not shown."""
    facts = known(Generation.C, hourly("2026-11-01", NOON), amount=420)
    facts = with_months(facts, NOON, {"2026-10-01": (usage(7),), "2025-11-01": (usage(3),)}, "2026-11-01")

    assert {
        1: spend("2026-10-01", "2026-11-01", usage(7)),
        12: spend("2025-11-01", "2025-12-01", usage(3)),
    } == view(facts).past_months


def test_a_past_month_in_two_currencies() -> None:
    """A finished month whose hours change currency is the sum of its parts: one row would add up both."""
    october = {**hourly("2026-10-01", "2026-10-02"), **hourly("2026-10-02", "2026-11-01", 2, "EUR")}
    facts = known(Generation.C, {**october, **hourly("2026-11-01", NOON, 1, "EUR")}, amount=420)
    facts = with_months(facts, NOON, {"2026-10-01": (usage(744),)}, "2026-11-01")
    assert None is usage_view(facts, EXTENT, at(NOON))

    facts = with_total(facts, period("2026-10-01", "2026-10-02"), usage(24))
    facts = with_total(facts, period("2026-10-02", "2026-11-01"), usage(60, "EUR"))
    assert {"USD": usage(24), "EUR": usage(60, "EUR")} == by_currency(view(facts).past_months[1])


def test_past_months_by_their_hours() -> None:
    """Where nothing is added up (2026-06), a finished month is shown once each of its hours was asked for."""
    hours = hourly("2026-09-15", NOON)
    facts = account(Generation.B, hours=hours, since="2026-09-15")
    assert {1: spend("2026-10-01", "2026-11-01", usage(744))} == view(facts).past_months

    facts = account(Generation.B, hours=hourly("2026-11-01", NOON), since="2026-09-01")
    assert {} == view(facts).past_months


def ended(end: Instant, *, currency: str = "USD") -> Invoice:
    """An invoice that bills usage until an instant."""
    return invoice(period=period("2026-11-01", end), currency=currency, categories={Category.PAAS: price("10")})


@GENERATIONS
@pytest.mark.parametrize(
    ("end", "since", "amount"),
    [
        pytest.param("2026-11-15", "2026-11-15", 84, id="at_a_full_hour"),
        pytest.param("2026-11-15T00:20", "2026-11-15T01:00", 83, id="within_an_hour"),
    ],
)
def test_unbilled(generation: Generation, end: str, since: str, amount: int) -> None:
    """Unbilled spend begins at the invoice's end and counts from the first full hour after it."""
    facts = known(generation, hourly("2026-11-01", NOON), amount=420, invoices=(ended(end),))
    if generation is Generation.C:
        assert None is usage_view(facts, EXTENT, at(NOON))
        facts = with_total(facts, period(since, NOON), usage(amount))

    assert spend(end, NOON, usage(amount)) == view(facts).unbilled


@GENERATIONS
@pytest.mark.parametrize("end", ["2026-11-18T11:30", "2026-11-18T12:00", "2026-11-18T12:10"])
def test_an_invoice_that_has_just_ended(generation: Generation, end: str) -> None:
    """As long as no full hour is over since its end, nothing is unbilled."""
    facts = known(generation, hourly("2026-11-01", NOON), amount=420, invoices=(ended(end),))

    assert spend(end, max(at(end), at(NOON)), usage(0)) == view(facts).unbilled


@pytest.mark.parametrize("status", ["paid", "open"])
def test_unbilled_begins_with_what_bills_usage(status: str) -> None:
    """Neither a subscription nor an invoice whose period is not over is what unbilled usage begins after."""
    ahead = usage_invoice("ahead", period=period("2026-11-15", "2026-12-15"), status=status)
    monthly = invoice("monthly", period=period("2026-10-15", "2026-11-15"), categories=NO_USAGE)
    facts = known(Generation.B, hourly("2026-11-01", NOON), invoices=(ahead, monthly))

    assert None is view(facts).unbilled


def test_unbilled_of_hours_that_are_not_known() -> None:
    """Where the hours since the newest invoice were never asked for (2026-06), the rest is shown without them."""
    facts = known(Generation.B, hourly("2026-11-01", NOON), invoices=(ended("2026-11-02"),), since="2026-11-01")
    assert spend("2026-11-02", NOON, usage(16 * 24 + 12)) == view(facts).unbilled

    old = usage_invoice(period=period("2026-08-01", "2026-09-01"))
    facts = known(Generation.B, hourly("2026-11-01", NOON), invoices=(old,), since="2026-11-01")
    assert None is view(facts).unbilled
    assert view(facts).month_to_date


def test_unbilled_across_currencies() -> None:
    """What is unbilled has a sum in each of its currencies, and none in those that it does not use."""
    facts = account(Generation.B, hours=TWO_CURRENCIES, invoices=(ended("2026-11-09"),))

    unbilled = view(facts).unbilled
    assert unbilled
    assert {"USD": usage(24), "EUR": usage(EUROS, "EUR")} == by_currency(unbilled)
    facts = account(Generation.B, hours=TWO_CURRENCIES, invoices=(ended("2026-11-15"),))
    unbilled = view(facts).unbilled
    assert unbilled
    assert {"EUR": usage(2 * 84, "EUR")} == by_currency(unbilled)


def test_before_anything_is_known() -> None:
    """Nothing is shown before the generation is known, nor before hours were read."""
    assert None is usage_view(Facts(), EXTENT, 0)
    assert None is usage_view(account(), EXTENT, 0)
    assert None is usage_view(account(Generation.B).with_changes({"list_read": {ONLY: None}}), EXTENT, 0)


def test_no_currency_at_all() -> None:
    """Without an invoice nobody knows what 2026-06 counts in: an empty section, which is a success."""
    assert NOTHING_STATED == usage_view(account(Generation.B), EXTENT, 0)


def preview(facts: Facts, detail: InvoiceDetail) -> Facts:
    """With what has accrued since the last invoice (2024)."""
    return facts.with_changes({"preview": {ONLY: PreviewFact(detail, "EUR", at(NOON))}})


ACCRUED = {Category.PAAS: price("3")}
A = account(Generation.A, invoices=[ended("2026-11-15")])


def test_the_preview() -> None:
    """In 2024 what is unbilled is the preview, until the instant at which it was asked for; nothing else is known."""
    facts = preview(A, InvoiceDetail(period=period("2026-11-10", "2026-12-10"), categories=ACCRUED))

    assert UsageSection(unbilled=spend("2026-11-10", NOON, Usage("EUR", ACCRUED))) == view(facts)


def test_a_preview_without_a_period() -> None:
    """Where the preview does not say since when, it is since the newest invoice that bills usage."""
    assert (
        spend("2026-11-15", NOON, Usage("EUR", ACCRUED)) == view(preview(A, InvoiceDetail(categories=ACCRUED))).unbilled
    )


def test_a_preview_of_a_clock_that_is_behind() -> None:
    """A preview that begins after it was asked for ends where it begins."""
    facts = preview(A, InvoiceDetail(period=period("2026-11-19", "2026-12-10"), categories=ACCRUED))

    assert spend("2026-11-19", "2026-11-19", Usage("EUR", ACCRUED)) == view(facts).unbilled


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(preview(A, InvoiceDetail()), id="no_prices"),
        pytest.param(preview(account(Generation.A), InvoiceDetail(categories=ACCRUED)), id="since_nobody_knows_when"),
        pytest.param(account(Generation.A), id="no_invoice"),
    ],
)
def test_a_preview_that_says_nothing(facts: Facts) -> None:
    """What is not known is absent, and that is a success."""
    assert NOTHING_STATED == view(facts)


def test_a_preview_that_was_not_asked_for() -> None:
    """Until the preview was asked for, nothing is shown."""
    assert None is usage_view(A, EXTENT, at(NOON))
    assert None is usage_view(A.with_changes({"list_read": {ONLY: None}}), EXTENT, at(NOON))


def test_the_clock_was_set_back() -> None:
    """Once the clock is set back the figures are those of the hour that it shows."""
    facts = known(Generation.B, hourly("2026-11-01", "2026-11-18T10:00"), read_at="2026-11-18T10:20")

    assert spend("2026-11-18T09:00", "2026-11-18T10:00", usage(1)) == view(facts, "2026-11-18T10:30").hour


def test_months_ago_12_in_2026_06() -> None:
    """With hours of 395 days the month of twelve months ago is shown on the 31st of December and January too."""
    for now, first in (("2026-12-31T10:00", "2025-12-01"), ("2027-01-31T10:00", "2026-01-01")):
        facts = known(Generation.B, hourly(first, now), since=first)
        assert 12 in view(facts, now).past_months
