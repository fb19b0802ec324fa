"""What `check` says of requests is what polls make."""

import re
from pathlib import Path
from typing import Any

import pytest

from exporter.app import App, build
from exporter.cli.survey import survey
from exporter.config import Config
from exporter.sandbox import SandboxOptions, build_app
from tests.apps import NOW, configured, served
from tests.by_hand import ByHand
from tests.northflank.asking import Clock

HOUR, DAY = 3600.0, 86_400.0


@pytest.mark.parametrize(
    ("more", "now", "options"),
    [
        pytest.param("", NOW, {"generation": "2024"}, id="2024"),
        pytest.param("", NOW, {"generation": "2026-06"}, id="2026-06"),
        pytest.param("", NOW - 19 * DAY, {"generation": "2026-06"}, id="2026-06_on_the_third_of_the_month"),
        pytest.param("", NOW, {}, id="2026-10"),
        pytest.param("detail: account", NOW, {}, id="account"),
        pytest.param("detail: team", NOW, {}, id="team"),
        pytest.param("detail: project", NOW, {}, id="project"),
        pytest.param("", NOW, {"projects": 12}, id="by_type"),
        pytest.param("", NOW, {"teams": 1}, id="one_team"),
        pytest.param("", NOW, {"teams": 0}, id="no_teams"),
        pytest.param("", NOW, {"invoices": 0}, id="no_invoices"),
        pytest.param("invoices: {history: 3, details: 2}", NOW, {}, id="two_trees"),
        pytest.param("budgets: [{name: b, amount: 1, currency: USD, period: week}]", NOW, {}, id="budget"),
        pytest.param("poll: {invoices: 10m, usage: 5m}", NOW, {}, id="often"),
    ],
)
async def test_requests_are_not_more_than_told(tmp_path: Path, more: str, now: float, options: dict[str, Any]) -> None:
    """The first hour and a later one take no more requests than were told, and not far fewer.

    What can wait of a first start may be made in the hour after it.
    """
    clock = Clock(now + 60)
    sandbox = build_app(SandboxOptions(now=clock, threshold=0, **{"resources": 1, **options}))
    async with served(sandbox) as address:
        text = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]\nstate: {{path: none}}\n{more}"
        config = configured(tmp_path, text, good="sandbox")
        told = (await survey(config.accounts[0], config, clock.now)).requests
        schedule = ByHand()
        app = build(config, clock=clock, monotonic=clock, schedule=schedule)
        async with app:
            first, second, third = [await an_hour(app, config, schedule, clock) for _ in range(3)]

    steady = third - second
    assert (True, True) == (first <= told.first_start, steady <= told.an_hour), (first, steady, told)
    assert told.first_start <= 1.5 * first + 30
    assert told.an_hour <= steady + 30


async def an_hour(app: App, config: Config, schedule: ByHand, clock: Clock) -> int:
    """Poll for an hour as configured; the requests made until then."""
    began = clock.now
    steps = int(HOUR // config.poll.usage)
    for step in range(steps):
        clock.now = began + step * config.poll.usage
        if step * config.poll.usage % config.poll.invoices == 0:
            await schedule.run("/invoices")
        await schedule.run("/usage")
    clock.now = began + HOUR
    text = app.exposition.plain().decode()
    return int(sum(map(float, re.findall(r"^northflank_exporter_api_requests_total{.+} (.+)$", text, re.MULTILINE))))
