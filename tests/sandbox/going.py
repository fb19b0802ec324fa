"""A sandbox whose clock a test moves, and what its ledger says."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.sandbox.reaching import NOW, Json, sandbox

HOUR = 3_600
DAY = 24 * HOUR
NOVEMBER, DECEMBER = 1_793_491_200, 1_796_083_200  # 2026-11-01, 2026-12-01
MIDNIGHT = 1_795_305_600  # 2026-11-22
INVOICES = "/v1/billing/invoices"
USAGE = "/v1/billing/usage"
PLAIN = {"removeLegacyFields": "true"}
Path = tuple[str, ...]
Prices = dict[str, Decimal]


@dataclass(slots=True)
class Hand:
    """A clock that is moved by hand, and the sandbox that goes by it."""

    now: float
    client: httpx.AsyncClient

    async def ledger(self, start: float, end: float, **query: str) -> Json:
        """What was used from start to end."""
        return await page(self.client, "/-/ledger/usage", start=str(int(start)), end=str(int(end)), **query)

    async def newest_usage(self) -> Json:
        """The ledger of the newest invoice that bills usage."""
        rows = (await page(self.client, "/-/ledger"))["invoices"]
        return next(dict(row) for row in rows if row["kind"] == "usage")


async def page(client: httpx.AsyncClient, path: str, **query: str) -> Json:
    """A page of the sandbox's own."""
    response = await client.get(path, params=query)
    assert response.status_code == httpx.codes.OK, response.text
    return dict(response.json())


@asynccontextmanager
async def going(now: float = NOW, **changes: Any) -> AsyncIterator[Hand]:  # noqa: ANN401 - each option has a type of its own
    """A sandbox that begins at `now`."""
    hands: list[Hand] = []
    async with sandbox(now=lambda: hands[0].now if hands else now, rate_limit=10**6, **changes) as client:
        hands.append(Hand(now, client))
        yield hands[0]


def amount(value: object) -> Decimal:
    """A number of an answer as it was spelled."""
    return Decimal(repr(value))


def prices(node: Any, path: Path = ()) -> Iterator[tuple[Path, Prices]]:  # noqa: ANN401 - any JSON
    """Every row of a ledger's tree, by its path."""
    for level, name in (("teams", "id"), ("projects", "id"), ("resource_types", "resource_type"), ("resources", "id")):
        for row in node.get(level, ()):
            here = (*path, row[name])
            yield here, {part: Decimal(value) for part, value in row["price"].items()}
            yield from prices(row, here)
