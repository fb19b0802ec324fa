import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from exporter.app import build
from exporter.config.load import load
from tests.alerting import shipped
from tests.alerting.alertmanager import Alertmanager, start_alertmanager
from tests.alerting.figures import DAY_SECONDS, Ledger, cents, of_budget, of_credits, time_to_pay
from tests.alerting.webhook import Message, Webhook, webhook
from tests.by_hand import ByHand
from tests.processes import EXPORTER, Starter
from tests.prometheus.server import Prometheus, run_prometheus

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

HERE = "127.0.0.1:0"
FLAGS = ("--log.format", "json")
# A day of the demo takes a minute. The warning comes some five hours before the critical, which comes two hours before
# the end of the day; where a machine is too busy to be told of both in time, the next day brings the same.
DEMO_SPEED = 1440
# How much faster than on the wall times of rules and routes go by: what takes days takes minutes.
SPEED = 720.0
# Two days of the demo, in case that one begins with its budget used up; and more, as others use the machine.
LONGEST_SECONDS = 420.0
STALE_SECONDS = 2 * 3600
FAULTS = [{"fault": "status", "with": {"status": 503}}]
BUDGET = "demo · a-day"
AMOUNT = Decimal(42)


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class World:
    """All that runs, of which the test asks: the account of the demo, whose clock is fast, and who is called."""

    demo: Ledger
    prometheus: Prometheus
    alertmanager: Alertmanager
    called: Webhook
    late_since: float

    def message(self, receiver: str, *texts: str, after: Message | None = None, is_resolved: bool = False) -> Message:
        """The first message to a receiver that tells all these texts of what fires, after another; waited for."""

        def find() -> Message | None:
            start = self.called.messages.index(after) + 1 if after else 0
            for each in self.called.messages[start:]:
                if (each.receiver, each.is_resolved) == (receiver, is_resolved) and all(
                    text in f"{each.title}\n{each.firing}" for text in texts
                ):
                    return each
            return None

        return self._wait_for(f"message to {receiver} with {texts}", find)

    def wait_until_muted(self, **labels: str) -> None:
        """Return once alerts with these labels are there, and muted by others."""
        self._wait_for(f"muted {labels}", lambda: self._is_muted(labels) or None)

    def _is_muted(self, labels: dict[str, str]) -> bool:
        answer = httpx.get(f"{self.alertmanager.address}/api/v2/alerts", trust_env=False).raise_for_status()
        alerts: list[dict[str, Any]] = answer.json()
        states = [each["status"]["state"] for each in alerts if labels.items() <= each["labels"].items()]
        return bool(states) and set(states) == {"suppressed"}

    def of_budget(self, *, news: int) -> list[dict[str, str]]:
        """What may be told of the demo's budget of the running day, and of those of the two days before.

        So many hours of `news` may have come while Prometheus put it together.
        """
        (day,) = self.prometheus.query(
            'northflank_budget_period_start_timestamp_seconds{account="demo", budget="a-day"}'
        )
        today = int(day.value)
        days = [today - ago * DAY_SECONDS for ago in range(3)]
        costs = self.demo.by_hour(days[-1] - DAY_SECONDS, today + DAY_SECONDS)
        return [told for start in days for told in of_budget(AMOUNT, start, costs, news=news)]

    def of_credits(self) -> set[tuple[str, str, str]]:
        """What may be told of the demo's credits of the newest day."""
        balance = self.demo.credit_balance()
        newest = int(balance["synced"])
        return set(of_credits(balance, self.demo.by_hour(newest - 2 * DAY_SECONDS, newest)))

    def _wait_for(self, what: str, find: Callable[[], Found | None]) -> Found:
        deadline = time.monotonic() + LONGEST_SECONDS
        while (found := find()) is None:
            if time.monotonic() > deadline:
                pytest.fail(f"no {what} within {LONGEST_SECONDS:g} s: {self.called.messages}")
            time.sleep(0.2)
        return found


@pytest.fixture(scope="module")
def world(start: Starter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Sandboxes, exporters, Prometheus and Alertmanager with the files of deploy/, and a webhook.

    The exporter of the account `late` was started anew while Northflank does not answer.
    """
    directory = tmp_path_factory.mktemp("world")
    late_sandbox = start([*EXPORTER, "sandbox", "--listen-address", HERE, *FLAGS]).address("sandbox.listening")
    late_config = _write_late(directory, late_sandbox)
    late_since = float(int(time.time()) - STALE_SECONDS)
    asyncio.run(_poll_once(late_config, late_since))
    httpx.put(f"{late_sandbox}/-/faults", json=FAULTS, trust_env=False).raise_for_status()

    serve = ("serve", "--web.listen-address", HERE, "--config.file", late_config)
    demo = ("demo", "--web.listen-address", HERE, "--sandbox.listen-address", HERE, "--speed", str(DEMO_SPEED))
    started = [start([*EXPORTER, *args, *FLAGS]) for args in (serve, demo)]
    exporters = [urlsplit(each.address("web.listening")).netloc for each in started]
    sandbox = started[1].address("sandbox.listening")
    with webhook() as called, httpx.Client(base_url=sandbox, trust_env=False, timeout=30) as client:
        alertmanager = _alertmanager(start, directory, called)
        prometheus = _prometheus(start, directory, exporters, urlsplit(alertmanager.address).netloc)
        yield World(Ledger(client), prometheus, alertmanager, called, late_since)


def test_whoever_is_called_reads_what_the_sandbox_charged(world: World) -> None:
    """A budget is used up, credits run out, a payment fails, and data get stale: each is told once, with true figures.

    The warning comes before the critical, which mutes it, and all is well again when the period has turned.
    """
    runway = world.message("critical", "The credits of demo last")
    credit = re.search(r"The credits of demo last (.+)\n(\S+) USD of credits is left, and (\S+) USD a day", runway.text)
    assert credit is not None
    assert credit.groups() in world.of_credits()
    assert {"Amount": f"{credit[2]} USD"} == runway.figures("The credits of demo")

    failed = world.message("critical", "The payment of invoice", "of demo failed")
    found = re.search(r"The payment of invoice (\S+) of demo failed", failed.text)
    assert found is not None
    total = f"{cents(world.demo.invoice(found[1])['total'])} USD"
    assert f"{total} could not be collected" in failed.text
    assert {"Amount": total} == failed.figures("The payment")

    unpaid = world.message("critical", "of demo is unpaid")
    for invoice_id, time_left in re.findall(r"Invoice (\S+) of demo is unpaid: (.+)", unpaid.text):
        invoice, now = world.demo.invoice(invoice_id), time.time()
        assert time_left in {time_to_pay(invoice, now), time_to_pay(invoice, now - 60)}
        days = time_left.partition(" days")[0] if "days" in time_left else "0"
        figures = {"Amount": f"{cents(invoice['total'])} USD", "Days left": days}
        assert figures == unpaid.figures(f"Invoice {invoice_id}")

    stale = world.message("warning", "The data of late are stale: usage")
    assert f"Fetched at {datetime.fromtimestamp(world.late_since, UTC):%Y-%m-%d %H:%M:%S +0000} UTC" in stale.text
    world.wait_until_muted(alertname="NorthflankPaymentFailed", account="late")

    budget = "Budget a-day of demo:"
    warning = world.message("warning", BUDGET, budget)
    critical = world.message("critical", BUDGET, budget, after=warning)
    world.wait_until_muted(alertname="NorthflankBudgetCrossed", account="demo", budget="a-day", severity="warning")
    told = [each.figures(budget) for each in (warning, critical)]
    expected, exact = world.of_budget(news=2), world.of_budget(news=0)
    assert all(each in expected for each in told)
    assert any(each in exact for each in told)
    world.message("critical", BUDGET, after=critical, is_resolved=True)


async def _poll_once(config: Path, now: float) -> None:
    """Fetch all, and keep it, as an exporter did at that time."""
    schedule = ByHand()
    async with build(load(config, {}), clock=lambda: now, schedule=schedule):
        await schedule.run()


def _write_late(directory: Path, sandbox: str) -> Path:
    (directory / "token").write_text("sandbox")
    config = {
        "accounts": [{"name": "late", "token_file": "token", "base_url": sandbox}],
        "detail": "account",
        "api": {"max_retries": 0},
        "state": {"path": "state"},
        "budgets": [{"name": "all", "amount": 100000, "currency": "USD"}],
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
