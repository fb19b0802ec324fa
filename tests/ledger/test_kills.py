"""The exporter is killed at any instant, again and again: what was answered is asked for once, and shown right."""

import asyncio
import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from exporter.domain.report import Dataset
from exporter.sandbox import SandboxOptions, build_app
from tests.ledger.keeping import a_ledger
from tests.ledger.killed import NOW, TOKEN, live, record_for_ever, requests, state
from tests.serving import serving

pytestmark = pytest.mark.process

KILLS = 20
IN_FLIGHT = 4  # api.concurrency
PATIENCE_SECONDS = 30.0
LIST = "/v1/billing/invoices"
BY_RESOURCE = {"northflank_month_to_date_resource_cost", "northflank_trailing_day_resource_cost"}
WORLD: dict[str, Any] = {
    "teams": 2,
    "projects": 1,
    "resources": 2,
    "invoices": 3,
    "rate_limit": 10**9,
    "now": lambda: NOW,
    "token": TOKEN,
}
Series = tuple[str, frozenset[tuple[str, str]]]


@dataclass
class Counting:
    """A server that counts its requests, and kills who asks it when there are as many as `fatal` says."""

    app: ASGIApp
    count: int = 0
    fatal: int = 0
    victim: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, unless nobody is left who asks."""
        if scope["type"] == "http":
            self.count += 1
            if self.count == self.fatal:
                os.kill(self.victim, signal.SIGKILL)
        await self.app(scope, receive, send)


@dataclass
class Turns:
    """A server whose bill is another one each time its list is asked for: whole worlds take turns.

    What is spent now is always that of the first.
    """

    apps: list[ASGIApp]
    owners: Mapping[str, ASGIApp]
    asked: int = field(default=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the list by the next world, the rest by the one that it belongs to."""
        app = self.owners.get(scope.get("path", "").removeprefix(f"{LIST}/"), self.apps[0])
        if scope.get("path") == LIST:
            self.asked += 1
            app = self.apps[self.asked % len(self.apps)]
        await app(scope, receive, send)


@contextmanager
def running(work: Callable[..., None], *args: object) -> Iterator[Any]:
    """A process that works; killed in the end."""
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(["tests.ledger.killed"])
    seen, started = fresh.Pipe(duplex=False)
    process = fresh.Process(target=work, args=(*args, started), daemon=True)
    process.start()
    started.close()
    try:
        yield process, seen
    finally:
        process.kill()
        process.join(PATIENCE_SECONDS)
        seen.close()


def lived(server: Counting, folder: Path, address: str, *, fatal: int = 0, rounds: int = 1000) -> list[str]:
    """What one process shows until it is killed at a request, after some rounds, or with nothing left to ask for."""
    shown: list[str] = []
    server.fatal = 0
    with running(live, folder, address) as (process, seen):
        server.victim, server.fatal = process.pid, fatal
        is_last = False
        while not is_last and len(shown) <= rounds and seen.poll(PATIENCE_SECONDS):
            try:
                text, is_last = seen.recv()
            except (EOFError, ConnectionResetError):
                break
            shown.append(text)
        assert is_last or fatal or len(shown) > rounds
        if is_last:
            process.join(PATIENCE_SECONDS)
    return shown


def series(text: str) -> dict[Series, Decimal]:
    """What an exposition shows."""
    return {
        (sample.name, frozenset(sample.labels.items())): Decimal(str(sample.value))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def wrong(shown: str, right: dict[Series, Decimal]) -> list[Series]:
    """The series that are not as an exporter shows them that was never disturbed; those that are absent are not wrong.

    What resources are not known to have spent yet is under `_other`: no resource has more than in the end, and
    together they are the same.
    """
    found = series(shown)
    exact = [each for each, value in found.items() if each[0] not in BY_RESOURCE and value != right.get(each)]
    more = [
        each
        for each, value in found.items()
        if each[0] in BY_RESOURCE and ("resource_id", "_other") not in each[1] and value > right.get(each, Decimal(0))
    ]
    sums, expected = by_project(found), by_project(right)
    return exact + more + [each for each, value in sums.items() if abs(value - expected[each]) > Decimal("1e-9")]


def by_project(shown: dict[Series, Decimal]) -> dict[Series, Decimal]:
    """What the resources of each project add up to."""
    sums: dict[Series, Decimal] = {}
    for (name, labels), value in shown.items():
        if name in BY_RESOURCE:
            of_project = frozenset(each for each in labels if not each[0].startswith("resource"))
            sums[name, of_project] = sums.get((name, of_project), Decimal(0)) + value
    return sums


def test_killed_at_twenty_requests_of_a_first_start(tmp_path: Path) -> None:
    """What was answered before a kill is not asked for again, and each restart shows what is right (case 21).

    All requests together are at most those of one undisturbed start, what was in flight at each kill, and what each
    start asks anew.
    """
    chance = random.Random(11)  # noqa: S311 - no secret
    server = Counting(build_app(SandboxOptions(**WORLD)))
    with serving(server) as address:
        whole = lived(server, tmp_path / "undisturbed", address)[-1]
        undisturbed, right = server.count, series(whole)
        assert [whole] * 2 == lived(server, tmp_path / "undisturbed", address)
        anew, server.count = server.count - undisturbed, 0

        restarts: list[str] = []
        for fatal in sorted(chance.sample(range(1, undisturbed), KILLS)):
            restarts += lived(server, tmp_path / "killed", address, fatal=max(fatal, server.count + 1))
        restarts += lived(server, tmp_path / "killed", address)

    assert 150 < undisturbed < 300
    assert anew <= 4
    assert server.count <= undisturbed + KILLS * (IN_FLIGHT + anew)
    assert [] == [each for text in restarts for each in wrong(text, right)]
    assert KILLS < len(restarts)
    assert len(right) == len(series(restarts[-1]))
    assert whole == restarts[-1]


async def test_killed_while_writing(tmp_path: Path) -> None:
    """Whenever a write is cut short, the facts of before or after it are there, whole, and nothing is moved aside.

    Requests are written by themselves: those of the state that is there, or of the one before it.
    """
    chance, numbers = random.Random(1), set()  # noqa: S311 - no secret
    with capture_logs() as logs:
        for _ in range(KILLS):
            with running(record_for_ever, tmp_path) as (process, seen):
                assert await asyncio.to_thread(seen.poll, PATIENCE_SECONDS)
                process.join(chance.uniform(0, 0.05))
            async with a_ledger(tmp_path) as ledger:
                facts, made = ledger.facts, await ledger.load_requests()
            number = int(facts.polled[Dataset.USAGE])
            for kind, by_key in state(number).items():
                assert {key: fact for key, fact in by_key.items() if fact is not None} == facts.of(kind)
            assert made in (requests(number), requests(number - 1))
            numbers.add(number)

    assert [] == logs
    assert 1 < len(numbers)


def test_killed_while_the_bill_changes(tmp_path: Path) -> None:
    """After each kill the next start shows invoices that are all of one bill, however often the bill changes."""
    chance = random.Random(5)  # noqa: S311 - no secret
    apps = [build_app(SandboxOptions(seed=seed, **WORLD)) for seed in (1, 2, 3)]
    bills: list[dict[Series, Decimal]] = []
    owners: dict[str, ASGIApp] = {}
    for number, app in enumerate(apps):
        server = Counting(app)
        with serving(server) as address:
            bill = invoices(lived(server, tmp_path / f"bill-{number}", address, rounds=1)[-1])
        bills.append(bill)
        owners |= {value: app for _, labels in bill for name, value in labels if name == "invoice_id"}
    server = Counting(Turns(list(apps), owners))
    shown: list[dict[Series, Decimal]] = []
    with serving(server) as address:
        for _ in range(KILLS // 2):
            first, *_ = [*lived(server, tmp_path / "turns", address, fatal=server.count + chance.randint(2, 60)), ""]
            shown.append(invoices(first))

    assert [] == [each for each in shown if not any(each.items() <= bill.items() for bill in bills)]
    assert 1 < len({frozenset(each.items()) for each in shown})


def invoices(text: str) -> dict[Series, Decimal]:
    """What is shown of invoices, without since when they are unpaid, which depends on the polls before."""
    return {
        each: value
        for each, value in series(text).items()
        if each[0].startswith("northflank_invoice_") and "unpaid_since" not in each[0]
    }
