"""The usage list: every row of every page once, or nothing."""

from collections.abc import Sequence

import httpx
import pytest

from exporter.domain.budget import Scope
from exporter.domain.invoice import Period
from exporter.domain.report import Generation
from exporter.errors import DecodeError, DuplicateSeriesError, GenerationError, PagingError
from exporter.northflank.usage.usage_list import UsageList, filters, window
from exporter.northflank.wire.generations import WIRES
from tests.northflank.asking import Json, Script, client_of, ok
from tests.northflank.usage.listed import Listed, at, hours, row_c, row_of

NOON = at("2026-11-22T12:00")
HOUR = 3600.0
MORE: Json = {"hasNextPage": True, "cursor": "c1"}
MORE_STILL: Json = {"hasNextPage": True, "cursor": "c2"}
NO_MORE: Json = {"hasNextPage": False}


def list_of(*pages: tuple[Sequence[Json], Json | None]) -> tuple[UsageList, Script]:
    """A list that comes in these pages."""
    script = Script([ok({"usage": list(rows)}, beside) for rows, beside in pages])
    wire = WIRES[Generation.C]
    return UsageList(client_of(script), wire, wire.unit), script


async def test_pages_are_put_together() -> None:
    """However short the pages are, all rows come, newest first, each page by the cursor of the one before."""
    listed = Listed(hours("2026-11-20T00:00", "2026-11-22T12:00"), size=7)
    rows = await listed.usage_list.read({"granularity": "hour"}, "USD")
    assert sorted(listed.dollars, reverse=True) == [row.timestamp for row in rows]
    assert [None, *(str(7 * place) for place in range(1, 9))] == [query.get("cursor") for query in listed.queries]


async def test_order() -> None:
    """Rows are newest first, whatever order they come in."""
    usage_list, _ = list_of(([row_c(NOON - HOUR, 1), row_c(NOON, 2)], None))
    assert (row_of(NOON, 2), row_of(NOON - HOUR, 1)) == await usage_list.read({}, "USD")


async def test_the_generation_s_own_parameters() -> None:
    """What is asked for goes with what every request of the generation has."""
    listed = Listed({}, Generation.B)
    await listed.usage_list.read({"startTime": "5"}, "USD")
    assert [{"per_page": "100", "startTime": "5"}] == listed.queries


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(([row_c(NOON, 1)], MORE_STILL), id="and says that more follows"),
        pytest.param(([row_c(NOON, 1)], NO_MORE), id="and says that nothing follows"),
        pytest.param(([], NO_MORE), id="empty"),
        pytest.param(([], None), id="empty and silent"),
    ],
)
async def test_a_page_that_brings_nothing_new(second: tuple[list[Json], Json | None]) -> None:
    """Where more was said to follow, hours are missing: a sum of the rest would understate."""
    usage_list, _ = list_of(([row_c(NOON, 1)], MORE), second)
    with pytest.raises(PagingError, match="said to follow brings nothing new"):
        await usage_list.read({}, "USD")


async def test_a_silent_cursor_that_leads_to_nothing_new() -> None:
    """A list that never says whether more follows ends with the page that brings nothing new."""
    usage_list, script = list_of(([row_c(NOON, 1)], {"cursor": "c1"}), ([row_c(NOON, 1)], {"cursor": "c2"}))
    assert (row_of(NOON),) == await usage_list.read({}, "USD")
    assert 2 == len(script.requests)


async def test_overlapping_pages() -> None:
    """A row that an hour's turn pushed from one page to the next counts once."""
    usage_list, _ = list_of(([row_c(NOON, 2)], MORE), ([row_c(NOON, 2), row_c(NOON - HOUR, 1)], NO_MORE))
    assert (row_of(NOON, 2), row_of(NOON - HOUR, 1)) == await usage_list.read({}, "USD")


async def test_pages_that_contradict_each_other() -> None:
    """Of an hour with two prices nobody knows which is right."""
    usage_list, _ = list_of(([row_c(NOON, 2)], MORE), ([row_c(NOON, 3), row_c(NOON - HOUR, 1)], NO_MORE))
    with pytest.raises(DuplicateSeriesError, match="tells other things of an hour"):
        await usage_list.read({}, "USD")


async def test_two_currencies() -> None:
    """Dollars and euros are not added up, also when they stand on different pages."""
    usage_list, _ = list_of(([row_c(NOON, 2)], MORE), ([row_c(NOON - HOUR, 3, "eur")], NO_MORE))
    with pytest.raises(DecodeError, match="EUR and USD"):
        await usage_list.read({}, "USD")


async def test_a_generation_without_a_list() -> None:
    """2024 has no usage list, and nothing is asked for."""
    server = Script([httpx.Response(500)])
    with pytest.raises(GenerationError, match="has no usage list"):
        await UsageList(client_of(server), WIRES[Generation.A], WIRES[Generation.A].unit).read({}, "USD")
    assert [] == server.requests


def test_window() -> None:
    """A period is asked for in whole seconds, from its start to its end, exclusive."""
    assert {"startTime": "3600", "endTime": "7200"} == dict(window(Period(3600.0, 7200.0)))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(Scope(), {}, id="everything"),
        pytest.param(Scope(team_id="a"), {"teamId": "a"}, id="team"),
        pytest.param(Scope("a", "b", "job"), {"teamId": "a", "projectId": "b", "resourceType": "job"}, id="all"),
        pytest.param(Scope(resource_type="job"), {"resourceType": "job"}, id="type"),
    ],
)
def test_filters(scope: Scope, expected: dict[str, str]) -> None:
    """Only what a scope names narrows the answer."""
    assert expected == dict(filters(scope))
