"""The commands that serve, as processes of their own."""

import gzip
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from exporter.metrics.queries import QUERIES
from tests.processes import EXPORTER, ROOT, Process

pytestmark = pytest.mark.process

TOKEN = "nf-4f1c2a9e"
END_SECONDS = 2.0
JSON = ("--log.format", "json")
Start = Callable[..., Process]


@pytest.fixture
def deaf_upstream() -> Iterator[str]:
    """The address of a server that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def serve(start_exporter: Start, deaf_upstream: str) -> Process:
    """A running `serve` whose first poll gets no answer."""
    env = {"NORTHFLANK_API_TOKEN": TOKEN, "NORTHFLANK_API_BASE_URL": deaf_upstream}
    return start_exporter("serve", "--web.listen-address", "127.0.0.1:0", *JSON, env=env)


@pytest.fixture
def demo(start_exporter: Start) -> Process:
    """A running `demo` on ports of the system's choice."""
    addresses = ("--web.listen-address", "127.0.0.1:0", "--sandbox.listen-address", "127.0.0.1:0")
    return start_exporter("demo", *addresses, *JSON)


def end(process: Process, number: signal.Signals) -> tuple[int, float]:
    """Send a signal; the exit code and the seconds until then."""
    begin = time.monotonic()
    code = process.stop(number)
    return code, time.monotonic() - begin


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_on_a_signal(serve: Process, number: signal.Signals) -> None:
    """SIGTERM and SIGINT end it in time, with success, though a poll hangs and a scraper stays connected."""
    address = serve.address("web.listening")
    with httpx.Client(trust_env=False) as scraper:
        scraper.get(f"{address}/-/healthy")
        code, seconds = end(serve, number)

    assert 0 == code
    assert seconds < END_SECONDS
    assert "Traceback" not in serve.stderr()


def test_serve_before_the_first_answer(serve: Process) -> None:
    """Before Northflank has answered it is healthy, not ready, and its metrics page works."""
    address = serve.address("web.listening")

    answers = [httpx.get(f"{address}{path}", trust_env=False) for path in ("/-/healthy", "/-/ready", "/metrics")]

    assert [200, 503, 200] == [answer.status_code for answer in answers]


def test_nothing_tells_the_token(serve: Process) -> None:
    """The token is neither logged nor shown on any page."""
    address = serve.address("web.listening")
    pages = [httpx.get(f"{address}{path}", trust_env=False).text for path in ("/", "/metrics", "/-/ready")]
    end(serve, signal.SIGTERM)

    assert [] == [text for text in (*pages, serve.stdout(), serve.stderr()) if TOKEN in text]


def test_telemetry_path(start_exporter: Start, deaf_upstream: str) -> None:
    """Metrics are where the flag says, and the landing page leads there."""
    env = {"NF_API_TOKEN": TOKEN, "NF_API_HOST": deaf_upstream}
    args = ("--web.listen-address", "127.0.0.1:0", "--web.telemetry-path", "/billing")
    address = start_exporter("serve", *args, *JSON, env=env).address("web.listening")

    statuses = [httpx.get(f"{address}{path}", trust_env=False).status_code for path in ("/billing", "/metrics")]

    assert [200, 404] == statuses
    assert 'href="/billing"' in httpx.get(address, trust_env=False).text


def test_serve_with_file(start_exporter: Start, deaf_upstream: str, tmp_path: Path) -> None:
    """With a file and its token file no environment is needed."""
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(
        f"accounts: [{{name: acme, token_file: token, base_url: '{deaf_upstream}'}}]", encoding="utf-8"
    )
    args = ("--config.file", tmp_path / "config.yaml", "--web.listen-address", "127.0.0.1:0")
    address = start_exporter("serve", *args, *JSON).address("web.listening")

    assert 'account="acme"' in httpx.get(f"{address}/metrics", trust_env=False).text


def test_faulty_configuration_as_a_process(start_exporter: Start) -> None:
    """Without a token the process ends with exit code 2 and one line, the same by `python -m`."""
    process = start_exporter("serve")

    assert 2 == process.wait()
    assert (
        "northflank-billing-exporter: NORTHFLANK_API_TOKEN: not set; set it to an API token that may read "
        "billing, or name a configuration file by --config.file\n"
    ) == process.stderr()


def test_demo_serves_metrics(demo: Process) -> None:
    """The demo becomes ready by itself, and serves the same metrics plain and gzipped."""
    address = demo.address("web.listening")
    demo.wait_until_answers(f"{address}/-/ready")
    demo.wait_for("the first details", lambda: '"invoice_details"' in demo.stderr())
    with httpx.Client(trust_env=False, base_url=address) as client:
        plain = client.get("/metrics", headers={"Accept-Encoding": "identity"})
        with client.stream("GET", "/metrics", headers={"Accept-Encoding": "gzip"}) as answer:
            zipped = b"".join(answer.iter_raw())

    def billed(body: bytes) -> list[bytes]:
        return [line for line in body.splitlines() if line.startswith(b"northflank_invoice_")]

    assert "gzip" == answer.headers["content-encoding"]
    assert billed(plain.content) == billed(gzip.decompress(zipped))
    assert b'northflank_invoice_project_cost{account="demo"' in plain.content


def test_demo_says_where_to_look(demo: Process) -> None:
    """The demo prints both addresses and queries to try."""
    exporter, sandbox = demo.address("web.listening"), demo.address("sandbox.listening")
    demo.wait_for("the text", lambda: "Ctrl-C" in demo.stdout())

    assert f"{exporter}/metrics" in demo.stdout()
    assert f"{sandbox}/v1/billing/invoices" in demo.stdout()
    assert len(QUERIES) == len(re.findall(r"^    \S", demo.stdout(), re.MULTILINE))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_demo_ends_on_a_signal(demo: Process, number: signal.Signals) -> None:
    """The demo ends like the daemon, in time and with success, both its servers together."""
    demo.wait_until_answers(f"{demo.address('web.listening')}/-/ready")
    code, seconds = end(demo, number)

    assert 0 == code
    assert seconds < END_SECONDS
    assert "Traceback" not in demo.stderr()


@pytest.mark.parametrize("generation", ["2024", "2026-06", "2026-10"])
def test_sandbox(start_exporter: Start, generation: str) -> None:
    """The sandbox serves the API to those who have its token, and ends on a signal."""
    args = ("--listen-address", "127.0.0.1:0", "--generation", generation, "--token", TOKEN, "--invoices", "3")
    process = start_exporter("sandbox", *args, *JSON)
    path = f"{process.address('sandbox.listening')}/v1/billing/invoices"

    refused = httpx.get(path, trust_env=False)
    answer = httpx.get(path, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
    code, seconds = end(process, signal.SIGTERM)

    assert (401, 200) == (refused.status_code, answer.status_code)
    assert 3 == len(answer.json()["data"]["invoices"])
    assert 0 == code
    assert seconds < END_SECONDS


def test_broken_pipe_is_quiet() -> None:
    """Nothing is complained about when the one who reads the table has enough."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        result = subprocess.run([*EXPORTER, "metrics"], stdout=pipe, stderr=subprocess.PIPE, cwd=ROOT, check=False)

    assert b"" == result.stderr
