import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.alerting.alertmanager import CONFIG_PATH, Alertmanager, key_of, start_alertmanager
from tests.processes import Starter
from tests.prometheus.server import find_program
from tests.rules.ruleset import read_rules

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

CONFIG = yaml.safe_load(CONFIG_PATH.read_text())
BUDGET = {"alertname": "NorthflankBudgetCrossed", "account": "acme", "budget": "web", "subject": "spend"}
WARNING, CRITICAL = {"severity": "warning"}, {"severity": "critical"}
STALE = {"alertname": "NorthflankDataStale", "account": "acme", "dataset": "usage", "subject": "exporter", **WARNING}
DOWN = {"alertname": "NorthflankExporterDown", "account": "acme", "subject": "exporter", **WARNING}
REFUSED = {"alertname": "NorthflankTokenRefused", "account": "acme", "subject": "exporter", **CRITICAL}
FORECAST = {**BUDGET, "alertname": "NorthflankBudgetForecastExceeded", **WARNING}
ANOMALY = {"alertname": "NorthflankProjectSpendAnomaly", "account": "acme", "project_id": "api", "subject": "spend"}
UNPAID = {"alertname": "NorthflankInvoiceUnpaid", "account": "acme", "invoice_id": "I-1", "subject": "invoice"}
FAILED = {"alertname": "NorthflankPaymentFailed", "account": "acme", "invoice_id": "I-1", "subject": "invoice"}
MISSING = {"alertname": "NorthflankUsageMissing", "account": "acme", "subject": "spend", "severity": "info"}
DETAILS = {**STALE, "alertname": "NorthflankDetailsStale", "dataset": "usage_details"}


def amtool(*args: str | Path) -> str:
    """What amtool answers; the test fails where it refuses."""
    ran = subprocess.run([find_program("amtool"), *args], capture_output=True, text=True, check=False)
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout.strip()


def test_amtool_accepts_the_configuration() -> None:
    """Alertmanager starts with the file as it is, templates included."""
    assert "1 templates" in amtool("check-config", CONFIG_PATH)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        pytest.param({**BUDGET, **CRITICAL}, "critical", id="critical"),
        pytest.param({**BUDGET, **WARNING}, "warning", id="warning"),
        pytest.param({**BUDGET, "severity": "page-me-not"}, "others", id="severity-of-the-users-own"),
        pytest.param(MISSING, "others", id="info"),
        pytest.param({**BUDGET, **CRITICAL, "owner": "platform-team"}, "platform-team,critical", id="owner-critical"),
        pytest.param({**BUDGET, **WARNING, "owner": "platform-team"}, "platform-team,warning", id="owner-warning"),
        pytest.param({**BUDGET, **WARNING, "owner": "nobody-known"}, "warning", id="owner-without-route"),
    ],
)
def test_alerts_are_routed_by_severity_and_owner(labels: dict[str, str], receivers: str) -> None:
    """Who is called follows from the labels alone."""
    pairs = [f"{name}={value}" for name, value in labels.items()]
    assert receivers == amtool("config", "routes", "test", f"--config.file={CONFIG_PATH}", *pairs)


def test_every_receiver_has_a_route_and_a_file_to_edit() -> None:
    """What a user has to fill in is one file a receiver, and none is there for nothing."""
    names = {each["name"] for each in CONFIG["receivers"]}
    assert names == {CONFIG["route"]["receiver"], *(each["receiver"] for each in CONFIG["route"]["routes"])}
    assert names == {path.stem for path in (CONFIG_PATH.parent / "receivers").glob("*.url")}
    files = {Path(slack["api_url_file"]).name for each in CONFIG["receivers"] for slack in each["slack_configs"]}
    assert files == {f"{name}.url" for name in names}


def test_alerts_are_grouped_by_account_and_budget() -> None:
    """All that happens to an account is one message, each of its budgets another."""
    assert ["account", "budget"] == CONFIG["route"]["group_by"]


def test_every_alert_that_is_named_exists() -> None:
    """Nothing is muted by an alert that there is not."""
    names = {rule.name for rule in read_rules() if rule.is_alert}
    matchers = [each for rule in CONFIG["inhibit_rules"] for side in rule.values() for each in side if "=" in each]
    named = {name for each in matchers if each.startswith("alertname") for name in each.split('"')[1].split("|")}
    assert named - {"Northflank.+"} <= names


@pytest.fixture(scope="module")
def alertmanager(start: Starter, tmp_path_factory: pytest.TempPathFactory) -> Alertmanager:
    """An Alertmanager with the configuration as it ships."""
    return start_alertmanager(start, tmp_path_factory.mktemp("alertmanager"))


@pytest.mark.parametrize(
    ("loud", "target", "is_muted"),
    [
        pytest.param({**BUDGET, **CRITICAL}, {**BUDGET, **WARNING}, True, id="warning-under-critical"),
        pytest.param({**BUDGET, **CRITICAL}, FORECAST, True, id="forecast-under-critical"),
        pytest.param({**BUDGET, **CRITICAL}, {**BUDGET, **WARNING, "budget": "b"}, False, id="another-budget"),
        pytest.param({**BUDGET, **CRITICAL}, {**BUDGET, **WARNING, "account": "b"}, False, id="another-account"),
        pytest.param({**BUDGET, **WARNING}, {**BUDGET, **CRITICAL}, False, id="critical-over-warning"),
        pytest.param({**BUDGET, **CRITICAL}, {**ANOMALY, **WARNING}, False, id="anomaly-beside-a-budget"),
        pytest.param({**UNPAID, **CRITICAL}, {**ANOMALY, **WARNING}, False, id="anomaly-beside-an-invoice"),
        pytest.param({**FAILED, **CRITICAL}, {**UNPAID, **WARNING}, True, id="unpaid-under-failed"),
        pytest.param({**FAILED, **CRITICAL}, {**UNPAID, **WARNING, "invoice_id": "I-2"}, False, id="another-invoice"),
        pytest.param(STALE, {**BUDGET, **CRITICAL}, True, id="budget-while-stale"),
        pytest.param(STALE, {**UNPAID, **CRITICAL}, True, id="invoice-while-stale"),
        pytest.param(STALE, {**ANOMALY, **WARNING}, True, id="anomaly-while-stale"),
        pytest.param(STALE, MISSING, True, id="usage-missing-while-stale"),
        pytest.param(DETAILS, MISSING, False, id="usage-missing-while-details-are-stale"),
        pytest.param({**BUDGET, **CRITICAL}, MISSING, False, id="usage-missing-beside-a-budget"),
        pytest.param(MISSING, {**BUDGET, **WARNING}, False, id="budget-while-usage-is-missing"),
        pytest.param(STALE, {**BUDGET, **CRITICAL, "account": "b"}, False, id="another-account-while-stale"),
        pytest.param(STALE, REFUSED, False, id="the-cause-while-stale"),
        pytest.param(REFUSED, STALE, True, id="stale-under-its-cause"),
        pytest.param({**STALE, **CRITICAL}, STALE, True, id="stale-that-grows-worse"),
        pytest.param({**STALE, **CRITICAL}, {**STALE, "dataset": "credits"}, False, id="another-dataset"),
        pytest.param(DOWN, {**BUDGET, **CRITICAL}, True, id="budget-while-down"),
        pytest.param(DOWN, STALE, True, id="stale-while-down"),
        pytest.param(STALE, DOWN, False, id="down-while-stale"),
        pytest.param({**DOWN, **CRITICAL}, DOWN, True, id="down-that-grows-worse"),
        pytest.param(STALE, DETAILS, True, id="details-while-stale"),
        pytest.param(DETAILS, {**ANOMALY, **WARNING}, True, id="anomaly-while-details-are-stale"),
        pytest.param(DETAILS, {**BUDGET, **WARNING}, False, id="budget-while-details-are-stale"),
        pytest.param(DETAILS, {**UNPAID, **CRITICAL}, False, id="invoice-while-details-are-stale"),
    ],
)
def test_only_what_is_needless_is_muted(
    alertmanager: Alertmanager,
    request: pytest.FixtureRequest,
    *,
    loud: dict[str, str],
    target: dict[str, str],
    is_muted: bool,
) -> None:
    """One alert mutes another where it says more, or where the other may not be true any more."""
    case = request.node.callspec.id
    loud, target = ({**each, "account": f"{each['account']} of {case}"} for each in (loud, target))
    for each in (loud, target):
        alertmanager.post(each)
        alertmanager.wait_for(each)
    alertmanager.process.wait_for("its state", lambda: alertmanager.muted()[key_of(target)] is is_muted)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("title", "[FIRING 1] acme · platform · critical · BudgetCrossed", id="title"),
        pytest.param(
            "text",
            """Budget platform of acme: 84% is spent
4200.00 of 5000.00 USD is spent.
Spent: 4200.00 USD
Budget: 5000.00 USD
Share: 84%
Forecast: 6100.00 USD
Runbook: https://example.com#crossed

Resolved: It is paid""",
            id="text",
        ),
    ],
)
def test_messages_tell_amount_currency_share_and_forecast(tmp_path: Path, template: str, expected: str) -> None:
    """Whoever is called knows how much it is about without opening anything."""
    annotations = {
        "summary": "Budget platform of acme: 84% is spent",
        "description": "4200.00 of 5000.00 USD is spent.",
        "spent": "4200.00",
        "amount": "5000.00",
        "currency": "USD",
        "share": "84%",
        "forecast": "6100.00",
        "runbook_url": "https://example.com#crossed",
    }
    labels = {"account": "acme", "budget": "platform", "severity": "critical", "alertname": "NorthflankBudgetCrossed"}
    times = {"startsAt": "2026-11-22T06:00:00Z", "endsAt": "2026-11-22T07:00:00Z"}
    alerts = [
        {"status": "firing", "labels": labels, "annotations": annotations, **times},
        {"status": "resolved", "labels": labels, "annotations": {"summary": "It is paid"}, **times},
    ]
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"status": "firing", "alerts": alerts, "commonLabels": labels}))
    text = f'{{{{ template "northflank.{template}" . }}}}'
    glob = f"--template.glob={CONFIG_PATH.parent / 'templates'}/*.tmpl"
    assert expected == amtool("template", "render", glob, f"--template.text={text}", f"--template.data={data}")
