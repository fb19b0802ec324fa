"""A service that moves on while invoices and usage are polled at once."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

import httpx
import pytest

from exporter.background import Background
from exporter.domain.money import Unit
from exporter.domain.report import Api, Generation
from exporter.domain.tree import Level
from exporter.northflank.readers import Depth
from exporter.northflank.source import Source
from exporter.northflank.usage.running import Bill
from tests.northflank.asking import NOW, Json, client_over, ok
from tests.northflank.lists import WHOLE, ListServer, row_c, server_b, server_c

BILL = Bill(currency="USD")
HOUR: Json = {"timestamp": NOW - 3600, "currency": "usd", "paas": {"price": {"total": 1}}}


@dataclass
class Held(httpx.AsyncBaseTransport):
    """A server that becomes another one, whose answer to one path as 2026-06 asks for it comes when it is let go."""

    server: ListServer
    path: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the server in force."""
        answer = self.server(request)
        if self.path and request.url.path.endswith(self.path) and "per_page" in request.url.params:
            self.asked.set()
            await self.let_go.wait()
        return answer


async def held(path: str, *, strict: bool) -> tuple[Held, Source]:
    """A service that has gone over from 2026-06, with its first invoice, a subscription; a source that was before."""
    transport = Held(server_b([]))
    depth = Depth(Level.RESOURCE, retention_seconds=0)
    source = Source(client_over(transport), Background(), generation=None, unit=None, depth=depth)
    await source.fetch_invoices(WHOLE)
    await source.fetch_usage(BILL, NOW)
    transport.server = server_c([row_c(1, usage=False)], strict=strict)
    transport.server.more = {**transport.server.more, "/usage": ok({"usage": [HOUR]})}
    transport.path = path
    return transport, source


@pytest.mark.parametrize("strict", [pytest.param(True, id="refused"), pytest.param(False, id="not_refused")])
async def test_usage_goes_over_first(strict: bool) -> None:  # noqa: FBT001 - the server's manner
    """A list that was asked for in the generation before is asked for anew: neither a failure, nor read as cents."""
    transport, source = await held("/invoices", strict=strict)
    polled = asyncio.create_task(source.fetch_invoices(WHOLE))
    await transport.asked.wait()
    await source.fetch_usage(BILL, NOW)
    assert Api(Generation.C, Unit.MAJOR) == source.api
    transport.let_go.set()

    assert [Decimal(12)] == [each.total for each in await polled]


async def test_the_list_goes_over_first() -> None:
    """Usage that was asked for in the generation before is asked for anew."""
    transport, source = await held("/usage", strict=True)
    polled = asyncio.create_task(source.fetch_usage(BILL, NOW))
    await transport.asked.wait()
    await source.fetch_invoices(WHOLE)
    transport.let_go.set()

    section = await polled
    assert section.hour
    assert {Decimal(1)} == {price.total for price in section.hour.usage.categories.values()}
