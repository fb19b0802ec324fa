"""The usage list: every row of every page once, or nothing."""

from collections.abc import Sequence
from decimal import Decimal

import httpx
import pytest

from exporter.domain.invoice import Category
from exporter.domain.money import Unit
from exporter.domain.question import Urgency
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, UsageRow
from exporter.errors import DecodeError, DuplicateSeriesError, GenerationError, PagingError, PostponedError
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.requests.lists import Listed, read_usage
from exporter.northflank.wire.generations import WIRES
from tests.builders import price
from tests.northflank.asking import NOW, Clock, Json, Script, client_of, ok

HOUR = 3600.0
MORE: Json = {"hasNextPage": True, "cursor": "c1"}
MORE_STILL: Json = {"hasNextPage": True, "cursor": "c2"}
NO_MORE: Json = {"hasNextPage": False}


def hour(ago: int, total: float = 1, currency: str | None = "usd") -> Json:
    """A row of an hour that began so many hours ago, at a price in dollars."""
    stated = {} if currency is None else {"currency": currency}
    return {"timestamp": NOW - ago * HOUR, **stated, "total": total, "paas": {"price": {"total": total}}}


def row(ago: int, total: float = 1, currency: str = "USD") -> UsageRow:
    """The same as it is read."""
    return UsageRow(NOW - ago * HOUR, Usage(currency, {Category.PAAS: price(str(total))}))


def script_of(*pages: tuple[Sequence[Json], Json | None]) -> Script:
    """A list that comes in these pages."""
    return Script([ok({"usage": list(rows)}, beside) for rows, beside in pages])


async def listed(
    script: Script, generation: Generation = Generation.C, unit: Unit | None = None, **query: str
) -> Listed:
    """The list as it is read."""
    wire = WIRES[generation]
    async with client_of(script) as client:
        return await read_usage(client, wire, unit or wire.unit, query, currency="USD", urgency=Urgency.ACCOUNT)


async def test_cursors() -> None:
    """However short the pages are, all rows come, newest first, each page by the cursor of the one before."""
    script = script_of(([hour(1)], MORE), ([hour(2), hour(3)], MORE_STILL), ([hour(4)], NO_MORE))

    assert (row(1), row(2), row(3), row(4)) == (await listed(script)).rows
    first = "/v1/billing/usage?perPage=100&removeLegacyFields=true"
    assert [first, f"{first}&cursor=c1", f"{first}&cursor=c2"] == script.targets


async def test_empty_first_page() -> None:
    """A first page without rows that says that more follows is not the end."""
    assert (row(1),) == (await listed(script_of(([], MORE), ([hour(1)], NO_MORE)))).rows


async def test_order() -> None:
    """Rows are newest first, whatever order they come in."""
    assert (row(1, 2), row(2)) == (await listed(script_of(([hour(2), hour(1, 2)], None)))).rows


@pytest.mark.parametrize(
    ("generation", "expected"),
    [
        pytest.param(Generation.B, "per_page=100&startTime=5", id="2026-06"),
        pytest.param(Generation.C, "perPage=100&removeLegacyFields=true&startTime=5", id="2026-10"),
    ],
)
async def test_parameters(generation: Generation, expected: str) -> None:
    """What is asked for goes with what every request of the generation has."""
    script = script_of(([], NO_MORE))
    await listed(script, generation, startTime="5")

    assert [f"/v1/billing/usage?{expected}"] == script.targets


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(([hour(1)], MORE_STILL), id="and_says_that_more_follows"),
        pytest.param(([hour(1)], NO_MORE), id="and_says_that_nothing_follows"),
        pytest.param(([], NO_MORE), id="empty"),
        pytest.param(([], None), id="empty_and_says_nothing"),
    ],
)
async def test_a_page_that_brings_nothing_new(second: tuple[list[Json], Json | None]) -> None:
    """Where more was said to follow, hours are missing: a sum of the rest would understate."""
    with pytest.raises(PagingError, match="said to follow brings nothing new"):
        await listed(script_of(([hour(1)], MORE), second))


async def test_a_cursor_that_leads_to_nothing_new() -> None:
    """A list that never says whether more follows ends with the page that brings nothing new."""
    script = script_of(([hour(1)], {"cursor": "c1"}), ([hour(1)], {"cursor": "c2"}))

    assert (row(1),) == (await listed(script)).rows
    assert 2 == len(script.requests)


async def test_overlapping_pages() -> None:
    """A row that an hour's turn pushed from one page to the next counts once."""
    script = script_of(([hour(1, 2)], MORE), ([hour(1, 2), hour(2)], NO_MORE))

    assert (row(1, 2), row(2)) == (await listed(script)).rows


async def test_pages_that_contradict_each_other() -> None:
    """Of an hour with two prices nobody knows which is right."""
    script = script_of(([hour(1, 2)], MORE), ([hour(1, 3), hour(2)], NO_MORE))

    with pytest.raises(DuplicateSeriesError, match="cursor=c1: says other things of an hour than a page before"):
        await listed(script)


async def test_several_currencies() -> None:
    """An account may change its currency: hours in several are no fault, on one page or two, and each keeps its own."""
    script = script_of(([hour(1, 2, "eur"), hour(2)], MORE), ([hour(3, 3, "jpy"), hour(4, 4, None)], NO_MORE))

    assert (row(1, 2, "EUR"), row(2), row(3, 3, "JPY"), row(4, 4)) == (await listed(script)).rows


async def test_one_bad_row() -> None:
    """A row that cannot be read fails the whole list, on whichever page: a skipped hour would understate money."""
    with pytest.raises(DecodeError):
        await listed(script_of(([hour(1)], MORE), ([{**hour(2), "total": "1"}], NO_MORE)))


async def test_a_generation_without_a_list() -> None:
    """2024 has no usage list, and nothing is asked for."""
    script = Script([httpx.Response(500)])

    with pytest.raises(GenerationError, match="generation 2024 has no usage list"):
        await listed(script, Generation.A)
    assert [] == script.requests


async def test_unit() -> None:
    """Amounts are read in the unit that is asked for, whatever the generation has."""
    (read,) = (await listed(script_of(([hour(1, 100)], None)), unit=Unit.MINOR)).rows

    assert Decimal(1) == read.usage.categories[Category.PAAS].total


async def test_an_empty_list() -> None:
    """An account that used nothing is a success, read to its end."""
    assert Listed(rows=(), is_whole=True) == await listed(script_of(([], NO_MORE)))


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        pytest.param(("acme", "acme"), "acme", id="one"),
        pytest.param((None, None), None, id="none"),
        pytest.param(("acme", "other"), None, id="pages_differ"),
    ],
)
async def test_customer(customers: Sequence[str | None], expected: str | None) -> None:
    """The billing customer of a list is the one that all of its pages name; else it is not known."""
    scopes = [{} if each is None else {"scope": {"entityId": each, "entityType": "team"}} for each in customers]
    pages = [
        ok({**scope, "usage": [hour(ago)]}, beside)
        for ago, (scope, beside) in enumerate(zip(scopes, (MORE, NO_MORE), strict=True))
    ]

    assert expected == (await listed(Script(pages))).customer


async def test_urgency() -> None:
    """A list is asked for as urgently as its question is: what can wait leaves the allowance to the rest."""
    clock, wire = Clock(), WIRES[Generation.C]
    allowance = Allowance(share=0.5, reserve=0, limit=4, clock=clock, monotonic=clock)
    pages = script_of(([hour(1)], MORE), ([hour(2)], NO_MORE))
    async with client_of(pages, clock, allowance=allowance) as client:
        with pytest.raises(PostponedError):
            await read_usage(client, wire, wire.unit, {}, currency="USD", urgency=Urgency.LATER)

    assert 1 == len(pages.requests)
