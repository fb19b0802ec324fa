from collections import Counter

import pytest

from exporter.sandbox.books import Books
from exporter.sandbox.cuts import Slice, Slices, cut_entries, cut_within_parents
from exporter.sandbox.narrow import Filters, levels_of, narrowed
from exporter.sandbox.tree import Tree
from tests.sandbox.reaching import options

WHOLE = Slice(1, 100)
Row = tuple[str, ...]


def _tree_within(filters: Filters, **changes: int) -> Tree:
    usage = Books(options(**{"teams": 3, "projects": 4, "resources": 11, **changes})).preview.usage
    assert usage
    return narrowed(usage.paas, filters)


def _rows_of(tree: Tree) -> list[Row]:
    return [
        (team.id, project.id, kind.name, resource.id)
        for team in tree.teams
        for project in team.projects
        for kind in project.resource_types
        for resource in kind.resources
    ]


def _resources_by_entry_pages(filters: Filters, size: int) -> tuple[list[Row], list[int]]:
    tree = _tree_within(filters)
    rows: list[Row] = []
    counts: list[int] = []
    for page in range(1, 1_000):
        cut = cut_entries(tree, levels_of(tree, filters), filters, Slice(page, size))
        assert tree.bill == cut.tree.bill
        rows += _rows_of(cut.tree)
        counts.append(int(str(cut.pagination["count"])))
        if not cut.pagination["hasNextPage"]:
            break
    return rows, counts


@pytest.mark.parametrize("size", [1, 4, 11, 100])
@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(Filters(None, "api", None), id="project in every team"),
        pytest.param(Filters("payments", None, "service"), id="type in a team"),
        pytest.param(Filters("payments", "api", None), id="project"),
    ],
)
def test_entry_pages_of_resources_give_everything_once(filters: Filters, size: int) -> None:
    """All pages of 2026-06 together hold every resource once, full pages but for the last."""
    rows, counts = _resources_by_entry_pages(filters, size)
    assert _rows_of(_tree_within(filters)) == rows
    assert sum(counts) == len(rows)
    assert all(count == size for count in counts[:-1])


def test_entry_pages_of_projects() -> None:
    """With a team filter alone the entries are its projects, at their prices."""
    filters = Filters("payments", None, None)
    tree = _tree_within(filters)
    cuts = [cut_entries(tree, levels_of(tree, filters), filters, Slice(page, 3)) for page in (1, 2)]
    assert tree.teams[0].projects == tuple(row for cut in cuts for row in cut.tree.teams[0].projects)
    assert [True, False] == [cut.pagination["hasNextPage"] for cut in cuts]
    assert {tree.teams[0].bill} == {cut.tree.teams[0].bill for cut in cuts}


def test_entry_pages_of_teams() -> None:
    """Without a filter the entries are teams; one page beyond them is empty and the last."""
    filters = Filters(None, None, None)
    tree = _tree_within(filters)
    cuts = [cut_entries(tree, levels_of(tree, filters), filters, Slice(page, 2)) for page in (1, 2, 3)]
    assert tree.teams == tuple(team for cut in cuts for team in cut.tree.teams)
    expected = [
        {"hasNextPage": True, "count": 2},
        {"hasNextPage": False, "count": 1},
        {"hasNextPage": False, "count": 0},
    ]
    assert expected == [cut.pagination for cut in cuts]


def test_slices_cut_within_each_parent() -> None:
    """Pages of 2026-10 are cut within each parent: all pages together hold everything once."""
    filters = Filters(None, "api", None)
    tree = _tree_within(filters, resources=40)
    levels = levels_of(tree, filters)
    pages = [cut_within_parents(tree, levels, Slices(WHOLE, WHOLE, Slice(page, 5))) for page in range(1, 5)]
    assert Counter(_rows_of(tree)) == Counter(row for cut in pages for row in _rows_of(cut.tree))
    assert [True, True, False, False] == [cut.pagination["hasNextPage"] for cut in pages]
    assert all(len(tree.teams) == len(cut.tree.teams) for cut in pages)
    assert all(len(kind.resources) <= 5 for team in pages[0].tree.teams for kind in team.projects[0].resource_types)


@pytest.mark.parametrize(
    ("filters", "slices", "expected"),
    [
        pytest.param(
            Filters(None, None, None),
            Slices(Slice(1, 2), Slice(1, 1), Slice(1, 1)),
            {"hasNextPage": True, "count": 2},
            id="teams: more follow",
        ),
        pytest.param(
            Filters(None, None, None),
            Slices(Slice(2, 2), Slice(1, 1), Slice(1, 1)),
            {"hasNextPage": False, "count": 1},
            id="levels that are not shown have no pages",
        ),
        pytest.param(
            Filters("payments", None, None),
            Slices(WHOLE, Slice(1, 3), Slice(1, 1)),
            {"hasNextPage": True, "count": 3},
            id="projects: more follow",
        ),
        pytest.param(
            Filters("payments", None, None),
            Slices(WHOLE, Slice(2, 3), Slice(1, 1)),
            {"hasNextPage": False, "count": 2},
            id="projects: the last page",
        ),
        pytest.param(
            Filters("payments", "api", None),
            Slices(WHOLE, WHOLE, Slice(1, 1)),
            {"hasNextPage": True, "count": 5},
            id="resources: one of each type",
        ),
    ],
)
def test_slices_tell_whether_more_follows(filters: Filters, slices: Slices, expected: dict[str, object]) -> None:
    """The pagination beside the data tells of all levels shown, and counts the rows of the deepest."""
    tree = _tree_within(filters)
    assert expected == cut_within_parents(tree, levels_of(tree, filters), slices).pagination


def test_exactly_full_page_is_the_last() -> None:
    """A last page that is full does not promise another."""
    filters = Filters(None, None, None)
    cut = cut_entries(tree := _tree_within(filters), levels_of(tree, filters), filters, Slice(1, 3))
    assert {"hasNextPage": False, "count": 3} == cut.pagination
