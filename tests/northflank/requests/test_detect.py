from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from exporter.domain.report import Generation
from exporter.errors import ForbiddenError, GenerationError, PagingError, ServerFaultError
from exporter.northflank.requests.detect import detect
from tests.northflank.asking import Handler, Json, Script, client_of, ok, refused
from tests.northflank.requests.lists import ListServer, row_a, row_b, row_c

CREDITS = {"/credit-balance": ok({"total": {"available": 0}}), "/usage": ok({"usage": []})}
USAGE = {"/usage": ok({"usage": []})}
BOTH_SIDES = {**row_c(1), "paasUsage": {"price": {"total": 1000}}, "paid": True}


async def detected(server: Handler) -> Generation:
    """The generation that is found."""
    async with client_of(server) as client:
        return await detect(client)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("rows", "more", "expected", "targets"),
    [
        pytest.param([row_c(1)], {}, "2026-10", ["/invoices"], id="c"),
        pytest.param([BOTH_SIDES], {}, "2026-10", ["/invoices"], id="c_with_fields_of_b"),
        pytest.param([row_b(1)], {}, "2026-06", ["/invoices"], id="b"),
        pytest.param([row_c(1, usage=False), row_c(2)], {}, "2026-10", ["/invoices"], id="c_below_a_subscription"),
        pytest.param([row_b(1, usage=False), row_b(2)], {}, "2026-06", ["/invoices"], id="b_below_a_subscription"),
        pytest.param(
            [row_a(1)], {}, "2024", ["/invoices", "/credit-balance", "/usage"], id="a"
        ),
        pytest.param([], CREDITS, "2026-10", ["/invoices", "/credit-balance"], id="empty_c"),
        pytest.param([], USAGE, "2026-06", ["/invoices", "/credit-balance", "/usage"], id="empty_b"),
        pytest.param([], {}, "2024", ["/invoices", "/credit-balance", "/usage"], id="empty_a"),
        pytest.param(
            [row_c(1, usage=False)], CREDITS, "2026-10", ["/invoices", "/credit-balance"], id="c_subscriptions_alone"
        ),
        pytest.param(
            [row_b(1, usage=False)], USAGE, "2026-06", ["/invoices", "/credit-balance", "/usage"], id="b_alone"
        ),
    ],
)  # fmt: skip
async def test_generation(
    rows: Sequence[Json],
    more: Mapping[str, httpx.Response],
    expected: str,
    targets: list[str],
    strict: bool,  # noqa: FBT001
) -> None:
    """Any row of the list that bills usage shows it, else the endpoints do; no parameter is asked with."""
    server = ListServer(rows, generation=expected, strict=strict, more=more)

    assert expected == await detected(server)
    assert targets == server.targets


async def test_usage_on_a_later_page() -> None:
    """A list with nothing but subscriptions on its first page is read on, by the cursor alone."""
    rows = [row_c(1, usage=False), row_c(2, usage=False), row_c(3)]
    server = ListServer(rows, size=1, strict=True)

    assert Generation.C == await detected(server)
    assert ["/invoices", "/invoices?cursor=c1", "/invoices?cursor=c2"] == server.targets


async def test_pages_by_number() -> None:
    """A 2024 server that pages by number is read to its end and recognised."""
    server = ListServer(
        [row_a(1), row_a(2)], "2024", size=1, strict=True, paging=lambda rest: {"hasNextPage": rest is not None}
    )

    assert Generation.A == await detected(server)
    assert ["/invoices", "/invoices?page=2", "/credit-balance", "/usage"] == server.targets


async def test_pages_without_end() -> None:
    """A server that ignores page numbers does not use up the allowance."""
    script = Script([ok({"invoices": [row_a(1)]}, {"hasNextPage": True})])

    with pytest.raises(PagingError):
        await detected(script)
    assert 2 == len(script.requests)


async def test_units_that_contradict() -> None:
    """Where the totals under old and new fields agree in no unit, nothing is shown."""
    row: dict[str, Any] = {**row_c(1), "paasUsage": {"price": {"total": 77}}}

    with pytest.raises(GenerationError, match="contradict each other"):
        await detected(ListServer([row]))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [pytest.param(refused(403), ForbiddenError, id="403"), pytest.param(refused(500), ServerFaultError, id="500")],
)
async def test_endpoint_that_cannot_be_asked(answer: httpx.Response, expected: type[Exception]) -> None:
    """Only a 404 says that there is no such endpoint: any other fault leaves the generation open."""
    with pytest.raises(expected):
        await detected(ListServer([], more={"/credit-balance": answer}))
