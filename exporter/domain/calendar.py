"""Hours, days, months and other calendar periods, all in UTC and in Unix seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from exporter.domain.invoice import Period

HOUR_SECONDS = 3600.0
DAY_SECONDS = 86400.0
MONTHS_A_YEAR = 12


class PeriodKind(StrEnum):
    """How long a calendar period is, in the words of a budget's `period`; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def hour_before(instant: float) -> float:
    """The last full hour at or before an instant."""
    return instant // HOUR_SECONDS * HOUR_SECONDS


def hour_after(instant: float) -> float:
    """The first full hour at or after an instant."""
    return -(-instant // HOUR_SECONDS) * HOUR_SECONDS


def period_of(kind: PeriodKind, instant: float) -> Period:
    """The calendar period that holds an instant, its end exclusive; an instant at a turn is in the one that begins."""
    first = _FIRST_DAY[kind](_midnight(instant))
    return Period(start=first.timestamp(), end=_NEXT[kind](first).timestamp())


def month_of(instant: float) -> Period:
    """The calendar month that holds an instant."""
    return period_of(PeriodKind.MONTH, instant)


def months_before(instant: float, count: int) -> Period:
    """The calendar month so many months before the one that holds an instant."""
    return month_of(_add_months(_first_of_month(_midnight(instant)), -count).timestamp())


def _midnight(instant: float) -> datetime:
    # Cut to the second: datetime rounds to the microsecond, and so would put an instant just before a turn after it.
    return datetime.fromtimestamp(math.floor(instant), UTC).replace(hour=0, minute=0, second=0)


def _first_of_month(day: datetime) -> datetime:
    return day.replace(day=1)


def _add_months(first: datetime, count: int) -> datetime:
    months = first.year * MONTHS_A_YEAR + first.month - 1 + count
    return first.replace(year=months // MONTHS_A_YEAR, month=months % MONTHS_A_YEAR + 1)


_FIRST_DAY: Mapping[PeriodKind, Callable[[datetime], datetime]] = MappingProxyType(
    {
        PeriodKind.DAY: lambda day: day,
        PeriodKind.WEEK: lambda day: day - timedelta(days=day.weekday()),
        PeriodKind.MONTH: _first_of_month,
        PeriodKind.QUARTER: lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        PeriodKind.YEAR: lambda day: day.replace(month=1, day=1),
    }
)
_NEXT: Mapping[PeriodKind, Callable[[datetime], datetime]] = MappingProxyType(
    {
        PeriodKind.DAY: lambda first: first + timedelta(days=1),
        PeriodKind.WEEK: lambda first: first + timedelta(days=7),
        PeriodKind.MONTH: lambda first: _add_months(first, 1),
        PeriodKind.QUARTER: lambda first: _add_months(first, 3),
        PeriodKind.YEAR: lambda first: _add_months(first, MONTHS_A_YEAR),
    }
)
