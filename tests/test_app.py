from decimal import Decimal
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exporter.account_factory import USER_AGENT, build_client, build_source, extent_of, owner_of, polls_of
from exporter.app import build
from exporter.background import Background
from exporter.config import Config
from exporter.config.load import load
from exporter.domain.budget import Declared
from exporter.domain.extent import Extent
from exporter.domain.tree import Level
from exporter.ledger.tables import Owner
from exporter.planning.costs import Polls
from exporter.sandbox import SandboxOptions, build_app
from tests.apps import NOW, configured, noting, served, small_sandbox, up, value
from tests.by_hand import ByHand
from tests.northflank.asking import Observed

HOUR, DAY = 3600.0, 86_400.0
FIVE_MINUTES = 300.0


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
    """While the server cannot be reached nothing is ready for five minutes; then all else may be served."""
    schedule, slept, began = ByHand(), list[float](), 1000.0
    passed = 0.0

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with served(sandbox) as address:
        config = configured(
            tmp_path, f'accounts: [{{name: acme, token_file: good, base_url: "{address}"}}]', good="sandbox"
        )
    app = build(config, clock=lambda: NOW, monotonic=lambda: began + passed, sleep=sleep, schedule=schedule)
    async with app:
        await schedule.run("/invoices")
        assert (False, 0, 4) == (app.is_ready(), up(app, "acme"), len(slept))

        passed = FIVE_MINUTES
        assert (True, 0) == (app.is_ready(), up(app, "acme"))


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        pytest.param("/nowhere", "not_found", id="wrong_address"),
        pytest.param("", "not_found", id="wrong_team"),
    ],
)
async def test_one_typo_keeps_nobody_waiting(sandbox: Starlette, tmp_path: Path, path: str, outcome: str) -> None:
    """An account whose first poll ends in 404 is down, with its outcome, and the exporter is ready all the same."""
    schedule = ByHand()
    async with served(sandbox) as address:
        team = "" if path else ", team_id: tpyo"
        text = (
            f'accounts: [{{name: good, token_file: good, base_url: "{address}"}}, '
            f'{{name: typo, token_file: good, base_url: "{address}{path}"{team}}}]'
        )
        app = build(configured(tmp_path, text, good="sandbox"), clock=lambda: NOW, schedule=schedule)
        async with app:
            await schedule.run("/invoices")
            assert app.is_ready()

    assert (1, 0) == (up(app, "good"), up(app, "typo"))
    polls = "northflank_exporter_polls_total"
    assert 1 == value(app, f'{polls}{{account="typo",dataset="invoices",outcome="{outcome}"}}')


async def test_token_that_a_gateway_says_nothing_of(tmp_path: Path) -> None:
    """A 502 between two refusals does not make the token accepted: an alert on it does not begin anew."""
    schedule, answers = ByHand(), iter((401, 502, 401))

    async def refuse(_: Request) -> Response:
        return Response(status_code=next(answers))

    accepted = []
    async with served(Starlette(routes=[Route("/{rest:path}", refuse)])) as address:
        text = f'accounts: [{{name: acme, token_file: good, base_url: "{address}"}}]\napi: {{max_retries: 0}}'
        app = build(configured(tmp_path, text, good="sandbox"), clock=lambda: NOW, schedule=schedule)
        async with app:
            for _ in range(3):
                await schedule.run("/invoices")
                accepted.append(value(app, 'northflank_exporter_token_accepted{account="acme"}'))

    assert [0, 0, 0] == accepted


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
    source = build_source(client, Background(), account)

    assert api == (source.set_api and (str(source.set_api.generation), str(source.set_api.unit)))


def test_what_is_exported(tmp_path: Path) -> None:
    """How much of an account is exported is what its configuration says."""
    text = (
        "accounts: [{name: acme, token_file: good, base_url: 'http://h', team_id: t, billing_threshold: 9}]\n"
        "invoices: {history: 3, details: 2}\ndetail: project\npoll: {invoices: 1h, usage: 5m, late_after: 6h}\n"
        "state: {retention: 62d}\n"
    )
    config = configured(tmp_path, text, good="sandbox")
    (account,) = config.accounts

    assert Extent(
        history=3,
        details=2,
        level=Level.PROJECT,
        late_after_seconds=6 * HOUR,
        retention_seconds=62 * DAY,
        declared=Declared(billing_threshold=Decimal(9)),
    ) == extent_of(account, config)
    assert Polls(invoices_seconds=HOUR, usage_seconds=300, budgets=0) == polls_of(account, config)
    assert Owner("acme", "http://h", "t") == owner_of(account)


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


async def test_allowance_that_is_too_small(tmp_path: Path) -> None:
    """Where the allowance cuts the plan, the account's own figures are whole, and the rest is pending."""
    sandbox = build_app(SandboxOptions(now=lambda: NOW, rate_limit=60, threshold=0))
    schedule, pending = ByHand(), "northflank_exporter_pending_requests"
    async with served(sandbox) as address:
        text = f'accounts: [{{name: acme, token_file: good, base_url: "{address}"}}]'
        config = configured(tmp_path, text, good="sandbox")
        async with build(config, clock=lambda: NOW, monotonic=lambda: NOW, schedule=schedule) as app:
            await schedule.run()

    assert (1, 1, 1) == (up(app, "acme"), up(app, "acme", "usage"), up(app, "acme", "credits"))
    assert [0, 0, 0] == [
        value(app, f'{pending}{{account="acme",dataset="{dataset}"}}') for dataset in ("invoices", "usage", "credits")
    ]
    assert (value(app, f'{pending}{{account="acme",dataset="invoice_details"}}') or 0) > 0
    assert (value(app, f'{pending}{{account="acme",dataset="usage_details"}}') or 0) > 0
