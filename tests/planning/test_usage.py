"""What is asked about the account itself: hours, totals, months, budgets, credits; and what is forgotten."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import PeriodKind
from exporter.domain.extent import Extent
from exporter.domain.facts import Correction, Facts
from exporter.domain.question import (
    EVERYTHING,
    GetCredits,
    GetPreview,
    GetTotal,
    ListHours,
    ListMonths,
    Question,
    Urgency,
)
from exporter.domain.report import Dataset, Generation
from exporter.planning.task import Situation, Step
from exporter.planning.usage import budgets_step, credits_step, kept_since, usage_step
from tests.builders import invoice, subscription, usage_invoice
from tests.facts import DAY, account, at, hourly, moved, period, usage, with_months, with_total

NOON, NOW = "2026-11-18T12:00", "2026-11-18T12:20"
MONTH = period("2026-11-01", NOON)
OLD = usage_invoice("old", period=period("2026-10-01", "2026-11-15"))
HOURS = hourly("2026-11-01", NOON)


def budget(scope: Scope = EVERYTHING, kind: PeriodKind = PeriodKind.MONTH, currency: str = "USD") -> Budget:
    """A budget of a hundred."""
    return Budget("b", Decimal(100), currency, scope, kind)


def situation(facts: Facts, now: str = NOW, *budgets: Budget, **extent: object) -> Situation:
    """What the plan depends on."""
    return Situation(facts, Extent(declared=Declared(budgets=budgets), **extent), at(now))  # type: ignore[arg-type]


def questions(step: Step) -> list[Question]:
    """All that is asked."""
    return [each for task in step.tasks for each in task.questions]


def asked(facts: Facts, now: str = NOW, *budgets: Budget) -> list[Question]:
    """What is asked about the account's usage."""
    return questions(usage_step(situation(facts, now, *budgets)))


def known(facts: Facts, now: str = NOW) -> Facts:
    """With the totals of the month and of what is unbilled, and the finished months."""
    facts = with_total(facts, MONTH, usage(420))
    facts = with_total(facts, period("2026-11-15", NOON), usage(84))
    return with_months(facts, now, {}, "2026-11-01")


def test_before_the_generation_is_known() -> None:
    """Nothing is asked before it is known how."""
    nobody = situation(Facts())

    assert [[], [], []] == [questions(step(nobody)) for step in (usage_step, budgets_step, credits_step)]


@pytest.mark.parametrize("generation", [Generation.B, Generation.C])
def test_the_first_poll(generation: Generation) -> None:
    """The first question brings all hours of the month, and at least three days: the account's, at each poll."""
    facts = account(generation, invoices=[OLD])
    (task,) = usage_step(situation(facts)).tasks

    assert (ListHours(at("2026-11-01"), currency="USD"),) == task.questions
    assert (Dataset.USAGE, Urgency.ACCOUNT, True, True) == (
        task.dataset,
        task.urgency,
        task.is_routine,
        task.is_needed,
    )
    # 420 hours, a hundred a page.
    assert 5 == task.requests
    assert [ListHours(at("2026-10-29T01:00"), currency="USD")] == asked(facts, "2026-11-01T01:30")


def test_no_currency() -> None:
    """Without an invoice nobody knows what the cents of 2026-06 are of: nothing is asked; 2026-10 states it."""
    assert [] == asked(account(Generation.B))
    assert [ListHours(at("2026-11-01"))] == asked(account())


def test_while_nothing_changes() -> None:
    """Within an hour a poll asks for the newest three days alone, which is one page."""
    facts = known(account(hours=HOURS, invoices=[OLD]))
    (task,) = usage_step(situation(facts, "2026-11-18T12:30")).tasks

    # Three days before the newest hour that is known, which begins at 11:00.
    assert (ListHours(at("2026-11-15T11:00"), currency="USD"),) == task.questions
    assert 1 == task.requests


def test_an_hour_later() -> None:
    """Another hour takes two totals: the month to date, and what is unbilled."""
    facts = known(account(hours=HOURS, invoices=[OLD]))
    facts = moved(facts.with_changes({"hours": hourly(NOON, "2026-11-18T13:00")}), read_at="2026-11-18T13:10")

    assert [
        GetTotal(EVERYTHING, period("2026-11-01", "2026-11-18T13:00"), "USD"),
        GetTotal(EVERYTHING, period("2026-11-15", "2026-11-18T13:00"), "USD"),
    ] == asked(facts, "2026-11-18T13:10")[1:]


def test_the_whole_month_once_a_day() -> None:
    """About once a day all of the month is asked for: a correction of long ago counts within a day."""
    facts = known(account(hours=HOURS, invoices=[OLD]))

    assert ListHours(at("2026-11-01"), currency="USD") == asked(facts, "2026-11-19T12:20")[0]
    # Of a clock that was set back since, nobody knows how long ago that was.
    assert ListHours(at("2026-11-01"), currency="USD") == asked(facts, "2026-11-18T11:00")[0]


def test_a_long_stop() -> None:
    """After a stop over a month's turn the hours since the last known one are asked for: no month is half known."""
    facts = account(hours=hourly("2026-10-01", "2026-10-25T08:00"), invoices=[OLD])

    assert ListHours(at("2026-10-22T07:00"), currency="USD") == asked(facts)[0]


def test_the_turn_of_a_month() -> None:
    """At the turn nothing is asked of the month that begins; the finished months are."""
    facts = account(hours=hourly("2026-11-01", "2026-12-01"), invoices=[OLD])
    facts = with_months(facts, "2026-11-30T23:00", {}, "2026-11-01")

    assert [
        GetTotal(EVERYTHING, period("2026-11-15", "2026-12-01"), "USD"),
        ListMonths(period("2025-12-01", "2026-12-01"), "USD"),
    ] == asked(facts, "2026-12-01T00:10")[1:]


@pytest.mark.parametrize(
    ("months_at", "corrected", "is_due"),
    [
        pytest.param("2026-11-18T12:00", None, False, id="a_day_is_not_over"),
        pytest.param("2026-11-17T12:00", None, True, id="once_a_day"),
        pytest.param("2026-11-19T12:00", None, True, id="by_a_clock_that_was_ahead"),
        pytest.param("2026-11-18T12:00", "2026-10-31T23:00", True, id="an_hour_of_them_was_corrected"),
        pytest.param("2026-11-18T12:00", "2026-11-02", False, id="an_hour_of_this_month_was_corrected"),
    ],
)
def test_finished_months(months_at: str, corrected: str | None, is_due: bool) -> None:  # noqa: FBT001 - a column
    """Finished months are asked for once a day, and when an hour of theirs was corrected."""
    facts = with_months(known(account(hours=HOURS, invoices=[OLD])), months_at, {}, "2026-11-01")
    if corrected:
        facts = facts.with_changes({"corrections": {at(corrected): (Correction(at(NOW)),)}})

    months = [each for each in asked(facts) if isinstance(each, ListMonths)]
    assert is_due == bool(months)


def test_unbilled() -> None:
    """Unbilled usage counts from the first full hour after the newest usage invoice, and not without one."""
    cut = usage_invoice("cut", period=period("2026-11-01", "2026-11-15T00:20"))
    facts = with_months(with_total(account(hours=HOURS, invoices=[cut]), MONTH, usage(420)), NOW, {}, "2026-11-01")
    assert [GetTotal(EVERYTHING, period("2026-11-15T01:00", NOON), "USD")] == asked(facts)[1:]

    for invoices in ([], [subscription()]):
        facts = with_total(account(hours=HOURS, invoices=invoices), MONTH, usage(420))
        assert [] == asked(with_months(facts, NOW, {}, "2026-11-01"))[1:]


def test_hours_that_change_currency() -> None:
    """A period is split where its hours change currency, before totals are asked for."""
    hours = {**hourly("2026-11-01", "2026-11-10"), **hourly("2026-11-10", NOON, 1, "EUR")}
    facts = with_months(account(hours=hours), NOW, {}, "2026-11-01")

    assert [
        GetTotal(EVERYTHING, period("2026-11-01", "2026-11-10"), "USD"),
        GetTotal(EVERYTHING, period("2026-11-10", NOON), "EUR"),
    ] == asked(facts)[1:]


def test_a_finished_month_that_changed_currency() -> None:
    """Where invoices of a finished month are in several currencies its hours are asked for, and then its parts."""
    euros = invoice("euros", period=period("2026-10-10", "2026-11-01"), currency="EUR")
    dollars = invoice("dollars", period=period("2026-10-01", "2026-10-10"))
    facts = account(hours=hourly("2026-11-01", NOON, 1, "EUR"), invoices=[euros, dollars])
    assert ListHours(at("2026-10-01"), at("2026-11-01"), "EUR") in asked(facts)

    october = {**hourly("2026-10-01", "2026-10-10"), **hourly("2026-10-10", "2026-11-01", 1, "EUR")}
    facts = account(hours={**october, **hourly("2026-11-01", NOON, 1, "EUR")}, invoices=[euros, dollars])
    assert {
        GetTotal(EVERYTHING, period("2026-10-01", "2026-10-10"), "USD"),
        GetTotal(EVERYTHING, period("2026-10-10", "2026-11-01"), "EUR"),
    } <= set(asked(facts))


def test_earlier_hours_of_2026_06() -> None:
    """What an unbilled period or a budget needs of earlier months is asked for once, up to the hours that are known."""
    facts = account(Generation.B, hours=HOURS, invoices=[usage_invoice(period=period("2026-09-01", "2026-10-15"))])
    assert [ListHours(at("2026-10-15"), at("2026-11-01"), "USD")] == asked(facts)[1:]

    facts = account(Generation.B, hours=HOURS, invoices=[OLD])
    year = budget(kind=PeriodKind.YEAR)
    assert [ListHours(at("2026-01-01"), at("2026-11-01"), "USD")] == asked(facts, NOW, year)[1:]
    assert [] == asked(moved(facts, start="2026-01-01"), NOW, year)[1:]
    assert [] == asked(facts, NOW, budget(TEAM, PeriodKind.YEAR))[1:]


TEAM = Scope("platform")


def test_the_trailing_day_s_hours() -> None:
    """In a month's first day the hours of the day before are needed too."""
    facts = account(hours=hourly("2026-11-01", "2026-11-01T05:00"), since="2026-11-01")

    assert ListHours(at("2026-10-31T05:00"), at("2026-11-01")) in [
        replace(each, currency="") for each in asked(facts, "2026-11-01T05:10") if isinstance(each, ListHours)
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-12-31T10:00", "2025-12-01", id="31_december"),
        pytest.param("2027-01-31T10:00", "2026-01-01", id="31_january"),
        pytest.param("2028-02-29T10:00", "2027-01-01", id="leap_day"),
        pytest.param("2027-03-01T10:00", "2026-01-01", id="1_march"),
    ],
)
def test_twelve_months_are_kept(now: str, expected: str) -> None:
    """With the default retention the month of twelve months ago is kept whole, on each day of the year."""
    assert at(expected) == kept_since(situation(account(Generation.B), now), at(now))
    hours = hourly(expected, now)
    facts = account(Generation.B, hours=hours, invoices=[OLD])
    assert {} == usage_step(situation(facts, now)).assembled


def test_retention() -> None:
    """Whole months are forgotten once they are older than what is kept, unless a budget's period needs them."""
    facts = account(Generation.B, hours=hourly("2026-07-01", NOON), invoices=[OLD])
    step = usage_step(situation(facts, NOW, retention_seconds=62 * DAY))
    kept = facts.with_changes(step.assembled)

    assert (at("2026-09-01"), at("2026-09-01")) == (min(kept.hours), kept.hours_read[""].start)
    assert {} == usage_step(situation(kept, NOW, retention_seconds=62 * DAY)).assembled
    year = budget(kind=PeriodKind.YEAR)
    assert {} == usage_step(situation(facts, NOW, year, retention_seconds=62 * DAY)).assembled


def test_the_preview() -> None:
    """In 2024 the preview is asked for at each poll, in the currency of the newest invoice; without one it is not."""
    assert [GetPreview("USD")] == asked(account(Generation.A, invoices=[OLD]))
    assert [] == asked(account(Generation.A))


def test_credits() -> None:
    """The credit balance is asked for at each poll, where the generation has one."""
    (task,) = credits_step(situation(account())).tasks
    assert ((GetCredits(),), Dataset.CREDITS, True) == (task.questions, task.dataset, task.is_routine)
    assert () == credits_step(situation(account(Generation.B))).tasks


DAY_BEFORE = period("2026-11-17T12:00", NOON)


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (PeriodKind.DAY, "2026-11-18"),
        (PeriodKind.WEEK, "2026-11-16"),
        (PeriodKind.MONTH, "2026-11-01"),
        (PeriodKind.QUARTER, "2026-10-01"),
        (PeriodKind.YEAR, "2026-01-01"),
    ],
)
def test_budgets(kind: PeriodKind, start: str) -> None:
    """A budget takes a total an hour for its period; one with a scope another for the trailing day."""
    facts = account(hours=HOURS)
    (task,) = budgets_step(situation(facts, NOW, budget(TEAM, kind))).tasks

    assert (GetTotal(TEAM, period(start, NOON), "USD"), GetTotal(TEAM, DAY_BEFORE, "USD")) == task.questions
    assert (Dataset.BUDGETS, Urgency.ACCOUNT, 2, "budget b") == (
        task.dataset,
        task.urgency,
        task.requests,
        task.reason,
    )
    of_account = budgets_step(situation(facts, NOW, budget(EVERYTHING, kind)))
    assert [GetTotal(EVERYTHING, period(start, NOON), "USD")] == questions(of_account)


def test_budgets_that_are_known() -> None:
    """What was asked for is not asked for again, neither what the account's own figures asked for."""
    facts = with_total(account(hours=HOURS), MONTH, usage(420))
    assert [] == questions(budgets_step(situation(facts, NOW, budget())))
    facts = with_total(with_total(facts, MONTH, usage(7), scope=TEAM), DAY_BEFORE, usage(1), scope=TEAM)
    assert [] == questions(budgets_step(situation(facts, NOW, budget(TEAM))))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(account(), id="no_hours"),
        pytest.param(account(Generation.A), id="2024"),
        pytest.param(account(Generation.B, hours=HOURS, invoices=[OLD]), id="2026-06"),
    ],
)
def test_budgets_that_nobody_adds_up(facts: Facts) -> None:
    """Where the API adds nothing up, or nothing was ever used, nothing is asked of budgets."""
    assert [] == questions(budgets_step(situation(facts, NOW, budget(TEAM))))


def test_a_budget_in_another_currency() -> None:
    """A budget in a currency that the account does not use asks for nothing."""
    assert [] == questions(budgets_step(situation(account(hours=HOURS), NOW, budget(TEAM, currency="EUR"))))


def test_a_period_that_has_just_begun() -> None:
    """When a period has just begun nothing is asked of it."""
    facts = account(hours=hourly("2026-11-01", "2026-12-01"))

    assert [GetTotal(TEAM, period("2026-11-30", "2026-12-01"), "USD")] == questions(
        budgets_step(situation(facts, "2026-12-01T00:10", budget(TEAM)))
    )


def test_a_forgotten_scope() -> None:
    """Where a budget's scope reads lower than before, its period before is asked for again at the same poll."""
    before = period("2026-11-01", "2026-11-18T11:00")
    facts = with_total(account(hours=HOURS), before, usage(9), scope=TEAM)
    facts = with_total(facts, MONTH, usage(9), scope=TEAM, stated=(), is_suspect=True)
    facts = with_total(facts, DAY_BEFORE, usage(1), scope=TEAM)

    assert [GetTotal(TEAM, before, "USD")] == questions(budgets_step(situation(facts, NOW, budget(TEAM))))


def test_the_currency_of_the_newest_invoice() -> None:
    """Hours that state no currency are asked for in that of the newest invoice."""
    euros = invoice("euros", period=period("2026-11-01", "2026-11-17"), currency="EUR")

    assert [ListHours(at("2026-11-01"), currency="EUR")] == asked(account(Generation.B, invoices=[OLD, euros]))
