import re

import pytest

from exporter.metrics.catalog import FAMILIES
from tests.processes import ROOT
from tests.rules.ruleset import Rule, read_rules

RULES = read_rules()
RECORDS = {rule.name: rule for rule in RULES if not rule.is_alert}
LABELS = {family.name: frozenset(family.labels) for family in FAMILIES}
RUNBOOK = (ROOT / "docs/alerts.md").read_text()

NAME = re.compile(r"(?:[a-z_]+:)?northflank_[a-z_]+(?::[a-z0-9_]+)?")
# A family as it is first read: which labels are kept, and what the selector pins.
READ = re.compile(r"max (by|without) \(([^)]*)\) \((?:[a-z_]+\()?(northflank_[a-z_]+)(?:\{([^}]*)\})?")
WITH_LABELS_OF_USERS = {"northflank_budget_threshold_ratio", "northflank_budget_info", "northflank_project_info"}
OF_THE_TARGET = ["instance", "job", "pod", "container", "endpoint"]
OF_ONE_PROCESS = {"northflank_exporter_config_last_reload_successful": {"job", "instance"}}
LABEL_LIST = re.compile(r"\b(?:by|on|ignoring|group_left|group_right|without) \(([^)]*)\)")
SELECTED = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"')
IN_A_TEXT = re.compile(r"\$labels\.([a-z_]+)|([a-z_]+)=%q")


def ids(rule: Rule) -> str:
    """The name of a rule, for alerts of one name with the severity."""
    return f"{rule.name}-{rule.severity}" if rule.severity else rule.name


def texts(rule: Rule) -> str:
    """All of a rule that Prometheus reads: its PromQL and its annotations."""
    return "\n".join([rule.expr, *rule.mapping("annotations").values()])


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_every_series_that_a_rule_names_exists(rule: Rule) -> None:
    """No rule waits for a metric that the exporter does not have, or for a record that there is not."""
    named = set(NAME.findall(texts(rule)))
    assert set() == {name for name in named if name not in LABELS and name not in RECORDS}


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_every_label_that_a_rule_names_exists(rule: Rule) -> None:
    """No rule groups, joins or selects by a label that none of its series has."""
    families = {name for name in NAME.findall(texts(rule)) if name in LABELS}
    deeper = [RECORDS[name] for name in NAME.findall(texts(rule)) if name in RECORDS]
    while deeper:
        record = deeper.pop()
        names = set(NAME.findall(record.expr)) - {record.name}
        families |= names & LABELS.keys()
        deeper += [RECORDS[name] for name in names & RECORDS.keys()]
    known = {*(label for name in families for label in LABELS[name]), *OF_THE_TARGET}
    lists = LABEL_LIST.findall(rule.expr)
    named = {label.strip() for each in lists for label in each.split(",") if label.strip()}
    named |= {*SELECTED.findall(rule.expr)}
    named |= {label for pair in IN_A_TEXT.findall(texts(rule)) for label in pair if label}
    assert set() == named - known


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_every_family_is_first_read_by_its_own_labels(rule: Rule) -> None:
    """Neither another instance nor a second exporter of an account doubles a figure."""
    reads = READ.findall(rule.expr)
    raw = [name for name in NAME.findall(rule.expr) if name in LABELS]
    assert raw == [family for _, _, family, _ in reads]
    for how, labels, family, selector in reads:
        kept = {label.strip() for label in labels.split(",")}
        if family in WITH_LABELS_OF_USERS:
            assert ("without", {*OF_THE_TARGET}) == (how, kept)
        else:
            pinned = set(re.findall(r'([a-z_]+)="', selector))
            own = OF_ONE_PROCESS.get(family, LABELS[family])
            assert ("by", own - pinned) == (how, kept - pinned)


@pytest.mark.parametrize("alert", [rule for rule in RULES if rule.is_alert], ids=ids)
def test_every_alert_has_its_section_in_the_runbook(alert: Rule) -> None:
    """The link in a message leads to what it means, what to look at and what to do."""
    section = re.search(rf"^## {alert.name}\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert alert.mapping("annotations")["runbook_url"].endswith(f"/docs/alerts.md#{alert.name.lower()}")
    for part in ("**Means.**", "**Look at.**", "**Do.**"):
        assert part in section[1]


def test_the_runbook_has_no_section_for_an_alert_that_there_is_not() -> None:
    """Nobody looks for an alert that cannot come."""
    named = set(re.findall(r"^## (Northflank\w+)$", RUNBOOK, re.MULTILINE))
    assert named == {rule.name for rule in RULES if rule.is_alert}


def test_every_recorded_series_is_described() -> None:
    """Whoever draws a dashboard finds what each recorded series is."""
    assert set() == {name for name in RECORDS if f"`{name}`" not in RUNBOOK}
