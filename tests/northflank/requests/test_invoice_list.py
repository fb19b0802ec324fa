from collections.abc import Set as AbstractSet

import pytest

from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.errors import DecodeError, DuplicateSeriesError, PagingError
from exporter.northflank.requests.lists import Listed, read_invoices
from exporter.northflank.wire.generations import WIRES
from tests.northflank.asking import Handler, Json, Script, client_of, ok
from tests.northflank.requests.lists import START, ListServer, row_a, row_b, row_c

FIVE = [row_c(number) for number in range(5)]
IDS = [f"inv-{number}" for number in range(5)]


async def listed(
    server: Handler, generation: Generation = Generation.C, until: AbstractSet[str] = frozenset()
) -> Listed:
    """The list as it is read from a server."""
    wire = WIRES[generation]
    async with client_of(server) as client:
        return await read_invoices(client, wire, wire.unit, until=until)


def ids(found: Listed) -> list[str]:
    """The ids of its invoices."""
    return [invoice.id for invoice in found.invoices]


def numbered(rest: int | None) -> Json:
    """Pagination that says whether more follows, and has no cursor."""
    return {"hasNextPage": rest is not None}


def cursor_alone(rest: int | None) -> Json:
    """Pagination that has a cursor while more follows, and nothing else."""
    return {"cursor": f"c{rest}"} if rest else {}


async def test_cursors() -> None:
    """All pages are read by the cursors that the server gives, in its order, each once."""
    server = ListServer(FIVE, size=2)
    assert IDS == ids(await listed(server))
    first = "/invoices?perPage=100&removeLegacyFields=true"
    assert [first, f"{first}&cursor=c2", f"{first}&cursor=c4"] == server.targets


async def test_cursor_alone() -> None:
    """A cursor alone says that more follows."""
    assert IDS == ids(await listed(ListServer(FIVE, size=2, paging=cursor_alone)))


async def test_cursor_of_the_last_page() -> None:
    """A cursor on a page that says it is the last is not followed."""
    assert IDS == ids(await listed(Script([ok({"invoices": FIVE}, {"hasNextPage": False, "cursor": "c5"})])))


@pytest.mark.parametrize("generation", [Generation.A, Generation.B])
async def test_page_numbers(generation: Generation) -> None:
    """Where the server gives no cursor, pages are asked for by their numbers."""
    row = row_a if generation is Generation.A else row_b
    server = ListServer([row(number) for number in range(5)], generation, size=2, paging=numbered)

    assert 5 == len((await listed(server, generation)).invoices)
    expected = ["/invoices?per_page=100", "/invoices?per_page=100&page=2", "/invoices?per_page=100&page=3"]
    assert expected == server.targets


async def test_short_pages() -> None:
    """A page may hold fewer rows than asked for, even none, while it says that more follows."""
    script = Script(
        [
            ok({"invoices": FIVE[:1]}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": FIVE[1:3]}, {"hasNextPage": True, "cursor": "b"}),
            ok({"invoices": FIVE[3:]}, {"hasNextPage": False}),
        ]
    )

    assert IDS == ids(await listed(script))


async def test_empty_first_page() -> None:
    """A first page without rows that says more is followed: nothing was said to follow before it."""
    script = Script(
        [
            ok({"invoices": []}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": FIVE}, {"hasNextPage": False}),
        ]
    )

    assert IDS == ids(await listed(script))


@pytest.mark.parametrize("pagination", [None, {"hasNextPage": False}])
@pytest.mark.parametrize("count", [0, 5])
async def test_one_page(count: int, pagination: Json | None) -> None:
    """A list that does not say more is one page, an empty one too."""
    script = Script([ok({"invoices": FIVE[:count]}, pagination)])

    assert IDS[:count] == ids(await listed(script))
    assert 1 == len(script.requests)


async def test_repeated_cursor() -> None:
    """A cursor that comes again would be followed for ever: the list is refused."""
    script = Script(
        [
            ok({"invoices": [FIVE[0]]}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": [FIVE[1]]}, {"hasNextPage": True, "cursor": "b"}),
            ok({"invoices": [FIVE[2]]}, {"hasNextPage": True, "cursor": "a"}),
        ]
    )

    with pytest.raises(PagingError, match="cursor=b: gives a cursor that it gave before"):
        await listed(script)
    assert 3 == len(script.requests)


@pytest.mark.parametrize("rows", [pytest.param([], id="empty"), pytest.param(FIVE[:2], id="repeated")])
@pytest.mark.parametrize("is_last", [False, True])
async def test_nothing_new_after_more_was_said(rows: list[Json], is_last: bool) -> None:  # noqa: FBT001 - a parameter
    """A page that was said to follow and brings nothing new is a fault: a part of the list may be missing."""
    script = Script(
        [
            ok({"invoices": FIVE[:2]}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": rows}, {"hasNextPage": not is_last, "cursor": "b"}),
        ]
    )

    with pytest.raises(PagingError, match="said to follow brings nothing new"):
        await listed(script)


async def test_nothing_new_after_a_cursor() -> None:
    """Where only a cursor said that there might be more, a page that brings nothing new is the end."""
    script = Script(
        [ok({"invoices": FIVE}, {"cursor": "a"}), ok({"invoices": []}, {"cursor": "b"}), ok({"invoices": []})]
    )

    assert IDS == ids(await listed(script))
    assert 2 == len(script.requests)


async def test_server_that_ignores_page_numbers() -> None:
    """A server that gives its first page for every number is refused at the second."""
    script = Script([ok({"invoices": [row_a(1), row_a(2)]}, {"hasNextPage": True})])

    with pytest.raises(PagingError, match="page=2: a page that was said to follow brings nothing new"):
        await listed(script, Generation.A)
    assert 2 == len(script.requests)


async def test_more_without_a_way_to_ask() -> None:
    """Where more follows, but neither a cursor nor page numbers reach it, the list is refused, not cut."""
    with pytest.raises(PagingError, match="says that more follows, but gives no cursor to ask for it"):
        await listed(Script([ok({"invoices": FIVE}, {"hasNextPage": True})]))


async def test_overlapping_pages() -> None:
    """An invoice that is on two pages, since one was added meanwhile, is counted once."""
    script = Script(
        [
            ok({"invoices": FIVE[:3]}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": FIVE[2:]}, {"hasNextPage": False}),
        ]
    )

    assert IDS == ids(await listed(script))


async def test_pages_that_contradict() -> None:
    """An invoice of which two pages say different things is refused: nobody knows which is true."""
    script = Script(
        [
            ok({"invoices": FIVE[:2]}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": [FIVE[2], {**FIVE[1], "total": 13.00}]}, {"hasNextPage": False}),
        ]
    )

    with pytest.raises(DuplicateSeriesError, match=r"cursor=a: invoices\[1\] is inv-1, of which a page before"):
        await listed(script)


@pytest.mark.parametrize("total", [12.00, 13.00])
async def test_one_id_twice_on_a_page(total: float) -> None:
    """Two rows of one id on a page are refused with both places, be they alike or not: one bill would be lost."""
    rows = [FIVE[0], FIVE[1], {**FIVE[0], "total": total}]

    with pytest.raises(DuplicateSeriesError, match=r"invoices\[0\] and invoices\[2\] are both inv-0"):
        await listed(Script([ok({"invoices": rows})]))


async def test_two_invoices_of_one_period() -> None:
    """2024 has no ids: two invoices of one period and different totals, as of a subscription beside usage, are two."""
    rows = [row_a(1), {**row_a(1), "total": 900}, {**row_a(1), "currency": "eur"}]
    found = await listed(Script([ok({"invoices": rows})]), Generation.A)

    assert ["USD 12", "USD 9", "EUR 12"] == [f"{each.currency} {each.total:.0f}" for each in found.invoices]
    assert {f"{START - 86400}-{START}"} == set(ids(found))


async def test_two_invoices_that_are_alike() -> None:
    """Of two invoices of 2024 with one period, total and currency nobody knows whether they are one: refused."""
    period = f"{START - 86400}-{START}"

    with pytest.raises(DuplicateSeriesError, match=rf"invoices\[0\] and invoices\[1\] are both {period}"):
        await listed(Script([ok({"invoices": [row_a(1), row_a(1)]})]), Generation.A)


@pytest.mark.parametrize(
    ("until", "requests"),
    [
        pytest.param({"inv-0"}, 1, id="first_page"),
        pytest.param({"inv-3", "inv-0"}, 2, id="second_page"),
        pytest.param({"inv-4"}, 3, id="last_page"),
        pytest.param({"inv-0", "gone"}, 3, id="one_that_is_gone"),
        pytest.param(frozenset[str](), 3, id="whole"),
    ],
)
async def test_until(until: AbstractSet[str], requests: int) -> None:
    """No page is asked for after the one that completes the ids that are looked for; a part is known to be one."""
    server = ListServer(FIVE, size=2)
    found = await listed(server, until=until)

    assert requests == len(server.targets)
    assert IDS[: requests * 2] == ids(found)
    assert (until in ({"inv-0", "gone"}, set())) == found.is_whole


async def test_one_bad_row() -> None:
    """A row that cannot be read fails the whole list, on whichever page: a skipped row would understate money."""
    script = Script(
        [
            ok({"invoices": FIVE[:2]}, {"hasNextPage": True, "cursor": "a"}),
            ok({"invoices": [FIVE[2], {**FIVE[3], "total": "12"}]}, {"hasNextPage": False}),
        ]
    )

    with pytest.raises(DecodeError):
        await listed(script)


async def test_endless_list() -> None:
    """A list that goes on and on is given up after a thousand pages."""
    server = ListServer([row_c(number) for number in range(1002)], size=1)

    with pytest.raises(PagingError, match="more than 1000 pages"):
        await listed(server)
    assert 1000 == len(server.targets)


async def test_unit() -> None:
    """Amounts are read in the unit that is asked for, whatever the generation has."""
    async with client_of(Script([ok({"invoices": FIVE[:1]})])) as client:
        found = await read_invoices(client, WIRES[Generation.C], Unit.MINOR, until=frozenset())

    assert ["0.12"] == [str(invoice.total.normalize()) for invoice in found.invoices]


def of(customer: str | None, number: int) -> Json:
    """An invoice of a billing customer."""
    scope = {} if customer is None else {"scope": {"entityId": customer, "entityType": "team"}}
    return {**row_c(number), **scope}


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        pytest.param(["acme", "acme", "acme"], "acme", id="one"),
        pytest.param([None, None, None], None, id="none"),
        pytest.param(["acme", "other", "acme"], None, id="on_one_page_they_differ"),
        pytest.param(["acme", "acme", "other"], None, id="on_two_pages_they_differ"),
    ],
)
@pytest.mark.parametrize("until", [frozenset[str](), {"inv-2"}])
async def test_customer(customers: list[str | None], expected: str | None, until: AbstractSet[str]) -> None:
    """The billing customer of a list is the one that all of its pages name; else it is not known."""
    server = ListServer([of(customer, number) for number, customer in enumerate(customers)], size=2)

    assert expected == (await listed(server, until=until)).customer
