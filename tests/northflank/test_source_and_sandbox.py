"""The whole way from the sandbox's answers to domain objects, compared with its ledger."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from exporter.domain.invoice import Invoice, InvoiceDetail
from exporter.domain.report import InvoiceDetailsSection
from exporter.domain.selection import billing_usage
from exporter.domain.tree import Level, Path, Rows
from tests.northflank.asking import NOW, Json
from tests.northflank.sandboxed import Sandboxed, decimals, priced

WHOLE: frozenset[str] = frozenset()

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


async def everything(sandbox: Sandboxed) -> tuple[tuple[Invoice, ...], InvoiceDetailsSection]:
    """The list, all details, and the tree of the newest invoice that bills usage."""
    source = sandbox.source()
    invoices = await source.fetch_invoices(WHOLE)
    with_tree = [each for each in billing_usage(invoices, len(invoices), NOW) if each.kind != "other"]
    newest = await newest_usage(sandbox)
    section = await source.fetch_details(invoices, [each for each in with_tree if each.period.end == newest["end"]][:1])
    return invoices, section


async def newest_usage(sandbox: Sandboxed) -> Json:
    """The ledger's newest invoice that bills usage."""
    return next(each for each in (await sandbox.ledger())["invoices"] if each["kind"] == "usage")


@pytest.mark.parametrize("options", GENERATIONS)
@pytest.mark.parametrize("shape", SHAPES)
async def test_tree(options: dict[str, Any], shape: dict[str, Any]) -> None:
    """Every level has the price that the ledger has, in each generation and size, and nothing is left over."""
    sandbox = Sandboxed(**options, **shape, strict_parameters=True)
    _, section = await everything(sandbox)
    expected = await newest_usage(sandbox)

    (tree,) = section.trees
    assert dict(prices(expected["teams"])) == of_rows(tree.rows)
    assert {0} == set(tree.unattributed.values())
    clusters = {cluster["id"]: decimals(cluster["price"]) for cluster in expected["clusters"]}
    assert clusters == {cluster.id: priced(cluster.price) for cluster in tree.clusters}


@pytest.mark.parametrize("options", GENERATIONS[1:])
async def test_types_of_many_resources(options: dict[str, Any]) -> None:
    """Every resource type has its price also where resources are not shown and there are more of them than a page."""
    sandbox = Sandboxed(**options, teams=2, projects=2, resources=130)
    source = sandbox.source(Level.RESOURCE_TYPE)
    invoices = billing_usage(await source.fetch_invoices(WHOLE), 1, NOW)
    (tree,) = (await source.fetch_details(invoices, invoices)).trees

    told = dict(prices((await newest_usage(sandbox))["teams"]))
    assert {path: each for path, each in told.items() if len(path) <= Level.RESOURCE_TYPE.depth} == of_rows(tree.rows)
    assert {0} == set(tree.unattributed.values())


@STRICT
@pytest.mark.parametrize("options", GENERATIONS)
async def test_list_and_details(options: dict[str, Any], strict: bool) -> None:  # noqa: FBT001 - a parameter
    """Every invoice has the figures that the ledger has, in the ledger's order."""
    sandbox = Sandboxed(**options, teams=2, projects=1, resources=1, invoices=30, strict_parameters=strict)
    invoices, section = await everything(sandbox)
    expected = (await sandbox.ledger())["invoices"]

    read = [told(invoice, detail) for invoice, (_, detail) in zip(invoices, section.details, strict=True)]
    # 2024 asks by an instant, and for one within a usage invoice it answers with that: such a detail is not known.
    hidden = [index for index, each in enumerate(read) if each["tax_amount"] is None]
    assert [figures(each, index in hidden) for index, each in enumerate(expected)] == read
    assert "2024" == options["generation"] or hidden == []
    assert "usage" not in {expected[index]["kind"] for index in hidden}


def figures(stated: Json, is_hidden: bool) -> Json:  # noqa: FBT001 - a fact of the invoice
    """What the ledger tells of an invoice, without what only its detail would tell where that is hidden."""
    listed = {name: Decimal(stated[name]) for name in ("total", "sub_total")}
    detailed = {
        name: None if is_hidden else Decimal(stated[name]) for name in ("discount", "tax_amount", "tax_percent")
    }
    lines = [
        {key: text if key == "title" else Decimal(text) for key, text in line.items()}
        for line in ([] if is_hidden else stated["line_items"])
    ]
    period = {"start": stated["start"], "end": stated["end"], "status": stated["status"]}
    return {**listed, **detailed, **period, "line_items": lines}


def told(invoice: Invoice, detail: InvoiceDetail) -> Json:
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
    source = sandbox.source()
    invoices = await source.fetch_invoices(WHOLE)
    newest = await newest_usage(sandbox)
    (with_tree,) = [
        each for each in invoices if each.period.end == newest["end"] and each.period.start == newest["start"]
    ]
    sandbox.requests.clear()
    section = await source.fetch_details((with_tree,), (with_tree,))

    projects = [len(team["projects"]) for team in newest["teams"]]
    if "teamId+projectId" in expected:
        expected = {**expected, "teamId+projectId": sum(projects)}
    assert expected == sandbox.kinds
    assert sum(expected.values()) == len(sandbox.requests)
    assert 1 == len(section.trees)


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
    source = sandbox.source(level)
    invoices = billing_usage(await source.fetch_invoices(WHOLE), 1, NOW)
    section = await source.fetch_details(invoices, invoices)

    assert expected == sandbox.kinds
    assert level.depth == max(len(path) for path in section.trees[0].rows)
    assert (level is Level.ACCOUNT) == (section.trees[0].clusters == ())


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_account_level_with_more_teams_than_a_page(generation: str) -> None:
    """An account with hundreds of teams is shown at account level by one request a detail."""
    sandbox = Sandboxed(teams=130, projects=1, resources=1, generation=generation)
    source = sandbox.source(Level.ACCOUNT)
    invoices = billing_usage(await source.fetch_invoices(WHOLE), 1, NOW)
    section = await source.fetch_details(invoices, invoices)

    assert {"": 1} == sandbox.kinds
    assert [()] == list(section.trees[0].rows)
