import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.deploy.rewriting import DEPLOY, rewrite
from tests.deploy.victoria import start_victoria
from tests.processes import EXPORTER, Process, Starter
from tests.prometheus.ledger import read_ledger
from tests.prometheus.server import Prometheus, find_program

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

EXAMPLES = DEPLOY / "examples"
PROJECT_LABELS = ("account", "invoice_id", "team_id", "project_id")
PROJECT_COSTS = f"sum by ({', '.join(PROJECT_LABELS)}) (northflank_invoice_project_cost)"
SENT = re.compile(r"^prometheus_remote_storage_bytes_total\{.*\} [1-9]", re.MULTILINE)
HERE = "127.0.0.1:0"


@pytest.fixture
def demo(start_process: Starter) -> Process:
    """The demo at the time of day, its addresses in its log."""
    flags = ("--web.listen-address", HERE, "--sandbox.listen-address", HERE, "--speed", "1", "--log.format", "json")
    process = start_process([*EXPORTER, "demo", *flags])
    process.wait_until_answers(f"{process.address('web.listening')}/-/ready")
    return process


def place(process: Process) -> str:
    """Host and port of the exporter."""
    return urlsplit(process.address("web.listening")).netloc


def assert_figures(kept: Prometheus, demo: Process) -> None:
    """Compare what each project cost with what the sandbox charged for it."""
    kept.wait_for(PROJECT_COSTS)
    actual = {tuple(row.labels[name] for name in PROJECT_LABELS): row.value for row in kept.query(PROJECT_COSTS)}
    (shown,) = {invoice_id for _, invoice_id, _, _ in actual}
    invoice = read_ledger(demo.address("sandbox.listening")).usage_invoice(shown)
    expected = {("demo", invoice.id, *ids): float(total) for ids, total in invoice.project_totals().items()}
    assert len(expected) > 1
    assert pytest.approx(expected, abs=1e-6, rel=0) == actual


def start_sending(start: Starter, configuration: Path, flags: tuple[str, ...], replica: str) -> Process:
    """A Prometheus that scrapes and sends on."""
    command: list[str | Path] = [
        find_program("prometheus"),
        f"--config.file={configuration}",
        f"--web.listen-address={HERE}",
        "--log.format=json",
        *flags,
    ]
    return start(command, {"REPLICA": replica})


def wait_until_sent(process: Process) -> None:
    """Return once this Prometheus has sent samples on."""
    process.wait_for("address", lambda: any(line.get("msg") == "Listening on" for line in process.events()))
    address = next(line["address"] for line in process.events() if line.get("msg") == "Listening on")
    process.wait_until_answers(f"http://{address}/-/ready")
    process.wait_for("samples sent", lambda: bool(SENT.search(read(f"http://{address}/metrics"))))


def read(url: str) -> str:
    """What a page says."""
    return httpx.get(url, trust_env=False).raise_for_status().text


def test_victoria_scrapes(start_process: Starter, demo: Process, tmp_path: Path) -> None:
    """VictoriaMetrics with the example's file scrapes the exporter, and answers with what Northflank charged."""
    example = EXAMPLES / "victoriametrics" / "scrape.yaml"
    scraped = rewrite(example, tmp_path / "scrape.yaml", {"exporter:10115": place(demo), "1m": "1s"})
    kept = start_victoria(start_process, tmp_path / "kept", [f"-promscrape.config={scraped}", "-retentionPeriod=5y"])
    assert_figures(kept, demo)


def test_an_agent_sends(start_process: Starter, demo: Process, tmp_path: Path) -> None:
    """Prometheus as an agent sends all it scrapes on to VictoriaMetrics, which answers with what Northflank charged."""
    kept = start_victoria(start_process, tmp_path / "kept", [])
    changed = {"exporter:10115": place(demo), "1m": "1s", "victoria-metrics:8428": urlsplit(kept.address).netloc}
    file = rewrite(EXAMPLES / "agent" / "prometheus.yaml", tmp_path / "prometheus.yaml", changed)
    flags = (*agent_flags(), f"--storage.agent.path={tmp_path / 'agent'}")
    start_sending(start_process, file, flags, "")
    assert_figures(kept, demo)


def test_two_replicas_count_once(start_process: Starter, demo: Process, tmp_path: Path) -> None:
    """Two replicas that write to one VictoriaMetrics leave one series of each there, with no replica's name on it."""
    kept = start_victoria(start_process, tmp_path / "kept", ["-dedup.minScrapeInterval=1s"])
    changed = {
        "exporter:10115": place(demo),
        "1m": "1s",
        "victoria-metrics:8428": urlsplit(kept.address).netloc,
        "/etc/prometheus/rules": str(tmp_path),
    }
    file = rewrite(EXAMPLES / "replicas" / "prometheus.yaml", tmp_path / "prometheus.yaml", changed)
    for replica in "ab":
        flags = (*label_flags(), f"--storage.tsdb.path={tmp_path / replica}")
        wait_until_sent(start_sending(start_process, file, flags, replica))
    assert_figures(kept, demo)
    assert [] == kept.query('{__name__=~"northflank_.+", replica!=""}')


def agent_flags() -> tuple[str, ...]:
    """How this Prometheus is made an agent: the files' comments say since when."""
    return ("--agent",) if _is_three() else ("--enable-feature=agent",)


def label_flags() -> tuple[str, ...]:
    """How this Prometheus is made to put the environment into labels."""
    return () if _is_three() else ("--enable-feature=expand-external-labels",)


def _is_three() -> bool:
    shown = subprocess.run([find_program("prometheus"), "--version"], capture_output=True, text=True, check=True)
    return "version 2." not in shown.stdout + shown.stderr
