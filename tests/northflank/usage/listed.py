"""A server whose usage list is what a test says, hour by hour, and the clock's words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import httpx

from exporter.domain.calendar import HOUR_SECONDS, month_of
from exporter.domain.invoice import Category
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, UsageRow
from exporter.northflank.usage.usage_list import UsageList
from exporter.northflank.wire.generations import WIRES
from tests.builders import price
from tests.northflank.asking import Json, client_of, ok, refused


def at(text: str) -> float:
    """Unix seconds of an ISO time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def hours(start: str, end: str, dollars: int = 1) -> dict[float, int]:
    """Each hour from a time to another, that one excluded, at a price."""
    first, last = at(start), at(end)
    return dict.fromkeys(
        (first + HOUR_SECONDS * place for place in range(int((last - first) // HOUR_SECONDS))), dollars
    )


def usage_of(total: int | str, currency: str = "USD") -> Usage:
    """What an hour of `Listed` at that price is once it is read."""
    return Usage(currency, {Category.PAAS: price(str(total), cpu=str(total))})


def row_of(timestamp: float, total: int | str = 1) -> UsageRow:
    """An hour at a price."""
    return UsageRow(timestamp, usage_of(total))


def paas(usage: Usage | None) -> Decimal:
    """The PaaS total."""
    assert usage is not None
    return usage.categories[Category.PAAS].total


@dataclass
class Listed:
    """Whole dollars by the hour's beginning; `size` hours a page. Each query is kept, with how it was answered.

    It tells of hours that began before `now`. It knows hours alone in 2026-06, in cents; totals and months too in
    2026-10.
    """

    dollars: dict[float, int]
    generation: Generation = Generation.C
    size: int = 100
    queries: list[dict[str, str]] = field(default_factory=list)
    is_down: bool = False
    now: float = math.inf

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request."""
        query = dict(request.url.params)
        self.queries.append(query)
        if self.is_down:
            return refused(403)
        rows = self._rows(query)
        first = int(query.get("cursor", "0"))
        end = first + self.size
        beside: Json = {"hasNextPage": end < len(rows), **({"cursor": str(end)} if end < len(rows) else {})}
        return ok({"usage": rows[first:end]}, beside)

    @property
    def usage_list(self) -> UsageList:
        """The list behind a client."""
        wire = WIRES[self.generation]
        return UsageList(client_of(self), wire, wire.unit)

    def asked(self, granularity: str) -> list[dict[str, str]]:
        """The queries of a granularity."""
        return [query for query in self.queries if query.get("granularity", "hour") == granularity]

    def forget(self) -> None:
        """Let go of the queries."""
        self.queries.clear()

    def _rows(self, query: Mapping[str, str]) -> list[Json]:
        start, end = float(query.get("startTime", "-inf")), float(query.get("endTime", "inf"))
        told = sorted((hour for hour in self.dollars if start <= hour < min(end, self.now)), reverse=True)
        granularity = query.get("granularity", "hour")
        if granularity == "hour":
            return [self._row(hour, self.dollars[hour]) for hour in told]
        sums: dict[float, int] = {}
        for hour in told:
            named = month_of(hour).start if granularity == "month" else start
            sums[named] = sums.get(named, 0) + self.dollars[hour]
        return [self._row(timestamp, total) for timestamp, total in sums.items()]

    def _row(self, timestamp: float, total: int) -> Json:
        if self.generation is Generation.B:
            return {"timestamp": timestamp, "paasUsage": {"price": {"total": total * 100, "cpu": total * 100}}}
        return row_c(timestamp, total)


def row_c(timestamp: float, total: int, currency: str = "usd") -> Json:
    """A row of 2026-10."""
    side = {"price": {"total": total, "cpu": total}}
    return {"timestamp": timestamp, "currency": currency, "total": total, "paas": side}
