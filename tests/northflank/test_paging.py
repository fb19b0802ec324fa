from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.invoice import Cluster, InvoiceDetail
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.domain.tree import Level, Row, Rows
from exporter.errors import DuplicateSeriesError, PagingError
from exporter.northflank.requests.paging import AskPage, read_pages
from exporter.northflank.wire.answer import Page
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import NO_QUERY
from tests.northflank.pages import Cut, Paged, Query, across, rows_of, sparse, within_parents

B, C = WIRES[Generation.B], WIRES[Generation.C]

TEAMS = rows_of([(f"team{number}",) for number in range(5)])
ONE_TEAM = rows_of([("web", f"project{number}") for number in range(5)])
# A team by resource type: 2 projects on each of 3 pages, with 1 to 5 resources.
ONE_TYPE = rows_of([("web", f"p{number}", "job", f"r{each}") for number in range(5) for each in range(number + 1)])
# A project: types with 2, 5 and 1 resources, so that a cut falls between two types.
ONE_PROJECT = rows_of(
    [("web", "p", kind, f"r{n}") for kind, count in (("a", 2), ("b", 5), ("c", 1)) for n in range(count)]
)

TEAM, PROJECT, TYPE = (Level.TEAM,), (Level.PROJECT,), (Level.PROJECT, Level.RESOURCE)
RESOURCE = (Level.RESOURCE,)


async def read(ask: AskPage[InvoiceDetail], levels: Sequence[Level], wire: object = C) -> InvoiceDetail:
    """The answer with all of its pages."""
    assert wire in (B, C)
    return await read_pages(ask, B if wire is B else C, NO_QUERY, levels)


@pytest.mark.parametrize("tells", [pytest.param(True, id="told"), pytest.param(False, id="untold")])
@pytest.mark.parametrize("cut", [within_parents, across, sparse])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("rows", "levels"),
    [
        pytest.param(TEAMS, TEAM, id="teams"),
        pytest.param(TEAMS, (*TEAM, *PROJECT), id="teams_without_projects"),
        pytest.param(ONE_TEAM, (*TEAM, *PROJECT), id="one_team"),
        pytest.param(ONE_TEAM, PROJECT, id="projects"),
        pytest.param(ONE_TYPE, TYPE, id="one_type"),
        pytest.param(ONE_PROJECT, RESOURCE, id="one_project"),
        pytest.param(rows_of([()]), (*TEAM, *PROJECT), id="nothing"),
    ],
)
async def test_nothing_lost(rows: Rows, levels: tuple[Level, ...], size: int, cut: Cut, tells: bool) -> None:  # noqa: FBT001
    """However the pages are cut and told of, all rows come together, each once."""
    server = Paged(rows, C, levels, cut, size, tells=tells)

    assert rows == (await read(server, levels)).rows


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("rows", "levels", "paged"),
    [
        pytest.param(TEAMS, (*TEAM, *PROJECT), TEAM, id="teams"),
        pytest.param(ONE_TEAM, PROJECT, PROJECT, id="projects"),
        pytest.param(ONE_TYPE, TYPE, RESOURCE, id="one_type"),
        pytest.param(ONE_PROJECT, RESOURCE, RESOURCE, id="one_project"),
    ],
)
async def test_one_parameter_for_all_levels(
    rows: Rows, levels: tuple[Level, ...], paged: tuple[Level, ...], size: int
) -> None:
    """2026-06 counts the entries of the deepest level by one page number, and leaves parents without any out."""
    server = Paged(rows, B, paged, sparse, size)
    entries = sum(1 for path in rows if len(path) == paged[-1].depth)

    assert rows == (await read(server, levels, B)).rows
    assert -(-entries // size) == len(server.queries)


@pytest.mark.parametrize(
    ("rows", "levels", "size", "tells", "expected"),
    [
        pytest.param(TEAMS, TEAM, 100, True, 1, id="one_page_told"),
        pytest.param(TEAMS, TEAM, 100, False, 1, id="one_page_untold"),
        pytest.param(TEAMS, TEAM, 5, False, 1, id="one_page_full_but_exact"),
        pytest.param(TEAMS, TEAM, 2, True, 3, id="three_pages_told"),
        pytest.param(TEAMS, TEAM, 2, False, 3, id="three_pages_untold"),
        pytest.param(ONE_TEAM, PROJECT, 2, False, 3, id="projects_untold"),
        pytest.param(ONE_TEAM, (*TEAM, *PROJECT), 2, False, 3, id="projects_of_one_team_untold"),
        pytest.param(ONE_PROJECT, RESOURCE, 2, True, 3, id="resources_told"),
        pytest.param(ONE_PROJECT, RESOURCE, 2, False, 3, id="resources_untold"),
        pytest.param(ONE_TYPE, TYPE, 100, True, 1, id="one_type_on_one_page_told"),
        pytest.param(ONE_TYPE, TYPE, 100, False, 1, id="one_type_on_one_page_untold"),
    ],
)
async def test_requests(rows: Rows, levels: tuple[Level, ...], size: int, tells: bool, expected: int) -> None:  # noqa: FBT001
    """No page is asked for that cannot hold anything."""
    server = Paged(rows, C, levels, within_parents, size, tells=tells)
    await read(server, levels)

    assert expected == len(server.queries)


async def test_page_parameters() -> None:
    """The first page is asked for without a number, and each level's next pages by its own parameter."""
    server = Paged(ONE_TYPE, C, TYPE, within_parents, 3)
    await read_pages(server, C, {"teamId": "web"}, TYPE)

    expected = [
        {"teamId": "web"},
        {"teamId": "web", "resourcesPage": "2"},
        {"teamId": "web", "projectsPage": "2"},
        {"teamId": "web", "projectsPage": "2", "resourcesPage": "2"},
    ]
    assert expected == server.queries


async def test_early_june_has_no_pages() -> None:
    """A 2026-06 answer that does not speak of pages is whole, whatever its rows add up to."""
    rows = {**ONE_TEAM, ("web",): Row(None, Price(Decimal(99)))}
    server = Paged(rows, B, PROJECT, sparse, 100, tells=False)

    assert rows == (await read(server, PROJECT, B)).rows
    assert 1 == len(server.queries)


class Canned:
    """A server that gives these pages in turn, the last one for ever."""

    def __init__(self, *pages: Page[InvoiceDetail]) -> None:
        self.pages = pages
        self.queries: list[Query] = []

    async def __call__(self, query: Query) -> Page[InvoiceDetail]:
        """The next page."""
        self.queries.append(query)
        return self.pages[min(len(self.queries), len(self.pages)) - 1]


def page(rows: Rows, has_more: bool | None = None, places: int = 2) -> Page[InvoiceDetail]:  # noqa: FBT001 - the answer's word
    """A page with these rows."""
    return Page(InvoiceDetail(rows=rows, places=places), has_more)


async def test_repeated_page() -> None:
    """Where the sum does not agree, a page that comes again ends the loop: the difference is not in any page."""
    rows = {**TEAMS, (): Row(None, Price(Decimal(9)))}
    server = Canned(page(rows))

    assert rows == (await read(server, TEAM)).rows
    assert 2 == len(server.queries)


async def test_repeated_page_that_was_said_to_follow() -> None:
    """A server that says more and gives the same again keeps rows back: the answer is refused."""
    server = Canned(page(TEAMS, has_more=True))

    with pytest.raises(PagingError, match="with no filter: a page that was said to follow brings nothing new"):
        await read(server, TEAM)
    assert 2 == len(server.queries)


async def test_nothing_is_asked_for_below_what_is_shown() -> None:
    """Where no level of the answer is wanted, the first page is enough, also when it says that more follows."""
    server = Canned(page(TEAMS, has_more=True))

    assert TEAMS == (await read(server, ())).rows
    assert 1 == len(server.queries)


def _with_last(price: str, total: str) -> tuple[Rows, Rows]:
    """A full page of a hundred teams at a third of a cent more or less, and the one that follows it."""
    first = rows_of([(f"t{number}",) for number in range(100)])
    top = Row(None, Price(Decimal(total)))
    return {**first, (): top}, {(): top, ("t100",): Row(None, Price(Decimal(price)))}


async def test_full_page_that_agrees_within_rounding() -> None:
    """After a full page that agrees only within rounding one more is asked for: it may hide a cheap row."""
    first, second = _with_last("0.01", "100.01")
    server = Canned(page(first), page(second))

    assert {**first, **second} == (await read(server, TEAM)).rows


async def test_short_page_that_agrees_within_rounding() -> None:
    """A page that is not full and agrees within rounding is the last."""
    rows = {**TEAMS, (): Row(None, Price(Decimal("5.01")))}
    server = Canned(page(rows))

    assert rows == (await read(server, TEAM)).rows
    assert 1 == len(server.queries)


async def test_parent_without_a_price() -> None:
    """Where no price above tells whether the rows are all, pages are read until nothing new comes."""
    whole = {path: row for path, row in TEAMS.items() if path}
    server = Paged(whole, C, TEAM, within_parents, 2, tells=False)

    assert whole == (await read(server, TEAM)).rows
    assert 4 == len(server.queries)


async def test_pages_that_contradict() -> None:
    """Two pages that tell different prices of one row are refused."""
    other = {**TEAMS, ("team1",): Row(None, Price(Decimal(2))), ("team9",): Row(None, Price(Decimal(1)))}

    with pytest.raises(DuplicateSeriesError, match="two pages tell different things of team1"):
        await read(Canned(page(TEAMS, has_more=True), page(other)), TEAM)


async def test_account_that_contradicts() -> None:
    """The same of the account's own price."""
    other: Rows = {(): Row(None, Price(Decimal(2)))}

    with pytest.raises(DuplicateSeriesError, match="two pages tell different things of the account"):
        await read(Canned(page(TEAMS, has_more=True), page(other)), TEAM)


async def test_first_page_tells_the_rest() -> None:
    """What is not in pages is the first page's; the decimal places are the most that any page had."""
    first = page(rows_of([("a",)]), has_more=True)
    first = replace(first, content=replace(first.content, clusters=(Cluster("c", None, None),)))
    second = page({("b",): Row(None, Price(Decimal("0.12345")))}, has_more=False, places=5)
    detail = await read(Canned(first, second), TEAM)

    assert ((Cluster("c", None, None),), 5) == (detail.clusters, detail.places)


async def test_endless_pages() -> None:
    """Pages that always bring something new are given up at last."""
    count = 0

    async def ask(_: Query) -> Page[InvoiceDetail]:
        nonlocal count
        count += 1
        return page({(f"t{count}",): Row(None, None)}, has_more=True)

    with pytest.raises(PagingError, match="more than 10000 pages"):
        await read(ask, TEAM)
    assert 10_000 == count
