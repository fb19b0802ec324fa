"""First starts of the exporter on sandboxes small and large, and what they take."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "exporter")
TEAMS, PROJECTS, RESOURCES = 20, 50, 50
TOKEN = "measured"  # noqa: S105 - the sandbox's, which anybody may know
HERE = "127.0.0.1:0"
LONGEST_START_SECONDS = 120.0
SCRAPES_AT_REST = 200
# Between the scrapes while it polls.
PAUSE_SECONDS = 0.05
# All that a first start asks for is to be seen in one poll.
RATE_LIMIT = 100_000
DATASETS = ("invoices", "invoice_details", "usage", "credits", "usage_details")
FORETOLD = re.compile(r"at most for a first start, then (\d+) an hour")


@dataclass(frozen=True, slots=True)
class Setup:
    """What is measured: how many accounts, of a sandbox that is started with these flags."""

    accounts: int = 1
    flags: tuple[str, ...] = ()


ONE = Setup()
TEN = Setup(accounts=10)
LARGE = Setup(flags=("--teams", str(TEAMS), "--projects", str(PROJECTS), "--resources", str(RESOURCES)))


@dataclass(slots=True)
class Measured:
    """What one run showed; latencies in seconds. `requests_an_hour` is what `check` foretells at most."""

    polls: list[dict[str, object]] = field(default_factory=list)
    requests_an_hour: int = 0
    while_polling: list[float] = field(default_factory=list)
    at_rest: list[float] = field(default_factory=list)
    gzipped: list[float] = field(default_factory=list)
    peak_kib: int = 0
    idle_peak_kib: int = 0
    body: str = ""
    gzipped_bytes: int = 0

    @property
    def requests(self) -> int:
        """Those of a first start."""
        return sum(int(str(each["requests"])) for each in self.polls)

    @property
    def series(self) -> int:
        """All that are exported, the exporter's own too."""
        return sum(1 for line in self.body.splitlines() if not line.startswith("#"))

    def count(self, family: str) -> int:
        """How many series a family has."""
        return self.body.count(f"\n{family}{{")


@contextmanager
def _started(directory: Path, name: str, *args: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = directory / f"{name}.log"
    with log.open("wb") as stderr:
        command, env = [*COMMAND, *args, "--log.format", "json"], _environment(directory)
        process = subprocess.Popen(command, stderr=stderr, cwd=ROOT, env=env)  # noqa: S603 - our own command
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def _environment(directory: Path) -> dict[str, str]:
    """That of whoever measures, without a token or an address of theirs."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("NORTHFLANK_", "NF_"))}
    return {**kept, "XDG_STATE_HOME": str(directory)}


def _events(log: Path) -> list[dict[str, object]]:
    complete = log.read_text().rpartition("\n")[0].splitlines()
    return [json.loads(line) for line in complete if line.startswith("{")]


def _event(log: Path, name: str) -> dict[str, object]:
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        found = next((each for each in _events(log) if each["event"] == name), None)
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"no {name} in {log}")


def _peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def _scrape(http: httpx.Client, encoding: str = "identity") -> tuple[float, bytes]:
    started = time.perf_counter()
    with http.stream("GET", "/metrics", headers={"accept-encoding": encoding}) as response:
        body = b"".join(response.iter_raw())
    return time.perf_counter() - started, body


def _configured(directory: Path, sandbox: str, accounts: int) -> str:
    """The path of a configuration file with so many accounts, all else as it is by default."""
    names = [f"account-{number}" for number in range(accounts)]
    for name in names:
        (directory / name).write_text(TOKEN)
    rows = [{"name": name, "token_file": name, "base_url": sandbox} for name in names]
    file = directory / "config.yaml"
    file.write_text(json.dumps({"accounts": rows}))
    return str(file)


def _foretold(directory: Path, file: str) -> int:
    """How many requests an hour takes at most, as `check` says of the accounts together."""
    shown = subprocess.check_output(  # noqa: S603 - our own command
        [*COMMAND, "check", "--config.file", file], cwd=ROOT, env=_environment(directory), text=True
    )
    return sum(map(int, FORETOLD.findall(shown)))


def measure(setup: Setup) -> Measured:
    """One first start, scraped while it polls and after it."""
    measured = Measured()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        flags = ("--listen-address", HERE, "--token", TOKEN, "--rate-limit", str(RATE_LIMIT), *setup.flags)
        _, api_log = stack.enter_context(_started(directory, "sandbox", "sandbox", *flags))
        file = _configured(directory, str(_event(api_log, "sandbox.listening")["address"]), setup.accounts)
        serve = ("serve", "--config.file", file, "--web.listen-address", HERE)
        process, log = stack.enter_context(_started(directory, "exporter", *serve))
        address = str(_event(log, "web.listening")["address"])
        measured.idle_peak_kib = _peak_kib(process.pid)
        http = stack.enter_context(httpx.Client(base_url=address, trust_env=False, timeout=60))
        while len({(each["account"], each["dataset"]) for each in _polls(log)}) < len(DATASETS) * setup.accounts:
            measured.while_polling.append(_scrape(http, "gzip")[0])
            time.sleep(PAUSE_SECONDS)
        measured.polls = _polls(log)
        _scrape_at_rest(http, measured)
        measured.peak_kib = _peak_kib(process.pid)
        measured.requests_an_hour = _foretold(directory, file)
    return measured


def _scrape_at_rest(http: httpx.Client, measured: Measured) -> None:
    body = gzipped = b""
    for _ in range(SCRAPES_AT_REST):
        seconds, body = _scrape(http)
        measured.at_rest.append(seconds)
        seconds, gzipped = _scrape(http, "gzip")
        measured.gzipped.append(seconds)
    measured.body, measured.gzipped_bytes = body.decode(), len(gzipped)


def _polls(log: Path) -> list[dict[str, object]]:
    ended = [each for each in _events(log) if str(each["event"]).startswith("poll.")]
    for each in ended:
        if each["outcome"] != "success":
            raise SystemExit(f"a poll failed: {each}")
    return ended
