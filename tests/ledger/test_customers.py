"""A token of another billing customer: two bills are never mixed."""

import asyncio
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from exporter.domain.facts import ONLY
from exporter.domain.question import GetCredits, InvoiceList, ListHours, ListInvoices, UsageList
from exporter.domain.report import Dataset
from exporter.domain.usage import UsageRow
from exporter.ledger.ledger import Ledger
from tests.builders import usage_invoice
from tests.ledger.keeping import (
    HOUR,
    KEPT,
    MINOR,
    NOW,
    OWNER,
    THROUGH,
    USED,
    a_ledger,
    all_of,
    begun,
    events,
    found,
    opened,
    record_all,
)
from tests.ledger.test_ledger import BALANCE, LISTED, answer

FIRST, SECOND = "customer-1", "customer-2"
OF_FIRST = replace(OWNER, customer=FIRST)
OF_SECOND = InvoiceList((usage_invoice("usage-of-the-second"),))
HOURS = UsageList((UsageRow(THROUGH - HOUR, USED),))


async def lists(ledger: Ledger, customer: str, listed: InvoiceList) -> None:
    """Record an invoice list that names a customer."""
    assert await ledger.record_answer(answer(ledger, ListInvoices(), listed, customer=customer))


async def test_ledger_of_its_own(tmp_path: Path) -> None:
    """Nothing of the customer before is known any more, which is logged once; the token's limit is the token's."""
    async with a_ledger(tmp_path, OF_FIRST) as ledger:
        await ledger.record(all_of(KEPT))
        with capture_logs() as logs:
            await lists(ledger, SECOND, OF_SECOND)
            await ledger.record_answer(answer(ledger, ListHours(THROUGH), HOURS, customer=SECOND))
            facts = ledger.facts

    assert {"invoices": SECOND, "usage": SECOND} == facts.customers
    assert {"usage-of-the-second"} == facts.invoices.keys()
    assert {THROUGH - HOUR: USED} == facts.hours
    assert KEPT.token_limit == facts.token_limit
    kinds = {"api", "customers", "list_read", "invoices", "hours_read", "hours", "token_limit"}
    assert kinds == {kind for kind in all_of(facts) if facts.of(kind)}
    assert facts == await found(tmp_path)
    (line,) = logs
    text = "the token is of another billing customer; the figures of the one before are kept apart"
    assert ("ledger.another_customer", "warning", "acme", text) == (
        *(line["event"], line["log_level"], line["account"], line["error"]),
    )


async def test_first_customer_comes_back(tmp_path: Path) -> None:
    """When the first customer's token comes back all of its facts are there again, and none of the other one's."""
    async with a_ledger(tmp_path, OF_FIRST) as ledger:
        await ledger.record(all_of(KEPT))
        await lists(ledger, SECOND, OF_SECOND)
        second = ledger.facts
        await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, customer=FIRST))
        assert replace(KEPT, credits={ONLY: BALANCE}) == ledger.facts
        await lists(ledger, SECOND, OF_SECOND)
        assert second == ledger.facts


async def test_first_customer_comes_back_after_a_restart(tmp_path: Path) -> None:
    """Also over restarts each customer has its facts, whichever of them was the last."""
    await record_all(tmp_path, owner=OF_FIRST)
    async with a_ledger(tmp_path) as ledger:
        await lists(ledger, SECOND, OF_SECOND)
        second = ledger.facts
    async with a_ledger(tmp_path) as ledger:
        assert second == ledger.facts
        await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, customer=FIRST))

    assert replace(KEPT, credits={ONLY: BALANCE}) == await found(tmp_path)


async def test_answers_in_flight_are_dropped(tmp_path: Path) -> None:
    """An answer that was asked for before the customer changed is recorded for neither of the two."""
    async with a_ledger(tmp_path) as ledger:
        await lists(ledger, FIRST, LISTED)
        before = ledger.epoch
        await lists(ledger, SECOND, OF_SECOND)
        facts = ledger.facts
        for customer in (FIRST, None, SECOND):
            late = answer(ledger, GetCredits(), BALANCE, asked_in=before, customer=customer)
            assert not await ledger.record_answer(late)
        assert facts == ledger.facts
        await lists(ledger, FIRST, LISTED)

        assert {} == ledger.facts.credits


async def test_answer_that_names_nobody(tmp_path: Path) -> None:
    """An answer that names no customer is of the one that was named last."""
    async with a_ledger(tmp_path) as ledger:
        await lists(ledger, FIRST, LISTED)
        assert await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, customer=None))

        assert ({ONLY: BALANCE}, 0) == (ledger.facts.credits, ledger.epoch.customer)


async def test_customer_that_is_named_for_the_first_time(tmp_path: Path) -> None:
    """Facts from before any answer named the customer stay where the first answer does."""
    nameless = replace(KEPT, customers={})
    await record_all(tmp_path, nameless)
    async with a_ledger(tmp_path) as ledger:
        with capture_logs() as logs:
            await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, customer=FIRST))
        facts = ledger.facts

    assert replace(nameless, customers={"usage": FIRST}, credits={ONLY: BALANCE}) == facts == await found(tmp_path)
    assert [] == logs


async def test_customer_is_known_where_facts_are_ignored(tmp_path: Path) -> None:
    """Where facts are ignored for their generation, another customer is still noticed: the first one's ledger stays."""
    await record_all(tmp_path, owner=OF_FIRST)
    with capture_logs() as logs:
        async with a_ledger(tmp_path, is_comparable=lambda api: api == MINOR) as ledger:
            entry = answer(ledger, ListInvoices(), OF_SECOND, api=MINOR, customer=SECOND)
            assert await ledger.record_answer(entry)
    assert ["store.ignored", "ledger.another_customer"] == events(logs)

    async with a_ledger(tmp_path) as ledger:
        await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, customer=FIRST))
        assert replace(KEPT, credits={ONLY: BALANCE}) == ledger.facts


async def test_without_a_disk() -> None:
    """Without a state file the other customer begins anew as well, and nothing is mixed."""
    ledger = await begun(None)
    await ledger.record(all_of(KEPT))
    await lists(ledger, SECOND, OF_SECOND)
    assert {"usage-of-the-second"} == ledger.facts.invoices.keys()
    assert {} == ledger.facts.credits

    await lists(ledger, FIRST, LISTED)
    assert {"usage-7"} == ledger.facts.invoices.keys()


async def test_notes_while_the_customer_changes(tmp_path: Path) -> None:
    """What the other job notes and writes while the ledger goes over is not taken for a fact of the new customer."""
    await record_all(tmp_path, replace(KEPT, customers={"invoices": SECOND}), replace(OWNER, customer=SECOND))
    async with opened(tmp_path) as disk:
        ledger = await begun(disk)
        await lists(ledger, FIRST, LISTED)
        goes_on = Event()
        busy = asyncio.create_task(disk.run("other", lambda _: goes_on.wait(10)))
        going_over = asyncio.create_task(lists(ledger, SECOND, OF_SECOND))
        await asyncio.sleep(0)
        ledger.note({"waiting": {Dataset.CREDITS: NOW}, "polled": {Dataset.CREDITS: 1.0}})
        writing = asyncio.create_task(ledger.flush())
        await asyncio.sleep(0)
        goes_on.set()
        await asyncio.gather(busy, going_over, writing)
        expected = ledger.facts

    assert KEPT.hours == expected.hours
    assert (KEPT.waiting, KEPT.polled) == (expected.waiting, expected.polled)
    assert expected == await found(tmp_path)


@pytest.mark.parametrize("is_well", [pytest.param(True, id="disk_is_well"), pytest.param(False, id="disk_fails")])
async def test_disk_that_fails_meanwhile(tmp_path: Path, *, is_well: bool) -> None:
    """Where the disk fails while the customer changes, the new one's facts are in memory, and written later."""
    async with opened(tmp_path) as disk:
        ledger = await begun(disk)
        await lists(ledger, FIRST, LISTED)
        with capture_logs():
            if not is_well:
                await disk.run("acme", _fault)
                (tmp_path / "state.sqlite").chmod(0o600)
            await lists(ledger, SECOND, OF_SECOND)
            await ledger.flush()
        assert {"usage-of-the-second"} == ledger.facts.invoices.keys()
        facts = ledger.facts

    assert facts == await found(tmp_path)
    async with a_ledger(tmp_path) as ledger:
        await lists(ledger, FIRST, LISTED)
        assert {"usage-7"} == ledger.facts.invoices.keys()


def _fault(_: object) -> None:
    raise OSError("a disk that came loose")
