from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.domain.folding import fold_cheapest, resource_series
from exporter.domain.money import add_up
from exporter.domain.price import Price, sum_of
from exporter.domain.tree import Path, Row, Rows
from tests.builders import price, row

SERVICES = ("acme", "api", "service")
JOBS = ("acme", "api", "job")

# Each resource has a series for each component, one without a price too: 9 in all.
TREE: Rows = {
    ("acme",): row("60"),
    SERVICES: row("50"),
    (*SERVICES, "dear"): row("30", cpu="20", memory="10"),
    (*SERVICES, "free"): row("0", cpu="0"),
    (*SERVICES, "cheap"): row("5", "Cheap", cpu="4"),
    JOBS: row("10"),
    (*JOBS, "nightly"): row("9", cpu="8", storage="1"),
    (*JOBS, "unpriced"): row(name="Unpriced"),
    (*JOBS, "hourly"): row("1", storage="1"),
}


def shown(tree: Rows, limit: int) -> dict[Path, Row]:
    """The resources that are left with a limit."""
    ((rows), *_), _ = fold_cheapest([tree], limit)
    return {path: row for path, row in rows.items() if len(path) == 4}


def test_series() -> None:
    """A resource has a series for each component, and one where it has no price; none of it is its name's."""
    assert 2 + 1 + 2 + 2 + 1 + 1 == resource_series([TREE])
    assert 0 == resource_series([])


def test_within_the_limit() -> None:
    """As long as all resources fit, nothing is folded and the rows are the very same."""
    (rows,), folded = fold_cheapest([TREE], 9)

    assert rows is TREE
    assert frozenset() == folded


@pytest.mark.parametrize(
    ("limit", "kept", "others", "count"),
    [
        pytest.param(
            8,
            ["dear", "free", "cheap", "nightly"],
            {JOBS: row("1", storage="1")},
            2,
            id="without_a_price_and_the_cheapest_of_its_type",
        ),
        pytest.param(
            7,
            ["dear", "nightly"],
            {SERVICES: row("5", cpu="4"), JOBS: row("1", storage="1")},
            4,
            id="the_cheapest_of_all",
        ),
        pytest.param(
            6,
            ["dear"],
            {SERVICES: row("5", cpu="4"), JOBS: row("10", storage="2", cpu="8")},
            5,
            id="parts_are_added_up_by_component",
        ),
        pytest.param(
            0,
            [],
            {SERVICES: row("35", cpu="24", memory="10"), JOBS: row("10", storage="2", cpu="8")},
            6,
            id="less_than_one_for_each_type",
        ),
        pytest.param(
            -5,
            [],
            {SERVICES: row("35", cpu="24", memory="10"), JOBS: row("10", storage="2", cpu="8")},
            6,
            id="no_room_at_all",
        ),
    ],
)
def test_the_cheapest_are_folded(limit: int, kept: list[str], others: dict[Path, Row], count: int) -> None:
    """The dearest resources stay; the others are one for each project and type, their prices added up."""
    (rows,), folded = fold_cheapest([TREE], limit)
    resources = {path: row for path, row in rows.items() if len(path) == 4}

    assert kept == [path[-1] for path in resources if path[-1] != "_other"]
    assert others.keys() == {path[:-1] for path in resources if path[-1] == "_other"}
    assert {group: dict(_by_component(each)) for group, each in others.items()} == {
        path[:-1]: dict(_by_component(row)) for path, row in resources.items() if path[-1] == "_other"
    }
    assert count == len(folded)
    assert {path for path in TREE if len(path) == 4 and path not in rows} == folded
    assert {path: row for path, row in TREE.items() if len(path) < 4} == {
        path: row for path, row in rows.items() if len(path) < 4
    }


def _by_component(row: Row) -> list[tuple[str, Decimal]]:
    return [*row.price.by_component()] if row.price else []


def test_one_alone_is_not_folded() -> None:
    """Folding a single resource would hide its id and save nothing."""
    tree: Rows = {
        (*SERVICES, "a"): row("1"),
        (*JOBS, "b"): row("2"),
        (*JOBS, "c"): row("3"),
    }

    assert [(*SERVICES, "a"), (*JOBS, "_other")] == [*shown(tree, 2)]


def test_unpriced_alone() -> None:
    """What is folded of resources without a price has none."""
    tree: Rows = {(*JOBS, "a"): row(), (*JOBS, "b"): row()}

    assert {(*JOBS, "_other"): Row(None, None)} == shown(tree, 1)


def test_ties() -> None:
    """Of resources that cost the same those whose ids sort first stay, in whatever order the API gave them."""
    tree: Rows = {(*JOBS, name): row("1", cpu="1") for name in ("b", "d", "a", "c")}

    assert ["b", "_other", "a"] == [path[-1] for path in shown(tree, 3)]
    assert ["a", "b", "_other"] == [path[-1] for path in shown(dict(sorted(tree.items())), 3)]


@pytest.mark.parametrize("names", [("_other", "a", "b"), ("a", "_other", "b"), ("a", "b", "_other")])
def test_a_resource_that_is_called_other(names: tuple[str, ...]) -> None:
    """A resource that the data itself calls `_other` is joined with what is folded, and stays while nothing is."""
    tree: Rows = {(*JOBS, name): row("1" if name == "a" else "2", cpu="1" if name == "a" else "2") for name in names}

    assert tree == shown(tree, 3)
    assert {"_other": Decimal(3), "b": Decimal(2)} == totals(shown(tree, 2))
    assert {"_other": Decimal(5)} == totals(shown(tree, 1))
    assert {(*JOBS, "a")} == fold_cheapest([tree], 2)[1]


def totals(resources: Rows) -> dict[str, Decimal]:
    """What each resource costs, by its id."""
    return {path[-1]: row.price.total for path, row in resources.items() if row.price}


def test_trees_share_the_limit() -> None:
    """The cheapest resources of all trees are folded, each in its own tree."""
    newer: Rows = {(*JOBS, name): row(amount) for name, amount in (("a", "9"), ("b", "8"), ("c", "7"))}
    older: Rows = {(*JOBS, name): row(amount) for name, amount in (("a", "90"), ("b", "2"), ("c", "1"))}
    (first, second), folded = fold_cheapest([newer, older], 5)

    assert newer is first
    assert {"a": Decimal(90), "_other": Decimal(3)} == totals(second)
    assert {(*JOBS, "b"), (*JOBS, "c")} == folded
    # The two that cost the same here are of the newer and of the older tree.
    (first, second), _ = fold_cheapest([newer, newer], 5)
    assert newer is first
    assert {"a", "_other"} == totals(second).keys()


amounts = st.decimals(min_value=-5, max_value=50, places=7)
prices = st.builds(
    Price,
    st.none() | amounts,
    st.lists(st.tuples(st.sampled_from(["cpu", "memory", "storage"]), amounts), unique_by=lambda part: part[0]).map(
        tuple
    ),
).filter(lambda price: price.stated_total is not None or bool(price.parts))
paths = st.tuples(st.sampled_from("tu"), st.sampled_from("pq"), st.sampled_from("sj"), st.sampled_from("abcdef_"))
trees = st.dictionaries(
    paths.map(lambda path: (*path[:-1], path[-1].replace("_", "_other"))),
    st.builds(Row, st.none(), st.none() | prices),
    max_size=30,
)


@given(trees, trees, st.integers(-5, 120))
def test_any_tree(newer: dict[Path, Row], older: dict[Path, Row], limit: int) -> None:
    """Sums are preserved by component, the limit is kept where it can be, and the same is folded each time."""
    folded, paths_folded = fold_cheapest([newer, older], limit)

    assert (folded, paths_folded) == fold_cheapest([MappingProxyType(newer), MappingProxyType(older)], limit)
    for before, after in zip((newer, older), folded, strict=True):
        assert sums(before) == sums(after)
        assert {path[:3] for path in before} == {path[:3] for path in after}
    assert paths_folded <= {*newer, *older}
    everything, _ = fold_cheapest([newer, older], -1000)
    assert resource_series(folded) <= max(limit, resource_series(everything))


def sums(tree: Rows) -> dict[Path, tuple[Decimal, dict[str, Decimal]]]:
    """What each project and type costs, in all and by the parts that the API names."""
    by_group: dict[Path, list[Price]] = {}
    for path, each in tree.items():
        by_group.setdefault(path[:3], []).extend([each.price] if each.price else [])
    return {
        group: (add_up(each.total for each in several), dict(sum_of(several).parts))
        for group, several in by_group.items()
    }


def test_each_family_by_itself() -> None:
    """A limit holds for one family: what another one shows of the same resources takes nothing of it."""
    hour: Rows = {(*JOBS, name): row("1", cpu="1") for name in "abc"}
    month: Rows = {(*JOBS, name): row("100", cpu="100") for name in "abcdef"}

    assert hour is fold_cheapest([hour], 3)[0][0]
    assert 3 == resource_series(fold_cheapest([month], 3)[0])


def test_prices_are_exact() -> None:
    """What is folded is added up without rounding."""
    tree: Rows = {(*JOBS, name): Row(None, price("0.10000000000000001")) for name in "abc"}

    assert {"_other": Decimal("0.30000000000000003")} == totals(shown(tree, 0))
