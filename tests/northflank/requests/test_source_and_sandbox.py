"""The whole way from the sandbox's answers to domain objects, compared with its ledger."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.invoice import Invoice, InvoiceDetail
from exporter.domain.question import (
    DetailPage,
    GetHourPage,
    GetInvoicePage,
    ListHours,
    Query,
    Question,
    UsageList,
)
from exporter.domain.selection import billing_usage
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import totals_of
from exporter.ledger.record import is_about
from exporter.northflank.requests.drill_down import Drilled, drill_down
from exporter.northflank.wire.generations import WIRES
from tests.northflank.asking import NOW, Json
from tests.northflank.requests.lists import Account
from tests.northflank.sandboxed import Sandboxed, decimals, priced

GENERATIONS = [
    pytest.param({"generation": "2024"}, id="2024"),
    pytest.param({"generation": "2026-06", "detail_paging": False}, id="2026-06_early"),
    pytest.param({"generation": "2026-06"}, id="2026-06"),
    pytest.param({"generation": "2026-10"}, id="2026-10"),
]
STRICT = pytest.mark.parametrize("strict", [False, True])
SHAPES = [
    pytest.param({}, id="default"),
    pytest.param({"teams": 1, "projects": 4}, id="one_team"),
    pytest.param({"teams": 3, "projects": 12}, id="many_projects"),
    pytest.param({"teams": 2, "projects": 2, "resources": 130}, id="many_resources"),
    pytest.param({"teams": 1, "projects": 130, "resources": 2}, id="pages_of_projects"),
    pytest.param({"teams": 0}, id="no_teams"),
]


def prices(teams: Sequence[Json]) -> Iterator[tuple[Path, dict[str, Decimal]]]:
    """Every row of the ledger's tree by its path."""
    for team in teams:
        yield (team["id"],), decimals(team["price"])
        for project in team["projects"]:
            path = (team["id"], project["id"])
            yield path, decimals(project["price"])
            for kind in project["resource_types"]:
                yield (*path, kind["resource_type"]), decimals(kind["price"])
                for resource in kind["resources"]:
                    yield (*path, kind["resource_type"], resource["id"]), decimals(resource["price"])


def of_rows(rows: Rows) -> dict[Path, dict[str, Decimal]]:
    """Every row below the account by its path."""
    return {path: priced(row.price) for path, row in rows.items() if path}


async def tree_of(account: Account, question_of: Callable[[Query], Question], level: Level) -> Drilled:
    """A whole tree: what is missing is asked for until nothing is."""
    pages: dict[Query, DetailPage] = {}
    assert account.api
    wire = WIRES[account.api.generation]
    while not isinstance(found := drill_down(pages.get, wire, level), Drilled):
        for query in found.queries:
            content = (await account.ask(question_of(query))).content
            assert isinstance(content, DetailPage)
            pages[query] = content
    return found


async def tree_of_newest(sandbox: Sandboxed, level: Level = Level.RESOURCE) -> Drilled:
    """The tree of the newest invoice that bills usage; the requests for it alone are kept."""
    account, newest = Account(sandbox.source()), await newest_usage(sandbox)
    invoices = (await account.invoices()).invoices
    found = next(
        each
        for each in billing_usage(invoices, len(invoices), NOW)
        if (each.period.start, each.period.end) == (newest["start"], newest["end"])
    )
    sandbox.requests.clear()
    return await tree_of(account, lambda query: GetInvoicePage(found, query), level)


async def newest_usage(sandbox: Sandboxed) -> Json:
    """The ledger's newest invoice that bills usage."""
    return next(each for each in (await sandbox.ledger())["invoices"] if each["kind"] == "usage")


def clusters_of(tree: Drilled) -> dict[str, dict[str, Decimal]]:
    """The BYOC clusters of a tree by their ids."""
    return {cluster.id: priced(cluster.price) for cluster in tree.top.clusters}


@pytest.mark.parametrize("options", GENERATIONS)
@pytest.mark.parametrize("shape", SHAPES)
async def test_tree(options: dict[str, Any], shape: dict[str, Any]) -> None:
    """Every level has the price that the ledger has, in each generation and size, and nothing is left over."""
    sandbox = Sandboxed(**options, **shape, strict_parameters=True)
    tree, expected = await tree_of_newest(sandbox), await newest_usage(sandbox)

    assert dict(prices(expected["teams"])) == of_rows(tree.rows)
    assert {0} == set(tree.unattributed.values())
    assert {each["id"]: decimals(each["price"]) for each in expected["clusters"]} == clusters_of(tree)


@pytest.mark.parametrize("options", GENERATIONS[1:])
async def test_types_of_many_resources(options: dict[str, Any]) -> None:
    """Every resource type has its price also where resources are not shown and there are more of them than a page."""
    sandbox = Sandboxed(**options, teams=2, projects=2, resources=130)
    tree = await tree_of_newest(sandbox, Level.RESOURCE_TYPE)

    stated = dict(prices((await newest_usage(sandbox))["teams"]))
    assert {path: each for path, each in stated.items() if len(path) <= Level.RESOURCE_TYPE.depth} == of_rows(tree.rows)
    assert {0} == set(tree.unattributed.values())


@STRICT
@pytest.mark.parametrize("options", GENERATIONS)
async def test_list_and_details(options: dict[str, Any], strict: bool) -> None:  # noqa: FBT001 - a parameter
    """Every invoice has the figures that the ledger has, in the ledger's order."""
    sandbox = Sandboxed(**options, teams=2, projects=1, resources=1, invoices=30, strict_parameters=strict)
    account, expected = Account(sandbox.source()), (await sandbox.ledger())["invoices"]
    read = [stated(each, await detail_of(account, each)) for each in (await account.invoices()).invoices]

    # 2024 asks by an instant, and for one within a usage invoice it answers with that: such a detail is not known.
    hidden = [index for index, each in enumerate(read) if each["tax_amount"] is None]
    assert [figures(each, index in hidden) for index, each in enumerate(expected)] == read
    assert "2024" == options["generation"] or hidden == []
    assert "usage" not in {expected[index]["kind"] for index in hidden}


async def detail_of(account: Account, invoice: Invoice) -> InvoiceDetail:
    """What the detail of an invoice adds; nothing where the answer is about another invoice."""
    content = (await account.ask(GetInvoicePage(invoice))).content
    assert isinstance(content, DetailPage)
    assert content.invoice
    return content.invoice if is_about(invoice, content.invoice) else InvoiceDetail()


def figures(invoice: Json, is_hidden: bool) -> Json:  # noqa: FBT001 - a fact of the invoice
    """What the ledger states of an invoice, without what only its detail would state where that is hidden."""
    listed = {name: Decimal(invoice[name]) for name in ("total", "sub_total")}
    detailed = {
        name: None if is_hidden else Decimal(invoice[name]) for name in ("discount", "tax_amount", "tax_percent")
    }
    lines = [
        {key: text if key == "title" else Decimal(text) for key, text in line.items()}
        for line in ([] if is_hidden else invoice["line_items"])
    ]
    period = {name: invoice[name] for name in ("start", "end", "status")}
    return {**listed, **detailed, **period, "line_items": lines}


def stated(invoice: Invoice, detail: InvoiceDetail) -> Json:
    """What was read of it."""
    lines = [(each.title, each.total, each.base, each.proration) for each in detail.line_items]
    names = ("title", "total", "base", "proration")
    return {
        "start": invoice.period.start,
        "end": invoice.period.end,
        "status": invoice.status,
        "total": invoice.total,
        "sub_total": invoice.subtotal,
        "discount": detail.discount,
        "tax_amount": detail.tax_amount,
        "tax_percent": detail.tax_percent,
        "line_items": [
            {key: value for key, value in zip(names, line, strict=True) if value is not None} for line in lines
        ],
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"teams": 4, "projects": 3}, {"": 1, "teamId": 4, "teamId+projectId": 12}, id="by_project"),
        pytest.param({"teams": 1, "projects": 3}, {"": 1, "teamId+projectId": 3}, id="one_team"),
        pytest.param({"teams": 2, "projects": 20}, {"": 1, "teamId": 2, "teamId+resourceType": 10}, id="by_type"),
        pytest.param({"generation": "2024"}, {"": 1}, id="2024"),
    ],
)
async def test_requests(options: dict[str, Any], expected: dict[str, int]) -> None:
    """A tree takes the requests of the plan, whatever the invoice holds."""
    sandbox = Sandboxed(**options)
    await tree_of_newest(sandbox)

    projects = [len(team["projects"]) for team in (await newest_usage(sandbox))["teams"]]
    if "teamId+projectId" in expected:
        expected = {**expected, "teamId+projectId": sum(projects)}
    assert expected == sandbox.kinds
    assert sum(expected.values()) == len(sandbox.requests)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param(Level.ACCOUNT, {"": 1}, id="account"),
        pytest.param(Level.TEAM, {"": 1}, id="team"),
        pytest.param(Level.PROJECT, {"": 1, "teamId": 2}, id="project"),
        pytest.param(Level.RESOURCE_TYPE, {"": 1, "teamId": 2, "teamId+resourceType": 10}, id="resource_type"),
    ],
)
async def test_requests_by_level(level: Level, expected: dict[str, int]) -> None:
    """Nothing is asked for, and nothing kept, that is deeper than what is shown."""
    sandbox = Sandboxed(teams=2, projects=20)
    tree = await tree_of_newest(sandbox, level)

    assert expected == sandbox.kinds
    assert level.depth == max(len(path) for path in tree.rows)


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_account_level_with_more_teams_than_a_page(generation: str) -> None:
    """An account with hundreds of teams is shown at account level by one request a detail."""
    sandbox = Sandboxed(teams=130, projects=1, resources=1, generation=generation)
    tree = await tree_of_newest(sandbox, Level.ACCOUNT)

    assert {"": 1} == sandbox.kinds
    assert [()] == list(tree.rows)


@pytest.mark.parametrize("options", GENERATIONS[1:])
@pytest.mark.parametrize("shape", SHAPES)
async def test_tree_of_an_hour(options: dict[str, Any], shape: dict[str, Any]) -> None:
    """The tree of an hour has the prices that the ledger has, as that of an invoice, and nothing is left over."""
    sandbox = Sandboxed(**options, **shape, strict_parameters=True)
    account, start = Account(sandbox.source()), NOW - HOUR_SECONDS
    account.api = await account.source.find_api()
    tree = await tree_of(account, lambda query: GetHourPage(start, "USD", query), Level.RESOURCE)
    expected = await sandbox.ledger_of_usage(start, NOW)

    assert dict(prices(expected["teams"])) == of_rows(tree.rows)
    assert {0} == set(tree.unattributed.values())
    assert frozenset() == tree.vanished


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, ["USD"], id="one_currency"),
        pytest.param({"currency_change": (int(NOW) - 6 * 3600, "eur")}, ["EUR", "USD"], id="two_currencies"),
    ],
)
@STRICT
async def test_hours(change: dict[str, Any], expected: list[str], strict: bool) -> None:  # noqa: FBT001 - a parameter
    """The hours of a week, more than a page, are those of the ledger, each in its own currency, none added across."""
    sandbox = Sandboxed(strict_parameters=strict, **change)
    start = NOW - 7 * 24 * HOUR_SECONDS
    content = (await Account(sandbox.source()).ask(ListHours(start, NOW))).content

    assert isinstance(content, UsageList)
    assert [NOW - HOUR_SECONDS * ago for ago in range(1, 7 * 24 + 1)] == [row.timestamp for row in content.rows]
    assert expected == [usage.currency for usage in totals_of(content.usages)]


async def test_pages_of_one_tree_and_its_detail() -> None:
    """The first page of a tree is the detail's: tax and line items cost no request of their own."""
    sandbox = Sandboxed(teams=1, projects=1)
    tree = await tree_of_newest(sandbox)

    assert isinstance(tree.top, InvoiceDetail)
    assert tree.top.tax_percent is not None
    assert 1 == sandbox.kinds[""]
