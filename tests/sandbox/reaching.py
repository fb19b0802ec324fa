"""A sandbox to ask, in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from exporter.sandbox import SandboxOptions, build_app

NOW = 1_795_312_800.0  # 2026-11-22T02:00:00Z
Json = dict[str, Any]


def options(**changes: Any) -> SandboxOptions:  # noqa: ANN401 - each option has a type of its own
    """The default options, at a moment that stays, with these changes."""
    return SandboxOptions(**{"now": lambda: NOW, **changes})


@asynccontextmanager
async def sandbox(**changes: Any) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ANN401 - the same
    """A client of a new sandbox with these options, with the right token."""
    told = options(**changes)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=build_app(told)),
        base_url="http://sandbox",
        headers={"authorization": f"Bearer {told.token}"},
    ) as client:
        yield client


async def data(client: httpx.AsyncClient, path: str, **query: str | int) -> Json:
    """The data of a success."""
    return dict((await body(client, path, **query))["data"])


async def body(client: httpx.AsyncClient, path: str, **query: str | int) -> Json:
    """The whole body of a success."""
    response = await client.get(path, params=query)
    assert response.status_code == httpx.codes.OK, response.text
    return dict(response.json())


async def newest_usage_id(client: httpx.AsyncClient) -> str:
    """The id of the newest invoice that bills usage."""
    invoices = (await client.get("/-/ledger")).json()["invoices"]
    return next(str(invoice["id"]) for invoice in invoices if invoice["kind"] == "usage")
