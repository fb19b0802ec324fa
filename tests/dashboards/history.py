"""Three months of two organisations, as an exporter shows them, in files from which promtool makes blocks."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from exporter.app import App, build
from exporter.config import Account, Config, Limits, Secret
from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import PeriodKind
from exporter.sandbox import SandboxOptions
from tests.faults.pair import TOKEN, ByHand, serving

HOUR = 3600
END = 1_795_356_000  # 2026-11-22T14:00:00Z
DAYS = 90
DENSE_DAYS = 3  # polled hourly, as seldom before that it is quick
SPARSE_HOURS = 12
SCRAPED_HOURS = 24  # scraped every five minutes, for rates
SCRAPE_SECONDS = 300
TWIN_HOURS = 48  # while a second exporter of the same accounts, or one renamed, is scraped too
BLOCK_SECONDS = 2 * HOUR
# Six hours before the end the second account's usage is refused for three hours, the third of them the last.
TROUBLE = frozenset(END - hours * HOUR for hours in (5, 4, 3))
JOB = 'job="northflank-billing"'
INSTANCES = ('instance="exporter-a:10115"', 'instance="exporter-b:10115"')
_THRESHOLDS = {"warning": Decimal("0.8"), "critical": Decimal(1)}
_REFUSED = {"fault": "status", "endpoint": "list_usage", "count": 100, "with": {"status": 503}}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An account, what its configuration says, and the world it is of."""

    name: str
    declared: Declared
    world: dict[str, Any] = field(default_factory=dict)


ORGANISATIONS = (
    Organisation(
        "acme",
        Declared(
            budgets=(
                Budget("everything", Decimal(1000), "USD", thresholds=_THRESHOLDS, labels={"owner": "finance"}),
                Budget("a-day", Decimal(30), "USD", period=PeriodKind.DAY, thresholds=_THRESHOLDS),
                Budget("platform", Decimal(120), "USD", scope=Scope(team_id="platform"), thresholds=_THRESHOLDS),
            ),
            billing_threshold=Decimal(300),
            project_labels={("platform", "api"): {"cost_centre": "1001"}},
        ),
        {"teams": 3, "projects": 2, "resources": 4, "threshold": 300, "corrections": True},
    ),
    Organisation(
        "labs",
        Declared(budgets=(Budget("labs", Decimal(200), "EUR", thresholds=_THRESHOLDS),)),
        {"teams": 1, "projects": 2, "resources": 2, "threshold": 100, "currencies": ("eur",), "seed": 7}
        | {"payments_fail": True, "rounding": "row"},
    ),
)


@dataclass(slots=True)
class Clock(ByHand):
    """Stands still between polls but for the durations of requests, which are real."""

    def monotonic(self) -> float:
        """Seconds that pass as they do, and those that were slept."""
        return time.monotonic() + sum(self.slept)


@dataclass(frozen=True, slots=True)
class Scrape:
    """When the exporter is scraped, whether it polls before, and how many of them there are."""

    at: int
    polls: bool
    instances: tuple[str, ...]


def scrapes() -> Iterator[Scrape]:
    """Every scrape of the three months, in order."""
    dense = END - DENSE_DAYS * 24 * HOUR
    polled = {*range(END - DAYS * 24 * HOUR, dense, SPARSE_HOURS * HOUR), *range(dense, END + 1, HOUR)}
    for at in sorted({*polled, *range(END - SCRAPED_HOURS * HOUR, END + 1, SCRAPE_SECONDS)}):
        yield Scrape(at, at in polled, INSTANCES if at > END - TWIN_HOURS * HOUR else INSTANCES[:1])


def sample_lines(exposition: str, instances: Iterable[str], at: int) -> Iterator[str]:
    """The samples of an exposition as OpenMetrics with target labels and a time."""
    for line in exposition.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            bare, _, labels = name.partition("{")
            rest = f",{labels}" if labels else "}"
            yield from (f"{bare}{{{instance},{JOB}{rest} {value} {at}\n" for instance in instances)


async def write_history(folder: Path) -> None:
    """Write one OpenMetrics file for each block of two hours that holds samples."""
    clock = Clock(now=END - DAYS * 24 * HOUR)
    async with AsyncExitStack() as running:
        sandboxes = {
            each.name: await running.enter_async_context(serving(_options(each, lambda: clock.now)))
            for each in ORGANISATIONS
        }
        app = await running.enter_async_context(_exporter(sandboxes, clock))
        http = await running.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        for scrape in scrapes():
            clock.now = scrape.at
            if scrape.polls:
                rules = [_REFUSED] if scrape.at in TROUBLE else []
                (await http.put(f"{sandboxes['labs']}/-/faults", json=rules)).raise_for_status()
                for job in clock.jobs:
                    await job.run()
            _append(folder, scrape, app.exposition.plain().decode())
    for path in folder.iterdir():
        with path.open("a", encoding="utf-8") as file:
            file.write("# EOF\n")


def _append(folder: Path, scrape: Scrape, exposition: str) -> None:
    with (folder / f"{scrape.at // BLOCK_SECONDS}.om").open("a", encoding="utf-8") as file:
        file.writelines(sample_lines(exposition, scrape.instances, scrape.at))


def _options(organisation: Organisation, now: Callable[[], float]) -> SandboxOptions:
    return SandboxOptions(now=now, token=TOKEN, rate_limit=20_000, **organisation.world)


def _exporter(sandboxes: dict[str, str], clock: Clock) -> App:
    accounts = tuple(
        Account(name=each.name, token=Secret(TOKEN), base_url=sandboxes[each.name], declared=each.declared)
        for each in ORGANISATIONS
    )
    config = Config(accounts=accounts, state="none", limits=Limits())
    return build(config, clock=lambda: clock.now, monotonic=clock.monotonic, sleep=clock.sleep, schedule=clock)


if __name__ == "__main__":
    asyncio.run(write_history(Path(sys.argv[1])))
