import re
from pathlib import Path

import pytest
import yaml

from exporter.config import duration
from tests.rules.ruleset import CASES_PATH, RULES_PATH, Rule, case_of, promtool, read_rules, run_case

RULES = read_rules()
ALERTS = [rule for rule in RULES if rule.is_alert]
RECORDS = [rule for rule in RULES if not rule.is_alert]
CASES = sorted(CASES_PATH.glob("*.yaml"))


def name_of(rule: Rule) -> str:
    """An alert's name and severity, where several have one name."""
    return f"{rule.name}-{rule.severity}" if rule.severity else rule.name


@pytest.mark.prometheus
def test_promtool_accepts_the_rules_and_has_nothing_to_say() -> None:
    """Prometheus loads the file as it is."""
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", RULES_PATH)
    assert (0, "", [str(len(RULES))]) == (
        checked.returncode,
        checked.stderr,
        re.findall(r"(\d+) rules", checked.stdout),
    )


@pytest.mark.prometheus
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_alert_fires_when_it_should_and_else_is_silent(case: Path) -> None:
    """What is promised of an alert or a recorded series is what Prometheus makes of it, texts included."""
    tested = promtool("test", "rules", case)
    assert 0 == tested.returncode, tested.stdout + tested.stderr


@pytest.mark.prometheus
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_second_exporter_of_an_account_changes_nothing(case: Path, tmp_path: Path) -> None:
    """Whoever runs two exporters for safety has the same figures and alerts as with one."""
    tested = run_case(case, RULES, tmp_path, exporters=2)
    assert 0 == tested.returncode, tested.stdout + tested.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=name_of)
def test_every_alert_has_a_case_that_fires_and_one_that_is_silent(alert: Rule) -> None:
    """No alert ships that was never seen to fire at its severity, and to hold its peace."""
    tests = yaml.safe_load(case_of(alert.name).read_text())["tests"]
    cases = [case for test in tests for case in test.get("alert_rule_test", ()) if case["alertname"] == alert.name]
    fired = [each["exp_labels"] for case in cases for each in case["exp_alerts"]]
    assert alert.severity in {labels["severity"] for labels in fired} or alert.severity is None
    assert fired
    assert [] in [case["exp_alerts"] for case in cases]


@pytest.mark.parametrize("record", RECORDS, ids=lambda rule: rule.name)
def test_every_recorded_series_is_tested_and_named_by_convention(record: Rule) -> None:
    """A dashboard may rely on each: level:metric:operations, with the value that a case states."""
    assert re.fullmatch(r"[a-z_]+:northflank_[a-z_]+:[a-z0-9_]+", record.name)
    cases = [yaml.safe_load(path.read_text()) for path in CASES]
    tested = [each["expr"] for case in cases for test in case["tests"] for each in test.get("promql_expr_test", ())]
    is_read = any(record.name in alert.expr for alert in ALERTS)
    assert record.name in tested or is_read


@pytest.mark.parametrize("alert", ALERTS, ids=name_of)
def test_every_alert_says_what_it_is_what_to_do_and_whom_it_concerns(alert: Rule) -> None:
    """Whoever is called reads a summary, a description, and finds the runbook; Alertmanager has labels to route by."""
    assert {"summary", "description", "runbook_url"} <= alert.mapping("annotations").keys()
    assert alert.mapping("labels")["subject"] in {"spend", "invoice", "exporter"}
    assert "severity" in alert.mapping("labels") or "northflank_budget_threshold_ratio" in alert.expr


@pytest.mark.parametrize("alert", ALERTS, ids=name_of)
def test_a_restart_resolves_nothing(alert: Rule) -> None:
    """What fires goes on without data until NorthflankExporterDown, which mutes it, has been sent."""
    down = min(_seconds(each.fields["for"]) for each in ALERTS if each.name == "NorthflankExporterDown")
    assert down + 300 <= _seconds(alert.fields["keep_firing_for"])


def _seconds(written: object) -> float:
    seconds = duration.parse(str(written))
    assert seconds is not None
    return seconds
