"""A real Alertmanager on loopback."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.processes import ROOT, Process, Starter
from tests.prometheus.server import find_program

CONFIG_PATH = ROOT / "deploy/alertmanager/alertmanager.yaml"


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """A running server."""

    process: Process
    address: str

    def post(self, *alerts: Mapping[str, str]) -> None:
        """Tell it of alerts that fire, each by its labels."""
        self._post([{"labels": labels} for labels in alerts])

    def resolve(self, *alerts: Mapping[str, str]) -> None:
        """Tell it that they are over."""
        now = datetime.now(UTC)
        times = {"startsAt": (now - timedelta(hours=1)).isoformat(), "endsAt": now.isoformat()}
        self._post([{"labels": labels, **times} for labels in alerts])

    def _post(self, body: list[dict[str, object]]) -> None:
        httpx.post(f"{self.address}/api/v2/alerts", json=body, trust_env=False).raise_for_status()

    def wait_for(self, labels: Mapping[str, str]) -> None:
        """Return once it knows of the alert with these labels."""
        self.process.wait_for(f"alert {labels}", lambda: key_of(labels) in self.muted())

    def muted(self) -> dict[str, bool]:
        """Of each alert, its labels as JSON, whether another mutes it."""
        answer = httpx.get(f"{self.address}/api/v2/alerts", trust_env=False).raise_for_status()
        alerts: list[dict[str, Any]] = answer.json()
        return {key_of(each["labels"]): each["status"]["state"] == "suppressed" for each in alerts}


def key_of(labels: Mapping[str, str]) -> str:
    """An alert's labels as one text."""
    return json.dumps(labels, sort_keys=True)


def start_alertmanager(start: Starter, directory: Path, config: Path = CONFIG_PATH) -> Alertmanager:
    """A server with this configuration, which keeps what it knows in `directory`."""
    process = start(
        [
            find_program("alertmanager"),
            f"--config.file={config}",
            f"--storage.path={directory}",
            "--web.listen-address=127.0.0.1:0",
            "--cluster.listen-address=",
            "--log.format=json",
        ]
    )
    process.wait_for("address of Alertmanager", lambda: bool(_addresses(process)))
    address = _addresses(process)[0]
    process.wait_until_answers(f"{address}/-/ready")
    return Alertmanager(process, address)


def _addresses(process: Process) -> list[str]:
    lines = process.events()
    return [f"http://{line['address']}" for line in lines if line.get("msg") == "Listening on"]
