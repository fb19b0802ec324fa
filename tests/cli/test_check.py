import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from exporter.app import build
from exporter.cli.group import group
from exporter.config import Config
from exporter.config.load import load
from exporter.sandbox import SandboxOptions, build_app
from tests.by_hand import ByHand
from tests.serving import serving

NOW = 1_760_000_000.0  # 2025-10-09: a sandbox of the past tells the same, whenever the test runs


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """What the command sets up for logs does not reach other tests."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@contextmanager
def served(**options: Any) -> Iterator[str]:  # noqa: ANN401 - each option has a type of its own
    """The address of a sandbox."""
    with serving(build_app(SandboxOptions(**{"now": lambda: NOW, "invoices": 8, **options}))) as address:
        yield address


Start = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start sandboxes that end with the test."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(served(**options))


def check(folder: Path, text: str) -> Result:
    """The command with a configuration of this text; `good` and `bad` are token files beside it."""
    (folder / "good").write_text("sandbox")
    (folder / "bad").write_text("nf-wrong-token")
    path = folder / "config.yaml"
    path.write_text(text)
    return CliRunner().invoke(group, ["check", "--config.file", str(path)])


def one(address: str, more: str = "") -> str:
    """A configuration with one account."""
    return f'accounts: [{{name: acme, token_file: good, base_url: "{address}"}}]\n{more}'


def test_table(start: Start, tmp_path: Path) -> None:
    """What was found of an account is a table that a person reads; all is well, so the exit code is 0."""
    address = start()
    result = check(tmp_path, one(address))

    expected = f"""\
acme  {address}
  generation      2026-10, amounts in major units
  invoices        8 in the list, 8 shown, 1 of them unpaid
  newest usage    DA4ECDDD-243084, 2025-09-24 to 2025-10-01 (exclusive), 374.88 USD
  teams           4
  projects        12
  requests        26 for the first poll, then 1 a poll, 2 an hour
  allowance       1000 requests an hour, 992 of them left now

"""
    assert (0, expected) == (result.exit_code, result.stdout)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"generation": "2024"}, "2024, amounts in minor units", id="2024"),
        pytest.param({"generation": "2026-06"}, "2026-06, amounts in minor units", id="2026-06"),
        pytest.param({"generation": "2026-10"}, "2026-10, amounts in major units", id="2026-10"),
    ],
)
def test_generation(start: Start, tmp_path: Path, options: dict[str, str], expected: str) -> None:
    """The generation and its unit are told, with the same teams and projects in each."""
    # The list of 2024 does not tell subscriptions from usage: only a clock at which the newest is billed ahead does.
    told = rows(check(tmp_path, one(start(**options, now=time.time))))

    assert (expected, "4", "12") == (told["generation"], told["teams"], told["projects"])
    assert told["newest usage"].endswith(" USD")


@pytest.mark.parametrize(
    ("generation", "options", "more"),
    [
        pytest.param("2024", {}, "", id="2024"),
        pytest.param("2026-06", {}, "", id="2026-06"),
        pytest.param("2026-06", {"projects": 20}, "", id="2026-06_by_type"),
        pytest.param("2026-06", {"invoices": 1}, "", id="2026-06_subscription_alone"),
        pytest.param("2026-10", {}, "", id="2026-10"),
        pytest.param("2026-10", {}, "detail: account", id="account"),
        pytest.param("2026-10", {}, "detail: team", id="team"),
        pytest.param("2026-10", {}, "detail: project", id="project"),
        pytest.param("2026-10", {"projects": 20}, "", id="by_type"),
        pytest.param("2026-10", {"teams": 1}, "", id="one_team"),
        pytest.param("2026-10", {"teams": 0}, "", id="no_teams"),
        pytest.param("2026-10", {"invoices": 0}, "", id="no_invoices"),
        pytest.param("2026-10", {"invoices": 1}, "", id="subscription_alone"),
        pytest.param("2026-10", {"invoices": 250}, "invoices: {history: 150}", id="two_pages_of_the_list"),
        pytest.param("2026-10", {}, "invoices: {history: 3, details: 2}", id="two_trees"),
        pytest.param("2026-10", {}, "invoices: {history: 3, details: 0}", id="no_trees"),
    ],
)
def test_requests_are_what_polls_take(
    start: Start, tmp_path: Path, generation: str, options: dict[str, int], more: str
) -> None:
    """The requests that are told for the first poll and for later ones are those that polls make."""
    address = start(generation=generation, resources=1, **options)
    told = rows(check(tmp_path, one(address, more)))["requests"]

    first, later = asyncio.run(polled(load(tmp_path / "config.yaml", {})))
    assert told.startswith(f"{first} for the first poll, then {later} a poll, {2 * later} an hour")


def test_allowance_that_is_too_small(start: Start, tmp_path: Path) -> None:
    """A first poll that takes more than the allowance of an hour is told, with the remedy, and ends with 1."""
    result = check(tmp_path, one(start(rate_limit=20)))

    assert 1 == result.exit_code
    assert "20 requests an hour, 12 of them left now" == rows(result)["allowance"]
    assert (
        "the first poll takes more requests than the allowance of an hour; "
        "set detail to a higher level, or invoices.details to fewer"
    ) == rows(result)["not well"]


def test_allowance_that_just_fits(start: Start, tmp_path: Path) -> None:
    """A first poll that takes all of the allowance is well."""
    result = check(tmp_path, one(start(rate_limit=26)))

    assert (0, False) == (result.exit_code, "not well" in rows(result))


def test_allowance_that_is_not_stated(tmp_path: Path) -> None:
    """A server that says nothing of an allowance is well, and told so."""
    empty = Starlette(routes=[Route("/v1/billing/{rest:path}", lambda _: JSONResponse({"data": {"invoices": []}}))])
    with serving(empty) as address:
        result = check(tmp_path, one(address))

    assert (0, "not stated by the server") == (result.exit_code, rows(result)["allowance"])


def test_refused_token(start: Start, tmp_path: Path) -> None:
    """A token that is not accepted is told with what to do, without the token; the other account is still checked."""
    address = start()
    result = check(
        tmp_path,
        f"""
accounts:
  - {{name: bad, token_file: bad, base_url: "{address}"}}
  - {{name: good, token_file: good, base_url: "{address}"}}
""",
    )

    bad, good, _ = result.stdout.split("\n\n")
    expected = f"""\
bad  {address}
  not well        GET /v1/billing/invoices: 401: the token is not accepted; make a new one and put it where this \
account's token is read from (the server says: the token is missing or wrong)"""
    assert (1, expected) == (result.exit_code, bad)
    assert good.startswith(f"good  {address}\n  generation      2026-10")
    assert "nf-wrong-token" not in result.output


def test_server_that_is_not_there(tmp_path: Path) -> None:
    """A server that cannot be reached is told with what to check; the exit code is 1."""
    with served() as address:
        pass
    result = check(tmp_path, one(address, "api: {max_retries: 0}"))

    assert 1 == result.exit_code
    assert rows(result)["not well"].startswith("GET /v1/billing/invoices: no answer (ConnectError: ")
    assert rows(result)["not well"].endswith("; check base_url, the network and the proxy settings")


def test_generation_that_is_contradicted(start: Start, tmp_path: Path) -> None:
    """A generation that is set by hand and is not the server's is told; the exit code is 1."""
    address = start(generation="2026-10")
    result = check(tmp_path, f'accounts: [{{name: acme, token_file: good, base_url: "{address}", api: 2026-06}}]')

    assert 1 == result.exit_code
    assert "set api to auto for this account" in rows(result)["not well"]


def test_account_without_usage(start: Start, tmp_path: Path) -> None:
    """An account that has no invoices yet is well, and told so."""
    result = check(tmp_path, one(start(invoices=0)))

    told = rows(result)
    assert (0, "0 in the list, 0 shown, 0 of them unpaid") == (result.exit_code, told["invoices"])
    assert "none yet: teams and projects are shown once there is one" == told["newest usage"]


def test_bad_configuration(tmp_path: Path) -> None:
    """A configuration that is not usable asks nobody anything."""
    result = check(tmp_path, "detail: everything")

    assert (2, "") == (result.exit_code, result.stdout)


def rows(result: Result) -> dict[str, str]:
    """The table by its left column."""
    pairs = (re.fullmatch(r"  (.{15}) (.+)", line) for line in result.stdout.splitlines())
    return {pair[1].rstrip(): pair[2] for pair in pairs if pair}


async def polled(config: Config) -> tuple[int, int]:
    """How many requests the first poll makes, and how many the second."""
    schedule = ByHand()
    app = build(config, schedule=schedule)
    counts = []
    async with app:
        for _ in range(2):
            await schedule.run()
            text = app.exposition.plain().decode()
            assert 'northflank_up{account="acme",dataset="invoice_details"} 1.0' in text
            found = re.findall(r"^northflank_exporter_api_requests_total{.+} (.+)$", text, re.MULTILINE)
            counts.append(int(sum(map(float, found))))
    return counts[0], counts[1] - counts[0]
