"""After a restart: what was found out and fetched before it is not asked for again."""

from dataclasses import replace

import httpx
import pytest

from exporter.domain.invoice import Invoice
from exporter.domain.memory import TokenLimit
from exporter.domain.money import Unit
from exporter.domain.report import AccountReport, Api, Generation, InvoiceDetailsSection
from exporter.domain.selection import billing_usage
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.source import Resumed, Source
from tests.northflank.asking import NOW, refused
from tests.northflank.sandboxed import Sandboxed

Read = tuple[tuple[Invoice, ...], InvoiceDetailsSection]
C_MAJOR = Api(Generation.C, Unit.MAJOR)


def resumed(api: Api, section: InvoiceDetailsSection | None = None) -> Resumed:
    """What a restart goes on from: details of invoices alone."""
    return Resumed(api, AccountReport("acme", invoice_details=section), memory={})


async def read(source: Source) -> Read:
    """The list and all details, with the tree of the newest usage invoice."""
    invoices = await source.fetch_invoices(frozenset())
    return invoices, await source.fetch_details(invoices, billing_usage(invoices, 1, NOW))


def sandbox(generation: str = "2026-10") -> Sandboxed:
    """A sandbox with two teams of two projects each."""
    return Sandboxed(teams=2, projects=2, resources=1, seed=3, generation=generation)


@pytest.mark.parametrize("generation", ["2024", "2026-06", "2026-10"])
async def test_only_the_list_is_asked_for(generation: str) -> None:
    """The list in the generation that was found is one request; details and trees are what they were."""
    sandboxed = sandbox(generation)
    before = sandboxed.source()
    invoices, section = await read(before)
    assert before.api is not None
    sandboxed.requests.clear()
    after = sandboxed.source()
    after.resume(resumed(before.api, section))

    assert before.api == after.api
    assert (invoices, section) == await read(after)
    assert ["/invoices"] == [path for path, _ in sandboxed.requests]


@pytest.mark.parametrize(
    ("told", "status", "requests"),
    [
        pytest.param("paid", "paid", 0, id="final"),
        pytest.param("draft", "draft", 1, id="draft"),
        pytest.param(None, "paid", 0, id="paid as only its detail tells"),
        pytest.param(None, "open", 1, id="open as only its detail tells"),
    ],
)
async def test_what_may_change_is_asked_for_again(told: str | None, status: str, requests: int) -> None:
    """A kept detail is gone on with only if its invoice was final, be it that only the detail told the status."""
    sandboxed = sandbox()
    invoices, section = await read(sandboxed.source())
    ((listed, detail), *_) = section.details
    invoice = replace(listed, status=told)
    after = sandboxed.source()
    after.resume(resumed(C_MAJOR, replace(section, details=((invoice, replace(detail, status=status)),), trees=())))
    sandboxed.requests.clear()
    await after.fetch_details((invoice,), ())

    assert invoices[0].id == invoice.id
    assert requests == len(sandboxed.requests)


async def test_team_that_had_vanished() -> None:
    """A kept tree of which a team had vanished is asked for again, since the team may be back."""
    sandboxed = sandbox()
    source = sandboxed.source()
    (invoice,) = billing_usage(await source.fetch_invoices(frozenset()), 1, NOW)
    whole = await source.fetch_details((invoice,), (invoice,))
    (team,) = next(path for path in whole.trees[0].rows if len(path) == 1)

    def gone(request: httpx.Request) -> httpx.Response | None:
        return refused(404) if request.url.params.get("teamId") == team else None

    sandboxed.fault = gone
    vanishing = sandboxed.source()
    vanishing.resume(resumed(C_MAJOR))
    partial = await vanishing.fetch_details((invoice,), (invoice,))
    assert {(team,)} == partial.trees[0].vanished

    sandboxed.fault = lambda _: None
    after = sandboxed.source()
    after.resume(resumed(C_MAJOR, partial))
    assert whole == await after.fetch_details((invoice,), (invoice,))


async def test_nothing_but_the_generation() -> None:
    """Where no details are kept that can be gone on with, the generation alone is not found out again."""
    sandboxed = sandbox()
    source = sandboxed.source()
    source.resume(resumed(C_MAJOR))
    await source.fetch_invoices(frozenset())

    assert 1 == len(sandboxed.requests)


async def test_set_by_hand() -> None:
    """Details that were read in another unit than is set by hand are not gone on with, nor another generation."""
    sandboxed = sandbox()
    _, section = await read(sandboxed.source())
    by_hand = sandboxed.source(generation=Generation.C, unit=Unit.MINOR)
    by_hand.resume(resumed(Api(Generation.B, Unit.MAJOR), section))
    assert Api(Generation.C, Unit.MINOR) == by_hand.api

    sandboxed.requests.clear()
    await read(by_hand)
    assert 1 < len(sandboxed.requests)


async def test_limit_of_the_token() -> None:
    """How many requests the token may make is known from the start, also where the figures cannot be gone on with."""
    sandboxed = Sandboxed(rate_limit=60)
    first, second = (Allowance(share=0.5, reserve=0) for _ in range(2))
    before = sandboxed.source(allowance=first)
    assert {} == before.memory()
    await before.fetch_invoices(frozenset())
    after = sandboxed.source(generation=Generation.B, allowance=second)
    after.resume(replace(resumed(C_MAJOR), memory=before.memory()))

    assert {"token_limit": TokenLimit(60)} == after.memory()
    assert (30, 30) == (first.limit_an_hour, second.limit_an_hour)
    kept = before.memory()["token_limit"]
    await before.fetch_invoices(frozenset())
    assert kept is before.memory()["token_limit"]


async def test_limit_as_documented() -> None:
    """The limit that is assumed anyway is not kept, nor one that no answer states; one that is stated again stays."""
    allowance = Allowance(share=0.5, reserve=0)
    source = Sandboxed(rate_limit=1000).source(allowance=allowance)
    await source.fetch_invoices(frozenset())
    assert {} == source.memory()

    allowance.resume_limit({"token_limit": TokenLimit(60)})
    await source.fetch_invoices(frozenset())
    assert 1000 == allowance.limit
    assert {} == Sandboxed().source().memory()


async def test_server_that_moved_on() -> None:
    """A server that speaks another generation after the restart is read anew in that one."""
    before = sandbox("2026-06").source()
    _, section = await read(before)
    assert before.api is not None
    moved = sandbox()
    after = moved.source()
    after.resume(resumed(before.api, section))
    expected = await read(sandbox().source())

    assert expected == await read(after)
    assert C_MAJOR == after.api
