"""What the sandbox's ledger says of an account at the last poll of the history, to compare figures with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.dialect import DIALECTS, Ledger
from tests.e2e.expected import World
from tests.e2e.expected_periods import DAY, HOUR, hour_from, month, period
from tests.e2e.expected_polls import billed_until

MONTHS = 12
DIALECT = DIALECTS["2026-10"]


async def ask_ledger(http: httpx.AsyncClient, sandbox: str, now: int) -> dict[str, Any]:
    """The pages of the ledger, as JSON: all invoices, the credits, and the usage of all times that figures are of."""
    listed = await _page(http, f"{sandbox}/-/ledger")
    times = _times(listed, now)
    return {
        "now": now,
        "invoices": listed,
        "credits": await _page(http, f"{sandbox}/-/ledger/credits"),
        "used": {
            f"{start}-{end}": await _page(http, f"{sandbox}/-/ledger/usage?start={start}&end={end}")
            for start, end in times
        },
    }


async def _page(http: httpx.AsyncClient, address: str) -> Ledger:
    answer: Ledger = (await http.get(address)).raise_for_status().json()
    return answer


def _times(listed: Ledger, now: int) -> set[tuple[int, int]]:
    through = now // HOUR * HOUR
    unbilled_from = billed_until(listed, now)
    assert unbilled_from is not None
    begins = (through - HOUR, through - DAY, month(through)[0], period("day", through)[0], hour_from(unbilled_from))
    return {*((begin, through) for begin in begins), *(month(through, ago) for ago in range(1, MONTHS + 1))}


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger of an account, as `ask_ledger` brought it."""

    account: str
    told: Mapping[str, Any]

    @property
    def now(self) -> int:
        """When it was asked, Unix seconds."""
        return int(self.told["now"])

    @property
    def through(self) -> int:
        """The end of the newest complete hour."""
        return self.now // HOUR * HOUR

    @property
    def world(self) -> World:
        """Which invoices are shown, and which is the newest that bills usage."""
        return World(self.told["invoices"], DIALECT, self.account, self.now)

    @property
    def credits(self) -> Ledger:
        """What is left to be spent."""
        return dict(self.told["credits"])

    @property
    def currency(self) -> str:
        """What usage is in."""
        return str(self.hour["currency"]).upper()

    @property
    def hour(self) -> Ledger:
        """The newest complete hour."""
        return self._used(self.through - HOUR, self.through)

    @property
    def day(self) -> Ledger:
        """The newest 24 complete hours."""
        return self._used(self.through - DAY, self.through)

    @property
    def month(self) -> Ledger:
        """The calendar month so far."""
        return self.since("month")

    @property
    def unbilled(self) -> Ledger:
        """What was used since the newest usage invoice."""
        since = billed_until(self.told["invoices"], self.now)
        assert since is not None
        return self._used(hour_from(since), self.through)

    def since(self, kind: str) -> Ledger:
        """The `day` or `month` so far."""
        return self._used(period(kind, self.through)[0], self.through)

    def past_month(self, ago: int) -> Ledger:
        """A finished month, from 1 to 12 ago."""
        return self._used(*month(self.through, ago))

    def _used(self, start: int, end: int) -> Ledger:
        return dict(self.told["used"][f"{start}-{end}"])
