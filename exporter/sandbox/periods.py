"""The invoices' places in the calendar: which there are, of which kind, for which time, in which state.

Newest first by the end of the period. On top stands the subscription, billed ahead for the running month. The month
before it reached the billing threshold three times. Some of the older ones failed, were void or had a discount.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count, islice, pairwise
from types import MappingProxyType
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["usage", "subscription", "credits"]
Status: TypeAlias = Literal["draft", "open", "payment_failed", "paid", "uncollectible", "void"]

SECONDS_A_DAY = 86_400
MONTHS_A_YEAR = 12
# The keys of the tables below are months before the running one.
THRESHOLD_DAYS: Mapping[int, tuple[int, ...]] = MappingProxyType({1: (9, 17, 24)})
STATUSES: Mapping[int, Status] = MappingProxyType({5: "void", 7: "payment_failed"})
DISCOUNT_PERCENTS: Mapping[int, int] = MappingProxyType({1: 10, 3: 5})
CREDIT_DAYS: Mapping[int, int] = MappingProxyType({1: 12})
# The first subscription began within its month: no two invoices have one period, since 2024 tells them apart by it.
FIRST_SUBSCRIBED = 2
FIRST_SUBSCRIBED_DAY = 12
# Further back every other month has two, so that a long list does not reach the beginning of time.
SPLIT_FROM = 8
SPLIT_DAY = 15


@dataclass(frozen=True, slots=True)
class Frame:
    """An invoice without its figures; `start` and `end` are Unix seconds, `months_ago` the month it belongs to."""

    id: str
    kind: Kind
    start: int
    end: int
    status: Status
    months_ago: int
    discount_percent: int = 0


def midnight(now: float) -> int:
    """The beginning of the UTC day, in Unix seconds."""
    return int(now) // SECONDS_A_DAY * SECONDS_A_DAY


def frames(customer: str, today: int, how_many: int) -> tuple[Frame, ...]:
    """The newest invoices of a customer on a day, newest first."""
    return tuple(islice(chain.from_iterable(_numbered(customer, today, ago) for ago in count()), how_many))


def month_of(timestamp: float) -> int:
    """The UTC month of an instant, counted from the year 0."""
    day = dt.datetime.fromtimestamp(timestamp, tz=dt.UTC)
    return day.year * MONTHS_A_YEAR + day.month - 1


def month_start(month: int) -> int:
    """The first instant of a month, in Unix seconds."""
    return _day(month, 1)


def _numbered(customer: str, today: int, ago: int) -> Iterator[Frame]:
    month = month_of(today) - ago
    rows = sorted(_of_month(month, ago), key=lambda row: (row.end, row.kind == "subscription"))
    for number, row in reversed(list(enumerate(rows))):
        yield Frame(
            f"{customer}-{month * 10 + number}",
            row.kind, row.start, row.end, row.status, row.months_ago, row.discount_percent,
        )  # fmt: skip


def _of_month(month: int, ago: int) -> Iterator[Frame]:
    if ago <= FIRST_SUBSCRIBED:
        start = _day(month, FIRST_SUBSCRIBED_DAY if ago == FIRST_SUBSCRIBED else 1)
        yield Frame("", "subscription", start, month_start(month + 1), "paid", ago)
    if ago > 0:
        yield from _usage(month, ago)
    if ago in CREDIT_DAYS:
        yield Frame("", "credits", _day(month, CREDIT_DAYS[ago]), _day(month, CREDIT_DAYS[ago] + 1), "paid", ago)


def _usage(month: int, ago: int) -> Iterator[Frame]:
    edges = [month_start(month), *(_day(month, day) for day in _closings(ago)), month_start(month + 1)]
    for start, end in pairwise(edges):
        is_newest = ago == 1 and end == edges[-1]
        status = "open" if is_newest else STATUSES.get(ago, "paid")
        yield Frame("", "usage", start, end, status, ago, DISCOUNT_PERCENTS.get(ago, 0))


def _closings(ago: int) -> tuple[int, ...]:
    if ago >= SPLIT_FROM and ago % 2 == 0:
        return (SPLIT_DAY,)
    return THRESHOLD_DAYS.get(ago, ())


def _day(month: int, day: int) -> int:
    year, place = divmod(month, MONTHS_A_YEAR)
    return int(dt.datetime(year, place + 1, day, tzinfo=dt.UTC).timestamp())
