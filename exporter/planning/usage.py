"""What to ask about the account itself: its hours, what they add up to, credits, and what was spent of budgets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from exporter.domain.budget import Budget
from exporter.domain.calendar import (
    DAY_SECONDS,
    HOUR_SECONDS,
    MONTHS_A_YEAR,
    hour_after,
    hour_before,
    month_of,
    months_before,
    period_of,
)
from exporter.domain.facts import ONLY, Changes
from exporter.domain.hours import RECENT_HOURS, Hours, past_months_by_hour, trailing_day
from exporter.domain.invoice import Period
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
from exporter.domain.report import Dataset
from exporter.domain.selection import billed_until, newest_currency
from exporter.domain.totals import Totals
from exporter.northflank.wire.wire import Wire
from exporter.planning.task import Situation, Step, Task, step_of

_PAGE_HOURS = 100


def usage_step(situation: Situation) -> Step:
    """The account's hours at each poll, then what another or a corrected hour changes."""
    wire, currency = situation.wire, newest_currency(situation.facts.listed)
    if wire is None:
        return Step()
    if wire.usage_query is None:
        question = GetPreview(currency) if wire.preview and currency else None
        return step_of([_task("what has accrued since the last invoice", question, is_routine=True)])
    if currency is None and not wire.filters_usage:
        # Cents of a currency that nobody knows.
        return Step()
    outdated = _outdated(situation)
    if outdated:
        return Step(assembled=outdated)
    return step_of([*_hours(situation, wire, currency or ""), *_totals(situation, wire)])


def _hours(situation: Situation, wire: Wire, currency: str) -> Iterator[Task | None]:
    start = _asked_from(situation)
    pages = math.ceil((situation.now - start) / HOUR_SECONDS / _PAGE_HOURS)
    yield _task("the account's hours", ListHours(start, currency=currency), requests=pages, is_routine=True)
    hours, read = situation.hours, situation.facts.hours_read.get(ONLY)
    if read:
        needed = needed_since(situation, wire, hours) if hours else _last_used_since(situation)
        if needed < read.start:
            pages = math.ceil((read.start - needed) / HOUR_SECONDS / _PAGE_HOURS)
            yield _task("the account's earlier hours", ListHours(needed, read.start, currency), requests=pages)


def _last_used_since(situation: Situation) -> float:
    """From when on to look for the last usage of an account that has had none for days.

    It is what shows whether the account stopped, whose figures are zeros, or never used anything.
    """
    now = situation.now
    billed = billed_until(situation.facts.listed, now)
    last_month = months_before(now, 1).start
    start = last_month if billed is None else min(last_month, month_of(hour_before(billed - 1)).start)
    return max(start, kept_since(situation, now))


def _asked_from(situation: Situation) -> float:
    """From when on hours are asked for: the newest ones, and about once a day all of the month."""
    now, read = situation.now, situation.facts.hours_read.get(ONLY)
    recent = hour_before(now) - RECENT_HOURS * HOUR_SECONDS
    if read is None:
        return min(month_of(now).start, recent)
    newest = max(situation.facts.hours, default=read.read_at)
    # From the newest known hour on: after a long stop, months that are over by now have hours that are not known.
    unknown = min(recent, hour_before(newest) - RECENT_HOURS * HOUR_SECONDS)
    # Of a clock that was set back since then, nobody knows how long ago that was.
    if not 0 <= now - read.whole_at < DAY_SECONDS:
        return min(month_of(now).start, unknown)
    return max(unknown, read.start)


def needed_since(situation: Situation, wire: Wire, hours: Hours) -> float:
    """The first hour that the account's figures depend on."""
    month, now = month_of(hours.through), situation.now
    starts = [month.start, trailing_day(hours.through).start]
    if wire.filters_usage:
        starts += [each.start for each in mixed_months(situation, hours, month)]
    else:
        billed = billed_until(situation.facts.listed, situation.now)
        starts += [] if billed is None else [hour_after(billed)]
        starts += [
            period_of(each.period, hours.through).start
            for each in situation.extent.declared.budgets
            if each.scope.is_account
        ]
    return max(min(starts), kept_since(situation, now))


def mixed_months(situation: Situation, hours: Hours, month: Period) -> Iterator[Period]:
    """Finished months in which the currency may have changed: their hours say where.

    It changes between two invoices that bill usage, or two months, in different currencies, and the newest and now.
    """
    billed = sorted((each for each in situation.facts.listed if each.may_bill_usage), key=lambda each: each.period.end)
    months = situation.facts.months.get(ONLY)
    by_month = sorted(months.usages.items()) if months else []
    now = (month, hours.currency_at(hours.through))
    changes = [
        *_changes([*((each.period, each.currency) for each in billed), now]),
        *_changes([*((month_of(start), each.currency) for start, usages in by_month for each in usages), now]),
    ]
    for ago in range(1, MONTHS_A_YEAR + 1):
        past = months_before(month.start, ago)
        if any(change.start < past.end and past.start < change.end for change in changes):
            yield past


def _changes(parts: Sequence[tuple[Period, str]]) -> Iterator[Period]:
    """Where the currency changes between two parts of time: from the beginning of one to the end of the next."""
    for (before, currency), (after, later) in itertools.pairwise(parts):
        if currency != later:
            yield Period(before.start, after.end)


def kept_since(situation: Situation, now: float) -> float:
    """The first hour that is kept: past hours are let go by whole months."""
    longest = min(
        (period_of(each.period, now).start for each in situation.extent.declared.budgets),
        default=now,
    )
    return min(month_of(now - situation.extent.retention_seconds).start, longest)


def _outdated(situation: Situation) -> Changes:
    """The hours that are older than what is kept."""
    facts, read = situation.facts, situation.facts.hours_read.get(ONLY)
    oldest = kept_since(situation, situation.now)
    if read is None or read.start >= oldest:
        return {}
    old = {start: None for start in facts.hours if start < oldest}
    return {"hours": old, "hours_read": {ONLY: replace(read, start=oldest)}}


def _totals(situation: Situation, wire: Wire) -> Iterator[Task | None]:
    hours = situation.hours
    if hours is None or not wire.filters_usage:
        return
    totals, month = Totals(situation.facts, hours), month_of(hours.through)
    yield _totals_task("the month to date", totals.wanted(EVERYTHING, Period(month.start, hours.through)))
    billed = billed_until(situation.facts.listed, situation.now)
    if billed is not None:
        unbilled = Period(min(hour_after(billed), hours.through), hours.through)
        yield _totals_task("what is unbilled", totals.wanted(EVERYTHING, unbilled))
    if _are_months_due(situation, hours, month):
        asked = Period(months_before(month.start, MONTHS_A_YEAR).start, month.start)
        yield _task("the finished months", ListMonths(asked, hours.currency_at(hours.through)))
    for _, past in past_months_by_hour(hours, month):
        yield _totals_task("a finished month in several currencies", totals.wanted(EVERYTHING, past))


def _are_months_due(situation: Situation, hours: Hours, month: Period) -> bool:
    known = situation.facts.months.get(ONLY)
    if known is None or known.period.end != month.start or not 0 <= situation.now - known.asked_at < DAY_SECONDS:
        return True
    corrected = (each[-1].seen_at for start, each in situation.facts.corrections.items() if start < month.start)
    return hours.through > 0 and max(corrected, default=0.0) > known.asked_at


def credits_step(situation: Situation) -> Step:
    """The credit balance, at each poll."""
    wire = situation.wire
    has_credits = wire is not None and wire.read_credit_balance is not None
    task = _task("the credit balance", GetCredits() if has_credits else None, is_routine=True, dataset=Dataset.CREDITS)
    return step_of([task])


def budgets_step(situation: Situation) -> Step:
    """What was spent within each budget's scope and period, where the API adds that up."""
    wire, hours = situation.wire, situation.hours
    if wire is None or hours is None or not wire.filters_usage:
        return Step()
    totals = Totals(situation.facts, hours)
    return step_of(
        _totals_task(f"budget {budget.name}", questions, Dataset.BUDGETS)
        for budget in situation.extent.declared.budgets
        if (questions := _of_budget(budget, totals, hours))
    )


def _of_budget(budget: Budget, totals: Totals, hours: Hours) -> tuple[GetTotal, ...]:
    period = Period(period_of(budget.period, hours.through).start, hours.through)
    spent = totals.wanted(budget.scope, period, budget.currency)
    if budget.scope.is_account:
        return spent
    return (*spent, *totals.wanted(budget.scope, trailing_day(hours.through), budget.currency))


def _totals_task(reason: str, questions: tuple[GetTotal, ...], dataset: Dataset = Dataset.USAGE) -> Task:
    unique = tuple(dict.fromkeys(questions))
    return Task(dataset, Urgency.ACCOUNT, reason, unique, len(unique))


def _task(
    reason: str,
    question: Question | None,
    *,
    requests: int = 1,
    is_routine: bool = False,
    dataset: Dataset = Dataset.USAGE,
) -> Task | None:
    if question is None:
        return None
    return Task(dataset, Urgency.ACCOUNT, reason, (question,), max(requests, 1), is_routine=is_routine)
