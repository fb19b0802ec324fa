"""The whole exporter, started again on what it kept."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette

from exporter.app import build
from exporter.config import Account, Invoices
from exporter.domain.report import Dataset
from exporter.parts import terms_of
from exporter.sandbox import SandboxOptions, build_app
from exporter.store.database import FILE
from exporter.store.kept import Terms
from exporter.store.state_file import StateFile
from tests.apps import NOW, configured, noting, served, small_sandbox, up, value
from tests.by_hand import ByHand
from tests.northflank.asking import Clock


@pytest.fixture
def sandbox() -> Starlette:
    """A small sandbox at a moment that stays."""
    return small_sandbox()


async def test_restart(sandbox: Starlette, tmp_path: Path) -> None:
    """A restart shows at once what was shown before, and then asks for what is new: no tree, of invoice or hour."""
    seen: list[tuple[str, str]] = []
    async with served(noting(sandbox, seen)) as address:
        config = configured(
            tmp_path,
            f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]\nstate: {{path: kept}}",
            good="sandbox",
        )
        schedule = ByHand()
        async with build(config, clock=lambda: NOW, schedule=schedule) as before:
            await schedule.run()
        first = len(seen)
        schedule = ByHand()
        async with build(config, clock=lambda: NOW + 60, schedule=schedule) as after:
            assert before.exposition.snapshot.plain() == after.exposition.snapshot.plain()
            assert (True, None, first) == (after.is_ready(), up(after, "acme"), len(seen))
            assert NOW == value(after, 'northflank_last_success_timestamp_seconds{account="acme",dataset="invoices"}')
            await schedule.run()

    # The newest hours, the month to date with what is unbilled, the months before: what is asked for within minutes.
    assert {"/invoices": 1, "/usage": 3, "/credit-balance": 1} == Counter(path for path, _ in seen[first:])
    assert NOW + 60 == value(after, 'northflank_last_success_timestamp_seconds{account="acme",dataset="invoices"}')
    assert before.exposition.snapshot.plain() == after.exposition.snapshot.plain()
    assert [1] * 5 == [up(after, "acme", dataset) for dataset in Dataset if dataset is not Dataset.BUDGETS]


async def test_requests_count_over_a_restart(tmp_path: Path) -> None:
    """Restarts, also at other terms, do not make more requests in an hour than the share; later ones go on."""
    seen: list[tuple[str, str]] = []
    clock = Clock(NOW)
    app = build_app(SandboxOptions(now=clock, rate_limit=60, threshold=0))
    counts = []
    async with served(noting(app, seen)) as address:
        text = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]\nstate: {{path: kept}}\n"
        for seconds, more in ((0, ""), (60, ""), (120, "detail: project"), (3900, "detail: project")):
            clock.now, schedule = NOW + seconds, ByHand()
            config = configured(tmp_path, text + more, good="sandbox")
            async with build(config, clock=clock, monotonic=clock, schedule=schedule):
                await schedule.run()
            counts.append(len(seen))

    # What the share is of is kept; under other terms it is known from the first answer on.
    assert 20 < counts[0] <= counts[1] <= 30
    assert counts[1] <= counts[2] <= 30 + 1
    assert counts[2] + 10 < counts[3] <= counts[2] + 30


async def test_requests_are_kept_before_they_are_made(sandbox: Starlette, tmp_path: Path) -> None:
    """A process that is killed has counted all of its requests, and at most twenty too many."""
    seen: list[tuple[str, str]] = []
    async with served(noting(sandbox, seen)) as address:
        text = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]\nstate: {{path: kept}}\n"
        config, schedule = configured(tmp_path, text, good="sandbox"), ByHand()
        async with build(config, clock=lambda: NOW, monotonic=lambda: NOW, schedule=schedule):
            await schedule.run()
            with closing(sqlite3.connect(tmp_path / "kept" / FILE)) as connection:
                ((kept,),) = connection.execute("SELECT sum(made) FROM requests").fetchall()

    assert len(seen) <= kept <= len(seen) + 20


async def test_start_that_is_cancelled(tmp_path: Path) -> None:
    """A start that is given up lets go of all that it has opened, and polls nothing."""
    schedule = ByHand()
    config = configured(tmp_path, "accounts: [{name: acme, token_file: good}]\nstate: {path: kept}", good="sandbox")
    starting = asyncio.create_task(build(config, schedule=schedule).__aenter__())
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert () == schedule.jobs
    file = StateFile(tmp_path / "kept", patience_seconds=10)
    assert None is file.use(lambda _: None)
    file.close()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("detail: team", id="detail"),
        pytest.param("invoices: {history: 5}", id="history"),
        pytest.param("invoices: {details: 2}", id="details"),
    ],
)
async def test_restart_with_another_configuration(sandbox: Starlette, tmp_path: Path, changed: str) -> None:
    """What was kept under another configuration is not shown: it would not be what is configured."""
    async with served(sandbox) as address:
        text = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]\nstate: {{path: kept}}\n"
        schedule = ByHand()
        async with build(configured(tmp_path, text, good="sandbox"), clock=lambda: NOW, schedule=schedule):
            await schedule.run()
        async with build(configured(tmp_path, text + changed), clock=lambda: NOW, schedule=schedule) as after:
            assert (b"", False) == (after.exposition.snapshot.plain(), after.is_ready())


def test_terms_hold_all_that_figures_depend_on(tmp_path: Path) -> None:
    """Each key of an account and of what is shown is among the terms, but for its name, token and what it declares."""
    config = configured(
        tmp_path,
        "accounts: [{name: acme, token_file: good, base_url: 'http://h', team_id: t, api: 2024, amounts: major}]\n"
        "invoices: {history: 3, details: 2}\ndetail: team",
        good="sandbox",
    )
    expected = Terms(base_url="http://h", team_id="t", api="2024", amounts="major", detail="team", history=3, details=2)

    assert expected == terms_of(config.accounts[0], config)
    assert set(Account.__struct_fields__) - {"name", "token_file", "token", "declared"} <= set(Terms.__slots__)
    assert set(Invoices.__struct_fields__) <= set(Terms.__slots__)
