"""The newest hour's whole tree: in one poll, over several where it has to be, and over a restart."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from exporter.domain.memory import Gathering
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import HourTree
from exporter.errors import PostponedError
from exporter.northflank.usage.hour_trees import HourTrees
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, Watched

NOON = at("2026-11-18T12:00")
# The account, three teams, six projects.
WHOLE = 1 + 3 + 6
FEW = 8


def trees_of(watched: Watched, level: Level = Level.RESOURCE) -> HourTrees:
    """The trees of a sandbox, nothing known."""
    return HourTrees(watched.asking, level)


def levels(tree: HourTree | None) -> set[int]:
    """Which depths a tree has rows at."""
    assert tree
    return {len(path) for path in tree.rows}


async def ledger_agrees(watched: Watched, tree: HourTree | None) -> bool:
    """Whether teams and projects have the ledger's prices."""
    assert tree
    expected = await watched.ledger(tree.start, tree.start + HOUR)
    return {path: each for path, each in expected.items() if each} == {
        path: each for path, each in of_projects(tree.rows).items() if each
    }


def of_projects(rows: Rows) -> dict[Path, Decimal]:
    """The prices of teams and projects."""
    return {path: each.price.total for path, each in rows.items() if each.price and 0 < len(path) <= 2}


def filters_of(query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What narrows an answer."""
    return tuple(sorted((name, value) for name, value in query.items() if name.endswith("Id")))


def known_questions(trees: HourTrees) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """What was answered already of the tree that is gathered."""
    part = trees.memory().get("gathering")
    if not isinstance(part, Gathering):
        return set()
    return {(f"/usage/{int(part.start)}", page.query) for page in part.pages}


async def test_one_poll() -> None:
    """The whole tree of an hour comes in one go, is not asked for again, and is followed by the next hour's."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched)
    await trees.gather(NOON - HOUR, "USD")
    assert ({0, 1, 2, 3, 4}, NOON - HOUR) == (levels(trees.newest), trees.newest and trees.newest.start)
    assert await ledger_agrees(watched, trees.newest)
    watched.sandbox.requests.clear()
    await trees.gather(NOON - HOUR, "USD")
    assert 0 == sum(watched.asked.values())
    watched.now += HOUR
    await trees.gather(NOON, "USD")
    assert trees.newest
    assert (NOON, WHOLE) == (trees.newest.start, sum(watched.asked.values()))


async def test_the_tree_s_own_figures() -> None:
    """It says its currency, its level, its clusters, and that nothing is left over."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched, Level.PROJECT)
    await trees.gather(NOON - HOUR, "USD")
    tree = trees.newest
    assert tree
    assert ("USD", Level.PROJECT, 2, frozenset()) == (tree.currency, tree.level, len(tree.clusters), tree.vanished)
    assert {Level.TEAM: 0, Level.PROJECT: 0} == tree.unattributed


async def test_postponed_half_way() -> None:
    """What the allowance has no room for is asked for at a later poll, and nothing twice."""
    watched = Watched("2026-11-18T12:20", requests_an_hour=FEW)
    trees = trees_of(watched)
    with pytest.raises(PostponedError):
        await trees.gather(NOON - HOUR, "USD")
    assert None is trees.newest
    assert 0 < sum(watched.asked.values()) < WHOLE


async def test_gathered_over_several_hours() -> None:
    """A tree that was begun is completed when the next hour has come, then that hour's is begun."""
    watched = Watched("2026-11-18T12:20", requests_an_hour=FEW)
    trees = trees_of(watched)
    starts: list[float | None] = []
    for hour in range(4):
        known = known_questions(trees)
        watched.sandbox.requests.clear()
        with pytest.raises(PostponedError):
            await trees.gather(NOON + (hour - 1) * HOUR, "USD")
        assert known.isdisjoint({(path, filters_of(query)) for path, query in watched.sandbox.requests})
        starts.append(trees.newest.start if trees.newest else None)
        watched.now += HOUR + 120
    assert None is starts[0]
    assert NOON - HOUR in starts
    assert await ledger_agrees(watched, trees.newest)


async def test_over_a_restart() -> None:
    """What was answered before a restart is kept: only the rest is asked for."""
    watched = Watched("2026-11-18T12:20", requests_an_hour=FEW)
    before = trees_of(watched)
    with pytest.raises(PostponedError):
        await before.gather(NOON - HOUR, "USD")
    memory = before.memory()
    part = memory["gathering"]
    assert isinstance(part, Gathering)
    assert part is before.memory()["gathering"]
    fresh = Watched("2026-11-18T12:20")
    after = trees_of(fresh)
    after.resume(memory, None, "USD")
    await after.gather(NOON - HOUR, "USD")
    assert WHOLE - len(part.pages) == sum(fresh.asked.values())
    assert await ledger_agrees(fresh, after.newest)
    assert {} == after.memory()


async def test_a_tree_from_before_a_restart() -> None:
    """The tree that was shown is not asked for again, unless another level is to be shown now."""
    watched = Watched("2026-11-18T12:20")
    before = trees_of(watched)
    await before.gather(NOON - HOUR, "USD")
    for level, asked in ((Level.RESOURCE, 0), (Level.PROJECT, 1 + 3)):
        watched.sandbox.requests.clear()
        after = trees_of(watched, level)
        after.resume({}, before.newest, "USD")
        await after.gather(NOON - HOUR, "USD")
        assert asked == sum(watched.asked.values())


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        pytest.param(23, {NOON - HOUR, NOON + 22 * HOUR}, id="within a day"),
        pytest.param(24, {NOON + 23 * HOUR}, id="a day old"),
        pytest.param(-2, {NOON - 3 * HOUR}, id="the clock was set back"),
    ],
)
async def test_given_up(later: int, expected: set[float]) -> None:
    """A tree that was begun a day ago, or in the future, is not completed: the newest one is gathered."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched)
    trees.begin(NOON - HOUR, "USD")
    watched.now += later * HOUR
    await trees.gather(NOON + (later - 1) * HOUR, "USD")
    assert expected == watched.hours_asked
    assert trees.newest
    assert NOON + (later - 1) * HOUR == trees.newest.start


async def test_shallow() -> None:
    """Down to its projects a tree can be shown before it is whole, and what that took is not asked for again."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched)
    assert None is await trees.shallow("USD")
    trees.begin(NOON - HOUR, "USD")
    shallow = await trees.shallow("USD")
    assert shallow
    assert ({0, 1, 2}, Level.PROJECT) == (levels(shallow), shallow.level)
    assert await ledger_agrees(watched, shallow)
    await trees.gather(NOON - HOUR, "USD")
    assert WHOLE == sum(watched.asked.values())


async def test_answers_are_shared() -> None:
    """What was answered about an hour is not asked for again, neither by its tree, until it is complete or too old."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched)
    trees.begin(NOON - HOUR, "USD")
    assert trees.answers(NOON - HOUR, "USD") is trees.answers(NOON - HOUR, "USD")
    older, newer = trees.answers(NOON - 2 * HOUR, "USD"), trees.answers(NOON, "USD")
    assert (older, newer) == (trees.answers(NOON - 2 * HOUR, "USD"), trees.answers(NOON, "USD"))
    late = trees.answers(NOON - 3 * HOUR, "USD")
    trees.release({NOON - 2 * HOUR, NOON}, NOON, oldest=NOON - 3 * HOUR)
    assert older is not trees.answers(NOON - 2 * HOUR, "USD")
    assert (newer, late) == (trees.answers(NOON, "USD"), trees.answers(NOON - 3 * HOUR, "USD"))
    trees.release(set(), NOON, oldest=NOON - 2 * HOUR)
    assert late is not trees.answers(NOON - 3 * HOUR, "USD")


async def test_a_doubted_tree() -> None:
    """The tree of an hour that was corrected is gathered anew, half-way or whole."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched, Level.TEAM)
    await trees.gather(NOON - HOUR, "USD")
    trees.doubt({NOON - 5 * HOUR}, NOON - HOUR, "USD")
    await trees.gather(NOON - HOUR, "USD")
    assert 1 == sum(watched.asked.values())
    trees.doubt({NOON - HOUR}, NOON - HOUR, "USD")
    await trees.shallow("USD")
    trees.doubt({NOON - HOUR}, NOON - HOUR, "USD")
    await trees.gather(NOON - HOUR, "USD")
    assert 3 == sum(watched.asked.values())


async def test_a_doubted_tree_over_a_restart() -> None:
    """What was answered of an hour before it was corrected is not kept for its tree."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched)
    kept: list[Gathering] = []
    for _ in range(2):
        trees.doubt({NOON - HOUR}, NOON - HOUR, "USD")
        await trees.shallow("USD")
        part = trees.memory()["gathering"]
        assert isinstance(part, Gathering)
        kept.append(part)
    assert len(kept[0].pages) == len(kept[1].pages)
    assert kept[0].pages[0].detail is not kept[1].pages[0].detail


async def test_the_clock_is_set_back() -> None:
    """Trees of hours that are not over by the clock are let go, half-way or whole."""
    watched = Watched("2026-11-18T12:20")
    trees = trees_of(watched, Level.TEAM)
    await trees.gather(NOON - HOUR, "USD")
    trees.begin(NOON, "USD")
    trees.drop_from(NOON)
    assert trees.newest
    assert {} == trees.memory()
    trees.drop_from(NOON - HOUR)
    assert None is trees.newest
