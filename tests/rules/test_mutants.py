from pathlib import Path

import pytest

from tests.rules.mutants import WRONG, Mutant, key_of, mutants_of
from tests.rules.ruleset import CASES_PATH, Rule, case_of, needed_by, read_rules, run_case

RULES = read_rules()
MUTANTS = [pytest.param(mutant, id=f"{key_of(rule)}: {mutant.name}") for rule in RULES for mutant in mutants_of(rule)]


def test_every_alert_is_broken_in_its_threshold() -> None:
    """No alert is left out of what is broken on purpose."""
    assert {key_of(rule) for rule in RULES if rule.is_alert} <= WRONG.keys() <= {key_of(rule) for rule in RULES}


@pytest.mark.prometheus
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_fails_its_case(mutant: Mutant, tmp_path: Path) -> None:
    """A rule cannot lose its meaning, or count two exporters twice, unnoticed."""
    rules = [mutant.replaced if each is mutant.rule else each for each in RULES if _matters(each, mutant.rule)]
    case = case_of(mutant.rule.name) if mutant.rule.is_alert else CASES_PATH / "records.yaml"
    tested = run_case(case, rules, tmp_path, exporters=mutant.exporters)
    assert tested.returncode, "no case notices"
    assert mutant.rule.name in tested.stdout + tested.stderr


@pytest.mark.prometheus
@pytest.mark.parametrize("alert", sorted({rule.name for rule in RULES if rule.is_alert}))
def test_an_alert_needs_no_other(alert: str, tmp_path: Path) -> None:
    """What fails above fails for the bug: the same few rules without it pass."""
    rule = next(each for each in RULES if each.name == alert)
    tested = run_case(case_of(alert), [each for each in RULES if _matters(each, rule)], tmp_path)
    assert 0 == tested.returncode, tested.stdout + tested.stderr


def _matters(other: Rule, rule: Rule) -> bool:
    """Whether a rule is read in the cases of another: the cases of records read all records."""
    return other.name == rule.name or other in needed_by(rule, RULES) if rule.is_alert else not other.is_alert
