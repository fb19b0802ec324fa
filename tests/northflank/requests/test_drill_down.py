from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from exporter.domain.invoice import Cluster, HourDetail, InvoiceDetail
from exporter.domain.price import Price
from exporter.domain.question import NO_QUERY, DetailPage, Query
from exporter.domain.report import Generation
from exporter.domain.tree import Level, Path, Row, Rows
from exporter.errors import DuplicateSeriesError, NotFoundError, PagingError
from exporter.northflank.requests.drill_down import (
    Drilled,
    Incomplete,
    asks_by_project,
    drill_down,
    requests_of_tree,
)
from exporter.northflank.wire.generations import WIRES
from tests.northflank.requests.drilling import TYPES, Billed, gathered, leaves_of, many
from tests.northflank.requests.pages import rows_of

B, C = WIRES[Generation.B], WIRES[Generation.C]

ONE_SMALL = {"web": many(3)}
ONE_LARGE = {"web": many(7)}
EQUAL = {"web": many(5), "ops": many(1)}
MANY = {"web": many(2), "ops": many(8), "data": many(1)}

NONE, TEAM, PROJECT, TYPE = "", "teamId", "teamId+projectId", "teamId+resourceType"


def drilled(billed: Billed, level: Level = Level.RESOURCE) -> Drilled:
    """The tree of generation 2026-10 as it was gathered."""
    return gathered(billed, C, level)


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
def test_requests(projects: Mapping[str, list[str]], expected: Mapping[str, int], level: Level) -> None:
    """One request for the invoice, one a team where needed, then one a project or one a type, whichever is fewer.

    None is made for a level that is not shown, and `check` prints that number.
    """
    billed = Billed(leaves_of(projects))
    tree = drilled(billed, level)

    if level.depth <= Level.TEAM.depth:
        expected = {NONE: 1}
    elif level is Level.PROJECT:
        expected = {kind: count for kind, count in expected.items() if kind in {NONE, TEAM}}
    assert expected == billed.kinds
    known = drilled(Billed(billed.leaves), Level.PROJECT).rows
    assert sum(expected.values()) == requests_of_tree(known, C, level)
    shown = {path: row for path, row in billed.rows.items() if len(path) <= level.depth}
    assert same(shown) == same(tree.rows) if projects else {} == tree.rows


def test_types_of_a_generation() -> None:
    """2026-06 knows seven types: up to seven projects are asked for one by one."""
    for count, kind in ((7, PROJECT), (8, TYPE)):
        billed = Billed(leaves_of({"web": many(count)}, ("job", "service")))
        tree = gathered(billed, B, Level.RESOURCE)

        assert {NONE: 1, kind: 7} == billed.kinds
        assert same(billed.rows) == same(tree.rows)


def test_2024_does_not_drill_down() -> None:
    """2024 answers teams and projects at once: one request, whatever the level."""
    billed = Billed(leaves_of(MANY))
    gathered(billed, WIRES[Generation.A], Level.RESOURCE)

    assert [{}] == billed.queries


def test_projects_of_one_name_in_two_teams() -> None:
    """Projects are told apart by their teams: each keeps its own price and resources."""
    leaves = [("web", "api", "job", "a"), ("ops", "api", "job", "a"), ("ops", "api", "job", "b")]
    tree = drilled(Billed(leaves))

    assert same(rows_of(leaves)) == same(tree.rows)


def test_type_that_the_server_does_not_know() -> None:
    """Of a type that is not found there is nothing; a project that this leaves incomplete is asked for by itself."""
    leaves = [*leaves_of(ONE_LARGE, ("job", "service")), ("web", "p3", "harness", "h")]
    billed = Billed(leaves, unknown={("web", "harness")})
    tree = drilled(billed)

    assert {NONE: 1, TYPE: 5, PROJECT: 1} == billed.kinds
    assert {"teamId": "web", "projectId": "p3"} == billed.queries[-1]
    assert same(billed.rows) == same(tree.rows)
    assert frozenset() == tree.vanished


def test_type_that_the_filter_does_not_know() -> None:
    """A resource of a type that no filter names is found by its project alone; no other project is asked for."""
    leaves = [*leaves_of(ONE_LARGE), ("web", "p1", "quantum", "q"), ("web", "p5", "quantum", "q")]
    billed = Billed(leaves)
    tree = drilled(billed)

    assert {NONE: 1, TYPE: 5, PROJECT: 2} == billed.kinds
    assert same(billed.rows) == same(tree.rows)


def test_project_that_only_the_types_name() -> None:
    """A project that appears between two answers is asked for by itself: its own price is not the types'."""
    late = ("web", "new", "job", "j")
    billed = Billed([*leaves_of(ONE_LARGE), late])

    class Late(Billed):
        def __call__(self, query: Query) -> DetailPage:
            self.leaves = billed.leaves if query else billed.leaves[:-1]
            return super().__call__(query)

    server = Late(billed.leaves)
    tree = drilled(server)

    assert {"teamId": "web", "projectId": "new"} == server.queries[-1]
    assert late in tree.rows
    assert ("web", "new") in tree.rows


def test_team_that_vanished() -> None:
    """A team that answers 404 keeps its price, has nothing below it, and is named; the others are whole."""
    billed = Billed(leaves_of(MANY), unknown={("ops",)})
    tree = drilled(billed)

    assert {("ops",)} == tree.vanished
    expected = {path: row for path, row in billed.rows.items() if path[:1] != ("ops",) or len(path) == 1}
    assert same(expected) == same(tree.rows)


@pytest.mark.parametrize("count", [2, 7])
def test_project_that_vanished(count: int) -> None:
    """A project that answers 404 keeps the price that its team's answer gave it, and is named."""
    leaves = leaves_of({"web": many(count)}, ("job", "quantum"))
    billed = Billed(leaves, unknown={("web", "p1")})
    tree = drilled(billed)

    assert {("web", "p1")} == tree.vanished
    assert same(billed.rows)["web", "p1"] == same(tree.rows)["web", "p1"]
    below = {path[2] for path in tree.rows if path[:2] == ("web", "p1") and len(path) > 2}
    assert set() == below


def test_invoice_that_vanished() -> None:
    """An invoice that answers 404 has no tree: that is an error, not an empty tree."""
    with pytest.raises(NotFoundError):
        drilled(Billed([], unknown={()}))


def test_types_that_contradict() -> None:
    """Two answers by type that say different things of one row are refused."""
    billed = Billed(leaves_of(ONE_LARGE))

    class Odd(Billed):
        def __call__(self, query: Query) -> DetailPage:
            if dict(query).get("resourceType") == "harness":
                self.leaves = [("web", "p1", "job", "job0")]
                query = (("resourceType", "job"), ("teamId", "web"))
            else:
                self.leaves = billed.leaves
            return super().__call__(query)

    with pytest.raises(DuplicateSeriesError, match="two answers by resource type say different things of web/p1/job"):
        drilled(Odd([]))


def test_unfiltered_price_stays() -> None:
    """Each level keeps the price of the answer above its own filter; a row beside what was asked for is left out."""
    odd = Row(None, Price(Decimal(77)))

    class Odd(Billed):
        def __call__(self, query: Query) -> DetailPage:
            page, filters = super().__call__(query), dict(query)
            assert page.invoice
            asked = tuple(filters[each] for each in ("teamId", "projectId") if each in filters)
            more = {asked: odd, (*asked[:-1], "ghost"): odd} if asked else {}
            return replace(page, invoice=replace(page.invoice, rows={**page.invoice.rows, **more}))

    leaves = leaves_of({"web": many(2), "ops": many(1)})

    assert same(rows_of(leaves)) == same(drilled(Odd(leaves)).rows)


def test_places() -> None:
    """The decimal places of the tree are the most that any of its answers had."""
    assert 2 == drilled(Billed(leaves_of(ONE_SMALL))).places


def test_types_are_those_of_the_wire() -> None:
    """The trees above hold every type that the filter of 2026-10 knows."""
    assert TYPES == C.resource_types


def test_what_can_be_asked_side_by_side() -> None:
    """While pages are missing, every query that can be asked by now is named, once, with the rows that are known."""
    billed = Billed(leaves_of({"web": many(2), "ops": many(8)}))
    pages: dict[Query, DetailPage] = {}
    steps = []
    while isinstance(found := drill_down(pages.get, C, Level.RESOURCE), Incomplete):
        assert len(found.queries) == len(set(found.queries))
        steps.append((Counter("+".join(name for name, _ in query) for query in found.queries), len(found.rows)))
        pages |= {query: billed(query) for query in found.queries}

    first_answer, projects = 1 + 2, 2 + 8
    assert [
        (Counter({"": 1}), 0),
        (Counter({"teamId": 2}), first_answer),
        (Counter({"projectId+teamId": 2, "resourceType+teamId": 5}), first_answer + projects),
    ] == steps
    assert same(billed.rows) == same(found.rows)


def test_pages_of_a_deep_tree_are_enough_for_a_shallow_one() -> None:
    """Once a tree's projects are answered it can be shown down to them, while its resources are still missing."""
    billed = Billed(leaves_of(MANY))
    pages: dict[Query, DetailPage] = {}
    while isinstance(found := drill_down(pages.get, C, Level.PROJECT), Incomplete):
        pages |= {query: billed(query) for query in found.queries}

    assert {path for path in billed.rows if len(path) <= Level.PROJECT.depth} == set(found.rows)
    assert isinstance(drill_down(pages.get, C, Level.RESOURCE), Incomplete)


def test_the_same_pages_are_the_same_tree() -> None:
    """A tree does not depend on the order in which its rows came: they are sorted, so that its text is the same."""
    leaves = leaves_of(MANY)
    first, second = drilled(Billed(leaves)), drilled(Billed(leaves[::-1]))

    assert sorted(first.rows) == list(first.rows)
    assert list(first.rows.items()) == list(second.rows.items())


@pytest.mark.parametrize(
    ("generation", "level", "expected"),
    [
        pytest.param(Generation.A, Level.RESOURCE, Level.PROJECT, id="2024_has_no_resources"),
        pytest.param(Generation.A, Level.TEAM, Level.TEAM, id="2024_team"),
        pytest.param(Generation.C, Level.RESOURCE, Level.RESOURCE, id="2026-10_resource"),
        pytest.param(Generation.C, Level.ACCOUNT, Level.ACCOUNT, id="2026-10_account"),
    ],
)
def test_level_that_is_reached(generation: Generation, level: Level, expected: Level) -> None:
    """A tree says how deep it goes: as deep as is wanted, or as the generation goes."""
    assert expected is gathered(Billed(leaves_of(ONE_SMALL)), WIRES[generation], level).level


def test_what_is_unattributed() -> None:
    """What a level leaves over of the level above is stated, 0 where that is rounding, down to the tree's own level."""
    rows = {
        (): Row(None, Price(Decimal("3.50"))),
        ("a",): Row(None, Price(Decimal("3.00"))),
        ("a", "p"): Row(None, Price(Decimal("3.01"))),
    }
    tree = Drilled(Level.PROJECT, InvoiceDetail(), rows, places=2, vanished=frozenset())

    assert {Level.TEAM: Decimal("0.50"), Level.PROJECT: 0} == tree.unattributed


def test_account_without_a_price() -> None:
    """Where the account's own price is not stated, nothing is known of what is unattributed."""
    tree = Drilled(Level.TEAM, InvoiceDetail(), {("a",): Row(None, None)}, places=2, vanished=frozenset())

    assert {} == tree.unattributed


@dataclass
class Stated:
    """Answers every query with the same page."""

    page: DetailPage

    def __call__(self, _: Query) -> DetailPage:
        """The page."""
        return self.page


def test_answer_without_a_filter() -> None:
    """What only the answer without a filter has, such as clusters, comes with the tree, of an invoice or an hour."""
    clusters = (Cluster("c", None, None),)
    details = InvoiceDetail(id="inv-1", clusters=clusters), HourDetail(timestamp=7.0, clusters=clusters)
    pages = DetailPage(invoice=details[0]), DetailPage(hour=details[1])

    assert list(details) == [gathered(Stated(page), C, Level.RESOURCE).top for page in pages]


def test_pages_that_bring_nothing_new() -> None:
    """An answer that says that more follows and gives the same page again fails the whole tree."""
    page = DetailPage(InvoiceDetail(rows=rows_of([("a",), ("b",)])), has_more=True, is_paged=True)

    with pytest.raises(PagingError, match="a drill-down with no filter: a page that was said to follow"):
        gathered(Stated(page), C, Level.TEAM)


def test_nothing_answered_yet() -> None:
    """The first question of a tree is the one without a filter."""
    assert Incomplete((NO_QUERY,), {}) == drill_down(lambda _: None, C, Level.RESOURCE)


@pytest.mark.parametrize(
    ("projects", "expected"),
    [pytest.param(5, True, id="as_many_projects_as_types"), pytest.param(6, False, id="more_projects_than_types")],
)
def test_by_project_or_by_type(projects: int, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    """A team is asked for by project or by resource type, whichever is fewer."""
    assert expected is asks_by_project(projects, C)
