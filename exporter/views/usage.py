"""What the account spends, as of the newest instant for which everything is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from exporter.domain.calendar import HOUR_SECONDS, MONTHS_A_YEAR, hour_after, month_of, months_before
from exporter.domain.extent import Extent
from exporter.domain.facts import NO_TOTALS, ONLY, Facts
from exporter.domain.hours import Hours, hours_of, past_months_by_hour, trailing_day
from exporter.domain.invoice import Period
from exporter.domain.question import EVERYTHING
from exporter.domain.report import UsageSection
from exporter.domain.selection import billed_until
from exporter.domain.totals import Totals
from exporter.domain.usage import Spend, Usage
from exporter.northflank.wire.generations import WIRES

NOTHING_STATED = UsageSection()


def usage_view(facts: Facts, extent: Extent, now: float) -> UsageSection | None:
    """The section; None as long as something that belongs to it was never asked for."""
    api = facts.api.get(ONLY)
    if api is None:
        return None
    if WIRES[api.generation].usage_query is None:
        return _preview(facts, now)
    if ONLY not in facts.hours_read:
        # Without an invoice nobody knows what 2026-06 counts in; that is no reason to wait.
        return NOTHING_STATED if ONLY in facts.list_read and not WIRES[api.generation].filters_usage else None
    hours = hours_of(facts, extent.late_after_seconds)
    if hours is None:
        return NOTHING_STATED
    for through in _instants(facts, hours):
        section = _section(facts, hours.until(through), now, adds_up=WIRES[api.generation].filters_usage)
        if section:
            return section
    return None


def _instants(facts: Facts, hours: Hours) -> Iterator[float]:
    """The newest instant first: of an earlier one everything may be known while that is asked for."""
    yield hours.through
    ends = {period.end for period, _ in facts.totals.get(EVERYTHING, NO_TOTALS).totals}
    first = min(hours.listed) + HOUR_SECONDS
    yield from (end for end in sorted(ends, reverse=True) if first <= end < hours.through)


def _section(facts: Facts, hours: Hours, now: float, *, adds_up: bool) -> UsageSection | None:
    through, month = hours.through, month_of(hours.through)
    month_to_date = _used(facts, hours, Period(month.start, through), adds_up=adds_up)
    past_months = _months_added_up(facts, hours, month) if adds_up else _months_of_hours(hours, month)
    billed = billed_until(facts.listed, now)
    begins = None if billed is None else min(hour_after(billed), through)
    unbilled = None if begins is None else _used(facts, hours, Period(begins, through), adds_up=adds_up)
    if month_to_date is None or past_months is None or (begins is not None and unbilled is None and adds_up):
        return None
    currencies = hours.currencies(Period(month.start, through))
    hour, day = Period(through - HOUR_SECONDS, through), trailing_day(through)
    return UsageSection(
        hour=Spend(hour, hours.with_zeros(hours.used(hour), hour, currencies)),
        month_to_date=Spend(
            Period(month.start, through), hours.with_zeros(month_to_date, Period(month.start, through), currencies)
        ),
        trailing_day=Spend(day, hours.with_zeros(hours.used(day), day, currencies))
        if hours.is_known(day.start)
        else None,
        past_months=past_months,
        unbilled=None
        if billed is None or begins is None or unbilled is None
        else Spend(Period(billed, max(billed, through)), hours.with_zeros(unbilled, Period(begins, through), ())),
        listed_through=hours.listed_through,
    )


def _used(facts: Facts, hours: Hours, period: Period, *, adds_up: bool) -> tuple[Usage, ...] | None:
    """What was used in a period, as the API adds it up or by its hours; None where that is not known."""
    if adds_up:
        return Totals(facts, hours).spent(EVERYTHING, period)
    return hours.used(period) if hours.is_known(period.start) else None


def _months_added_up(facts: Facts, hours: Hours, month: Period) -> Mapping[int, Spend] | None:
    known = facts.months.get(ONLY)
    if known is None or known.period.end != month.start:
        return None
    periods = {ago: months_before(month.start, ago) for ago in range(1, MONTHS_A_YEAR + 1)}
    spends = {
        ago: Spend(period, usages) for ago, period in periods.items() if (usages := known.usages.get(period.start, ()))
    }
    for ago, period in past_months_by_hour(hours, month):
        # Where the currency changed within the month, one row would add up both.
        parts = Totals(facts, hours).spent(EVERYTHING, period)
        if parts is None:
            return None
        spends[ago] = Spend(period, parts)
    return MappingProxyType(spends)


def _months_of_hours(hours: Hours, month: Period) -> Mapping[int, Spend]:
    periods = {ago: months_before(month.start, ago) for ago in range(1, MONTHS_A_YEAR + 1)}
    known = {ago: period for ago, period in periods.items() if hours.is_known(period.start)}
    return MappingProxyType(
        {ago: Spend(period, usages) for ago, period in known.items() if (usages := hours.used(period))}
    )


def _preview(facts: Facts, now: float) -> UsageSection | None:
    """What has accrued since the last invoice; nothing where no invoice states the currency."""
    known = facts.preview.get(ONLY)
    if known is None:
        return None if facts.listed or ONLY not in facts.list_read else NOTHING_STATED
    detail = known.detail
    start = detail.period.start if detail.period else billed_until(facts.listed, now)
    if start is None or not detail.categories:
        return NOTHING_STATED
    usage = Usage(currency=known.currency, categories=detail.categories)
    return UsageSection(unbilled=Spend(Period(start, max(start, known.asked_at)), (usage,)))
