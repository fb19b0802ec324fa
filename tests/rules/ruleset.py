"""The rules that we ship, as a test reads them, and promtool, which runs the cases of alerts."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from tests.processes import ROOT
from tests.prometheus.server import find_program

RULES_PATH = ROOT / "deploy/prometheus/northflank-billing.rules.yaml"
CASES_PATH = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a record or an alert, with the fields as they stand in the file."""

    name: str
    fields: dict[str, object]

    @property
    def expr(self) -> str:
        """Its PromQL."""
        return str(self.fields["expr"])

    @property
    def is_alert(self) -> bool:
        """Whether it is an alert, not a record."""
        return "alert" in self.fields

    @property
    def severity(self) -> str | None:
        """The severity that the rule gives; None where its series do, and for records."""
        return self.mapping("labels").get("severity")

    def mapping(self, name: str) -> dict[str, str]:
        """Its labels or annotations."""
        found = self.fields.get(name, {})
        assert isinstance(found, dict)
        return found

    def having(self, **fields: object) -> "Rule":
        """The same with other fields; one that is None is left out."""
        changed = {**self.fields, **fields}
        return replace(self, fields={name: value for name, value in changed.items() if value is not None})


def read_rules() -> tuple[Rule, ...]:
    """All rules in their order."""
    (group,) = yaml.safe_load(RULES_PATH.read_text())["groups"]
    return tuple(Rule(each.get("alert") or each["record"], each) for each in group["rules"])


def case_of(alert: str) -> Path:
    """The file with the cases of an alert: of NorthflankDataStale, data_stale.yaml."""
    words = re.findall(r"[A-Z][a-z]+", alert.removeprefix("Northflank"))
    return CASES_PATH / f"{'_'.join(words).lower()}.yaml"


def needed_by(rule: Rule, rules: tuple[Rule, ...]) -> list[Rule]:
    """The records that a rule reads, in its PromQL or in its texts, and those that these read."""
    named = [each for each in rules if not each.is_alert and f"{each.name}" in f"{rule.expr}{rule.fields}"]
    return [*named, *(deeper for each in named if each.name != rule.name for deeper in needed_by(each, rules))]


def run_case(
    case: Path, rules: Iterable[Rule], directory: Path, *, exporters: int = 1
) -> subprocess.CompletedProcess[str]:
    """What promtool says of a file of cases with these rules in place of those that we ship.

    With two `exporters` there is each of its series twice, from another pod.
    """
    group = {"name": "northflank-billing", "rules": [each.fields for each in rules]}
    (directory / "rules.yaml").write_text(yaml.safe_dump({"groups": [group]}, sort_keys=False))
    cases = yaml.safe_load(case.read_text())
    for test in cases["tests"] if exporters > 1 else ():
        test["input_series"] += [{**each, "series": _of_another_pod(each["series"])} for each in test["input_series"]]
    (directory / "case.yaml").write_text(yaml.safe_dump({**cases, "rule_files": ["rules.yaml"]}, sort_keys=False))
    return promtool("test", "rules", directory / "case.yaml")


def _of_another_pod(series: str) -> str:
    return re.sub(r'(, pod="[^"]*")?}$', ', pod="another"}', series)


def promtool(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """What promtool says."""
    return subprocess.run([find_program("promtool"), *args], capture_output=True, text=True, check=False)
