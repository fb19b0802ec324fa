"""Documents name only what there is."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from exporter.cli.group import group
from exporter.metrics.catalog import FAMILIES
from tests.processes import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("helm/*/README.md")])
LABELS = {family.name: frozenset(family.labels) for family in FAMILIES}
NAMES = {*LABELS}
ALL_LABELS = {label for labels in LABELS.values() for label in labels}
METRIC = re.compile(r"\bnorthflank_[a-z_]+\b")
SHORTENED = re.compile(r"`…(_[a-z_]+)`")
SELECTOR = re.compile(r"\b(northflank_[a-z_]+)\{([^}]*)\}")
SELECTED = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"')
IN_TEXT = re.compile(r'`([a-z_]+)="[^`]*`')
GROUPED = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right) ?\(([^)]*)\)")
ROW = re.compile(r"^\| `(northflank_[a-z_]+)` \| \w+ \| (.*?) \|", re.MULTILINE)
QUOTED = re.compile(r"`([^`]+)`")
WITH_LABELS_OF_USERS = {"northflank_budget_threshold_ratio", "northflank_budget_info", "northflank_project_info"}
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"northflank-billing-exporter ([a-z]+)((?: --[a-z.-]+(?: [^ `-][^ `]*)?)*)")
CODE = re.compile(r"`[^`\n]+`|^ {4}make .*$", re.MULTILINE)
MAKE = re.compile(r"\bmake ([a-z][a-z0-9-]*)")


def ids(path: Path) -> str:
    """A document's path in the repository."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_metric_that_is_named_exists(document: Path) -> None:
    """A reader can ask Prometheus for every metric that a document names."""
    text = document.read_text()
    named = {name for name in METRIC.findall(text) if not name.endswith("_")}
    assert set() == {name for name in named if name not in NAMES}
    assert set() == {end for end in SHORTENED.findall(text) if not any(name.endswith(end) for name in NAMES)}


def unknown_labels(line: str) -> set[str]:
    """The labels in a line of PromQL or text that no family in it has, or, where it names none, that there are not."""
    families = {name for name in METRIC.findall(line) if name in NAMES}
    known = {label for name in families or NAMES for label in LABELS[name]}
    grouped = {label.strip() for each in GROUPED.findall(line) for label in each.split(",")} - {""}
    selected = {
        label
        for name, matchers in SELECTOR.findall(line)
        if name not in WITH_LABELS_OF_USERS
        for label in {*SELECTED.findall(matchers)} - LABELS.get(name, frozenset())
    }
    return selected | (grouped - known) | ({*IN_TEXT.findall(line)} - ALL_LABELS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_label_that_is_named_exists(document: Path) -> None:
    """No query of a document selects, groups or joins by a label that its series do not have."""
    assert {} == {line: wrong for line in document.read_text().splitlines() if (wrong := unknown_labels(line))}


def test_a_label_that_there_is_not_is_found() -> None:
    """A label of another family, and one of none, do not pass."""
    assert {"team_id"} == unknown_labels("sum by (account, team_id) (northflank_month_to_date_cost)")
    assert {"project"} == unknown_labels('northflank_hourly_project_cost{project="api"}')
    assert {"dataset"} == unknown_labels('northflank_up * northflank_hourly_cost{dataset="usage"}')
    assert {"kind_of"} == unknown_labels('sum `by (kind_of)`, with `currency="USD"`')


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_table_of_metrics_names_their_labels(document: Path) -> None:
    """A table that says which labels a family has says all of them, and no others."""
    told = {name: set(QUOTED.findall(labels)) for name, labels in ROW.findall(document.read_text())}
    assert {name: set(LABELS[name]) for name in told} == told


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_link_leads_somewhere(document: Path) -> None:
    """No link within the repository is dead."""
    targets = [target for target in LINK.findall(document.read_text()) if not target.startswith("http")]
    assert [] == [target for target in targets if not (document.parent / target).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_command_that_is_named_exists(document: Path) -> None:
    """Each command and flag that a document shows is one that the program takes."""
    for command, flags in COMMAND.findall(document.read_text()):
        assert command in group.commands, command
        known = {option for parameter in group.commands[command].params for option in parameter.opts}
        assert set() == {word for word in flags.split() if word.startswith("--")} - known


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    """Each `make …` in code is a target."""
    code = "\n".join(CODE.findall(document.read_text()))
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set() == set(MAKE.findall(code)) - targets


def test_the_document_of_the_sandbox_lists_every_flag() -> None:
    """Whoever reads docs/sandbox.md knows all that the sandbox can be told."""
    told = set(re.findall(r"`(--[a-z.-]+)`", (ROOT / "docs/sandbox.md").read_text()))
    taken = [{*each.opts, *each.secondary_opts} for each in group.commands["sandbox"].params]
    assert [] == [names for names in taken if not names & told]
    assert set() == told - {name for names in taken for name in names}


def test_the_readme_shows_a_scrape_configuration_that_keeps_our_labels() -> None:
    """What a user copies from the README is YAML, and sets honor_labels."""
    block = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    (job,) = yaml.safe_load(block[1])["scrape_configs"]
    assert job["honor_labels"] is True


def test_the_command_lists_every_family() -> None:
    """`metrics` prints each family of the catalogue on a line of its own."""
    lines = CliRunner().invoke(group, ["metrics"]).stdout.splitlines()
    assert [family.name for family in FAMILIES] == [line.split()[0] for line in lines[1:]]


def test_the_sample_in_the_readme_has_the_labels_of_the_catalogue() -> None:
    """The lines of `/metrics` that the README shows have the labels that a user will find."""
    block = re.search(r"## What you get\n\n```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    labels = {family.name: set(family.labels) for family in FAMILIES}
    samples = [sample for family in text_string_to_metric_families(block[1]) for sample in family.samples]
    assert {sample.name: labels[sample.name] for sample in samples} == {each.name: set(each.labels) for each in samples}
    assert block[1].count("\n") == len(samples)
