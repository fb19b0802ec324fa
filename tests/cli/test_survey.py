"""What `check` says of requests is what polls make."""

from pathlib import Path
from typing import Any

import pytest

from exporter.app import build
from exporter.cli.survey import survey
from exporter.config import Config
from exporter.domain.calendar import hour_before
from exporter.sandbox import SandboxOptions, build_app
from exporter.sandbox.options import Generation
from tests.apps import NOW, configured, noting, served
from tests.by_hand import ByHand
from tests.northflank.asking import Clock

HOUR, DAY = 3600.0, 86_400.0
HALF_OF_THE_SHARE = 250  # of 500 requests an hour


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
async def test_requests_are_not_more_than_stated(
    tmp_path: Path, more: str, now: float, options: dict[str, Any]
) -> None:
    """The first hour, polls after the first start too, and a later one take no more requests than were stated.

    Nor far fewer. What can wait of a first start may be made in the hour after it; what completes the month is on top.
    """
    clock, seen = Clock(now + 60), list[tuple[str, str]]()
    sandbox = build_app(SandboxOptions(now=clock, threshold=0, **{"resources": 1, **options}))
    async with served(noting(sandbox, seen)) as address:
        text = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]\nstate: {{path: none}}\n{more}"
        config = configured(tmp_path, text, good="sandbox")
        stated = (await survey(config.accounts[0], config, clock.now)).requests
        schedule = ByHand()
        async with build(config, clock=clock, monotonic=clock, schedule=schedule):
            (first, first_past), (second, _), (third, third_past) = [
                await an_hour(config, schedule, clock, seen) for _ in range(3)
            ]

    at_first, steady = first - (first_past if stated.backfill else 0), third - third_past
    is_enough = at_first <= stated.first_start + stated.an_hour
    assert (True, True) == (is_enough, steady <= stated.an_hour), (first, first_past, third, third_past, stated)
    # Where the first hour took all that it may of the share, what can wait went on in the second.
    waited = second - stated.an_hour if first > HALF_OF_THE_SHARE else 0
    assert stated.first_start <= 1.5 * (first + waited) + 30
    assert stated.an_hour <= steady + 30


async def an_hour(config: Config, schedule: ByHand, clock: Clock, seen: list[tuple[str, str]]) -> tuple[int, int]:
    """Poll for an hour as configured; the requests that are made, and how many of them are about past hours' trees."""
    began = clock.now
    seen.clear()
    for step in range(int(HOUR // config.poll.usage)):
        clock.now = began + step * config.poll.usage
        if step * config.poll.usage % config.poll.invoices == 0:
            await schedule.run("/invoices")
        await schedule.run("/usage")
    clock.now = began + HOUR
    trees = [float(path.removeprefix("/usage/")) for path, _ in seen if path.startswith("/usage/")]
    return len(seen), sum(1 for start in trees if start < hour_before(began) - HOUR)


PLANS: dict[Generation, list[tuple[int, str, str]]] = {
    "2024": [
        (1, "invoice_details", "the tree of invoice 1792800000-1793491200 down to resources"),
        (7, "invoice_details", "tax, discount and line items of each invoice"),
    ],
    "2026-06": [
        (17, "invoice_details", "the tree of invoice DA4ECDDD-243214 down to resources"),
        (17, "usage_details", "resources of the newest hour"),
        (7, "invoice_details", "tax, discount and line items of each invoice"),
        (115, "usage_details", "teams and projects of the trailing day"),
        (2525, "usage_details", "teams and projects of the month's hours"),
        (8602, "usage_details", "resources of past hours of the month"),
    ],
    "2026-10": [
        (16, "usage_details", "what each team and project spent in the month"),
        (17, "invoice_details", "the tree of invoice DA4ECDDD-243214 down to resources"),
        (17, "usage_details", "resources of the newest hour"),
        (7, "invoice_details", "tax, discount and line items of each invoice"),
        (115, "usage_details", "teams and projects of the trailing day"),
        (16, "usage_details", "what each team and project spent in the last month"),
        (8602, "usage_details", "resources of past hours of the month"),
    ],
}


@pytest.mark.parametrize("generation", list(PLANS))
async def test_plan(tmp_path: Path, generation: Generation) -> None:
    """What is left to be asked is stated with its requests, the most urgent first; what completes the month is last."""
    sandbox = build_app(SandboxOptions(generation=generation, now=lambda: NOW, invoices=8))
    async with served(sandbox) as address:
        text = f"accounts: [{{name: acme, token_file: good, base_url: '{address}'}}]"
        config = configured(tmp_path, text, good="sandbox")
        found = await survey(config.accounts[0], config, NOW)

    assert PLANS[generation] == [
        (task.requests, task.dataset.value, task.reason) for task in found.requests.plan if not task.is_routine
    ]
