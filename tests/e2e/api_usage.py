"""How many requests an organisation of 20 teams and 200 projects takes: counted as the sandbox sees them."""

from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from structlog.testing import capture_logs

from exporter.cli.survey import Requests, survey
from exporter.sandbox import SandboxOptions, build_app
from exporter.sandbox.options import Generation
from tests.e2e.expected_periods import HOUR, at
from tests.e2e.simulated import Simulated, simulated

WORLD: Mapping[str, Any] = {"teams": 20, "projects": 10, "resources": 2, "invoices": 14, "rate_limit": 1000}
TURN = at("2026-12-01T00:02")
HOURS_BEFORE_THE_TURN = {"project": 30, "resource": 18}
TICKS = 6
TICK = HOUR // TICKS
LONGEST_START_HOURS = 12
MONTH = at("2026-11-01T00:00")
CLOSES = at("2026-11-30T22:00")
DOWN_HOURS = 5
SHOWN_LAST = {
    "2026-06": ("trailing_day_project_cost",),
    "2026-10": ("month_to_date_project_cost", "trailing_day_project_cost", "past_month_project_cost"),
}
ENDPOINTS = {
    ("invoices", 1): "list_invoices",
    ("invoices", 2): "get_invoice",
    ("usage", 1): "list_usage",
    ("usage", 2): "get_usage",
    ("credit-balance", 1): "get_credit_balance",
}

Log = Sequence[MutableMapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Counts:
    """The requests of a time: as the sandbox noted them, and as the exporter's log states them.

    `backfilled` are those that completed the running month after the start within it: they are counted by themselves.
    """

    by_endpoint: Mapping[str, int]
    by_dataset: Mapping[str, int]
    backfilled: int = 0

    @property
    def total(self) -> int:
        """All of them, but for those that completed the month."""
        return sum(self.by_dataset.values())

    @property
    def made(self) -> int:
        """All of them."""
        return sum(self.by_endpoint.values())


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """What one generation takes at one `detail`, by the hour.

    `start` are the hours until all is shown, `steady` those in which no invoice closes, `closing` is one in which
    one does.
    """

    generation: str
    detail: str
    start: tuple[Counts, ...]
    steady: tuple[Counts, ...]
    closing: Counts
    turn: Counts
    restart: Counts
    after_downtime: Counts
    foretold: Requests


class Counted:
    """An exporter that is polled as it polls by default, and the requests that it makes."""

    def __init__(self, life: Simulated, log: Log) -> None:
        self._life = life
        self._log = log
        self._seen = 0

    async def tick(self, number: int) -> None:
        """The polls of ten minutes: usage each time, the invoices every third."""
        invoices, usage = self._life.pair.hand.jobs
        if number % (TICKS // 2) == 0:
            await invoices.run()
        await usage.run()
        self._life.pair.hand.now += TICK

    async def hour(self) -> Counts:
        """The requests of an hour."""
        for number in range(TICKS):
            await self.tick(number)
        return await self.counts()

    async def counts(self) -> Counts:
        """The requests since this was asked last."""
        pair = self._life.pair
        endpoints = Counter(_endpoint(str(each["path"])) for each in await pair.requests())
        await pair.forget_requests()
        datasets: Counter[str] = Counter()
        backfilled = 0
        for line in self._log[self._seen :]:
            if str(line["event"]).startswith("poll."):
                datasets[str(line["dataset"])] += int(line["requests"]) - int(line.get("backfilled", 0))
                backfilled += int(line.get("backfilled", 0))
        self._seen = len(self._log)
        return Counts(endpoints, +datasets, backfilled)

    def shows(self, *families: str) -> bool:
        """Whether there is a series of each, and every dataset is up."""
        text = self._life.pair.app.exposition.plain().decode()
        is_down = any(line.startswith("northflank_up{") and line.endswith(" 0") for line in text.splitlines())
        return not is_down and all(f"\nnorthflank_{family}{{" in text for family in families)


async def count(generation: Generation, detail: str, folder: Path) -> ApiUsage:
    """Count a first start, the hours until a month's turn, the turn, and restarts."""
    began = TURN - HOURS_BEFORE_THE_TURN[detail] * HOUR
    threshold = await _threshold(generation, began)
    world: Mapping[str, Any] = {**WORLD, "generation": generation, "threshold": threshold}
    with capture_logs() as log:
        async with simulated(folder, began, detail=detail, **world) as life:
            return await _count(life, Counted(life, log), generation, detail)


async def _threshold(generation: Generation, began: float) -> Decimal:
    """What is unbilled shortly before an invoice is to close."""
    sandbox = build_app(SandboxOptions(generation=generation, now=lambda: began, **WORLD))
    query: Mapping[str, str | float] = {"start": MONTH, "end": CLOSES - HOUR / 2, "depth": "account"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox") as http:
        answer = await http.get("/-/ledger/usage", params=query)
    return Decimal(answer.raise_for_status().json()["total"])


async def _count(life: Simulated, counted: Counted, generation: Generation, detail: str) -> ApiUsage:
    foretold = (await survey(life.config.accounts[0], life.config, life.pair.hand.now)).requests
    await counted.counts()
    start = [await counted.hour()]
    while not counted.shows(f"hourly_{detail}_cost", *SHOWN_LAST[generation]):
        assert len(start) < LONGEST_START_HOURS
        start.append(await counted.hour())
    steady, closing = await _until_the_turn(life, counted)
    turn = await counted.hour()
    await counted.tick(0)
    await counted.counts()
    await life.restart()
    await counted.tick(0)
    restart = await counted.counts()
    life.pair.hand.now += DOWN_HOURS * HOUR
    await life.restart()
    after_downtime = await counted.hour()
    return ApiUsage(generation, detail, tuple(start), steady, closing, turn, restart, after_downtime, foretold)


async def _until_the_turn(life: Simulated, counted: Counted) -> tuple[tuple[Counts, ...], Counts]:
    """The hours in which no invoice closes, and the one in which one does; its tree may take into the next."""
    hours: dict[bool, list[Counts]] = {False: [], True: []}
    while life.pair.hand.now < TURN:
        counts = await counted.hour()
        hours["invoice_details" in counts.by_dataset].append(counts)
    return tuple(hours[False]), hours[True][0]


def _endpoint(path: str) -> str:
    parts = path.removeprefix("/v1/billing/").split("/")
    return ENDPOINTS[parts[0], len(parts)]
