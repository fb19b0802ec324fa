from collections import Counter
from dataclasses import replace

import httpx
import pytest

from exporter.background import Background
from exporter.domain.invoice import Invoice
from exporter.domain.report import InvoiceDetailsSection
from exporter.domain.selection import billing_usage
from exporter.domain.tree import Level
from exporter.errors import NotFoundError, ServerFaultError
from exporter.northflank.http.client import Limits
from exporter.northflank.readers import Depth
from exporter.northflank.source import Source
from tests.northflank.asking import NOW, refused
from tests.northflank.sandboxed import Fault, Sandboxed


def sandbox() -> Sandboxed:
    """A sandbox with two teams of two projects each."""
    return Sandboxed(teams=2, projects=2, resources=1, seed=3)


class Watched:
    """A source of a sandbox whose list was read, and its newest usage invoice."""

    def __init__(self, sandboxed: Sandboxed, source: Source, invoice: Invoice) -> None:
        self.sandboxed = sandboxed
        self.source = source
        self.invoice = invoice

    async def fetch(self, **changes: str) -> InvoiceDetailsSection:
        """Detail and tree of the invoice as the list has it now; the requests are counted anew."""
        self.sandboxed.requests.clear()
        invoice = replace(self.invoice, **changes)  # type: ignore[arg-type] # changes are the test's
        return await self.source.fetch_details((invoice,), (invoice,))

    @property
    def requests(self) -> Counter[str]:
        """The kinds of filters of the last fetch."""
        return self.sandboxed.kinds


@pytest.fixture
async def watched() -> Watched:
    """A source without retries, its list read."""
    sandboxed = sandbox()
    client = sandboxed.client(limits=Limits(max_retries=0))
    source = Source(client, Background(), generation=None, unit=None, depth=Depth(Level.RESOURCE, retention_seconds=0))
    (invoice,) = billing_usage(await source.fetch_invoices(frozenset()), 1, NOW)
    return Watched(sandboxed, source, invoice)


def none(_: httpx.Request) -> None:
    """No fault."""


def failing(status: int, **filters: str) -> Fault:
    """A fault of the requests with these filters."""

    def fault(request: httpx.Request) -> httpx.Response | None:
        query = dict(request.url.params)
        asked = {name: query[name] for name in ("teamId", "projectId", "resourceType") if name in query}
        return refused(status) if asked == filters else None

    return fault


def path_of(section: InvoiceDetailsSection, depth: int) -> tuple[str, ...]:
    """Some path of that length in the tree."""
    return next(path for path in section.trees[0].rows if len(path) == depth)


async def test_final_tree_is_fetched_once(watched: Watched) -> None:
    """A finalized invoice is asked for once; later polls take its detail and tree from memory."""
    first = await watched.fetch()
    assert {"": 1, "teamId": 2} == {kind: watched.requests[kind] for kind in ("", "teamId")}

    again = await watched.fetch()
    assert [] == watched.sandboxed.requests
    assert first == again


async def test_status_comes_from_the_list(watched: Watched) -> None:
    """The status changes with the list, without a request."""
    await watched.fetch(status="open")
    section = await watched.fetch(status="paid")

    assert [] == watched.sandboxed.requests
    assert ["paid"] == [invoice.status for invoice, _ in section.details]
    assert ["paid"] == [tree.invoice.status for tree in section.trees]


async def test_draft_is_fetched_again(watched: Watched) -> None:
    """A draft may change: all of it is asked for at each poll."""
    await watched.fetch(status="draft")
    first = watched.requests
    await watched.fetch(status="draft")

    assert 0 < first.total()
    assert first == watched.requests


async def test_draft_that_became_final(watched: Watched) -> None:
    """What was answered of a draft is not taken for the final bill, also when the list shows the same total."""
    await watched.fetch(status="draft")
    first = watched.requests
    await watched.fetch(status="open")
    assert first == watched.requests

    await watched.fetch(status="paid")
    assert {} == watched.requests


async def test_bill_that_changed(watched: Watched) -> None:
    """An invoice whose figures in the list have changed is asked for anew."""
    await watched.fetch()
    first = watched.requests
    watched.invoice = replace(watched.invoice, total=watched.invoice.total + 1)
    await watched.fetch()

    assert first == watched.requests


async def test_what_is_no_longer_shown_is_forgotten(watched: Watched) -> None:
    """An invoice that leaves what is shown is not kept in memory."""
    await watched.fetch()
    first = watched.requests
    await watched.source.fetch_details((), ())
    await watched.fetch()

    assert first == watched.requests


async def test_tree_that_is_wanted_later(watched: Watched) -> None:
    """Where the detail is known already, the tree takes no second request for it."""
    await watched.source.fetch_details((watched.invoice,), ())
    await watched.fetch()

    assert 0 == watched.requests[""]
    assert 2 == watched.requests["teamId"]


async def test_fault_half_way(watched: Watched) -> None:
    """A poll that fails half-way shows nothing of it; the next asks only for what is missing."""
    whole = await watched.fetch()
    plan = watched.requests
    _, project = path_of(whole, 2)
    team = path_of(whole, 2)[0]
    await watched.source.fetch_details((), ())

    watched.sandboxed.fault = failing(500, teamId=team, projectId=project)
    with pytest.raises(ServerFaultError):
        await watched.fetch()
    watched.sandboxed.fault = none
    section = await watched.fetch()

    # What was under way when the fault came is asked for again; what was answered before is not.
    assert whole.trees == section.trees
    assert 0 == watched.requests[""]
    assert 0 < watched.requests.total() < plan.total()
    assert [] == [query for _, query in watched.sandboxed.requests if query.get("teamId") == team and len(query) == 5]
    await watched.fetch()
    assert {} == watched.requests


async def test_team_that_vanished(watched: Watched) -> None:
    """A team that answers 404 is shown with its price alone and asked for again at the next poll, and only it."""
    whole = await watched.fetch()
    (team,) = path_of(whole, 1)
    await watched.source.fetch_details((), ())

    watched.sandboxed.fault = failing(404, teamId=team)
    (tree,) = (await watched.fetch()).trees
    assert {(team,)} == tree.vanished
    assert whole.trees[0].rows[team,] == tree.rows[team,]
    assert [] == [path for path in tree.rows if path[:1] == (team,) and len(path) > 1]
    assert whole.trees[0].rows[team,].price is not None
    assert tree.unattributed[Level.PROJECT] == whole.trees[0].rows[team,].price.total  # type: ignore[union-attr] # above

    await watched.fetch()
    assert {"teamId": 1} == watched.requests
    watched.sandboxed.fault = none
    assert whole.trees == (await watched.fetch()).trees
    await watched.fetch()
    assert {} == watched.requests


async def test_invoice_without_a_detail(watched: Watched) -> None:
    """A detail that cannot be had fails the dataset: an invoice without its tax would be a false figure."""
    watched.sandboxed.fault = failing(404)

    with pytest.raises(NotFoundError):
        await watched.fetch()


async def test_tree_that_is_no_longer_shown_is_let_go(watched: Watched) -> None:
    """Trees of invoices that are no longer the newest do not pile up in memory."""
    await watched.fetch()
    await watched.source.fetch_details((watched.invoice,), ())
    again = await watched.fetch()

    assert again.trees
    assert 0 < sum(watched.requests.values())
