from pathlib import Path

import pytest

from tests.alerting import shipped
from tests.alerting.alertmanager import Alertmanager, start_alertmanager
from tests.alerting.webhook import Webhook, webhook
from tests.processes import Starter

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

BUDGET = {"alertname": "NorthflankBudgetCrossed", "account": "acme", "budget": "web", "subject": "spend"}
CROSSED = {**BUDGET, "severity": "critical"}
DOWN = {"alertname": "NorthflankExporterDown", "account": "acme", "subject": "exporter", "severity": "warning"}


def test_an_outage_pages_once_and_what_fires_after_it_is_not_told_anew(start: Starter, tmp_path: Path) -> None:
    """Of an exporter that is away for longer than alerts go on firing, people hear that it is down, and no more."""
    with webhook() as called:
        config = tmp_path / "alertmanager.yaml"
        receivers = called.write_receivers(tmp_path / "receivers")
        config.write_text(shipped.alertmanager(receivers=receivers, speed=300))
        alertmanager = start_alertmanager(start, tmp_path / "data", config)

        alertmanager.post(CROSSED)
        _wait(alertmanager, called, "critical", "[FIRING 1] acme · web · critical · BudgetCrossed")
        alertmanager.post(DOWN)
        _wait(alertmanager, called, "warning", "[FIRING 1] acme · warning · ExporterDown")
        alertmanager.resolve(CROSSED)
        _let_all_groups_pass(alertmanager, called, "first")
        alertmanager.post(CROSSED)
        alertmanager.resolve(DOWN)
        _wait(alertmanager, called, "warning", "[RESOLVED] acme · warning · ExporterDown")
        _let_all_groups_pass(alertmanager, called, "second")

        assert ["[FIRING 1] acme · web · critical · BudgetCrossed"] == [
            each.title for each in called.messages if each.receiver == "critical"
        ]


def _let_all_groups_pass(alertmanager: Alertmanager, called: Webhook, account: str) -> None:
    """Return when every group has been looked at since: that of another account was, twice."""
    other = {**DOWN, "account": account}
    alertmanager.post(other)
    _wait(alertmanager, called, "warning", f"[FIRING 1] {account} · warning · ExporterDown")
    alertmanager.resolve(other)
    _wait(alertmanager, called, "warning", f"[RESOLVED] {account} · warning · ExporterDown")


def _wait(alertmanager: Alertmanager, called: Webhook, receiver: str, title: str) -> None:
    alertmanager.process.wait_for(
        f"message {title}", lambda: (receiver, title) in [(each.receiver, each.title) for each in called.messages]
    )
