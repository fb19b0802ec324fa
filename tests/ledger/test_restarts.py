"""Restarts of the daemon as a person sees them: processes, a real file, and whatever may have become of it."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from exporter.ledger.database import FILE
from tests.e2e.exposition import billing, scrape
from tests.processes import Process

pytestmark = pytest.mark.process

TOKEN = "t0ken-of-the-restart-test"
DATASETS = 5
HERE = "127.0.0.1:0"
Start = Callable[..., Process]


class Daemon:
    """A sandbox, and the exporter that asks it: started as often as a test likes, on one state folder."""

    def __init__(self, start: Start, folder: Path) -> None:
        self.start = start
        self.state = folder / "state" / "northflank-billing-exporter"
        self.sandbox = start("sandbox", "--listen-address", HERE, "--token", TOKEN, "--log.format", "json").address(
            "sandbox.listening"
        )

    def serve(self, **environ: str) -> Process:
        """Start the exporter."""
        env = {"NORTHFLANK_API_TOKEN": TOKEN, "NORTHFLANK_API_BASE_URL": self.sandbox, **environ}
        return self.start("serve", "--web.listen-address", HERE, "--log.format", "json", env=env)

    def polled(self, **environ: str) -> tuple[Process, dict[Any, float]]:
        """Start it, and wait until all datasets were polled; what it shows then."""
        process = self.serve(**environ)
        process.wait_for("polls", lambda: len(polls(process)) == DATASETS)
        return process, scrape(process.address("web.listening"))

    def requests(self) -> list[str]:
        """The paths that were asked for since the last call."""
        with httpx.Client(base_url=self.sandbox, trust_env=False) as client:
            rows = client.get("/-/requests").json()
            client.delete("/-/requests")
        return [row["path"] for row in rows]

    def refuse_all(self) -> None:
        """From now on the sandbox answers nothing but 500."""
        rule = {"fault": "status", "with": {"status": 500}}
        httpx.put(f"{self.sandbox}/-/faults", json=[rule], trust_env=False).raise_for_status()


@pytest.fixture
def daemon(start_exporter: Start, tmp_path: Path) -> Daemon:
    """A running sandbox, and no exporter yet."""
    return Daemon(start_exporter, tmp_path)


def polls(process: Process) -> list[dict[str, object]]:
    """The log lines of polls that succeeded."""
    return [line for line in process.events() if line["event"] == "poll.finished"]


def health(series: dict[Any, float], name: str, dataset: str) -> float | None:
    """The value of a family of health."""
    return series.get((name, frozenset({"account": "default", "dataset": dataset}.items())))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart_asks_for_what_is_new_alone(daemon: Daemon, number: signal.Signals) -> None:
    """However it ended, the exporter goes on where it was: same figures, and no invoice or hour is asked for again."""
    process, before = daemon.polled()
    assert 1 < len(daemon.requests())
    process.stop(number)
    _, after = daemon.polled()

    assert billing(before) == billing(after)
    asked = Counter(daemon.requests())
    assert {"/v1/billing/invoices", "/v1/billing/usage", "/v1/billing/credit-balance"} == asked.keys()
    assert (1, 1) == (asked["/v1/billing/invoices"], asked["/v1/billing/credit-balance"])
    assert asked["/v1/billing/usage"] <= 4


def test_figures_are_there_while_northflank_is_not(daemon: Daemon) -> None:
    """While Northflank is down a restarted exporter is ready, shows the last figures and shows how old they are."""
    process, before = daemon.polled()
    process.stop()
    daemon.refuse_all()
    began = time.time()
    again = daemon.serve()
    address = again.address("web.listening")
    after = scrape(address)

    assert billing(before) == billing(after) != {}
    assert 200 == httpx.get(f"{address}/-/ready", trust_env=False).status_code
    for dataset in ("invoices", "invoice_details"):
        fetched_at = health(before, "northflank_last_success_timestamp_seconds", dataset)
        assert fetched_at == health(after, "northflank_last_success_timestamp_seconds", dataset)
        assert fetched_at is not None
        assert fetched_at < began
        assert health(after, "northflank_up", dataset) in {None, 0}


def test_two_daemons(daemon: Daemon) -> None:
    """A second exporter on the same folder says so, shows figures of its own, and leaves the first one's alone."""
    first, before = daemon.polled()
    second, shown = daemon.polled()

    lines = [line for line in second.events() if str(line["event"]).startswith("store.")]
    assert [("store.unavailable", "warning")] == [(line["event"], line["level"]) for line in lines]
    assert str(lines[0]["error"]).endswith("another process keeps its state here; give each a state.path of its own")
    assert billing(before) == billing(shown)
    assert [0, 0] == [second.stop(), first.stop()]


def test_foreign_file(daemon: Daemon) -> None:
    """A file of another program is moved aside, and the exporter works as at a first start."""
    daemon.state.mkdir(parents=True)
    (daemon.state / FILE).write_text("a diary" * 1000)
    process, shown = daemon.polled()

    assert "a diary" * 1000 == (daemon.state / f"{FILE}.aside-1").read_text()
    assert "store.moved_aside" in [line["event"] for line in process.events()]
    assert {} != billing(shown)


def test_no_token_is_kept(daemon: Daemon) -> None:
    """Nothing in the folder holds the token, and nobody but its owner can read it."""
    process, _ = daemon.polled()
    files = [each for each in daemon.state.iterdir() if each.is_file()]

    assert {FILE, f"{FILE}-wal", f"{FILE}-shm", "state.lock"} == {each.name for each in files}
    assert {0o600} == {each.stat().st_mode & 0o777 for each in files}
    assert [] == [each.name for each in files if TOKEN.encode() in each.read_bytes()]
    process.stop()


def test_without_a_home(daemon: Daemon) -> None:
    """Where the environment names no folder the exporter says so once, with the remedy, and works without."""
    process, shown = daemon.polled(XDG_STATE_HOME="", HOME="")

    lines = [line for line in process.events() if str(line["event"]).startswith("store.")]
    assert [("store.none", "warning")] == [(line["event"], line["level"]) for line in lines]
    assert "set state.path" in str(lines[0]["error"])
    assert {} != billing(shown)


def test_none_is_none(daemon: Daemon, tmp_path: Path) -> None:
    """With `state: {path: none}` nothing is written and nothing is said."""
    config = tmp_path / "config.yaml"
    config.write_text("state: {path: none}")
    env = {"NORTHFLANK_API_TOKEN": TOKEN, "NORTHFLANK_API_BASE_URL": daemon.sandbox}
    process = daemon.start(
        "serve", "--config.file", config, "--web.listen-address", HERE, "--log.format", "json", env=env
    )
    process.wait_for("polls", lambda: len(polls(process)) == DATASETS)

    assert [] == [line for line in process.events() if str(line["event"]).startswith("store.")]
    assert not daemon.state.exists()


def test_check_and_demo_keep_nothing(daemon: Daemon) -> None:
    """What is only looked at leaves nothing behind."""
    env = {"NORTHFLANK_API_TOKEN": TOKEN, "NORTHFLANK_API_BASE_URL": daemon.sandbox}
    assert 0 == daemon.start("check", env=env).wait(30)
    demo = daemon.start(
        *("demo", "--web.listen-address", HERE, "--sandbox.listen-address", HERE, "--log.format", "json")
    )
    demo.wait_for("polls", lambda: len(polls(demo)) >= DATASETS)
    demo.stop()

    assert not daemon.state.parent.exists()
