"""A sandbox on a real socket and an exporter that polls it when told to, in one process and on one clock."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from exporter.app import App, build
from exporter.config import Account, Api, Config, Invoices, Secret
from exporter.domain.budget import Declared
from exporter.sandbox import SandboxOptions, build_app
from exporter.scheduler import Job
from exporter.web.listen import listen, url
from exporter.web.server import serve

NOW = 1_795_312_800.0  # 2026-11-22T02:00:00Z
TOKEN = "t0ken-that-nobody-may-see"
Rule = dict[str, Any]


@dataclass(slots=True)
class ByHand:
    """Runs the jobs when a test says so, and lets nobody sleep."""

    jobs: tuple[Job, ...] = ()
    slept: list[float] = field(default_factory=list)
    now: float = NOW

    def start(self, jobs: tuple[Job, ...]) -> None:
        """Take the jobs."""
        self.jobs = jobs

    async def stop(self) -> None:
        """Nothing runs by itself."""

    async def sleep(self, seconds: float) -> None:
        """Let the time pass that was to be slept."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass(slots=True)
class Pair:
    """The exporter, and what it asks."""

    app: App
    hand: ByHand
    http: httpx.AsyncClient

    async def poll(self) -> None:
        """One poll of everything, one job after the other: the invoices, then what is spent now."""
        await self._run("")

    async def poll_invoices(self) -> None:
        """One poll of the invoices: the list, then the details."""
        await self._run("/invoices")

    async def poll_usage(self) -> None:
        """One poll of what is spent now; the invoices have to have been polled once before."""
        await self._run("/usage")

    async def _run(self, end: str) -> None:
        for job in self.hand.jobs:
            if job.name.endswith(end):
                await job.run()

    async def spoil(self, *rules: Rule) -> None:
        """From now on the sandbox misbehaves by these rules; without any it behaves again."""
        (await self.http.put("/-/faults", json=list(rules))).raise_for_status()

    async def applied(self) -> int:
        """How many answers were spoilt so far."""
        return sum(int(rule["applied"]) for rule in (await self.http.get("/-/faults")).raise_for_status().json())

    async def requests(self) -> list[dict[str, Any]]:
        """Every request to the API so far."""
        return list((await self.http.get("/-/requests")).raise_for_status().json())

    async def forget_requests(self) -> None:
        """Count requests from here on."""
        (await self.http.delete("/-/requests")).raise_for_status()

    async def ledger(self) -> dict[str, Any]:
        """What the sandbox says that it charged."""
        return dict((await self.http.get("/-/ledger")).raise_for_status().json())

    def billing(self) -> str:
        """What is shown of the bill, without the exporter's own metrics."""
        return self.app.exposition.snapshot.plain().decode()

    def value(self, name: str, **labels: str) -> float | None:
        """The value of one series of the whole exposition, None if there is none; both forms of it agree."""
        text = self.app.exposition.plain().decode()
        assert text.startswith(self.billing())
        assert gzip.decompress(self.app.exposition.gzipped()).decode().startswith(self.billing())
        found = [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) <= 1, (name, labels, found)
        return found[0] if found else None

    def up(self) -> tuple[float | None, float | None]:
        """Whether the list and the details are up."""
        return (
            self.value("northflank_up", dataset="invoices"),
            self.value("northflank_up", dataset="invoice_details"),
        )


@asynccontextmanager
async def pair(
    *,
    detail: str = "resource",
    timeout_seconds: float = 5.0,
    max_retries: int = 2,
    declared: Declared | None = None,
    began: float = NOW,
    **world: Any,  # noqa: ANN401 - SandboxOptions says what it takes
) -> AsyncIterator[Pair]:
    """An exporter and a sandbox of that world; `timeout_seconds` bounds a request, in real time.

    `declared` is what the configuration says of the account's money, `began` the time at which all begins.
    """
    hand = ByHand(now=began)
    options = SandboxOptions(**{"token": TOKEN, "now": lambda: hand.now, **world})
    async with serving(options) as sandbox:
        config = Config(
            accounts=(Account(name="acme", token=Secret(TOKEN), base_url=sandbox, declared=declared or Declared()),),
            api=Api(timeout=timeout_seconds, max_retries=max_retries),
            invoices=Invoices(),
            detail=detail,  # type: ignore[arg-type] # the caller names one
        )
        app = build(config, clock=lambda: hand.now, monotonic=lambda: hand.now, sleep=hand.sleep, schedule=hand)
        async with app, httpx.AsyncClient(base_url=sandbox, trust_env=False, timeout=30) as http:
            yield Pair(app, hand, http)


@asynccontextmanager
async def serving(options: SandboxOptions) -> AsyncIterator[str]:
    """The address of a sandbox on a real socket."""
    stop, started = asyncio.Event(), asyncio.Event()
    listening: socket.socket = listen("127.0.0.1:0", flag="sandbox")
    server = asyncio.create_task(serve(build_app(options), listening, stop=stop, on_listening=started.set))
    await started.wait()
    try:
        yield url(listening)
    finally:
        stop.set()
        await server


def errors(log: Sequence[Any]) -> list[dict[str, Any]]:
    """The log lines that tell of trouble."""
    return [dict(line) for line in log if line["log_level"] in {"warning", "error", "critical"}]
