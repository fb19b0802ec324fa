"""Which requests an account may make, so that most of its token's allowance is left to its owner."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.facts import TokenLimit
from exporter.domain.question import Urgency
from exporter.errors import PostponedError
from exporter.northflank.http.advance import Advance, Keep
from exporter.northflank.http.rate_limit import RateLimit
from exporter.northflank.http.remaining import DOCUMENTED_LIMIT, Remaining
from exporter.northflank.http.steady import SteadyTime, minute_of
from exporter.northflank.http.tally import HOUR_MINUTES, TEN_MINUTES, Tally

_LEFT_TO_OTHERS = Decimal("0.1")  # of the limit, whatever the share is
_SPREAD = HOUR_MINUTES // TEN_MINUTES
_MORE = "for more, raise api.share or show fewer levels (detail)"
_MORE_AT_ALL = "give the exporter a token of its own, or show fewer levels (detail)"

Learn = Callable[[RateLimit], None]
"""Is told what the answer to a request states of the allowance."""


# Of the share, on top of the reserve for the account's own figures: what each leaves to what is more urgent.
_LEFT_OF_THE_SHARE: Mapping[Urgency, Decimal] = MappingProxyType(
    {
        Urgency.PROJECTS: Decimal(0),
        Urgency.RESOURCES: Decimal("0.1"),
        Urgency.LATER: Decimal("0.5"),
        Urgency.BACKFILL: Decimal("0.6"),
    }
)


@dataclass(frozen=True, slots=True)
class _Wait:
    seconds: float
    why: str
    remedy: str


class Allowance:
    """One account's part of the hourly limit, which the answers state (`limit` until one does).

    - Of any hour, `share` (ratio) of the limit is used at most; at least one request, or a new limit would not be seen.
    - The last tenth of the limit is never used, whoever used the rest.
    - Teams, projects and resources leave `reserve` requests an hour to the account's figures; resources leave a tenth
      of the share on top, what can wait for later hours half of it. A reserve as large as the share leaves nothing.
    - Of any ten minutes, these use a sixth of the share at most, unless `quick` is set.

    Requests are counted by the minute on a `monotonic` clock, so that setting `clock` (Unix seconds) neither frees nor
    locks anything; who passes one in passes both. Over a restart the clock is all there is: what was counted in its
    future counts as of now, and where it was set forward by an hour, only what the answers state still holds.
    """

    def __init__(
        self,
        *,
        share: Decimal | float,
        reserve: int,
        limit: float = DOCUMENTED_LIMIT,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._share = Decimal(str(share))
        self._reserve = reserve
        self._time = SteadyTime(clock, monotonic)
        self._remaining = Remaining(limit)
        self._all = Tally()
        self._deep = Tally()
        self._advance = Advance(lambda: self._time.unix_minute(self._time.minute()), lambda: self.requests)
        self.quick = True
        """Whether requests need not be spread over the hour: a first start may be quick."""
        self.keep: Keep | None = None
        """Called before more requests are made than it was told last; at most 20 that are not made yet are in it."""

    @property
    def limit(self) -> float:
        """The hourly limit, as the newest answer states it, or one before a restart."""
        return self._remaining.limit

    @property
    def limit_an_hour(self) -> int:
        """How many requests may be made in any hour."""
        return max(1, math.floor(self._share * Decimal(self.limit)))

    @property
    def used(self) -> int:
        """How many requests were made in the last hour, by whole minutes."""
        return self._all.within(HOUR_MINUTES, self._time.now())

    @property
    def requests(self) -> Mapping[int, int]:
        """How many requests were made in each Unix minute of the last hour."""
        counts = self._all.by_minute(self._time.now())
        return {self._time.unix_minute(minute): count for minute, count in counts.items()}

    def open(self, requests: Mapping[int, int], limit: TokenLimit | None) -> None:
        """Begin with the requests of before a restart, all counted as the least urgent, and the limit."""
        self._remaining.stated_limit = limit
        for unix_minute, count in requests.items():
            minute = self._time.minute_of_unix(unix_minute)
            self._all.add(minute, count)
            self._deep.add(minute, count)

    @property
    def stated_limit(self) -> TokenLimit | None:
        """The limit that an answer stated, be it before a restart; None where the documented one is assumed."""
        return self._remaining.stated_limit

    @asynccontextmanager
    async def turn(self, urgency: Urgency, request: str) -> AsyncIterator[Learn]:
        """Make one request inside, and tell what its answer states; `request` is its name in an error.

        Raises PostponedError before anything is counted.
        """
        number = await self._begin(urgency, request)
        try:
            yield lambda stated: self._learn(number, stated)
        finally:
            self._remaining.end(number)

    async def _begin(self, urgency: Urgency, request: str) -> int:
        now = self._allowed_at(urgency, request)
        while self.keep and not self._advance.covers(self._time.unix_minute(minute_of(now))):
            await self._advance.renew(self.keep, self.limit_an_hour - self.used)
            now = self._allowed_at(urgency, request)  # others may have begun meanwhile
        # From the last look to here nothing is awaited: nobody else takes what was found free.
        self._advance.use()
        for tally in (self._all, self._deep) if urgency > Urgency.ACCOUNT else (self._all,):
            tally.add(minute_of(now))
            tally.forget_before(now)
        return self._remaining.begin()

    def _learn(self, number: int, stated: RateLimit) -> None:
        reset_in = None if stated.reset is None else self._time.seconds_until(stated.reset)
        self._remaining.learn(number, stated, now=self._time.now(), reset_in=reset_in)

    def _allowed_at(self, urgency: Urgency, request: str) -> float:
        """The present, as the instant at which a request is allowed."""
        now = self._time.now()
        longest = max(self._waits(urgency, now), key=lambda wait: wait.seconds)
        if longest.seconds <= 0:
            return now
        raise PostponedError(
            f"{request}: not asked: {longest.why}; there is room in {math.ceil(longest.seconds)} s at the earliest",
            seconds=longest.seconds,
            remedy=longest.remedy,
        )

    def _waits(self, urgency: Urgency, now: float) -> Iterator[_Wait]:
        """What each rule says, 0 s where it allows the request."""
        share, left = self.limit_an_hour, self._left_by(urgency)
        seconds = self._all.seconds_until_below(share, HOUR_MINUTES, now)
        yield _Wait(seconds, f"the share of {share} requests an hour is used", _MORE)
        yield self._wait_for_others(left, now)
        if urgency is Urgency.ACCOUNT:
            return
        seconds = self._deep.seconds_until_below(share - left, HOUR_MINUTES, now)
        yield _Wait(seconds, f"of the share of {share} requests an hour, {left} are left to what is more urgent", _MORE)
        if not self.quick:
            most = max(1, share // _SPREAD)
            seconds = self._deep.seconds_until_below(most, TEN_MINUTES, now)
            why = f"of the share of {share} requests an hour, {most} at most are made in ten minutes"
            yield _Wait(seconds, why, _MORE)

    def _wait_for_others(self, left_by: int, now: float) -> _Wait:
        limit, left = Decimal(self.limit), self._remaining.left
        is_enough = left is None or Decimal(left) - 1 >= limit * _LEFT_TO_OTHERS + left_by
        seconds = 0.0 if is_enough else self._remaining.seconds_until_full(now)
        why = f"{left or 0:.0f} of {limit:.0f} requests an hour remain, and the last tenth is left to others"
        return _Wait(seconds, why, _MORE_AT_ALL)

    def _left_by(self, urgency: Urgency) -> int:
        """How many requests an hour are left to what is more urgent; never more than there are."""
        if urgency is Urgency.ACCOUNT:
            return 0
        on_top = math.ceil(self.limit_an_hour * _LEFT_OF_THE_SHARE[urgency])
        return min(self._reserve + on_top, self.limit_an_hour)
