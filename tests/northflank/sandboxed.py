"""The sandbox behind a client, with faults of the test's choice in front of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx

from exporter.background import Background
from exporter.domain.money import Unit
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.http.client import Client, Limits
from exporter.northflank.requests.source import Source
from exporter.sandbox import SandboxOptions, build_app
from tests.northflank.asking import NOW, Clock, Json, client_over

Fault = Callable[[httpx.Request], httpx.Response | None]


def _none(_: httpx.Request) -> None:
    return None


class Sandboxed(httpx.AsyncBaseTransport):
    """A sandbox as a transport. `fault` may answer in its place; every request is kept by path and query."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - each option has a type of its own
        self._inner = httpx.ASGITransport(app=build_app(SandboxOptions(**{"now": lambda: NOW, **options})))
        self.fault: Fault = _none
        self.requests: list[tuple[str, Mapping[str, str]]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The fault's answer, else the sandbox's."""
        self.requests.append((request.url.path.removeprefix("/v1/billing"), dict(request.url.params)))
        return self.fault(request) or await self._inner.handle_async_request(request)

    async def ledger(self) -> Json:
        """What the API can say of all invoices, in major units."""
        return await self._own_page("/-/ledger")

    async def ledger_of_usage(self, start: float, end: float) -> Json:
        """What the API can say of the usage of a time (Unix seconds), in major units."""
        return await self._own_page(f"/-/ledger/usage?start={start:.0f}&end={end:.0f}")

    async def _own_page(self, path: str) -> Json:
        async with httpx.AsyncClient(transport=self._inner, base_url="http://sandbox") as client:
            return dict((await client.get(path)).json())

    def client(self, **changes: Any) -> Client:  # noqa: ANN401 - any argument of a client
        """A client with the right token."""
        return client_over(self, Clock(), **{"read_token": lambda: "sandbox", "limits": Limits(), **changes})

    def source(
        self,
        generation: Generation | None = None,
        unit: Unit | None = None,
        allowance: Allowance | None = None,
    ) -> Source:
        """A source of this sandbox."""
        return Source(self.client(allowance=allowance), Background(), generation=generation, unit=unit)

    @property
    def kinds(self) -> Counter[str]:
        """How often each kind of filter was asked with, of the requests for details."""
        filters = ("teamId", "projectId", "resourceType")
        details = (query for path, query in self.requests if path.startswith(("/invoices/", "/usage/")))
        return Counter("+".join(name for name in filters if name in query) for query in details)


def priced(price: Price | None) -> dict[str, Decimal]:
    """A price as the ledger writes it."""
    assert price is not None
    return {"total": price.total, **dict(price.parts)}


def decimals(stated: Mapping[str, str]) -> dict[str, Decimal]:
    """The ledger's amounts as numbers."""
    return {name: Decimal(text) for name, text in stated.items()}
