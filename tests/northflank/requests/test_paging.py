from collections.abc import Sequence
from decimal import Decimal

import pytest

from exporter.domain.invoice import Cluster, HourDetail, InvoiceDetail
from exporter.domain.price import Price
from exporter.domain.question import DetailPage, Query
from exporter.domain.report import Generation
from exporter.domain.tree import Level, Row, Rows
from exporter.errors import DuplicateSeriesError, PagingError
from exporter.northflank.requests.paging import Missing, NotFound, read_pages
from exporter.northflank.requests.source import NOT_FOUND
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import NO_QUERY
from tests.northflank.requests.pages import (
    AskPage,
    Cut,
    Paged,
    across,
    rows_of,
    rows_of_whole,
    sparse,
    whole,
    within_parents,
)

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


def read(ask: AskPage, levels: Sequence[Level]) -> Rows:
    """The rows of all pages in 2026-10."""
    return rows_of_whole(ask, C, levels)


@pytest.mark.parametrize("states_more", [pytest.param(True, id="stated"), pytest.param(False, id="not_stated")])
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
def test_nothing_lost(rows: Rows, levels: tuple[Level, ...], size: int, cut: Cut, states_more: bool) -> None:  # noqa: FBT001
    """However the pages are cut, and whether they say that more follow or not, all rows are read, each once."""
    server = Paged(rows, C, levels, cut, size, states_more=states_more)

    assert rows == read(server, levels)


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
def test_one_parameter_for_all_levels(
    rows: Rows, levels: tuple[Level, ...], paged: tuple[Level, ...], size: int
) -> None:
    """2026-06 counts the entries of the deepest level by one page number, and leaves parents without any out."""
    server = Paged(rows, B, paged, sparse, size)
    entries = sum(1 for path in rows if len(path) == paged[-1].depth)

    assert rows == rows_of_whole(server, B, levels)
    assert -(-entries // size) == len(server.queries)


@pytest.mark.parametrize(
    ("rows", "levels", "size", "states_more", "expected"),
    [
        pytest.param(TEAMS, TEAM, 100, True, 1, id="one_page_stated"),
        pytest.param(TEAMS, TEAM, 100, False, 1, id="one_page_not_stated"),
        pytest.param(TEAMS, TEAM, 5, False, 1, id="one_page_full_but_exact"),
        pytest.param(TEAMS, TEAM, 2, True, 3, id="three_pages_stated"),
        pytest.param(TEAMS, TEAM, 2, False, 3, id="three_pages_not_stated"),
        pytest.param(ONE_TEAM, PROJECT, 2, False, 3, id="projects_not_stated"),
        pytest.param(ONE_TEAM, (*TEAM, *PROJECT), 2, False, 3, id="projects_of_one_team_not_stated"),
        pytest.param(ONE_PROJECT, RESOURCE, 2, True, 3, id="resources_stated"),
        pytest.param(ONE_PROJECT, RESOURCE, 2, False, 3, id="resources_not_stated"),
        pytest.param(ONE_TYPE, TYPE, 100, True, 1, id="one_type_on_one_page_stated"),
        pytest.param(ONE_TYPE, TYPE, 100, False, 1, id="one_type_on_one_page_not_stated"),
    ],
)
def test_requests(rows: Rows, levels: tuple[Level, ...], size: int, states_more: bool, expected: int) -> None:  # noqa: FBT001
    """No page is asked for that cannot hold anything."""
    server = Paged(rows, C, levels, within_parents, size, states_more=states_more)
    read(server, levels)

    assert expected == len(server.queries)


def test_page_parameters() -> None:
    """The first page is asked for without a number, and each level's next pages by its own parameter."""
    server = Paged(ONE_TYPE, C, TYPE, within_parents, 3)
    whole(server, C, TYPE, {"teamId": "web"})

    expected = [
        {"teamId": "web"},
        {"teamId": "web", "resourcesPage": "2"},
        {"teamId": "web", "projectsPage": "2"},
        {"teamId": "web", "projectsPage": "2", "resourcesPage": "2"},
    ]
    assert expected == server.queries


def test_early_june_has_no_pages() -> None:
    """A 2026-06 answer that does not speak of pages is whole, whatever its rows add up to."""
    rows = {**ONE_TEAM, ("web",): Row(None, Price(Decimal(99)))}
    server = Paged(rows, B, PROJECT, sparse, 100, states_more=False)

    assert rows == rows_of_whole(server, B, PROJECT)
    assert 1 == len(server.queries)


class Canned:
    """A server that gives these pages in turn, the last one for ever."""

    def __init__(self, *pages: DetailPage) -> None:
        self.pages = pages
        self.queries: list[Query] = []

    def __call__(self, query: Query) -> DetailPage:
        """The next page."""
        self.queries.append(query)
        return self.pages[min(len(self.queries), len(self.pages)) - 1]


def page(rows: Rows, has_more: bool | None = None, places: int = 2) -> DetailPage:  # noqa: FBT001 - as the answer says
    """A page with these rows."""
    return DetailPage(InvoiceDetail(rows=rows, places=places), has_more=has_more)


def test_repeated_page() -> None:
    """Where the sum does not agree, a page that comes again ends the loop: the difference is not in any page."""
    rows = {**TEAMS, (): Row(None, Price(Decimal(9)))}
    server = Canned(page(rows))

    assert rows == read(server, TEAM)
    assert 2 == len(server.queries)


def test_repeated_page_that_was_said_to_follow() -> None:
    """A server that says more and gives the same again keeps rows back: the answer is refused."""
    server = Canned(page(TEAMS, has_more=True))

    with pytest.raises(PagingError, match="with no filter: a page that was said to follow brings nothing new"):
        read(server, TEAM)
    assert 2 == len(server.queries)


def test_nothing_is_asked_for_below_what_is_shown() -> None:
    """Where no level of the answer is wanted, the first page is enough, also when it says that more follows."""
    server = Canned(page(TEAMS, has_more=True))

    assert TEAMS == read(server, ())
    assert 1 == len(server.queries)


def _with_last(price: str, total: str) -> tuple[Rows, Rows]:
    """A full page of a hundred teams at a third of a cent more or less, and the one that follows it."""
    first = rows_of([(f"t{number}",) for number in range(100)])
    top = Row(None, Price(Decimal(total)))
    return {**first, (): top}, {(): top, ("t100",): Row(None, Price(Decimal(price)))}


def test_full_page_that_agrees_within_rounding() -> None:
    """After a full page that agrees only within rounding one more is asked for: it may hide a cheap row."""
    first, second = _with_last("0.01", "100.01")
    server = Canned(page(first), page(second))

    assert {**first, **second} == read(server, TEAM)


def test_short_page_that_agrees_within_rounding() -> None:
    """A page that is not full and agrees within rounding is the last."""
    rows = {**TEAMS, (): Row(None, Price(Decimal("5.01")))}
    server = Canned(page(rows))

    assert rows == read(server, TEAM)
    assert 1 == len(server.queries)


def test_parent_without_a_price() -> None:
    """Where no price above shows whether the rows are all, pages are read until nothing new comes."""
    rows = {path: row for path, row in TEAMS.items() if path}
    server = Paged(rows, C, TEAM, within_parents, 2, states_more=False)

    assert rows == read(server, TEAM)
    assert 4 == len(server.queries)


def test_pages_that_contradict() -> None:
    """Two pages that state different prices of one row are refused."""
    other = {**TEAMS, ("team1",): Row(None, Price(Decimal(2))), ("team9",): Row(None, Price(Decimal(1)))}

    with pytest.raises(DuplicateSeriesError, match="two pages say different things of team1"):
        read(Canned(page(TEAMS, has_more=True), page(other)), TEAM)


def test_account_that_contradicts() -> None:
    """The same of the account's own price."""
    other: Rows = {(): Row(None, Price(Decimal(2)))}

    with pytest.raises(DuplicateSeriesError, match="two pages say different things of the account"):
        read(Canned(page(TEAMS, has_more=True), page(other)), TEAM)


def test_first_page_has_the_rest() -> None:
    """What is not in pages is the first page's; the decimal places are the most that any page had."""
    clusters = (Cluster("c", None, None),)
    first = DetailPage(InvoiceDetail(rows=rows_of([("a",)]), clusters=clusters, places=2), has_more=True)
    second = page({("b",): Row(None, Price(Decimal("0.12345")))}, has_more=False, places=5)
    detail = whole(Canned(first, second), C, TEAM)

    assert not isinstance(detail, NotFound)
    assert (clusters, 5) == (detail.clusters, detail.places)


def test_endless_pages() -> None:
    """Pages that always bring something new are given up at last."""

    def find(query: Query) -> DetailPage:
        number = dict(query).get("teamsPage", "1")
        return page({(f"t{number}",): Row(None, None)}, has_more=True)

    with pytest.raises(PagingError, match="more than 10000 pages"):
        read_pages(find, C, NO_QUERY, TEAM)


def test_pages_of_an_hour() -> None:
    """The pages of an hour are read as those of an invoice, and add up to an hour's detail."""
    top = Row(None, Price(Decimal(2)))
    first, second = ({(): top, (team,): Row(None, Price(Decimal(1)))} for team in ("a", "b"))
    pages = [
        DetailPage(hour=HourDetail(timestamp=7.0, rows=first, places=2), has_more=True),
        DetailPage(hour=HourDetail(timestamp=7.0, rows=second, places=2), has_more=False),
    ]

    assert HourDetail(timestamp=7.0, rows={**first, **second}, places=2) == whole(Canned(*pages), C, TEAM)


def test_missing_page() -> None:
    """What was not asked for yet is named by its query, filters and page numbers sorted by their names."""
    known: dict[Query, DetailPage] = {}
    first = (("teamId", "web"),)

    assert Missing(first) == read_pages(known.get, C, {"teamId": "web"}, PROJECT)
    known[first] = page(ONE_TEAM, has_more=True)
    second = (("projectsPage", "2"), ("teamId", "web"))
    assert Missing(second) == read_pages(known.get, C, {"teamId": "web"}, PROJECT)


def test_pages_that_are_there_are_not_asked_for() -> None:
    """Pages that were answered before, in whatever order, are used as they are."""
    server = Paged(TEAMS, C, TEAM, within_parents, 2)
    queries: list[Query] = [(("teamsPage", "3"),), (), (("teamsPage", "2"),)]
    answered = {query: server(query) for query in queries}
    found = read_pages(answered.get, C, NO_QUERY, TEAM)

    assert isinstance(found, InvoiceDetail)
    assert TEAMS == found.rows


def test_first_page_that_is_not_found() -> None:
    """Where the API does not know what the query names there is no answer, and that is said."""
    assert NotFound() == whole(Canned(NOT_FOUND), C, PROJECT, {"teamId": "gone"})


def test_later_page_that_is_not_found() -> None:
    """What vanishes between two pages is not shown by half: it counts as not found."""
    assert NotFound() == whole(Canned(page(ONE_TEAM, has_more=True), NOT_FOUND), C, PROJECT)
