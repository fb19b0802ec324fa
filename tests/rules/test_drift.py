import re
from itertools import product
from pathlib import Path
from string import ascii_uppercase

import pytest
import yaml

from exporter.domain.money import minor_digits
from exporter.metrics.catalog import FAMILIES, ROWS
from tests.processes import ROOT
from tests.rules.ruleset import Rule, promtool, read_rules

RULES = read_rules()
RECORDS = {rule.name: rule for rule in RULES if not rule.is_alert}
LABELS = {family.name: frozenset(family.labels) for family in FAMILIES}
RUNBOOK = (ROOT / "docs/alerts.md").read_text()

NAME = re.compile(r"(?:[a-z_]+:)?northflank_[a-z_]+(?::[a-z0-9_]+)?")
# A family as it is first read: which labels are kept, what the selector pins, and of which dataset the exporters are
# left out that another has overtaken.
READ = re.compile(
    r"max (by|without) \(([^)]*)\) \(\s*(?:[a-z_]+\()?(northflank_[a-z_]+)(?:\{([^}]*)\})?"
    r"(?:\s+unless on \(account, job, instance\) account_dataset_instance:\S+\{dataset=\"([a-z_]+)\"\}\s+\))?"
)
WITH_LABELS_OF_USERS = {"northflank_budget_threshold_ratio", "northflank_budget_info", "northflank_project_info"}
OF_THE_TARGET = ["instance", "job", "pod", "container", "endpoint"]
# Rules that look at each exporter by itself, and where it is.
BY_EXPORTER = {
    "account_dataset_instance:northflank_last_success_timestamp_seconds:behind",
    *("NorthflankExporterDown", "NorthflankTokenAllowanceLow", "NorthflankReloadFailed"),
}
PLACE = {"job", "instance"}
DATASETS = {row.family.name: row.dataset for row in ROWS}
# What is the same whichever exporter tells it: what the configuration says, and what an invoice charged once for all.
ALIKE = {
    *("northflank_budget_amount", "northflank_budget_threshold_ratio", "northflank_budget_info"),
    *("northflank_project_info", "northflank_invoice_cost", "northflank_invoice_unattributed_cost"),
}
# Where no figure is read, but whether there was one.
ASKS_WHETHER = {
    ("account_currency:northflank_credit_available_amount:runway_seconds", "northflank_credit_available_amount")
}
LABEL_LIST = re.compile(r"\b(?:by|on|ignoring|group_left|group_right|without) \(([^)]*)\)")
SELECTED = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"')
MADE = re.compile(r'count_values by \([^)]*\) \("([a-z]+)"')
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
    assert set() == named - known - {*MADE.findall(rule.expr)}


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_every_family_is_first_read_by_its_own_labels(rule: Rule) -> None:
    """Neither another instance nor a second exporter of an account doubles a figure."""
    reads = READ.findall(rule.expr)
    raw = [name for name in NAME.findall(rule.expr) if name in LABELS]
    assert raw == [family for _, _, family, _, _ in reads]
    for how, labels, family, selector, _ in reads:
        kept = {label.strip() for label in labels.split(",")}
        if family in WITH_LABELS_OF_USERS:
            assert ("without", {*OF_THE_TARGET}) == (how, kept)
        else:
            pinned = set(re.findall(r'([a-z_]+)="', selector))
            own = LABELS[family] - pinned
            assert how == "by"
            places = (own, own | PLACE, PLACE) if rule.name in BY_EXPORTER else (own,)
            assert frozenset(kept - pinned) in places


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_figures_are_those_of_the_exporter_that_fetched_last(rule: Rule) -> None:
    """A second exporter of an account whose polls fail keeps no figure as it was.

    Instants need no care: the latest is that of the one that fetched last.
    """
    left_out: dict[str, set[str]] = {}
    for _, _, family, _, dataset in READ.findall(rule.expr):
        left_out.setdefault(family, set()).update({dataset} - {""})
    for family, datasets in left_out.items():
        own = {str(DATASETS[family])} if family in DATASETS else set()
        needs_none = family in ALIKE or family.endswith("_timestamp_seconds")
        needs_none |= (rule.name, family) in ASKS_WHETHER
        assert datasets <= own if needs_none else datasets == own


def test_currencies_without_a_minor_unit_have_floors_of_their_own() -> None:
    """A floor of ten units means dollars: where a unit is a hundredth of that, it is a hundred times as high."""
    letters = ["".join(each) for each in product(ascii_uppercase, repeat=3)]
    without = "|".join(code for code in letters if minor_digits(code) == 0)
    lists = [each for rule in RULES for each in re.findall(r'currency!~"([^"]*)"', rule.expr)]
    assert [without] * 2 == lists


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


@pytest.mark.prometheus
def test_every_query_of_the_runbook_is_one(tmp_path: Path) -> None:
    """Whoever is called copies a query into Prometheus, and is answered."""
    queries = re.findall(r"^ {4}(\S.*)$", RUNBOOK, re.MULTILINE)
    rules = [{"record": "a_query", "expr": query, "labels": {"number": str(i)}} for i, query in enumerate(queries)]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    checked = promtool("check", "rules", "--lint=none", path)
    assert 0 == checked.returncode, checked.stderr
    assert len(queries) > len({rule.name for rule in RULES if rule.is_alert})


def test_every_recorded_series_is_described() -> None:
    """Whoever draws a dashboard finds what each recorded series is."""
    assert set() == {name for name in RECORDS if f"`{name}`" not in RUNBOOK}
