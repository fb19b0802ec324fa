"""The exporter is killed at any instant, again and again: what is found afterwards was whole at some moment."""

import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from exporter.app import build
from exporter.datasets import Datasets, Extent
from exporter.domain.report import AccountReport, Dataset
from exporter.metrics.snapshot import Snapshot, render
from exporter.sandbox import SandboxOptions, build_app
from tests.by_hand import ByHand
from tests.northflank.sandboxed import Sandboxed
from tests.serving import serving
from tests.store.keeping import account_store
from tests.store.killed import NOW, TOKEN, configuration, poll_for_ever, requests, save_for_ever, state

pytestmark = pytest.mark.process

KILLS = 25
PATIENCE_SECONDS = 30.0
LIST = "/v1/billing/invoices"
OF_INVOICES = {Dataset.INVOICES, Dataset.INVOICE_DETAILS}
WORLD: dict[str, Any] = {
    "teams": 2,
    "projects": 1,
    "resources": 2,
    "invoices": 3,
    "rate_limit": 10**9,
    "now": lambda: NOW,
    "token": TOKEN,
}


class Turns:
    """A server whose bill is another one each time its list is asked for: whole worlds take turns.

    What is spent now is always that of the first.
    """

    def __init__(self, worlds: dict[int, AccountReport]) -> None:
        self._apps = [build_app(SandboxOptions(seed=seed, **WORLD)) for seed in worlds]
        self._owner = {
            f"{LIST}/{each.id}": app
            for app, report in zip(self._apps, worlds.values(), strict=True)
            for each in (report.invoices.invoices if report.invoices else ())
        }
        self._asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the list by the next world, the rest by the one that it belongs to."""
        app: ASGIApp = self._owner.get(scope["path"], self._apps[0])
        if scope["path"] == LIST:
            self._asked += 1
            app = self._apps[self._asked % len(self._apps)]
        await app(scope, receive, send)


@pytest.fixture
async def worlds() -> dict[int, AccountReport]:
    """What is shown of each world when it is read in peace, with what the first spends now."""
    found = {}
    first = Sandboxed(seed=1, **WORLD).source()
    await first.fetch_invoices(frozenset())
    for seed in (1, 2, 3):
        extent = Extent(history=12, details=1)
        of_invoices, of_usage = (Datasets(each, extent) for each in (Sandboxed(seed=seed, **WORLD).source(), first))
        report = AccountReport("acme")
        for dataset in Dataset:
            if dataset is not Dataset.BUDGETS:
                datasets = of_invoices if dataset in OF_INVOICES else of_usage
                report = report.with_section(dataset, (await datasets.fetch(dataset, report, NOW)).section)
        found[seed] = report
    return found


@contextmanager
def running(work: Callable[..., None], *args: object) -> Iterator[Any]:
    """A process that works, after its first success; killed in the end."""
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(["tests.store.killed"])
    seen, started = fresh.Pipe(duplex=False)
    process = fresh.Process(target=work, args=(*args, started), daemon=True)
    process.start()
    started.close()
    try:
        assert seen.poll(PATIENCE_SECONDS)
        yield process, seen
    finally:
        process.kill()
        process.join(PATIENCE_SECONDS)
        seen.close()


def instants(longest_seconds: float) -> list[float]:
    """Moments to kill at, the same in each run of the tests, as far as a machine repeats itself."""
    chance = random.Random(1)  # noqa: S311 - no secret
    return [chance.uniform(0, longest_seconds) for _ in range(KILLS)]


async def test_killed_while_writing(tmp_path: Path) -> None:
    """Whenever a write is cut short, the state of before or after it is there, whole, and nothing is moved aside.

    Requests are written by themselves: those of the state that is there, or of the one before it.
    """
    numbers = set()
    with capture_logs() as logs:
        for seconds in instants(0.05):
            with running(save_for_ever, tmp_path) as (process, _):
                process.join(seconds)
            async with account_store(tmp_path) as store:
                found, made = await store.load(), await store.load_requests()
            assert found is not None
            assert found.whole_list_at is not None
            number = int(found.whole_list_at)
            assert state(number) == found
            assert made in (requests(number), requests(number - 1))
            numbers.add(found.whole_list_at)

    assert [] == logs
    assert 1 < len(numbers)


async def test_killed_while_polling(tmp_path: Path, worlds: dict[int, AccountReport]) -> None:
    """After each kill the next start shows sections that were each read whole, each of one bill."""
    whole = {_text(render({"acme": report}, Snapshot()).plain()) for report in _mixed(worlds)}
    shown = []
    with serving(Turns(worlds)) as address, capture_logs() as logs:
        for seconds in instants(0.2):
            with running(poll_for_ever, tmp_path, address) as (process, _):
                process.join(seconds)
            async with build(configuration(tmp_path, address), clock=lambda: NOW, schedule=ByHand()) as app:
                shown.append(_text(app.exposition.snapshot.plain()))
                assert app.is_ready()

    assert set() == set(shown) - whole
    assert 1 < len(set(shown))
    assert {"store.restored"} == {line["event"] for line in logs}


def _mixed(worlds: dict[int, AccountReport]) -> list[AccountReport]:
    """Each list with each details and each usage, or none: what a process shows between two polls."""
    lists = [report.invoices for report in worlds.values()]
    details = [None, *(report.invoice_details for report in worlds.values())]
    return [AccountReport("acme", each, more, *spent) for each in lists for more in details for spent in _spent(worlds)]


def _spent(worlds: dict[int, AccountReport]) -> list[tuple[Any, ...]]:
    """What is spent, as far as it was asked for: since the end of another bill in each world, else the same."""
    (first, *_) = worlds.values()
    usages = [report.usage for report in worlds.values()]
    stages = [(None, None), (None, first.credits), (first.usage_details, first.credits)]
    return [(None,), *((usage, *stage) for usage in usages for stage in stages)]


def _text(exposition: bytes) -> str:
    """What is shown, without since when invoices are unpaid, which tells of the polls before, too."""
    lines = exposition.decode().splitlines()
    return "\n".join(line for line in lines if "northflank_invoice_unpaid_since" not in line)
