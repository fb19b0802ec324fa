"""A real Prometheus on loopback that scrapes one target, and what it answers to PromQL."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.processes import ROOT, Process, Starter

UNPACKED = ROOT / ".tools" / "prometheus" / "bin"


def find_program(name: str) -> Path:
    """The program from PATH or as unpacked by `make tools`; without either the test is skipped."""
    found = shutil.which(name) or shutil.which(name, path=UNPACKED)
    if found is None:
        pytest.skip(f"{name} is neither on PATH nor unpacked: make tools")
    return Path(found)


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query's answer: its labels and its value."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running server."""

    process: Process
    address: str

    def query(self, expression: str) -> list[Sample]:
        """What an instant query of this PromQL answers with now."""
        answer = httpx.get(f"{self.address}/api/v1/query", params={"query": expression}, trust_env=False)
        answer.raise_for_status()
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return [Sample(row["metric"], float(row["value"][1])) for row in result]

    def wait_for(self, expression: str) -> None:
        """Return once this PromQL answers with any series."""
        self.process.wait_for(f"answer to {expression}", lambda: bool(self.query(expression)))


def start_prometheus(start: Starter, directory: Path, target: str) -> Prometheus:
    """A server that scrapes `target`, an address such as `http://127.0.0.1:40123`, every second."""
    directory.mkdir(parents=True)
    configuration = directory / "prometheus.yml"
    configuration.write_text(json.dumps(scrape_configuration(target)), encoding="utf-8")
    return run_prometheus(start, configuration, directory / "data")


def run_prometheus(start: Starter, configuration: Path, data: Path) -> Prometheus:
    """A server with this configuration, which keeps its data in that folder."""
    process = start(
        [
            find_program("prometheus"),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={data}",
            "--web.listen-address=127.0.0.1:0",
            "--log.format=json",
        ]
    )
    process.wait_for("address of Prometheus", lambda: bool(_addresses(process)))
    address = _addresses(process)[0]
    process.wait_until_answers(f"{address}/-/ready")
    return Prometheus(process, address)


def scrape_configuration(target: str) -> dict[str, object]:
    """The configuration we recommend, but for the interval: JSON is YAML too."""
    job = {
        "job_name": "northflank",
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
        "honor_labels": True,
        "static_configs": [{"targets": [urlsplit(target).netloc]}],
    }
    return {"scrape_configs": [job]}


def _addresses(process: Process) -> list[str]:
    return [f"http://{line['address']}" for line in process.events() if line.get("msg") == "Listening on"]
