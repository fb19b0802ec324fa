"""Every fault over a real socket: nothing wrong is shown, the last good stays, the next good answer heals."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.faults.catalogue import DETAIL, DETAIL_FAULTS, LIST, LIST_FAULTS, Fault
from tests.faults.conftest import Golden
from tests.faults.pair import TOKEN, Pair, errors, pair

pytestmark = pytest.mark.process

SMALL: dict[str, Any] = {"teams": 2, "projects": 1, "resources": 2, "invoices": 4}
HALF_AN_HOUR = 1800.0
A_DAY = 86400.0


def named(fault: Fault) -> str:
    """The name of the test."""
    return fault.name


def of(text: str, *families: str) -> list[str]:
    """The lines of those families, without HELP and TYPE."""
    return [line for line in text.splitlines() if line.startswith(families)]


LISTED = (
    "northflank_invoice_amount",
    "northflank_invoice_subtotal_amount",
    "northflank_invoice_paid",
    "northflank_invoice_status",
    "northflank_invoice_period",
    "northflank_invoice_info",
    "northflank_invoice_unpaid_since",
    "northflank_latest_invoice_info",
    "northflank_invoice_cost",
)


async def assert_said_once(asked: Pair, fault: Fault, dataset: str, lines: list[dict[str, Any]]) -> None:
    """One log line tells of the fault what, where and what to do; the token is nowhere."""
    assert [(dataset, fault.outcome)] == [(line["dataset"], line["outcome"]) for line in lines], lines
    assert fault.says in lines[0]["error"], lines[0]["error"]
    assert "\n" not in lines[0]["error"]
    assert TOKEN not in repr(lines)
    assert TOKEN not in asked.app.exposition.plain().decode()
    assert 1 == asked.value("northflank_exporter_polls_total", dataset=dataset, outcome=fault.outcome)
    assert (3 if fault.retries else 1) <= await asked.applied()


@pytest.mark.parametrize("fault", LIST_FAULTS, ids=named)
async def test_a_fault_of_the_list_leaves_the_last_good_figures(fault: Fault, golden: Golden) -> None:
    """After a list that cannot be trusted, all that was shown stands with its age, and the next good one heals it."""
    async with pair(**{**SMALL, **fault.world}, timeout_seconds=fault.timeout_seconds) as asked:
        await asked.poll_invoices()
        before, success = asked.billing(), asked.value("northflank_last_success_timestamp_seconds", dataset="invoices")
        assert (1, 1) == asked.up()

        await asked.spoil(fault.rule(LIST))
        asked.hand.now += A_DAY
        with capture_logs() as log:
            await asked.poll_invoices()
        assert before == asked.billing()
        assert (0, 1) == asked.up()
        assert success == asked.value("northflank_last_success_timestamp_seconds", dataset="invoices")
        await assert_said_once(asked, fault, "invoices", errors(log))
        if not fault.world:
            golden("the_last_good_figures", asked.billing())

        await asked.spoil()
        asked.hand.now += HALF_AN_HOUR * 2
        with capture_logs() as log:
            await asked.poll_invoices()
        assert [] == errors(log)
        assert before == asked.billing()
        assert (1, 1) == asked.up()
        assert asked.hand.now == asked.value("northflank_last_success_timestamp_seconds", dataset="invoices")


@pytest.mark.parametrize("fault", DETAIL_FAULTS, ids=named)
async def test_a_fault_of_the_details_at_the_first_start_shows_the_list_alone(fault: Fault, golden: Golden) -> None:
    """Where not all details can be had none is shown: no tax without its discount, no half a tree."""
    async with pair(**{**SMALL, **fault.world}, timeout_seconds=fault.timeout_seconds) as asked:
        await asked.spoil(fault.rule(DETAIL))
        with capture_logs() as log:
            await asked.poll_invoices()
        assert (1, 0) == asked.up()
        assert of(asked.billing(), "northflank_") == of(asked.billing(), *LISTED) != []
        assert asked.value("northflank_last_success_timestamp_seconds", dataset="invoice_details") is None
        assert [(fault.outcome, fault.says in str(errors(log)))] == [(line["outcome"], True) for line in errors(log)], (
            errors(log)
        )
        golden("the_list_alone", asked.billing())

        await asked.spoil()
        asked.hand.now += HALF_AN_HOUR * 2
        await asked.poll_invoices()
        assert (1, 1) == asked.up()
        golden("the_last_good_figures", asked.billing())


@pytest.mark.parametrize("fault", DETAIL_FAULTS, ids=named)
async def test_a_fault_of_the_details_leaves_the_last_good_ones(fault: Fault) -> None:
    """Details that were shown stay as they were, while the list goes on; then they are whole again."""
    async with pair(**{**SMALL, **fault.world}, timeout_seconds=fault.timeout_seconds) as asked:
        await asked.poll_invoices()
        before = asked.billing()
        listed = of(before, *LISTED)
        details = [line for line in of(before, "northflank_") if line not in listed]

        # An invoice whose total has changed is another bill: its details are asked for again.
        another_bill = {"edits": [{"path": "data.invoices.2.total", "set": 777.5}]}
        await asked.spoil({"fault": "edit", "endpoint": LIST, "with": another_bill}, fault.rule(DETAIL))
        asked.hand.now += HALF_AN_HOUR
        with capture_logs() as log:
            await asked.poll_invoices()
        assert (1, 0) == asked.up()
        shown = of(asked.billing(), "northflank_")
        assert details == [line for line in shown if line in details]
        assert [" 777.5"] == [line[-6:] for line in shown if line not in before]
        await assert_said_once(asked, fault, "invoice_details", errors(log))

        await asked.spoil()
        asked.hand.now += HALF_AN_HOUR * 2
        await asked.poll_invoices()
        assert (1, 1) == asked.up()
        assert before == asked.billing()
