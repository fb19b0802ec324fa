from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.domain.tree import Level, Path, Row, Rows
from exporter.errors import (
    DuplicateSeriesError,
    ForbiddenError,
    NotFoundError,
    PollError,
    RefusedError,
    ServerFaultError,
    UnauthorizedError,
)
from exporter.northflank.requests.drill_down import Drilled, drill_down
from exporter.northflank.plan import requests_of_tree
from exporter.northflank.wire.answer import Page
from exporter.northflank.wire.generations import WIRES
from tests.northflank.drilling import TYPES, Billed, leaves_of, many
from tests.northflank.pages import Query, rows_of

B, C = WIRES[Generation.B], WIRES[Generation.C]

ONE_SMALL = {"web": many(3)}
ONE_LARGE = {"web": many(7)}
EQUAL = {"web": many(5), "ops": many(1)}
MANY = {"web": many(2), "ops": many(8), "data": many(1)}

NONE, TEAM, PROJECT, TYPE = "", "teamId", "teamId+projectId", "teamId+resourceType"


async def drilled(billed: Billed, level: Level = Level.RESOURCE) -> Drilled:
    """The tree of generation 2026-10 as it was gathered."""
    return await drill_down(billed, C, level)


def same(rows: Rows) -> dict[Path, object]:
    """Rows to compare: paths and totals."""
    return {path: row.price.total if row.price else None for path, row in rows.items()}


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize(
    ("projects", "expected"),
    [
        pytest.param(ONE_SMALL, {NONE: 1, PROJECT: 3}, id="one_team_few_projects"),
        pytest.param(ONE_LARGE, {NONE: 1, TYPE: 5}, id="one_team_many_projects"),
        pytest.param(EQUAL, {NONE: 1, TEAM: 2, PROJECT: 6}, id="as_many_projects_as_types"),
        pytest.param(MANY, {NONE: 1, TEAM: 3, PROJECT: 3, TYPE: 5}, id="teams_of_every_size"),
        pytest.param({}, {NONE: 1}, id="no_usage"),
    ],
)
async def test_requests(projects: Mapping[str, list[str]], expected: Mapping[str, int], level: Level) -> None:
    """One request for the invoice, one a team where needed, then one a project or one a type, whichever is fewer.

    None is made for a level that is not shown, and `check` foretells the number.
    """
    billed = Billed(leaves_of(projects))
    tree = await drilled(billed, level)

    if level.depth <= Level.TEAM.depth:
        expected = {NONE: 1}
    elif level is Level.PROJECT:
        expected = {kind: count for kind, count in expected.items() if kind in {NONE, TEAM}}
    assert expected == billed.kinds
    known = (await drilled(Billed(billed.leaves), Level.PROJECT)).rows
    assert sum(expected.values()) == requests_of_tree(known, C, level)
    shown = {path: row for path, row in billed.rows.items() if len(path) <= level.depth}
    assert same(shown) == same(tree.rows) if projects else {} == tree.rows


async def test_types_of_a_generation() -> None:
    """2026-06 knows seven types: up to seven projects are asked for one by one."""
    for count, kind in ((7, PROJECT), (8, TYPE)):
        billed = Billed(leaves_of({"web": many(count)}, ("job", "service")))
        tree = await drill_down(billed, B, Level.RESOURCE)

        assert {NONE: 1, kind: 7} == billed.kinds
        assert same(billed.rows) == same(tree.rows)


async def test_2024_does_not_drill_down() -> None:
    """2024 answers teams and projects at once: one request, whatever the level."""
    billed = Billed(leaves_of(MANY))
    await drill_down(billed, WIRES[Generation.A], Level.RESOURCE)

    assert [{}] == billed.queries


async def test_projects_of_one_name_in_two_teams() -> None:
    """Projects are told apart by their teams: each keeps its own price and resources."""
    leaves = [("web", "api", "job", "a"), ("ops", "api", "job", "a"), ("ops", "api", "job", "b")]
    tree = await drilled(Billed(leaves))

    assert same(rows_of(leaves)) == same(tree.rows)


@pytest.mark.parametrize("fault", [RefusedError("400"), NotFoundError("404")])
async def test_type_that_the_server_does_not_know(fault: PollError) -> None:
    """A refused type is nothing of that type; a project that it leaves incomplete is asked for by itself."""
    leaves = [*leaves_of(ONE_LARGE, ("job", "service")), ("web", "p3", "harness", "h")]
    billed = Billed(leaves, faults={("web", "harness"): fault})
    tree = await drilled(billed)

    assert {NONE: 1, TYPE: 5, PROJECT: 1} == billed.kinds
    assert {"teamId": "web", "projectId": "p3"} == billed.queries[-1]
    assert same(billed.rows) == same(tree.rows)
    assert frozenset() == tree.vanished


async def test_type_that_the_filter_does_not_know() -> None:
    """A resource of a type that no filter names is found by its project alone, and all others are left in peace."""
    leaves = [*leaves_of(ONE_LARGE), ("web", "p1", "quantum", "q"), ("web", "p5", "quantum", "q")]
    billed = Billed(leaves)
    tree = await drilled(billed)

    assert {NONE: 1, TYPE: 5, PROJECT: 2} == billed.kinds
    assert same(billed.rows) == same(tree.rows)


async def test_project_that_only_the_types_name() -> None:
    """A project that appears between two answers is asked for by itself: its own price is not the types'."""
    late = ("web", "new", "job", "j")
    billed = Billed([*leaves_of(ONE_LARGE), late])

    class Late(Billed):
        async def __call__(self, query: Query) -> Page[InvoiceDetail]:
            self.leaves = billed.leaves if query else billed.leaves[:-1]
            return await super().__call__(query)

    server = Late(billed.leaves)
    tree = await drilled(server)

    assert {"teamId": "web", "projectId": "new"} == server.queries[-1]
    assert late in tree.rows
    assert ("web", "new") in tree.rows


@pytest.mark.parametrize("fault", [UnauthorizedError("401"), ForbiddenError("403"), ServerFaultError("500")])
async def test_type_that_cannot_be_asked_for(fault: PollError) -> None:
    """Only 400 and 404 mean that there is no such type: any other fault fails the whole tree."""
    billed = Billed(leaves_of(ONE_LARGE), faults={("web", "harness"): fault})

    with pytest.raises(type(fault)):
        await drilled(billed)


async def test_team_that_vanished() -> None:
    """A team that answers 404 keeps its price, has nothing below it, and is named; the others are whole."""
    billed = Billed(leaves_of(MANY), faults={("ops",): NotFoundError("404")})
    tree = await drilled(billed)

    assert {("ops",)} == tree.vanished
    expected = {path: row for path, row in billed.rows.items() if path[:1] != ("ops",) or len(path) == 1}
    assert same(expected) == same(tree.rows)


@pytest.mark.parametrize("count", [2, 7])
async def test_project_that_vanished(count: int) -> None:
    """A project that answers 404 keeps the price that its team's answer gave it, and is named."""
    faults: dict[tuple[str, ...], PollError] = {("web", "p1"): NotFoundError("404")}
    leaves = leaves_of({"web": many(count)}, ("job", "quantum"))
    billed = Billed(leaves, faults=faults)
    tree = await drilled(billed)

    assert {("web", "p1")} == tree.vanished
    assert same(billed.rows)["web", "p1"] == same(tree.rows)["web", "p1"]
    below = {path[2] for path in tree.rows if path[:2] == ("web", "p1") and len(path) > 2}
    assert set() == below


async def test_invoice_that_vanished() -> None:
    """An invoice that answers 404 has no tree: that is an error, not an empty tree."""
    with pytest.raises(NotFoundError):
        await drilled(Billed([], faults={(): NotFoundError("404")}))


async def test_types_that_contradict() -> None:
    """Two answers by type that tell different things of one row are refused."""
    billed = Billed(leaves_of(ONE_LARGE))

    class Odd(Billed):
        async def __call__(self, query: Query) -> Page[InvoiceDetail]:
            if query.get("resourceType") == "harness":
                self.leaves = [("web", "p1", "job", "job0")]
                query = {**query, "resourceType": "job"}
            else:
                self.leaves = billed.leaves
            return await super().__call__(query)

    with pytest.raises(DuplicateSeriesError, match="two answers by resource type tell different things of web/p1/job"):
        await drilled(Odd([]))


async def test_unfiltered_price_stays() -> None:
    """Each level keeps the price of the answer above its own filter; a row beside what was asked for is left out."""
    odd = Row(None, Price(Decimal(77)))

    class Odd(Billed):
        async def __call__(self, query: Query) -> Page[InvoiceDetail]:
            page = await super().__call__(query)
            asked = tuple(query.values())
            more = {asked: odd, (*asked[:-1], "ghost"): odd} if asked else {}
            return replace(page, content=replace(page.content, rows={**page.content.rows, **more}))

    leaves = leaves_of({"web": many(2), "ops": many(1)})

    assert same(rows_of(leaves)) == same((await drilled(Odd(leaves))).rows)


async def test_places() -> None:
    """The decimal places of the tree are the most that any of its answers had."""
    assert 2 == (await drilled(Billed(leaves_of(ONE_SMALL)))).places


def test_types_are_those_of_the_wire() -> None:
    """The trees above hold every type that the filter of 2026-10 knows."""
    assert TYPES == C.resource_types
