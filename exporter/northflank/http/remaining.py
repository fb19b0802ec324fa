"""What remains of a token's allowance, whoever else uses it."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.facts import TokenLimit
from exporter.northflank.http.rate_limit import RateLimit

DOCUMENTED_LIMIT = 1000.0


@dataclass(frozen=True, slots=True)
class _Stated:
    remaining: float
    covered: int
    until: float


class Remaining:
    """What the newest answer states, less what was begun since."""

    def __init__(self, assumed_limit: float = DOCUMENTED_LIMIT) -> None:
        self._assumed_limit = assumed_limit
        self.stated_limit: TokenLimit | None = None
        """What an answer stated, be it before a restart; the same object as long as that is the same."""
        self._begun = 0
        self._newest = 0
        # For each request under way how many the server had surely seen with it: those that were over when it began.
        self._covered: dict[int, int] = {}
        self._stated: _Stated | None = None

    def begin(self) -> int:
        """Count a request that begins now; its number, in the order of beginning."""
        self._begun += 1
        self._covered[self._begun] = self._begun - len(self._covered)
        return self._begun

    def end(self, number: int) -> None:
        """A request is over, answered or not."""
        del self._covered[number]

    def learn(self, number: int, stated: RateLimit, *, now: float, reset_in: float | None) -> None:
        """Take over what the answer to a request under way states, which holds until the reset.

        A reset that is over, or more than an hour away, is that of another clock: the statement holds for an hour.
        """
        if number <= self._newest:
            return  # parallel answers come in any order: this one was asked for earlier
        self._newest = number
        # A limit of nothing would never be asked about again.
        if stated.limit is not None and stated.limit >= 1 and stated.limit != self.limit:
            self.stated_limit = TokenLimit(stated.limit)
        if stated.remaining is not None:
            seconds = reset_in if reset_in is not None and 0 <= reset_in <= HOUR_SECONDS else HOUR_SECONDS
            self._stated = _Stated(stated.remaining, self._covered[number], now + seconds)

    @property
    def limit(self) -> float:
        """How many requests an hour the token may make."""
        return self.stated_limit.requests if self.stated_limit else self._assumed_limit

    @property
    def left(self) -> float | None:
        """How many requests are left at least, while the statement holds; None where nothing was stated."""
        stated = self._stated
        return stated.remaining - (self._begun - stated.covered) if stated else None

    def seconds_until_full(self, now: float) -> float:
        """How long the statement holds; 0 where it does not any more."""
        return max(self._stated.until - now, 0.0) if self._stated else 0.0
