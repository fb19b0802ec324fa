from pathlib import Path

import pytest
from starlette.applications import Starlette

from exporter.app import build
from exporter.background import Background
from exporter.config import Config
from exporter.config.load import load
from exporter.domain.tree import Level
from exporter.northflank.readers import Depth
from exporter.parts import USER_AGENT, build_client, build_source, depth_of
from tests.apps import NOW, configured, noting, served, small_sandbox, up, value
from tests.by_hand import ByHand
from tests.northflank.asking import Observed

DAY = 86_400.0


def two_accounts(address: str, folder: Path) -> Config:
    """Two accounts of one server, the second one with a token that it does not take."""
    return configured(
        folder,
        f"""
accounts:
  - {{name: acme, token_file: good, base_url: "{address}"}}
  - {{name: other, token_file: bad, base_url: "{address}"}}
poll: {{invoices: 10m, usage: 5m}}
detail: team
""",
        good="sandbox",
        bad="wrong",
    )


@pytest.fixture
def sandbox() -> Starlette:
    """A small sandbox at a moment that stays."""
    return small_sandbox()


async def test_two_accounts(sandbox: Starlette, tmp_path: Path) -> None:
    """Accounts are polled each with its token: a bad one is refused for good and keeps nobody waiting."""
    schedule = ByHand()
    async with served(sandbox) as address:
        app = build(two_accounts(address, tmp_path), clock=lambda: NOW, schedule=schedule)
        assert not app.is_ready()
        async with app:
            assert [("acme/invoices", 600), ("acme/usage", 300), ("other/invoices", 600), ("other/usage", 300)] == [
                (job.name, job.interval_seconds) for job in schedule.jobs
            ]
            await schedule.run("acme/invoices")
            assert not app.is_ready()
            await schedule.run("other/invoices")
            assert app.is_ready()
            await schedule.run("/usage")

    for dataset in ("invoices", "usage"):
        assert (1, 0) == (up(app, "acme", dataset), up(app, "other", dataset))
    assert NOW == value(app, 'northflank_last_success_timestamp_seconds{account="acme",dataset="invoices"}')
    accepted = "northflank_exporter_token_accepted"
    assert (1, 0) == (value(app, f'{accepted}{{account="acme"}}'), value(app, f'{accepted}{{account="other"}}'))
    text = app.exposition.plain().decode()
    for levels in ("northflank_invoice", "northflank_month_to_date", "northflank_hourly"):
        assert f'{levels}_team_cost{{account="acme"' in text
        assert f"{levels}_project_cost" not in text


async def test_server_that_is_down(sandbox: Starlette, tmp_path: Path) -> None:
    """While the server cannot be reached nothing is ready; once it was, it stays so."""
    schedule, slept = ByHand(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with served(sandbox) as address:
        config = configured(
            tmp_path, f'accounts: [{{name: acme, token_file: good, base_url: "{address}"}}]', good="sandbox"
        )
    app = build(config, clock=lambda: NOW, sleep=sleep, schedule=schedule)
    async with app:
        await schedule.run("/invoices")

    assert (False, 0, 4) == (app.is_ready(), up(app, "acme"), len(slept))


async def test_started_and_stopped(tmp_path: Path) -> None:
    """Nothing is polled before the exporter is entered nor after it is left."""
    schedule = ByHand()
    app = build(two_accounts("http://127.0.0.1:9", tmp_path), clock=lambda: NOW, schedule=schedule)
    assert ((), False) == (schedule.jobs, schedule.is_stopped)

    async with app:
        assert (4, False) == (len(schedule.jobs), schedule.is_stopped)
    assert schedule.is_stopped


async def test_health_before_the_first_poll(tmp_path: Path) -> None:
    """Counters are exported from 0 and the intervals as configured, for each account, before any poll."""
    app = build(two_accounts("http://127.0.0.1:9", tmp_path), clock=lambda: NOW)

    for account in ("acme", "other"):
        for dataset, seconds in (("invoice_details", 600), ("usage", 300), ("credits", 300), ("budgets", 300)):
            labels = f'{{account="{account}",dataset="{dataset}"'
            assert seconds == value(app, f"northflank_exporter_poll_interval_seconds{labels}")
            assert 0 == value(app, f'northflank_exporter_polls_total{labels},outcome="success"')
        assert up(app, account) is None
    assert NOW == value(app, "northflank_exporter_config_last_reload_success_timestamp_seconds")


@pytest.mark.parametrize(
    ("more", "api"),
    [
        pytest.param("", None, id="auto"),
        pytest.param(", api: 2024", ("2024", "minor"), id="generation"),
        pytest.param(", api: 2026-10, amounts: minor", ("2026-10", "minor"), id="both"),
    ],
)
async def test_set_by_hand(tmp_path: Path, more: str, api: tuple[str, str] | None) -> None:
    """Generation and unit that an account sets are in use from the start."""
    config = configured(tmp_path, f"accounts: [{{name: acme, token_file: good{more}}}]", good="sandbox")
    (account,) = config.accounts
    client = build_client(account, config, Observed())
    source = build_source(client, Background(), account, depth=depth_of(account, config))

    assert api == (source.api and (str(source.api.generation), str(source.api.unit)))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        pytest.param(None, 62 * DAY, id="no_budget"),
        pytest.param("month", 62 * DAY, id="month"),
        pytest.param("quarter", 96 * DAY, id="quarter"),
        pytest.param("year", 370 * DAY, id="year"),
    ],
)
def test_hours_of_a_budget_are_kept(tmp_path: Path, period: str | None, expected: float) -> None:
    """Hours are kept as long as configured, and as long as the longest budget is added up from them at least."""
    budgets = f"budgets: [{{name: b, amount: 1, currency: USD, period: {period}}}]" if period else ""
    text = "accounts: [{name: acme, token_file: good}]\ndetail: project\nstate: {retention: 62d}\n"
    config = configured(tmp_path, text + budgets, good="sandbox")
    (account,) = config.accounts

    assert Depth(Level.PROJECT, expected) == depth_of(account, config)


async def test_token_from_the_environment(sandbox: Starlette) -> None:
    """With a token and an address in the environment no file is needed; requests say who asks."""
    seen: list[tuple[str, str]] = []
    async with served(noting(sandbox, seen)) as address:
        config = load(None, {"NORTHFLANK_API_TOKEN": "sandbox", "NORTHFLANK_API_BASE_URL": address})
        schedule = ByHand()
        app = build(config, clock=lambda: NOW, schedule=schedule)
        async with app:
            await schedule.run()

    assert 1 == up(app, "default")
    assert {USER_AGENT} == {agent for _, agent in seen}
