"""Two months go by: invoices close at the threshold and at the month's turn, are paid, or are not."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.e2e.dialect import DIALECTS
from tests.e2e.expected import UNPAID, Series, World, expected
from tests.faults.pair import NOW, Pair, errors, pair
from tests.faults.test_properties import series_of

pytestmark = pytest.mark.process

WORLD: dict[str, Any] = {
    "teams": 2,
    "projects": 2,
    "resources": 2,
    "invoices": 6,
    "threshold": 100,
    "payments_fail": True,
    "rate_limit": 1_000_000,
}
SIX_HOURS = 6 * 3600.0
POLLS = 62 * 4
AT_LEAST_CLOSED = 5  # some at the threshold, two at the turns of months, those before the start
SINCE = "northflank_invoice_unpaid_since_timestamp_seconds"


class Months:
    """What should be shown, poll by poll, from the ledger and from what was seen before."""

    def __init__(self, asked: Pair) -> None:
        self._asked = asked
        self._since: dict[str, float] | None = None
        self.closed: set[str] = set()
        self.statuses: set[str] = set()

    async def expected(self) -> Series:
        """Every billing series that this moment's ledger makes."""
        world = World(await self._asked.ledger(), DIALECTS["2026-10"], "acme", self._asked.hand.now)
        self.closed |= {each["id"] for each in world.shown if each["kind"] == "usage"}
        self.statuses |= {each["status"] for each in world.shown}
        unpaid = [each for each in world.shown if each["status"] in UNPAID]
        before = self._since
        self._since = {
            each["id"]: min(each["end"], world.now) if before is None else before.get(each["id"], world.now)
            for each in unpaid
        }
        series = {key: value for key, value in expected(world).items() if key[0] != SINCE}
        for invoice_id, moment in self._since.items():
            series[SINCE, frozenset({"account": "acme", "invoice_id": invoice_id}.items())] = moment
        return series


async def test_two_months_of_polls_are_what_the_ledger_says() -> None:
    """At every poll each family is the ledger's, and only what is new is asked for."""
    async with pair(**WORLD) as asked:
        months = Months(asked)
        for _ in range(POLLS):
            with capture_logs() as log:
                await asked.poll_invoices()
            assert [] == errors(log)
            assert pytest.approx(await months.expected(), abs=1e-6) == series_of(asked.billing())
            asked.hand.now += SIX_HOURS
        assert len(months.closed) > AT_LEAST_CLOSED
        assert {"open", "paid", "payment_failed"} <= months.statuses
        assert NOW + POLLS * SIX_HOURS == asked.hand.now
        # A list a poll; a detail and a tree for each invoice that closed: far from asking for everything each time.
        assert len(await asked.requests()) < POLLS * 2
