from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from exporter.domain.credit import CreditBalance
from exporter.domain.facts import ANY_API, NO_FACTS, ONLY, Facts, TokenLimit
from exporter.domain.money import Unit
from exporter.domain.question import Content, GetCredits, InvoiceList, ListInvoices, Question
from exporter.domain.report import Api, Dataset, Generation
from exporter.ledger.ledger import Entry, Epoch, Ledger
from tests.builders import usage_invoice
from tests.ledger.keeping import (
    API,
    KEPT,
    MINOR,
    NOW,
    OWNER,
    a_ledger,
    all_of,
    anything,
    begun,
    events,
    found,
    record_all,
    spelled,
)

BALANCE = CreditBalance("USD", Decimal("1.10"), None, None, None, None, None)
LISTED = InvoiceList((usage_invoice("usage-7"),))
OF_ANY_API = Facts(**{kind: KEPT.of(kind) for kind in ANY_API if kind != "api"})


def answer(
    ledger: Ledger,
    question: Question,
    content: Content,
    *,
    asked_in: Epoch | None = None,
    api: Api = API,
    customer: str | None = "customer-1",
) -> Entry:
    """An answer as it is recorded; it was asked for just now unless the test says so."""
    return Entry(question, content, asked_in or ledger.epoch, api, customer, asked_at=NOW)


async def test_kept_over_a_restart(tmp_path: Path) -> None:
    """What was recorded is what the next start finds, digit for digit, and the one after it."""
    await record_all(tmp_path)

    for _ in range(2):
        facts = await found(tmp_path)
        assert KEPT == facts
        assert spelled(KEPT) == spelled(facts)


async def test_first_start(tmp_path: Path) -> None:
    """A first start finds nothing, and that is no fault."""
    with capture_logs() as logs:
        assert NO_FACTS == await found(tmp_path / "new")

    assert [] == logs


async def test_answers_are_written_one_by_one(tmp_path: Path) -> None:
    """Each answer is in the file as soon as it is recorded: a process that is killed loses no other."""
    async with a_ledger(tmp_path) as ledger:
        assert await ledger.record_answer(answer(ledger, ListInvoices(), LISTED))
        assert await ledger.record_answer(answer(ledger, GetCredits(), BALANCE))
        facts = ledger.facts

    assert ({ONLY: BALANCE}, ["usage-7"]) == (facts.credits, list(facts.invoices))
    assert facts == await found(tmp_path)


async def test_notes_are_written_later(tmp_path: Path) -> None:
    """What is noted is known at once, and in the file with the next write or at the end of a poll."""
    async with a_ledger(tmp_path) as ledger:
        await ledger.record_answer(answer(ledger, GetCredits(), BALANCE))
        ledger.note({"polled": {Dataset.USAGE: NOW}, "waiting": {Dataset.BUDGETS: NOW}})
        assert {Dataset.USAGE: NOW} == ledger.facts.polled
        await ledger.flush()

    facts = await found(tmp_path)
    assert ({Dataset.USAGE: NOW}, {Dataset.BUDGETS: NOW}) == (facts.polled, facts.waiting)


async def test_without_a_disk() -> None:
    """Without a state file facts are held in memory, and nothing is missing while the process runs."""
    ledger = await begun(None)
    await ledger.record(all_of(KEPT), released={"hour_projects": KEPT.hour_projects})
    await ledger.record_answer(answer(ledger, GetCredits(), BALANCE))
    await ledger.save_requests({1: 2})
    await ledger.forget_old(NOW)
    await ledger.flush()

    assert replace(KEPT, credits={ONLY: BALANCE}, hour_projects={}) == ledger.facts
    assert {} == await ledger.load_requests()


@pytest.mark.parametrize(
    "set_by_hand",
    [
        pytest.param(Api(Generation.B, Unit.MINOR), id="generation"),
        pytest.param(Api(Generation.C, Unit.MINOR), id="unit"),
    ],
)
async def test_generation_and_unit_that_are_set_by_hand(tmp_path: Path, set_by_hand: Api) -> None:
    """Facts of another generation or unit than is set are ignored with one line; what depends on neither stays."""
    await record_all(tmp_path)
    with capture_logs() as logs:
        facts = await found(tmp_path, is_comparable=lambda api: api == set_by_hand)

    assert OF_ANY_API == facts
    assert {} not in (facts.unpaid, facts.token_limit, facts.waiting)
    (line,) = logs
    assert ("store.ignored", "warning", "acme") == (line["event"], line["log_level"], line["account"])
    text = "what is kept was read as 2026-10 in major units, which the configuration rules out"
    assert line["error"].startswith(text)


async def test_facts_that_were_ignored_are_replaced(tmp_path: Path) -> None:
    """What was ignored is gone once something comparable is recorded: it does not come back."""
    await record_all(tmp_path)
    with capture_logs():
        async with a_ledger(tmp_path, is_comparable=lambda api: api == MINOR) as ledger:
            await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, api=MINOR))
            expected = ledger.facts

    assert replace(OF_ANY_API, api={ONLY: MINOR}, credits={ONLY: BALANCE}) == expected
    assert expected == await found(tmp_path)


async def test_server_that_goes_over_to_another_generation(tmp_path: Path) -> None:
    """Facts of the generation before are not comparable: only what does not depend on it stays."""
    async with a_ledger(tmp_path) as ledger:
        await ledger.record(all_of(KEPT))
        assert await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, api=MINOR))
        facts = ledger.facts

    assert replace(OF_ANY_API, api={ONLY: MINOR}, credits={ONLY: BALANCE}) == facts
    assert facts == await found(tmp_path)


async def test_answer_that_is_not_comparable(tmp_path: Path) -> None:
    """An answer of the generation before, asked for before the server went over, is not recorded."""
    async with a_ledger(tmp_path) as ledger:
        await ledger.record_answer(answer(ledger, ListInvoices(), LISTED))
        before = ledger.epoch
        await ledger.record_answer(answer(ledger, ListInvoices(), LISTED, api=MINOR))
        facts = ledger.facts
        assert not await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, asked_in=before))
        assert facts == ledger.facts

    assert facts == await found(tmp_path)


async def test_answers_that_find_the_same_generation(tmp_path: Path) -> None:
    """Of answers that were asked for side by side, and all found the new generation, each is recorded."""
    async with a_ledger(tmp_path) as ledger:
        await ledger.record_answer(answer(ledger, ListInvoices(), LISTED))
        before = ledger.epoch
        for question, content in ((ListInvoices(), LISTED), (GetCredits(), BALANCE)):
            assert await ledger.record_answer(answer(ledger, question, content, asked_in=before, api=MINOR))

        assert ({ONLY: MINOR}, {ONLY: BALANCE}) == (ledger.facts.api, ledger.facts.credits)


async def test_released_facts_stay_in_the_file(tmp_path: Path) -> None:
    """Hours and months that are released from memory are no longer held, and are still in the file."""
    released: dict[str, Iterable[Any]] = {"hour_projects": KEPT.hour_projects, "project_months": KEPT.project_months}
    async with a_ledger(tmp_path) as ledger:
        await ledger.record(all_of(KEPT), released)
        assert replace(KEPT, hour_projects={}, project_months={}) == ledger.facts
        await ledger.record_answer(answer(ledger, GetCredits(), BALANCE))

    facts = await found(tmp_path)
    assert (KEPT.hour_projects, KEPT.project_months) == (facts.hour_projects, facts.project_months)


async def test_requests_over_a_restart(tmp_path: Path) -> None:
    """How many requests were made is known after a restart, whatever generation is set by then."""
    await record_all(tmp_path)
    async with a_ledger(tmp_path) as ledger:
        await ledger.save_requests({29_750_000: 3})
    with capture_logs() as logs:
        async with a_ledger(tmp_path, is_comparable=lambda api: api == MINOR) as ledger:
            assert {29_750_000: 3} == await ledger.load_requests()
            await ledger.record_answer(answer(ledger, GetCredits(), BALANCE, api=MINOR))
            assert {29_750_000: 3} == await ledger.load_requests()

    assert ["store.ignored"] == events(logs)


async def test_no_requests(tmp_path: Path) -> None:
    """A first start knows of no requests."""
    async with a_ledger(tmp_path) as ledger:
        assert {} == await ledger.load_requests()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(OWNER, base_url="https://other.example"), id="base_url"),
        pytest.param(replace(OWNER, team_id="team"), id="team_id"),
        pytest.param(replace(OWNER, account="other"), id="account"),
    ],
)
async def test_other_owner(tmp_path: Path, other: object) -> None:
    """An account of another server, team or name has a ledger of its own, and the first one's is still there."""
    assert isinstance(other, type(OWNER))
    await record_all(tmp_path)
    assert NO_FACTS == await found(tmp_path, other)
    await record_all(tmp_path, Facts(unpaid={"usage-9": 9.0}), other)

    assert Facts(unpaid={"usage-9": 9.0}) == await found(tmp_path, other)
    assert KEPT == await found(tmp_path, is_comparable=anything)


async def test_limit_that_is_replaced(tmp_path: Path) -> None:
    """A fact of which there is one is replaced by a newer one."""
    async with a_ledger(tmp_path) as ledger:
        await ledger.record({"token_limit": {ONLY: TokenLimit(1000.0)}})
        ledger.note({"token_limit": {ONLY: TokenLimit(60.0)}})
        await ledger.flush()

    assert {ONLY: TokenLimit(60.0)} == (await found(tmp_path)).token_limit
