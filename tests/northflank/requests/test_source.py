import asyncio
from dataclasses import dataclass
from decimal import Decimal

import httpx
import pytest

from exporter.domain.invoice import Category
from exporter.domain.money import Unit
from exporter.domain.question import GetHourPage, InvoiceList, ListHours, ListInvoices, Urgency, UsageList
from exporter.domain.report import Api, Generation
from exporter.errors import DecodeError, GenerationError, PollError, RefusedError
from exporter.northflank.requests.source import Answered
from tests.northflank.asking import NOW, Json, Script, ok, refused
from tests.northflank.requests.lists import (
    DAY,
    START,
    ListServer,
    account_of,
    row_a,
    row_b,
    row_c,
    server_b,
    server_c,
    source_of,
)

ACCOUNT = Urgency.ACCOUNT
B_MINOR, C_MAJOR = Api(Generation.B, Unit.MINOR), Api(Generation.C, Unit.MAJOR)
HOURS = ListHours(NOW - 7200, currency="USD")


@dataclass
class Moving:
    """A server that becomes another one when a test says so."""

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
    """Twelve dollars are twelve dollars in each generation, of servers that refuse parameters they do not know."""
    account = account_of(server)

    assert Decimal(12) == await account.total()
    assert Api(generation, unit) == account.api


async def test_generation_is_found_out_once() -> None:
    """Later polls ask for the list alone."""
    server = server_c([row_c(1)])
    account = account_of(server)
    await account.total()
    server.targets.clear()

    await account.total()
    assert ["/invoices?perPage=100&removeLegacyFields=true"] == server.targets


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("usage", [False, True])
async def test_server_moves_on(strict: bool, usage: bool) -> None:  # noqa: FBT001 - parameters of the test
    """A service that goes over to decimal amounts in mid-life is read as such at once, never a hundredth of it.

    Be it that it refuses the parameters of before, or that no row of its list bills usage.
    """
    moving = Moving(server_b([row_b(1)]))
    account = account_of(moving)
    assert Decimal(12) == await account.total()

    moving.server = server_c([row_c(1, usage=usage)], strict=strict)
    assert Decimal(12) == await account.total()
    assert C_MAJOR == account.api


@pytest.mark.parametrize("strict", [False, True])
async def test_server_moves_on_from_2024(strict: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The same from the oldest generation."""
    moving = Moving(ListServer([row_a(1)], "2024", strict=True))
    account = account_of(moving)
    assert Decimal(12) == await account.total()

    moving.server = server_c([row_c(1)], strict=strict)
    assert Decimal(12) == await account.total()


async def test_server_moves_back() -> None:
    """A service that takes its change back is followed, too."""
    moving = Moving(server_c([row_c(1)]))
    account = account_of(moving)
    await account.total()

    moving.server = server_b([row_b(1)])
    assert Decimal(12) == await account.total()


async def test_list_that_shows_nothing() -> None:
    """Without a row that bills usage each poll asks whether the service moved on: one request more, no second list."""
    server = server_c([row_c(1, usage=False)])
    account = account_of(server)
    await account.total()
    server.targets.clear()

    await account.total()
    assert ["/invoices?perPage=100&removeLegacyFields=true", "/credit-balance"] == server.targets


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(refused(400, "because"), RefusedError, id="refused"),
        pytest.param(ok({"invoices": [{**row_c(1), "total": "x"}]}), DecodeError, id="odd"),
    ],
)
async def test_fault_that_is_no_move(answer: httpx.Response, expected: type[PollError]) -> None:
    """A list that fails in the generation which the server still speaks is an error with its own fault."""
    is_well = True
    well = server_c([row_c(1)])

    def server(request: httpx.Request) -> httpx.Response:
        return well(request) if is_well or not request.url.params else Script([answer])(request)

    account = account_of(server)
    await account.total()
    is_well = False

    with pytest.raises(expected):
        await account.total()
    is_well = True
    assert Decimal(12) == await account.total()


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
        await account_of(server, generation=generation).total()


async def test_set_by_hand() -> None:
    """A generation that is set by hand is not asked about: the list is the only request."""
    server = server_c([row_c(1, usage=False)])
    account = account_of(server, generation=Generation.C)

    assert Decimal(12) == await account.total()
    assert ["/invoices?perPage=100&removeLegacyFields=true"] == server.targets
    assert C_MAJOR == account.api


@pytest.mark.parametrize(
    ("unit", "expected"),
    [pytest.param(Unit.MINOR, "0.12", id="minor"), pytest.param(Unit.MAJOR, "12", id="major")],
)
async def test_amounts_set_by_hand(unit: Unit, expected: str) -> None:
    """A unit that is set by hand is the unit of all amounts, and shown as such."""
    account = account_of(server_c([row_c(1)]), unit=unit)

    assert Decimal(expected) == await account.total()
    assert Api(Generation.C, unit) == account.api


def without_invoices() -> tuple[ListServer, ListServer]:
    """Servers of 2026-06 and 2026-10 of an account that spends a dollar an hour and has no invoice yet."""
    hour: Json = {"timestamp": NOW - 3600, "currency": "usd"}
    servers = server_b([]), server_c([], strict=False)
    for server, name, amount in zip(servers, ("paasUsage", "paas"), (100, 1), strict=True):
        server.more = {**server.more, "/usage": ok({"usage": [{**hour, name: {"price": {"total": amount}}}]})}
    return servers


def dollars(answered: Answered) -> list[Decimal]:
    """What each hour of an answer costs."""
    assert isinstance(answered.content, UsageList)
    return [usage.categories[Category.PAAS].total for usage in answered.content.usages]


async def test_server_moves_on_before_the_first_invoice() -> None:
    """Where the list is empty and nothing is refused, usage in other fields shows that the service moved on."""
    first, second = without_invoices()
    moving = Moving(first)
    account = account_of(moving)
    assert [Decimal(1)] == dollars(await account.ask(HOURS))

    moving.server = second
    assert [Decimal(1)] == dollars(await account.ask(HOURS))
    assert C_MAJOR == account.api


async def test_server_moves_on_before_anything_states_the_currency() -> None:
    """An empty list of 2026-06 also asks which endpoints there are: without a currency usage is not asked for."""
    moving = Moving(without_invoices()[0])
    account = account_of(moving)
    for moving.server, api in zip(without_invoices(), (B_MINOR, C_MAJOR), strict=True):
        assert () == (await account.invoices()).invoices
        assert api == account.api


async def test_usage_that_contradicts_what_is_set_by_hand() -> None:
    """A generation that is set by hand stays, and an answer in another one is an error."""
    _, second = without_invoices()
    account = account_of(second, generation=Generation.B)
    await account.invoices()
    with pytest.raises(GenerationError, match="set api to auto"):
        await account.ask(HOURS)


async def test_usage_that_fails_in_the_same_generation() -> None:
    """Usage whose units contradict each other is an error where the server speaks the same generation as before."""
    server = server_c([row_c(1)])
    sides = {"paas": {"price": {"total": 1}}, "paasUsage": {"price": {"total": 77}}}
    server.more = {**server.more, "/usage": ok({"usage": [{"timestamp": NOW, "currency": "usd", **sides}]})}

    with pytest.raises(GenerationError, match="contradict each other"):
        await account_of(server).ask(HOURS)


@pytest.mark.parametrize("strict", [pytest.param(True, id="refused"), pytest.param(False, id="not_refused")])
async def test_two_questions_while_the_server_moves_on(strict: bool) -> None:  # noqa: FBT001 - the server's manner
    """Lists that are asked for at once in the generation of before are both read in the new one, never as cents."""
    server = server_c([row_c(1, usage=False)], strict=strict)
    server.more = {**server.more, **without_invoices()[1].more}
    source = source_of(server)
    questions = (ListInvoices(), HOURS)
    invoices, usage = await asyncio.gather(*(source.ask(each, B_MINOR, ACCOUNT) for each in questions))

    assert isinstance(invoices.content, InvoiceList)
    assert [Decimal(12)] == [each.total for each in invoices.content.invoices]
    assert [Decimal(1)] == dollars(usage)
    assert [C_MAJOR, C_MAJOR] == [invoices.api, usage.api]


async def test_deep_question_after_a_move() -> None:
    """Only a list goes over to another generation: an hour's page of one that is not spoken any more is an error."""
    server = server_c([], strict=False)
    detail = {"timestamp": NOW, "currency": "usd", "paas": {"price": {"total": 1}}}
    server.more = {f"/usage/{NOW:.0f}": ok(detail)}

    with pytest.raises(GenerationError, match="usage fields of 2026-10, which 2026-06 does not have"):
        await source_of(server).ask(GetHourPage(NOW, "USD"), B_MINOR, ACCOUNT)
    assert 1 == len(server.targets)


@pytest.mark.parametrize(
    ("generation", "unit", "api", "expected"),
    [
        pytest.param(None, None, B_MINOR, True, id="found_out"),
        pytest.param(None, Unit.MINOR, Api(Generation.C, Unit.MINOR), True, id="unit_set"),
        pytest.param(None, Unit.MINOR, C_MAJOR, False, id="another_unit_set"),
        pytest.param(Generation.C, None, C_MAJOR, True, id="generation_set"),
        pytest.param(Generation.C, None, B_MINOR, False, id="another_generation_set"),
        pytest.param(Generation.C, None, Api(Generation.C, Unit.MINOR), False, id="kept_in_another_unit"),
    ],
)
def test_what_was_read_before_a_restart(
    generation: Generation | None,
    unit: Unit | None,
    api: Api,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """What was read in another generation or unit than is set by hand cannot be used under it."""
    assert expected is source_of(server_c([]), generation=generation, unit=unit).is_comparable(api)


async def test_generation_is_not_known_at_first() -> None:
    """Before the server was asked there is no generation to show, unless it is set by hand."""
    server = server_c([])

    assert source_of(server).set_api is None
    assert C_MAJOR == source_of(server, generation=Generation.C).set_api == await source_of(server).find_api()


async def test_generation_that_cannot_be_found_out() -> None:
    """A server that fails while it is asked which generation it speaks leaves that open: the fault is raised."""
    with pytest.raises(PollError, match="401"):
        await source_of(Script([refused(401)])).find_api()


async def test_requests_of_one_piece_of_work() -> None:
    """How many requests a poll made is counted for it alone."""
    source = source_of(server_c([row_c(1)]))
    with source.counting() as count:
        await source.ask(ListInvoices(), C_MAJOR, ACCOUNT)
    await source.ask(ListInvoices(), C_MAJOR, ACCOUNT)

    assert 1 == count.requests


@pytest.mark.parametrize(
    ("generation", "is_whole", "has_ids", "pages"),
    [
        pytest.param(Generation.A, True, False, 3, id="2024"),
        pytest.param(Generation.B, False, True, 1, id="2026-06"),
        pytest.param(Generation.C, False, True, 1, id="2026-10"),
    ],
)
async def test_part_of_the_list(generation: Generation, is_whole: bool, has_ids: bool, pages: int) -> None:  # noqa: FBT001
    """A list is read as far as the ids that are asked for, and says so; 2024 has no ids, and is read to its end."""
    rows = {Generation.A: row_a, Generation.B: row_b, Generation.C: row_c}[generation]
    server = ListServer([rows(number) for number in range(5)], generation, size=2)
    until = frozenset({"inv-1"}) if has_ids else frozenset({f"{START - DAY}-{START}"})
    listed = await account_of(server, generation=generation).invoices(until)

    assert (is_whole, has_ids, pages) == (listed.is_whole, listed.has_ids, len(server.targets))


async def test_customer() -> None:
    """An answer comes with the billing customer that it names, where it names one."""
    scope = {"entityId": "acme", "entityType": "team"}
    server = server_c([{**row_c(1), "scope": scope}])
    account = account_of(server)

    assert ("acme", None) == ((await account.ask(ListInvoices())).customer, (await account.ask(HOURS)).customer)
    server.more = {**server.more, "/usage": ok({"scope": scope, "usage": []})}
    assert "acme" == (await account.ask(HOURS)).customer
