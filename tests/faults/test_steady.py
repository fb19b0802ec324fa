"""A server where nothing happens."""

import pytest

from tests.faults.pair import pair

pytestmark = pytest.mark.process

HALF_AN_HOUR = 1800.0


async def test_a_poll_that_brings_nothing_new_costs_one_request_and_renders_nothing() -> None:
    """Where no invoice has changed, a poll asks for the list alone, and what is shown is not made again."""
    async with pair(teams=2, projects=2, resources=2, invoices=4, threshold=0) as asked:
        await asked.poll_invoices()
        before = asked.app.exposition.snapshot.blocks
        await asked.forget_requests()

        asked.hand.now += HALF_AN_HOUR
        await asked.poll_invoices()
        after = asked.app.exposition.snapshot.blocks
        assert ["/v1/billing/invoices"] == [request["path"] for request in await asked.requests()]
        assert [] == [key for key, block in after.items() if block is not before[key]]
        for dataset in ("invoices", "invoice_details"):
            assert asked.hand.now == asked.value("northflank_last_success_timestamp_seconds", dataset=dataset)
