"""Three months of two organisations, as an exporter shows them, in a file from which promtool makes blocks."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import httpx

from exporter.app import App, build
from exporter.config import Account, Config, Limits, Secret
from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import PeriodKind
from exporter.sandbox import SandboxOptions
from tests.dashboards.books import ask_ledger
from tests.faults.pair import TOKEN, ByHand, serving

HOUR = 3600
END = 1_795_356_900  # 2026-11-22T14:15:00Z
SINCE_POLL = 900  # and the last poll was so long ago
WEEK = 7 * 24 * HOUR
POLLED = END - SINCE_POLL  # at last
DAYS = 90
BEGAN = END - DAYS * 24 * HOUR
ADDED = END - 5 * 24 * HOUR  # the second account
# Polled every five days, then once a day, later every twelve hours, at last every hour: so it is quick.
RARE_DAYS = 40
SPARSE_DAYS = 30
DENSE_DAYS = 2
SPARSE_HOURS = 12
SCRAPED_HOURS = 24  # scraped every five minutes, for rates
SCRAPE_SECONDS = 300
TWIN_HOURS = 48  # while a second exporter of the same accounts, or one renamed, is scraped too
# The second account's usage is refused at these polls.
TROUBLE = frozenset(POLLED - hours * HOUR for hours in (5, 4, 3))
# A team of the first account is no longer known since then, so that what it spends cannot be attributed further.
GONE_SINCE = END - 3 * 24 * HOUR
JOB = 'job="northflank-billing"'
INSTANCES = ('instance="exporter-a:10115"', 'instance="exporter-b:10115"')
SERIES_LIMIT = 115  # a little less than a family of the first account's resources has
_THRESHOLDS = {"warning": Decimal("0.8"), "critical": Decimal(1)}
GONE = "data-science"
_VANISHED = {"fault": "vanish", "with": {"team": GONE}}
_REFUSED = {"fault": "status", "endpoint": "list_usage", "count": 100, "with": {"status": 503}}


@dataclass(frozen=True, slots=True, eq=False)
class Organisation:
    """An account, what its configuration says, and the world it is of."""

    name: str
    declared: Declared
    world: dict[str, Any] = field(default_factory=dict)


ACME = Organisation(
    "acme",
    Declared(
        budgets=(
            Budget("everything", Decimal(900), "USD", thresholds=_THRESHOLDS, labels={"owner": "finance"}),
            Budget("a-day", Decimal(36), "USD", period=PeriodKind.DAY, thresholds=_THRESHOLDS),
            Budget("platform", Decimal(150), "USD", scope=Scope(team_id="platform"), thresholds=_THRESHOLDS),
        ),
        billing_threshold=Decimal(300),
        project_labels={("platform", "api"): {"cost_centre": "1001"}},
    ),
    {"teams": 3, "projects": 2, "resources": 6, "threshold": 300, "corrections": True},
)
LABS = Organisation(
    "labs",
    Declared(budgets=(Budget("labs", Decimal(200), "EUR", thresholds=_THRESHOLDS),)),
    {"teams": 1, "projects": 2, "resources": 2, "threshold": 100, "currencies": ("eur",), "seed": 7}
    | {"payments_fail": True, "rounding": "row", "unlisted_types": True},
)


@dataclass(slots=True)
class Clock(ByHand):
    """Goes from scrape to scrape; for the durations of requests, which are real, it runs between them."""

    came: float = 0.0

    def go_to(self, at: float) -> None:
        """It is now so late, in Unix seconds."""
        self.now, self.came = at, time.monotonic()

    def monotonic(self) -> float:
        """Seconds since any instant."""
        return self.now + time.monotonic() - self.came


@dataclass(frozen=True, slots=True)
class Scrape:
    """When the exporter is scraped, whether it polls before, and how many of them there are."""

    at: int
    polls: bool
    instances: tuple[str, ...]


def scrapes() -> Iterator[Scrape]:
    """Every scrape of the three months, in order."""
    rare, sparse, dense = (END - days * 24 * HOUR for days in (RARE_DAYS, SPARSE_DAYS, DENSE_DAYS))
    seen = {
        *range(BEGAN, rare, 5 * 24 * HOUR),
        *range(rare, sparse, 24 * HOUR),
        *range(sparse, dense, SPARSE_HOURS * HOUR),
        *range(dense, END + 1, HOUR),
    }
    polled = {at - SINCE_POLL for at in seen}
    for at in sorted({*seen, *polled, *range(END - SCRAPED_HOURS * HOUR, END + 1, SCRAPE_SECONDS)}):
        yield Scrape(at, at in polled, INSTANCES if at > END - TWIN_HOURS * HOUR else INSTANCES[:1])


def sample_lines(exposition: str, instances: Iterable[str], at: int) -> Iterator[str]:
    """The samples of an exposition as OpenMetrics with target labels and a time."""
    for line in exposition.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            bare, _, labels = name.partition("{")
            rest = f",{labels}" if labels else "}"
            yield from (f"{bare}{{{instance},{JOB}{rest} {value} {at}\n" for instance in instances)


async def write_history(samples: Path) -> dict[str, Any]:
    """Write all scrapes, as OpenMetrics, into `samples`; return what the ledgers say.

    The second account is added in the middle, by a restart with another configuration. What the ledger of each
    account says is of the last poll, by its name; `acme a week ago` is of a week before.
    """
    told: dict[str, Any] = {}
    clock = Clock()
    clock.go_to(BEGAN - SINCE_POLL)
    async with AsyncExitStack() as running:
        file = running.enter_context(samples.open("w", encoding="utf-8"))
        http = await running.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        acme = await running.enter_async_context(serving(_options(ACME, lambda: clock.now)))
        async with _exporter({ACME: acme}, clock) as app:
            for scrape in (each for each in scrapes() if each.at < ADDED - SINCE_POLL):
                await _scrape(app, clock, scrape, file)
                if scrape.at == POLLED - WEEK:
                    told["acme a week ago"] = await ask_ledger(http, acme, scrape.at)
        clock.go_to(ADDED - SINCE_POLL)
        labs = await running.enter_async_context(serving(_options(LABS, lambda: clock.now)))
        async with _exporter({ACME: acme, LABS: labs}, clock) as app:
            for scrape in (each for each in scrapes() if each.at >= ADDED - SINCE_POLL):
                rules = [_REFUSED] if scrape.at in TROUBLE else []
                (await http.put(f"{labs}/-/faults", json=rules)).raise_for_status()
                gone = [_VANISHED] if scrape.at > GONE_SINCE else []
                (await http.put(f"{acme}/-/faults", json=gone)).raise_for_status()
                await _scrape(app, clock, scrape, file)
                if scrape.at == POLLED:
                    told |= {"acme": await ask_ledger(http, acme, POLLED), "labs": await ask_ledger(http, labs, POLLED)}
        file.write("# EOF\n")
    return told


async def _scrape(app: App, clock: Clock, scrape: Scrape, samples: TextIO) -> None:
    clock.go_to(scrape.at)
    if scrape.polls:
        for job in clock.jobs:
            await job.run()
    samples.writelines(sample_lines(app.exposition.plain().decode(), scrape.instances, scrape.at))


def _options(organisation: Organisation, now: Callable[[], float]) -> SandboxOptions:
    return SandboxOptions(now=now, token=TOKEN, **organisation.world)


def _exporter(sandboxes: Mapping[Organisation, str], clock: Clock) -> App:
    accounts = tuple(
        Account(name=each.name, token=Secret(TOKEN), base_url=address, declared=each.declared)
        for each, address in sandboxes.items()
    )
    config = Config(accounts=accounts, state="none", limits=Limits(series=SERIES_LIMIT))
    return build(config, clock=lambda: clock.now, monotonic=clock.monotonic, sleep=clock.sleep, schedule=clock)
