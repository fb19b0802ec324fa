"""The whole exporter, started again on what it kept."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette

from exporter.app import App, build
from exporter.domain.report import Dataset
from exporter.ledger.database import FILE
from exporter.ledger.state_file import StateFile
from exporter.sandbox import SandboxOptions, build_app
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

    # The lists and the credits are asked for at each poll; all else of the newest hour is known.
    assert {"/invoices": 1, "/usage": 1, "/credit-balance": 1} == Counter(path for path, _ in seen[first:])
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
    assert 10 < counts[0] <= counts[1] <= 30
    assert counts[1] <= counts[2] <= 30 + 1
    assert counts[2] + 5 < counts[3] <= counts[2] + 30


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


def restart_text(address: str, more: str = "") -> str:
    """A configuration of one account that keeps its state."""
    account = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]"
    return f"{account}\nstate: {{path: kept}}\napi: {{share: 1.0}}\n{more}"


def series(app: App) -> set[str]:
    """What is shown, but for the resources of the month: past hours are added to these poll by poll."""
    by_and_by = ("northflank_month_to_date_resource_cost", "northflank_trailing_day_resource_cost")
    lines = app.exposition.snapshot.plain().decode().splitlines()
    return {
        line
        for line in lines
        if not any(name in line for name in by_and_by)
        and not (line.startswith("northflank_resource_info") and 'resource_id="_other"' in line)
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "detail: team", id="fewer_levels"),
        pytest.param("detail: team", "", id="more_levels"),
        pytest.param("", "invoices: {history: 2}", id="fewer_invoices"),
        pytest.param("invoices: {history: 2}", "invoices: {history: 5}", id="more_invoices"),
        pytest.param("", "invoices: {details: 2}", id="more_trees"),
    ],
)
async def test_restart_with_another_configuration(sandbox: Starlette, tmp_path: Path, before: str, after: str) -> None:
    """A restart shows what is known of what is configured by then, and a poll later all of it."""
    async with served(sandbox) as address:
        schedule = ByHand()
        config = configured(tmp_path, restart_text(address, before), good="sandbox")
        async with build(config, clock=lambda: NOW, schedule=schedule):
            await schedule.run()
        again, schedule = configured(tmp_path, restart_text(address, after)), ByHand()
        async with build(again, clock=lambda: NOW, schedule=schedule) as restarted:
            at_once = series(restarted)
            assert restarted.is_ready()
            await schedule.run()
        fresh_schedule = ByHand()
        none = configured(tmp_path, restart_text(address, after).replace("path: kept", "path: none"))
        async with build(none, clock=lambda: NOW, schedule=fresh_schedule) as fresh:
            await fresh_schedule.run()

    assert series(fresh) == series(restarted)
    assert set() != at_once <= series(fresh)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("base_url: 'ADDRESS/other'", id="another_server"),
        pytest.param("base_url: 'ADDRESS', team_id: sandbox-team", id="another_team"),
        pytest.param("base_url: 'ADDRESS', amounts: minor", id="another_unit"),
        pytest.param("base_url: 'ADDRESS', api: 2026-06", id="another_generation"),
    ],
)
async def test_restart_with_another_account(sandbox: Starlette, tmp_path: Path, more: str) -> None:
    """What was read from another server or team, or in what the configuration rules out, is not shown."""
    async with served(sandbox) as address:
        schedule = ByHand()
        config = configured(tmp_path, restart_text(address), good="sandbox")
        async with build(config, clock=lambda: NOW, schedule=schedule):
            await schedule.run()
        text = restart_text(address).replace(f"base_url: '{address}'", more.replace("ADDRESS", address))
        async with build(configured(tmp_path, text), clock=lambda: NOW, schedule=schedule) as after:
            assert (b"", False) == (after.exposition.snapshot.plain(), after.is_ready())
