"""A large organisation: 20 teams, 1,000 projects, 50,000 resources."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.e2e.dialect import DIALECTS
from tests.e2e.expected import World
from tests.e2e.plan import about_invoices, planned
from tests.processes import Process

pytestmark = pytest.mark.process

SIZE = ("--teams", "20", "--projects", "50", "--resources", "50")
# Half of it is enough to ask for each project, twice.
PLENTY = ("--rate-limit", "10000")
DATASETS = 5
HERE = "127.0.0.1:0"
LONGEST_SECONDS = 300.0


def test_a_large_organisation_is_polled_as_planned(start_exporter: Callable[..., Process], tmp_path: Path) -> None:
    """All of it is shown after the planned requests, and scrapes are answered while it is being polled."""
    api = start_exporter(
        "sandbox", "--listen-address", HERE, "--log.format", "json", "--threshold", "0", *PLENTY, *SIZE
    )
    sandbox = api.address("sandbox.listening")
    token = {"NORTHFLANK_API_TOKEN": "sandbox", "NORTHFLANK_API_BASE_URL": sandbox, "XDG_STATE_HOME": str(tmp_path)}
    config = tmp_path / "config.yaml"
    config.write_text("limits: {series: 0}")
    serving = start_exporter(
        "serve", "--config.file", config, "--web.listen-address", HERE, "--log.format", "json", env=token
    )
    exporter = serving.address("web.listening")
    scraped = 0
    deadline = time.monotonic() + LONGEST_SECONDS
    with httpx.Client(base_url=exporter, trust_env=False, timeout=30) as http:
        while len(ended := polls(serving)) < DATASETS and time.monotonic() < deadline:
            scraped += http.get("/metrics").status_code == httpx.codes.OK
        text = http.get("/metrics").text
    assert ["success"] * DATASETS == [each["outcome"] for each in ended]
    assert scraped > len(ended)
    ledger = httpx.get(f"{sandbox}/-/ledger", params={"depth": "project"}, trust_env=False, timeout=60).json()
    world = World(ledger, DIALECTS["2026-10"], "default", time.time())
    made = httpx.get(f"{sandbox}/-/requests", trust_env=False).json()
    assert planned(DIALECTS["2026-10"], world) == len(about_invoices(made))
    assert 1000 <= text.count("\nnorthflank_project_info{")
    assert 45_000 <= text.count("\nnorthflank_resource_info{")


def polls(serving: Process) -> list[dict[str, object]]:
    """The log lines of polls."""
    return [each for each in serving.events() if str(each["event"]).startswith("poll.")]
