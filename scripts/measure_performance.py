"""Measure the exporter against a large organisation, and write docs/performance.md."""  # noqa: INP001 - a program of its own, in no package

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
COMMAND = (sys.executable, "-m", "exporter")
TEAMS, PROJECTS, RESOURCES = 20, 50, 50
TOKEN = "measured"  # noqa: S105 - the sandbox's, which anybody may know
HERE = "127.0.0.1:0"
LONGEST_SECONDS = 600.0
SCRAPES_AT_REST = 200
# All that a first start asks for is to be seen in one poll.
RATE_LIMIT = 100_000
DATASETS = ("invoices", "invoice_details", "usage", "credits", "usage_details")


@dataclass(slots=True)
class Measured:
    """What one run showed; latencies in seconds."""

    polls: dict[str, dict[str, object]] = field(default_factory=dict)
    while_polling: list[float] = field(default_factory=list)
    at_rest: list[float] = field(default_factory=list)
    gzipped: list[float] = field(default_factory=list)
    peak_kib: int = 0
    idle_peak_kib: int = 0
    body_bytes: int = 0
    gzipped_bytes: int = 0


@contextmanager
def _started(directory: Path, name: str, *args: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = directory / f"{name}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen([*COMMAND, *args, "--log.format", "json"], stderr=stderr, cwd=ROOT)  # noqa: S603 - our own command
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def _events(log: Path) -> list[dict[str, object]]:
    complete = log.read_text().rpartition("\n")[0].splitlines()
    return [json.loads(line) for line in complete if line.startswith("{")]


def _event(log: Path, name: str) -> dict[str, object]:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        found = next((each for each in _events(log) if each["event"] == name), None)
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"no {name} in {log}")


def _peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def _scrape(http: httpx.Client, encoding: str = "identity") -> tuple[float, int]:
    started = time.perf_counter()
    with http.stream("GET", "/metrics", headers={"accept-encoding": encoding}) as response:
        size = sum(len(chunk) for chunk in response.iter_raw())
    return time.perf_counter() - started, size


def measure() -> Measured:
    """One first start, scraped while it polls and after it."""
    measured = Measured()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        numbers = {"teams": TEAMS, "projects": PROJECTS, "resources": RESOURCES, "rate-limit": RATE_LIMIT}
        size = [text for name, number in numbers.items() for text in (f"--{name}", str(number))]
        _, api_log = stack.enter_context(
            _started(directory, "sandbox", "sandbox", "--listen-address", HERE, "--token", TOKEN, *size)
        )
        sandbox = str(_event(api_log, "sandbox.listening")["address"])
        os.environ["NORTHFLANK_API_TOKEN"], os.environ["NORTHFLANK_API_BASE_URL"] = TOKEN, sandbox
        os.environ["XDG_STATE_HOME"] = str(directory)
        process, log = stack.enter_context(_started(directory, "exporter", "serve", "--web.listen-address", HERE))
        address = str(_event(log, "web.listening")["address"])
        measured.idle_peak_kib = _peak_kib(process.pid)
        http = stack.enter_context(httpx.Client(base_url=address, trust_env=False, timeout=60))
        while len(_polls(log)) < len(DATASETS):
            measured.while_polling.append(_scrape(http, "gzip")[0])
            time.sleep(0.01)
        measured.polls = _polls(log)
        for _ in range(SCRAPES_AT_REST):
            seconds, measured.body_bytes = _scrape(http)
            measured.at_rest.append(seconds)
            seconds, measured.gzipped_bytes = _scrape(http, "gzip")
            measured.gzipped.append(seconds)
        measured.peak_kib = _peak_kib(process.pid)
    return measured


def _polls(log: Path) -> dict[str, dict[str, object]]:
    ended = [each for each in _events(log) if str(each["event"]).startswith("poll.")]
    for each in ended:
        if each["outcome"] != "success":
            raise SystemExit(f"a poll failed: {each}")
    return {str(each["dataset"]): each for each in ended}


def _latency(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return (
        f"{statistics.median(ordered) * 1000:.1f} ms median, {p99 * 1000:.1f} ms p99, "
        f"{ordered[-1] * 1000:.1f} ms longest of {len(ordered)}"
    )


def render(measured: Measured) -> str:
    """The document."""
    polls = [(dataset, measured.polls[dataset]) for dataset in DATASETS]
    rows = (
        *(
            (
                f"first poll of `{dataset}`",
                f"{each['seconds']} s, {each['requests']} requests, {each['series']:,} series",
            )
            for dataset, each in polls
        ),
        ("exposition", f"{measured.body_bytes / 1e6:.1f} MB, {measured.gzipped_bytes / 1e6:.2f} MB gzipped"),
        (
            "memory at most",
            f"{measured.peak_kib / 1024:.0f} MiB ({measured.idle_peak_kib / 1024:.0f} MiB before the polls)",
        ),
        ("a gzipped scrape while it polls", _latency(measured.while_polling)),
        ("a scrape at rest", _latency(measured.at_rest)),
        ("a gzipped scrape at rest", _latency(measured.gzipped)),
    )
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    return (
        "# Performance\n\n<!-- Written by `make performance`; do not edit. -->\n\n"
        f"The exporter and the sandbox as processes of one machine ({os.cpu_count()} cores, Python "
        f"{platform.python_version()}), {TEAMS} teams, {TEAMS * PROJECTS:,} projects, about "
        f"{TEAMS * PROJECTS * RESOURCES:,} resources,\n"
        "the default configuration, with its series limit. The sandbox allows as many requests as are wanted, and\n"
        "computes on the same cores, so times are upper bounds; compare them within one run.\n\n"
        f"| what | measured |\n| --- | --- |\n{table}\n"
        "The requests are those of the plan: one for each invoice shown, then for each team one for its projects and\n"
        "one for each resource type; for `usage_details` two months and a day's hours by project.\n"
        "Under Northflank's limit of 1000 an hour they are spread over some hours. Prometheus asks for gzip.\n"
    )


if __name__ == "__main__":
    DOCUMENT.write_text(render(measure()))
    sys.stdout.write(DOCUMENT.read_text())
