"""A team that vanishes between two requests: its price stays, what is below it is said to be missing."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.faults.catalogue import DETAIL
from tests.faults.conftest import Golden
from tests.faults.pair import errors, pair

pytestmark = pytest.mark.process

SMALL: dict[str, Any] = {"teams": 2, "projects": 1, "resources": 2, "invoices": 3}
GONE = "platform"


async def test_a_team_that_vanishes(golden: Golden) -> None:
    """Its price is shown where it is known, the rest is unattributed, the log names it, and it heals by itself."""
    async with pair(**SMALL) as asked:
        await asked.spoil({"fault": "vanish", "endpoint": DETAIL, "with": {"team": GONE}})
        with capture_logs() as log:
            await asked.poll_invoices()
        assert [] == errors(log)
        assert (1, 1) == asked.up()
        assert [[GONE]] == [line["vanished"] for line in log if "vanished" in line]
        golden("a_team_that_vanishes", asked.billing())
        price = asked.value("northflank_invoice_team_cost", team_id=GONE, component="cpu")
        assert price is not None
        assert price > 0
        assert asked.value("northflank_invoice_project_cost", team_id=GONE, component="cpu") is None
        left = asked.value("northflank_invoice_unattributed_cost", level="project")
        assert left is not None
        assert left > 0

        await asked.spoil()
        await asked.forget_requests()
        with capture_logs() as log:
            await asked.poll_invoices()
        assert [] == [line for line in log if "vanished" in line]
        assert 0 == asked.value("northflank_invoice_unattributed_cost", level="project")
        again = [each["query"].get("teamId") for each in await asked.requests() if "/invoices/" in each["path"]]
        assert {GONE} == set(again)
