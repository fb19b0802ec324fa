from dataclasses import dataclass
from decimal import Decimal

import httpx
import pytest

from exporter.domain.invoice import Category
from exporter.domain.money import Unit
from exporter.domain.report import Api, Generation
from exporter.errors import DecodeError, GenerationError, PollError, RefusedError
from exporter.northflank.usage.running import Bill
from tests.northflank.asking import NOW, Json, Script, ok, refused
from tests.northflank.lists import WHOLE, ListServer, row_a, row_b, row_c, server_b, server_c, source_of, total


@dataclass
class Moving:
    """A server that becomes another one when it is told to."""

    server: ListServer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer of the server in force."""
        return self.server(request)


@pytest.mark.parametrize(
    ("server", "generation", "unit"),
    [
        pytest.param(ListServer([row_a(1)], "2024", strict=True), Generation.A, Unit.MINOR, id="a"),
        pytest.param(server_b([row_b(1)]), Generation.B, Unit.MINOR, id="b"),
        pytest.param(server_c([row_c(1)]), Generation.C, Unit.MAJOR, id="c"),
    ],
)
async def test_each_generation(server: ListServer, generation: Generation, unit: Unit) -> None:
    """Twelve dollars are twelve dollars in each generation, by servers that refuse parameters they do not know."""
    source = source_of(server)

    assert Decimal(12) == await total(source)
    assert Api(generation, unit) == source.api


async def test_generation_is_found_out_once() -> None:
    """Later polls ask for the list alone."""
    server = server_c([row_c(1)])
    source = source_of(server)
    await total(source)
    server.targets.clear()

    await total(source)
    assert ["/invoices?perPage=100&removeLegacyFields=true"] == server.targets


async def test_known_statuses() -> None:
    """The statuses are those of the generation in use."""
    source = source_of(server_b([row_b(1)]))
    await total(source)

    assert ("paid", "open") == source.known_statuses


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("usage", [False, True])
async def test_server_moves_on(strict: bool, usage: bool) -> None:  # noqa: FBT001 - parameters of the test
    """A service that goes over to decimal amounts in mid-life is read as such at once, never a hundredth of it.

    Be it that it refuses the parameters of before, or that no row of its list bills usage.
    """
    moving = Moving(server_b([row_b(1)]))
    source = source_of(moving)
    assert Decimal(12) == await total(source)

    moving.server = server_c([row_c(1, usage=usage)], strict=strict)
    assert Decimal(12) == await total(source)
    assert Api(Generation.C, Unit.MAJOR) == source.api


@pytest.mark.parametrize("strict", [False, True])
async def test_server_moves_on_from_2024(strict: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The same from the oldest generation."""
    moving = Moving(ListServer([row_a(1)], "2024", strict=True))
    source = source_of(moving)
    assert Decimal(12) == await total(source)

    moving.server = server_c([row_c(1)], strict=strict)
    assert Decimal(12) == await total(source)


async def test_server_moves_back() -> None:
    """A service that takes its change back is followed, too."""
    moving = Moving(server_c([row_c(1)]))
    source = source_of(moving)
    await total(source)

    moving.server = server_b([row_b(1)])
    assert Decimal(12) == await total(source)


async def test_list_that_tells_nothing() -> None:
    """Without a row that bills usage each poll asks whether the service moved on: one request more, no second list."""
    server = server_c([row_c(1, usage=False)])
    source = source_of(server)
    await total(source)
    server.targets.clear()

    await total(source)
    assert ["/invoices?perPage=100&removeLegacyFields=true", "/credit-balance"] == server.targets


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(refused(400, "because"), RefusedError, id="refused"),
        pytest.param(ok({"invoices": [{**row_c(1), "total": "x"}]}), DecodeError, id="odd"),
    ],
)
async def test_fault_that_is_no_move(answer: httpx.Response, expected: type[PollError]) -> None:
    """A list that fails in the generation which the server still speaks is told with its own fault."""
    is_well = True
    well = server_c([row_c(1)])

    def server(request: httpx.Request) -> httpx.Response:
        return well(request) if is_well or not request.url.params else Script([answer])(request)

    source = source_of(server)
    await total(source)
    is_well = False

    with pytest.raises(expected):
        await total(source)
    is_well = True
    assert Decimal(12) == await total(source)


@pytest.mark.parametrize(
    ("generation", "server"),
    [
        pytest.param(Generation.A, server_b([row_b(1)], paging=lambda _: None), id="a_but_b"),
        pytest.param(Generation.A, ListServer([row_c(1)]), id="a_but_c"),
        pytest.param(Generation.B, ListServer([row_c(1)]), id="b_but_c"),
        pytest.param(Generation.C, ListServer([row_b(1)], "2026-06"), id="c_but_b"),
    ],
)
async def test_set_by_hand_and_contradicted(generation: Generation, server: ListServer) -> None:
    """A generation that is set by hand and that the answers contradict is an error, which says what to set."""
    with pytest.raises(GenerationError, match=f"which {generation} does not have; set api to auto for this account"):
        await total(source_of(server, generation=generation))


async def test_set_by_hand() -> None:
    """A generation that is set by hand is not asked about: the list is the only request."""
    server = server_c([row_c(1, usage=False)])
    source = source_of(server, generation=Generation.C)

    assert Decimal(12) == await total(source)
    assert ["/invoices?perPage=100&removeLegacyFields=true"] == server.targets
    assert Api(Generation.C, Unit.MAJOR) == source.api


@pytest.mark.parametrize(
    ("unit", "expected"),
    [pytest.param(Unit.MINOR, "0.12", id="minor"), pytest.param(Unit.MAJOR, "12", id="major")],
)
async def test_amounts_set_by_hand(unit: Unit, expected: str) -> None:
    """A unit that is set by hand is the unit of all amounts, and shown as such."""
    source = source_of(server_c([row_c(1)]), unit=unit)

    assert Decimal(expected) == await total(source)
    assert Api(Generation.C, unit) == source.api


def without_invoices() -> tuple[ListServer, ListServer]:
    """Servers of 2026-06 and 2026-10 of an account that spends a dollar an hour and has no invoice yet."""
    hour: Json = {"timestamp": NOW - 3600, "currency": "usd"}
    servers = server_b([]), server_c([], strict=False)
    for server, name, amount in zip(servers, ("paasUsage", "paas"), (100, 1), strict=True):
        server.more = {**server.more, "/usage": ok({"usage": [{**hour, name: {"price": {"total": amount}}}]})}
    return servers


async def test_server_moves_on_before_the_first_invoice() -> None:
    """Where the list is empty and nothing is refused, usage in other fields tells that the service moved on."""
    first, second = without_invoices()
    moving = Moving(first)
    source = source_of(moving)
    for moving.server in (first, second):
        await source.fetch_invoices(WHOLE)
        section = await source.fetch_usage(Bill(currency="USD"), NOW)
        assert section.hour
        assert Decimal(1) == section.hour.usage.categories[Category.PAAS].total
    assert Api(Generation.C, Unit.MAJOR) == source.api


async def test_server_moves_on_before_anything_tells_the_currency() -> None:
    """The same where usage is not asked for before the move, since the currency of its cents is not known."""
    moving = Moving(without_invoices()[0])
    source = source_of(moving)
    for moving.server in without_invoices():
        assert () == await source.fetch_invoices(WHOLE)
        section = await source.fetch_usage(Bill(), NOW)
    assert section.hour
    assert Decimal(1) == section.hour.usage.categories[Category.PAAS].total


async def test_nothing_of_before_a_move_is_kept() -> None:
    """From the moment at which another generation is found, what was told in the one before is not kept."""
    first, second = without_invoices()
    moving = Moving(first)
    source = source_of(moving)
    await source.fetch_invoices(WHOLE)
    await source.fetch_usage(Bill(currency="USD"), NOW)
    assert "hours_since" in source.memory()
    second.rows = [row_c(1)]
    moving.server = second
    await source.fetch_invoices(WHOLE)
    assert {} == source.memory()


async def test_usage_that_contradicts_what_is_set_by_hand() -> None:
    """A generation that is set by hand stays, and what is told in another one is an error."""
    _, second = without_invoices()
    source = source_of(second, generation=Generation.B)
    await source.fetch_invoices(WHOLE)
    with pytest.raises(GenerationError, match="set api to auto"):
        await source.fetch_usage(Bill(currency="USD"), NOW)


async def test_details_of_before_a_move_are_forgotten() -> None:
    """After a move the details are asked for anew: those of before were in another unit."""
    detail_b = {"id": "inv-1", "currency": "usd", "tax": {"amount": 200}}
    detail_c = {"id": "inv-1", "currency": "usd", "tax": {"amount": 2.00}}
    first, second = server_b([row_b(1)]), server_c([row_c(1)])
    first.more = {**first.more, "/invoices/inv-1": ok(detail_b)}
    second.more = {**second.more, "/invoices/inv-1": ok(detail_c)}
    moving = Moving(first)
    source = source_of(moving)
    for _ in range(2):
        shown = await source.fetch_invoices(WHOLE)
        section = await source.fetch_details(shown, ())
        assert [Decimal(2)] == [detail.tax_amount for _, detail in section.details]
        moving.server = second

    assert 1 == sum(target.startswith("/invoices/inv-1") for target in second.targets)
