"""Commands that tests start as processes of their own, on loopback and ports that the system chooses."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

EXPORTER = (sys.executable, "-m", "exporter")
ROOT = Path(__file__).parent.parent
START_SECONDS = 30.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """A started command, with what it has written so far in files of its own."""

    popen: subprocess.Popen[bytes]
    stdout_path: Path
    stderr_path: Path

    def stdout(self) -> str:
        """All that the command has written to standard output so far."""
        return self.stdout_path.read_text(encoding="utf-8")

    def stderr(self) -> str:
        """All that the command has written to standard error so far."""
        return self.stderr_path.read_text(encoding="utf-8")

    def events(self) -> list[dict[str, object]]:
        """The JSON log lines on standard error so far; other lines and an unfinished last one are not."""
        complete = self.stderr().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in complete if line.startswith("{")]

    def wait_for(self, what: str, is_there: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Return once `is_there` says so; the test fails after `seconds`, or once the command ended."""
        deadline = time.monotonic() + seconds
        while not is_there():
            if self.has_ended(POLL_SECONDS):
                pytest.fail(f"ended with {self.popen.returncode} before {what}:\n{self.stderr()}")
            if time.monotonic() > deadline:
                pytest.fail(f"no {what} within {seconds:g} s:\n{self.stderr()}")

    def wait_for_event(self, event: str, seconds: float = START_SECONDS) -> dict[str, object]:
        """The first log line of this event, waited for (the command must log JSON)."""
        self.wait_for(f"log line {event}", lambda: bool(self._events_named(event)), seconds)
        return self._events_named(event)[0]

    def address(self, event: str, seconds: float = START_SECONDS) -> str:
        """The `address` that this event tells, such as `http://127.0.0.1:40123`, waited for."""
        return str(self.wait_for_event(event, seconds)["address"])

    def wait_until_answers(self, url: str, seconds: float = START_SECONDS) -> None:
        """Return once a GET of this URL is answered with status 200."""
        self.wait_for(f"answer from {url}", lambda: _is_answering(url), seconds)

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Whether the command has ended, waiting for that at most so long."""
        try:
            self.popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """The exit code of a command that ends by itself; the test fails where it takes longer."""
        if not self.has_ended(seconds):
            pytest.fail(f"still running after {seconds:g} s:\n{self.stderr()}")
        return int(self.popen.returncode)

    def stop(self, sent: signal.Signals = signal.SIGTERM, seconds: float = STOP_SECONDS) -> int:
        """The exit code after this signal; the test fails where the command takes longer than `seconds`."""
        self.popen.send_signal(sent)
        return self.wait(seconds)

    def _events_named(self, event: str) -> list[dict[str, object]]:
        return [line for line in self.events() if line.get("event") == event]


def _is_answering(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@dataclass(frozen=True, slots=True)
class Starter:
    """Starts commands; all that still run are killed when the starter's block ends."""

    directory: Path
    running: ExitStack

    def __call__(self, args: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Process:
        """Start a command in the repository's root, its environment that of the test with `env` on top."""
        number = len(list(self.directory.glob("*.stdout")))
        out, err = self.directory / f"{number}.stdout", self.directory / f"{number}.stderr"
        with out.open("xb") as stdout, err.open("xb") as stderr:
            popen = subprocess.Popen(
                [str(arg) for arg in args],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                cwd=ROOT,
                env={**os.environ, **(env or {})},
            )
        self.running.callback(_kill, popen)
        return Process(popen, out, err)


def _kill(popen: subprocess.Popen[bytes]) -> None:
    popen.kill()
    popen.wait()


@contextmanager
def process_starter(directory: Path) -> Iterator[Starter]:
    """A starter whose processes write into this empty directory; for fixtures that outlive one test."""
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        yield Starter(directory, running)
