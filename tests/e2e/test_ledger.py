"""The exporter and the sandbox as processes: what is shown is what the ledger says, at the planned requests."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.dialect import DIALECTS
from tests.e2e.expected import Series, World, expected
from tests.e2e.exposition import billing, scrape
from tests.e2e.plan import about_invoices, planned
from tests.processes import Process

pytestmark = pytest.mark.process

TOKEN = "t0ken-of-the-ledger-test"
SMALL: tuple[str, ...] = ()
WIDE = ("--teams", "3", "--projects", "9", "--resources", "12")
ONE_TEAM = ("--teams", "1", "--projects", "2")
DATASETS = {"2024": 3, "2026-06": 4, "2026-10": 5}  # of usage, 2024 tells what is unbilled, and only 2026-10 credits
OF_INVOICES = ("northflank_invoice_", "northflank_latest_invoice_")
Start = Callable[..., Process]


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """A file that holds the sandbox's token."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    return path


def start_pair(
    start: Start, token_file: Path, generation: str, *world: str, detail: str = "resource"
) -> tuple[str, str]:
    """The addresses of an exporter that has polled, and of the sandbox that it polled."""
    here = "127.0.0.1:0"
    api = start(
        *("sandbox", "--listen-address", here, "--token", TOKEN, "--generation", generation, "--log.format", "json"),
        *("--threshold", "0"),  # no invoice closes between the poll and the look into the ledger
        *world,
    )
    sandbox = api.address("sandbox.listening")
    config = token_file.with_name("config.yaml")
    config.write_text(
        f"accounts: [{{name: acme, token_file: {token_file.name}, base_url: '{sandbox}'}}]\ndetail: {detail}\n"
    )
    serving = start("serve", "--config.file", config, "--web.listen-address", here, "--log.format", "json")
    exporter = serving.address("web.listening")
    serving.wait_for("polls of all datasets", lambda: len(polls(serving)) == DATASETS[generation])
    assert {"poll.finished"} == {each["event"] for each in polls(serving)}, serving.stderr()
    assert TOKEN not in serving.stderr()
    return exporter, sandbox


def polls(serving: Process) -> list[dict[str, object]]:
    """The log lines of polls."""
    return [each for each in serving.events() if str(each["event"]).startswith("poll.")]


def of_invoices(series: Series) -> Series:
    """The series that tell of invoices."""
    return {key: value for key, value in series.items() if key[0].startswith(OF_INVOICES)}


def read(address: str, path: str) -> Any:  # noqa: ANN401 - JSON
    """What the sandbox tells outside its API."""
    return httpx.get(f"{address}{path}", trust_env=False).raise_for_status().json()


@pytest.mark.parametrize(
    ("generation", "world"),
    [
        pytest.param("2024", SMALL, id="2024"),
        pytest.param("2026-06", SMALL, id="2026-06"),
        pytest.param("2026-06", WIDE, id="2026-06 with more projects than resource types"),
        pytest.param("2026-06", ("--no-detail-paging",), id="2026-06 without detail paging"),
        pytest.param("2026-10", SMALL, id="2026-10"),
        pytest.param("2026-10", WIDE, id="2026-10 with more projects than resource types"),
        pytest.param("2026-10", ONE_TEAM, id="2026-10 with one team"),
        pytest.param("2026-10", ("--teams", "0", "--invoices", "0"), id="2026-10, an empty account"),
    ],
)
def test_every_family_is_what_the_ledger_says(
    start_exporter: Start, token_file: Path, generation: str, world: tuple[str, ...]
) -> None:
    """Each series of invoices is there with the ledger's figure, none is missing and none is more; names are there."""
    dialect = DIALECTS[generation]
    exporter, sandbox = start_pair(start_exporter, token_file, generation, *world)
    ledger = World(read(sandbox, "/-/ledger"), dialect, "acme", time.time())
    series = scrape(exporter)
    wanted = expected(ledger) if ledger.invoices else {}
    assert of_invoices(wanted) == pytest.approx(of_invoices(billing(series)), abs=1e-9)
    # What runs now may have a name that no invoice has yet.
    assert set() == wanted.keys() - series.keys()


@pytest.mark.parametrize(
    ("generation", "world"),
    [
        pytest.param("2024", SMALL, id="2024"),
        pytest.param("2026-06", WIDE, id="2026-06 by type"),
        pytest.param("2026-10", SMALL, id="2026-10 by project"),
        pytest.param("2026-10", WIDE, id="2026-10 by type"),
        pytest.param("2026-10", ONE_TEAM, id="2026-10 with one team"),
    ],
)
def test_a_first_start_makes_no_more_requests_than_planned(
    start_exporter: Start, token_file: Path, generation: str, world: tuple[str, ...]
) -> None:
    """The API is asked exactly as often as the plan says, and all of it is counted."""
    dialect = DIALECTS[generation]
    exporter, sandbox = start_pair(start_exporter, token_file, generation, *world)
    ledger = World(read(sandbox, "/-/ledger"), dialect, "acme", time.time())
    made = read(sandbox, "/-/requests")
    assert planned(dialect, ledger) == len(about_invoices(made))
    counted = sum(
        value for (name, _), value in scrape(exporter).items() if name == "northflank_exporter_api_requests_total"
    )
    assert len(made) == counted


@pytest.mark.parametrize("detail", ["team", "project"])
def test_nothing_is_asked_for_that_is_not_shown(start_exporter: Start, token_file: Path, detail: str) -> None:
    """With a higher `detail` the deeper levels are neither asked for nor exported."""
    dialect = DIALECTS["2026-10"]
    exporter, sandbox = start_pair(start_exporter, token_file, "2026-10", detail=detail)
    ledger = World(read(sandbox, "/-/ledger"), dialect, "acme", time.time())
    levels = dialect.levels[: dialect.levels.index(detail) + 1]
    shown = {name for name, _ in scrape(exporter) if name.startswith("northflank_invoice_")}
    trees = {f"northflank_invoice_{level}_cost" for level in dialect.levels}
    assert {f"northflank_invoice_{level}_cost" for level in levels} == shown & trees
    assert planned(dialect, ledger, detail) == len(about_invoices(read(sandbox, "/-/requests")))


@pytest.mark.parametrize("generation", sorted(DIALECTS))
def test_the_exporter_tells_how_it_is(start_exporter: Start, token_file: Path, generation: str) -> None:
    """Health families tell the generation and unit found, that both datasets are up, and that the token works."""
    exporter, _ = start_pair(start_exporter, token_file, generation)
    series = scrape(exporter)

    def value(name: str, **labels: str) -> float:
        return series[name, frozenset({"account": "acme", **labels}.items())]

    assert 1 == value("northflank_api_info", generation=generation, amounts=DIALECTS[generation].unit)
    for dataset, seconds in {"invoices": 1800, "invoice_details": 1800, "usage": 600}.items():
        assert 1 == value("northflank_up", dataset=dataset)
        assert 1 == value("northflank_exporter_polls_total", dataset=dataset, outcome="success")
        assert seconds == value("northflank_exporter_poll_interval_seconds", dataset=dataset)
        assert 60 > abs(time.time() - value("northflank_last_success_timestamp_seconds", dataset=dataset))
    assert 1 == value("northflank_exporter_token_accepted")
    assert 1000 == value("northflank_exporter_api_rate_limit")
