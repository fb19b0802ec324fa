import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from tests.alerting import shipped
from tests.alerting.alertmanager import Alertmanager, start_alertmanager
from tests.alerting.webhook import Message, Webhook, webhook
from tests.processes import EXPORTER, Starter
from tests.prometheus.server import Prometheus, run_prometheus

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

HERE = "127.0.0.1:0"
# The demo's clock: a day takes two minutes, and so do all times of rules and routes.
SPEED = 720.0
DAY_SECONDS = 86400
# Two days of the demo and some: one may have begun with its budget used up.
LONGEST_SECONDS = 420.0
FAULTS = [{"fault": "status", "with": {"status": 503}}]
DEMO_BUDGET = "demo · a-day"


@dataclass(frozen=True, slots=True)
class World:
    """All that runs: two accounts, one on a fast clock and one on the clock of the wall, and who is called."""

    demo_sandbox: str
    late_sandbox: str
    prometheus: Prometheus
    alertmanager: Alertmanager
    called: Webhook
    credits_seen: set[str] = field(default_factory=set)

    def wait_for(self, what: str, find: Callable[[], Message | None]) -> Message:
        """The message that `find` finds, waited for."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while (found := find()) is None:
            if time.monotonic() > deadline:
                pytest.fail(f"no {what} within {LONGEST_SECONDS:g} s: {self.called.messages}")
            balance = _ask(f"{self.demo_sandbox}/-/ledger/credits")
            self.credits_seen.add(_cents(balance["available"]))
            time.sleep(0.2)
        return found

    def message(self, receiver: str, *texts: str, after: Message | None = None, is_resolved: bool = False) -> Message:
        """The first message to a receiver with all these texts, after another; waited for."""

        def find() -> Message | None:
            start = self.called.messages.index(after) + 1 if after else 0
            for each in self.called.messages[start:]:
                whole = f"{each.title}\n{each.text}"
                if (each.receiver, each.is_resolved) == (receiver, is_resolved) and all(
                    text in whole for text in texts
                ):
                    return each
            return None

        return self.wait_for(f"message to {receiver} with {texts}", find)

    def is_muted(self, **labels: str) -> bool:
        """Whether an alert with these labels is there, and muted by another."""
        answer = httpx.get(f"{self.alertmanager.address}/api/v2/alerts", trust_env=False).raise_for_status()
        alerts: list[dict[str, Any]] = answer.json()
        states = [each["status"]["state"] for each in alerts if labels.items() <= each["labels"].items()]
        return bool(states) and set(states) == {"suppressed"}


@pytest.fixture(scope="module")
def world(start: Starter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Sandboxes, exporters, Prometheus and Alertmanager with the files of deploy/, and a webhook."""
    directory = tmp_path_factory.mktemp("world")
    flags = ("--log.format", "json")
    demo = start([*EXPORTER, "demo", "--web.listen-address", HERE, "--sandbox.listen-address", HERE, *flags])
    late_sandbox = start([*EXPORTER, "sandbox", "--listen-address", HERE, *flags])
    late_address = late_sandbox.address("sandbox.listening")
    late = start(
        [
            *EXPORTER,
            "serve",
            "--web.listen-address",
            HERE,
            "--config.file",
            _write_late(directory, late_address),
            *flags,
        ]
    )
    exporters = [urlsplit(each.address("web.listening")).netloc for each in (demo, late)]
    with webhook() as called:
        alertmanager = _alertmanager(start, directory, called)
        prometheus = _prometheus(start, directory, exporters, urlsplit(alertmanager.address).netloc)
        yield World(demo.address("sandbox.listening"), late_address, prometheus, alertmanager, called)


def test_whoever_is_called_reads_what_the_sandbox_charged(world: World) -> None:
    """A budget is used up, credits run out, a payment fails, and data get stale: each is told once, with true figures.

    The warning comes before the critical, which mutes it, and all is well again when the period has turned.
    """
    world.prometheus.wait_for('northflank_last_success_timestamp_seconds{account="late", dataset="budgets"} > 0')
    httpx.put(f"{world.late_sandbox}/-/faults", json=FAULTS, trust_env=False).raise_for_status()

    failed = world.message("critical", "The payment of invoice", "of demo failed")
    found = re.search(r"The payment of invoice (\S+) of demo failed", failed.text)
    assert found is not None
    totals = {each["id"]: each["total"] for each in _ask(f"{world.demo_sandbox}/-/ledger?depth=account")["invoices"]}
    assert f"{_cents(totals[found[1]])} USD could not be collected" in failed.text

    warning = world.message("warning", DEMO_BUDGET, "Budget a-day of demo", "is spent")
    critical = world.message("critical", DEMO_BUDGET, "Budget a-day of demo", "is spent", after=warning)
    assert world.is_muted(alertname="NorthflankBudgetCrossed", account="demo", budget="a-day", severity="warning")
    assert "42.00 USD" == critical.amount("Budget")
    assert {warning.amount("Spent"), critical.amount("Spent")} <= _spent_by_the_hour(world)
    assert "USD" in critical.amount("Forecast")
    world.message("critical", DEMO_BUDGET, after=critical, is_resolved=True)

    runway = world.message("critical", "The credits of demo last")
    left = re.search(r"(\S+) USD of credits is left", runway.text)
    assert left is not None
    assert left[1] in world.credits_seen

    world.message("warning", "The usage of late are stale")
    assert world.is_muted(alertname="NorthflankPaymentFailed", account="late")


def _spent_by_the_hour(world: World) -> set[str]:
    """What was spent of the running day and the one before, up to each full hour, as the sandbox's ledger says."""
    (today,) = world.prometheus.query(
        'northflank_budget_period_start_timestamp_seconds{account="demo", budget="a-day"}'
    )
    days = (int(today.value), int(today.value) - DAY_SECONDS)
    address = f"{world.demo_sandbox}/-/ledger/usage?depth=account"
    hours = [(day, day + hour * 3600) for day in days for hour in range(1, 25)]
    totals = [_ask(f"{address}&start={start}&end={end}")["total"] for start, end in hours]
    return {f"{_cents(total)} USD" for total in totals}


def _write_late(directory: Path, sandbox: str) -> Path:
    (directory / "token").write_text("sandbox")
    budget = {"name": "all", "amount": 100000, "currency": "USD"}
    account = {"name": "late", "token_file": "token", "base_url": sandbox}
    config = {
        "accounts": [account],
        "poll": {"usage": "1m", "invoices": "1m"},
        "detail": "account",
        "api": {"max_retries": 0},
        "state": {"path": "none"},
        "budgets": [budget],
    }
    path = directory / "config.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def _alertmanager(start: Starter, directory: Path, called: Webhook) -> Alertmanager:
    receivers = called.write_receivers(directory / "receivers")
    path = directory / "alertmanager.yaml"
    path.write_text(shipped.alertmanager(receivers=receivers, speed=SPEED))
    return start_alertmanager(start, directory / "alertmanager", path)


def _prometheus(start: Starter, directory: Path, exporters: list[str], alertmanager: str) -> Prometheus:
    (directory / "northflank-billing.rules.yaml").write_text(shipped.rules(speed=SPEED))
    path = directory / "prometheus.yaml"
    path.write_text(shipped.prometheus(exporters=exporters, alertmanager=alertmanager))
    return run_prometheus(start, path, directory / "data")


def _ask(url: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(url, trust_env=False, timeout=30).raise_for_status().json()
    return answer


def _cents(amount: str) -> str:
    return str(Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_EVEN))
