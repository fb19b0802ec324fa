"""A sandbox on a test's clock, the readers of its running spend, and what its ledger says."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx

from exporter.background import Background
from exporter.domain.budget import Budget
from exporter.domain.report import Api, UsageDetailsSection, UsageSection
from exporter.domain.tree import Level, Path, Rows
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.http.client import Client, Limits
from exporter.northflank.readers import Depth, Readers, readers_of
from exporter.northflank.usage.budget_spends import Budgeted, fetch_budgets
from exporter.northflank.usage.hour_trees import Asking
from exporter.northflank.usage.running import Bill
from exporter.northflank.usage.running_details import Gathered, RunningDetails
from exporter.northflank.usage.spends import Spends
from exporter.northflank.wire.generations import WIRES
from exporter.sandbox.options import Generation
from tests.northflank.asking import Json
from tests.northflank.sandboxed import Sandboxed
from tests.northflank.usage.listed import at

RETENTION_SECONDS = 395 * 86_400.0
BILL = Bill(currency="USD")
HOUR = 3600.0


def few_requests(clock: Callable[[], float], count: int, reserve: int = 0) -> Allowance:
    """An allowance of so many requests an hour."""
    return Allowance(share=Decimal(count) / 1000, reserve=reserve, limit=1000, clock=clock, monotonic=clock)


class Watched:
    """An account that is polled when a test says so; `now` is the clock of both sides.

    A small organisation: by default three teams of two projects, so three times two and three paths.
    """

    def __init__(
        self,
        now: str,
        *,
        generation: Generation = "2026-10",
        level: Level = Level.PROJECT,
        requests_an_hour: int | None = None,
        **options: Any,  # noqa: ANN401 - any option of the sandbox
    ) -> None:
        self.now = at(now)
        self.level = level
        sizes = {
            "teams": 3,
            "projects": 2,
            "resources": 2,
            "rate_limit": 1_000_000 if requests_an_hour is None else 1000,
            "threshold": 0,
        }
        self.sandbox = Sandboxed(generation=generation, **{**sizes, **options, "now": lambda: self.now})
        # One request at a time where few are allowed: what is under way when one is postponed is given up.
        limits = Limits(timeout_seconds=5, max_retries=0, concurrency=4 if requests_an_hour is None else 1)
        count = requests_an_hour
        allowance = None if count is None else few_requests(lambda: self.now, count)
        self._client: Client = self.sandbox.client(allowance=allowance, limits=limits)
        self._wire = next(wire for wire in WIRES.values() if wire.generation == generation)
        self.readers = self._fresh()
        self.usage = UsageSection()
        self.shown = UsageDetailsSection()
        self.known: frozenset[Path] = frozenset()

    @property
    def details(self) -> RunningDetails:
        """The reader of teams, projects and resources."""
        assert self.readers.details
        return self.readers.details

    @property
    def asking(self) -> Asking:
        """What it takes to ask about an hour."""
        return Asking(self._client, Background(), self._wire, self._wire.unit)

    @property
    def spends(self) -> Spends:
        """The reader of the account's spends."""
        assert self.readers.spends
        return self.readers.spends

    async def poll_usage(self) -> UsageSection:
        """The account's own figures now."""
        assert self.readers.usage
        self.usage = await self.readers.usage.fetch(BILL, self.now)
        return self.usage

    async def gather(self) -> Gathered:
        """Poll everything now; the requests are those for teams, projects and resources."""
        await self.poll_usage()
        self.sandbox.requests.clear()
        gathered = await self.details.fetch(self.usage, self.spends.newest, self.known, self.now)
        self.shown = gathered.section
        return gathered

    async def section(self) -> UsageDetailsSection:
        """What everything comes to now, none of it postponed."""
        gathered = await self.gather()
        assert gathered.postponed is None
        return gathered.section

    async def budgets(self, *budgets: Budget) -> Budgeted:
        """What was spent of these, as of the figures that were polled last."""
        self.sandbox.requests.clear()
        return await fetch_budgets(self.spends, budgets, self.usage, self.known)

    def restart(self) -> None:
        """Go on with what was kept, and with what was shown."""
        memory = self.details.memory()
        self.readers = self._fresh()
        self.details.resume(memory, self.shown, self.usage.hour.usage.currency if self.usage.hour else None)

    @property
    def asked(self) -> Counter[str]:
        """How often what was asked for: `hours` of the list, `sums` by scope, `details` of an hour by filter."""
        return Counter(_kind(*each) for each in self.sandbox.requests if not each[0].startswith("/-/"))

    @property
    def hours_asked(self) -> set[float]:
        """The hours whose details were asked for."""
        return {float(path.rpartition("/")[2]) for path, _ in self.sandbox.requests if path.startswith("/usage/")}

    async def ledger(self, start: float, end: float) -> Mapping[Path, Decimal]:
        """What teams and projects spent in a time."""
        async with httpx.AsyncClient(transport=self.sandbox, base_url="http://sandbox") as client:
            query = {"start": str(int(start)), "end": str(int(end)), "depth": "project"}
            told: Json = (await client.get("/-/ledger/usage", params=query)).json()
        return _amounts(told["teams"])

    def _fresh(self) -> Readers:
        api = Api(self._wire.generation, self._wire.unit)
        return readers_of(self._client, Background(), api, Depth(self.level, RETENTION_SECONDS))


def _kind(path: str, query: Mapping[str, str]) -> str:
    if path == "/usage":
        return "hours" if query.get("granularity", "hour") == "hour" else "sums"
    return "details" + "".join(f"+{name}" for name in ("teamId", "projectId", "resourceType") if name in query)


def _amounts(teams: Sequence[Json]) -> Mapping[Path, Decimal]:
    found: dict[Path, Decimal] = {}
    for team in teams:
        found[team["id"],] = Decimal(team["price"]["total"])
        found |= {(team["id"], each["id"]): Decimal(each["price"]["total"]) for each in team["projects"]}
    return found


def totals(rows: Rows) -> Mapping[Path, Decimal]:
    """The price of each row."""
    return {path: row.price.total for path, row in rows.items() if row.price}
