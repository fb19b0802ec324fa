"""Labels of projects as the file states them, and the line for each that it may not state."""

from collections.abc import Mapping

import pytest

from exporter.config import Config
from tests.config.conftest import TOKEN, Loader, refusal

TWO = "accounts: [{name: acme, token_file: token}, {name: labs, token_file: second}]"
NAME_RULE = "letters, digits and _, not with a digit or __ at its beginning"


def entry(more: str) -> str:
    """A file without accounts that has labels for one project, to which this is added."""
    return f"labels: [{{team_id: platform, project_id: shop, {more}}}]"


def labels(config: Config) -> list[Mapping[tuple[str, ...], Mapping[str, str]]]:
    """The labels of each account's projects."""
    return [each.declared.project_labels for each in config.accounts]


def test_labels_of_the_only_account(load_text: Loader) -> None:
    """Labels are by team and project; without accounts in the file they are of the environment's."""
    text = """
labels:
  - {team_id: platform, project_id: shop, labels: {owner: a, cost_center: "4711"}}
  - {team_id: labs, project_id: shop, labels: {owner: Zoë, empty: ""}, account: default}
"""

    expected = {
        ("platform", "shop"): {"owner": "a", "cost_center": "4711"},
        ("labs", "shop"): {"owner": "Zoë", "empty": ""},
    }
    assert [expected] == labels(load_text(text, NORTHFLANK_API_TOKEN=TOKEN))


def test_accounts_have_their_own_labels(load_text: Loader) -> None:
    """Each account has the labels that name it; two accounts may have projects of the same ids."""
    text = f"""
{TWO}
labels:
  - {{account: labs, team_id: t, project_id: p, labels: {{owner: b}}}}
  - {{account: acme, team_id: t, project_id: p, labels: {{owner: a}}}}
  - {{account: acme, team_id: t, project_id: q, labels: {{}}}}
"""

    assert [{("t", "p"): {"owner": "a"}, ("t", "q"): {}}, {("t", "p"): {"owner": "b"}}] == labels(load_text(text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            f"{TWO}\n{entry('labels: {a: b}')}",
            "labels[0].account: missing; expected one of acme, labs",
            id="account_left_out_of_two",
        ),
        pytest.param(
            f"{TWO}\n{entry('labels: {a: b}, account: lab')}",
            "labels[0].account: unknown account; did you mean labs?",
            id="misspelt_account",
        ),
        pytest.param(
            "labels: [{team_id: t, project_id: p, labels: {a: b}}, {team_id: t, project_id: q, labels: {a: b}}, "
            "{account: default, team_id: t, project_id: p, labels: {c: d}}]",
            "labels[2]: labels[0] is for this project too; put all its labels there",
            id="repeated_project",
        ),
        pytest.param(
            "labels: [{project_id: p, labels: {a: b}}]",
            "labels[0].team_id: missing; expected the id of a team as it stands in Northflank's addresses",
            id="no_team",
        ),
        pytest.param(
            "labels: [{team_id: t, labels: {a: b}}]",
            "labels[0].project_id: missing; expected the id of a project as it stands in Northflank's addresses",
            id="no_project",
        ),
        pytest.param(
            "labels: [{team_id: null, project_id: p, labels: {a: b}}]",
            "labels[0].team_id: expected the id of a team as it stands in Northflank's addresses, got null",
            id="nothing_for_team",
        ),
        pytest.param(
            "labels: [{team_id: t, project_id: p}]",
            "labels[0].labels: missing; expected a mapping from a label name to printable text",
            id="no_labels",
        ),
        pytest.param(
            "labels: [{team_id: t, project_id: p, labels: }]",
            "labels[0].labels: missing; expected a mapping from a label name to printable text",
            id="labels_without_value",
        ),
        pytest.param(
            entry("labels: {cost_center: 4711}"),
            "labels[0].labels.cost_center: expected printable text, got 4711; put it in quotes",
            id="number_for_label",
        ),
        pytest.param(
            "labels: {owner: a}",
            "labels: expected a list, each item with a dash before it, got a mapping",
            id="mapping_for_list",
        ),
    ],
)
def test_faulty_labels_are_named(load_text: Loader, text: str, line: str) -> None:
    """Whatever is wrong with an entry is refused by one line that names the file and the key."""
    assert f"config.yaml: {line}" == refusal(load_text, text, NORTHFLANK_API_TOKEN=TOKEN)


@pytest.mark.parametrize("name", ["__x", "cost-center", "1st", ""])
def test_label_name_that_prometheus_does_not_take(load_text: Loader, name: str) -> None:
    """A label whose name Prometheus does not take is refused with what a name is."""
    said = refusal(load_text, entry(f'labels: {{"{name}": a}}'), NORTHFLANK_API_TOKEN=TOKEN)

    assert f'config.yaml: labels[0].labels.{name}: expected a label name, got "{name}"; {NAME_RULE}' == said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("project_name", "the exporter gives a label of this name itself", id="own"),
        pytest.param(
            "container",
            "scrape targets have a label of this name, which the rules take off for the alerts",
            id="of_targets",
        ),
        pytest.param("severity", "alerts have a label of this name already", id="of_alerts"),
    ],
)
def test_label_name_that_is_taken(load_text: Loader, name: str, reason: str) -> None:
    """A label that would be lost on the way to an alert is refused with the reason and what to do."""
    said = refusal(load_text, entry(f"labels: {{owner: a, {name}: b}}"), NORTHFLANK_API_TOKEN=TOKEN)

    assert f"config.yaml: labels[0].labels.{name}: taken: {reason}; choose another name" == said


@pytest.mark.parametrize("name", ["owner", "period", "resource_type", "namespace", "service"])
def test_label_that_a_project_may_have(load_text: Loader, name: str) -> None:
    """A label that is taken on budgets alone is free for projects, and so is one that no rule takes off."""
    assert [{("platform", "shop"): {name: "a"}}] == labels(
        load_text(entry(f"labels: {{{name}: a}}"), NORTHFLANK_API_TOKEN=TOKEN)
    )
