"""The exact line that a person reads for each budget that the file may not state."""

import pytest

from tests.config.conftest import TOKEN, Loader, refusal

TWO = "accounts: [{name: acme, token_file: token}, {name: labs, token_file: second}]"
NAME_RULE = "letters, digits and _, not with a digit or __ at its beginning"
SHARES = "expected a number from 0.0001 to 10"
SHARE_RULE = "1 is the whole amount, 0.8 is 80 percent"


def entry(more: str = "") -> str:
    """A file without accounts that has one budget, to which this is added."""
    return f"budgets: [{{name: all, amount: 100, currency: USD{more and ', '}{more}}}]"


ACCOUNTS = [
    pytest.param(
        f"{TWO}\n{entry()}", "budgets[0].account: missing; expected one of acme, labs", id="account_left_out_of_two"
    ),
    pytest.param(
        f"{TWO}\n{entry('account: acmee')}",
        "budgets[0].account: unknown account; did you mean acme?",
        id="misspelt_account",
    ),
    pytest.param(
        f"{TWO}\n{entry('account: z')}",
        "budgets[0].account: unknown account; known accounts: acme, labs",
        id="unknown_account",
    ),
    pytest.param(
        entry("account: acme"),
        "budgets[0].account: unknown account; known accounts: default",
        id="account_of_no_file",
    ),
    pytest.param(
        entry("account: 7"),
        "budgets[0].account: expected the name of an account, got 7; put it in quotes",
        id="number_for_account",
    ),
]

NAMES = [
    pytest.param(
        "budgets: [{name: a, amount: 1, currency: USD}, {name: b, amount: 1, currency: USD}, "
        "{name: a, amount: 2, currency: EUR, account: default}]",
        "budgets[2].name: budgets[0] has this name too; give each its own",
        id="repeated_name",
    ),
    pytest.param(
        "budgets: [{name: '', amount: 1, currency: USD}]",
        'budgets[0].name: expected printable text of 1 to 100 characters, got ""',
        id="empty_name",
    ),
    pytest.param(
        f"budgets: [{{name: {'x' * 101}, amount: 1, currency: USD}}]",
        "budgets[0].name: expected printable text of 1 to 100 characters, got a text of 101 characters",
        id="long_name",
    ),
    pytest.param(
        'budgets: [{name: "a\\n", amount: 1, currency: USD}]',
        'budgets[0].name: expected printable text of 1 to 100 characters, got "a\\n"',
        id="line_end_in_name",
    ),
    pytest.param(
        'budgets: [{name: "\\ud800", amount: 1, currency: USD}]',
        'budgets[0].name: expected printable text of 1 to 100 characters, got "?"',
        id="half_a_character_in_name",
    ),
    pytest.param(
        "budgets: [{name: 2026, amount: 1, currency: USD}]",
        "budgets[0].name: expected printable text of 1 to 100 characters, got 2026; put it in quotes",
        id="number_for_name",
    ),
    pytest.param(
        "budgets: [{amount: 1, currency: USD}]",
        "budgets[0].name: missing; expected printable text of 1 to 100 characters",
        id="no_name",
    ),
]

AMOUNTS = [
    pytest.param(
        "budgets: [{name: a, currency: USD}]",
        "budgets[0].amount: missing; expected a number from 0.0001 to 1000000000000",
        id="no_amount",
    ),
    pytest.param(
        "budgets: [{name: a, amount: 0, currency: USD}]",
        "budgets[0].amount: expected a number from 0.0001 to 1000000000000, got 0",
        id="nothing",
    ),
    pytest.param(
        "budgets: [{name: a, amount: -1, currency: USD}]",
        "budgets[0].amount: expected a number from 0.0001 to 1000000000000, got -1",
        id="negative_amount",
    ),
    pytest.param(
        "budgets: [{name: a, amount: , currency: USD}]",
        "budgets[0].amount: expected a number from 0.0001 to 1000000000000, got null",
        id="amount_without_value",
    ),
    pytest.param(
        "budgets: [{name: a, amount: 5000 USD, currency: USD}]",
        'budgets[0].amount: expected a number from 0.0001 to 1000000000000, got "5000 USD"',
        id="amount_with_currency",
    ),
    pytest.param(
        "budgets: [{name: a, amount: '5000.50', currency: USD}]",
        'budgets[0].amount: expected a number from 0.0001 to 1000000000000, got "5000.50"; take the quotes off',
        id="amount_in_quotes",
    ),
    pytest.param(
        "budgets: [{name: a, amount: 1}]",
        "budgets[0].currency: missing; expected the three letters of a currency, such as USD",
        id="no_currency",
    ),
    pytest.param(
        "budgets: [{name: a, amount: 1, currency: $}]",
        'budgets[0].currency: expected the three letters of a currency, such as USD, got "$"',
        id="sign_for_currency",
    ),
    pytest.param(
        "budgets: [{name: a, amount: 1, currency: USDT}]",
        'budgets[0].currency: expected the three letters of a currency, such as USD, got "USDT"',
        id="four_letters",
    ),
]

SCOPES = [
    pytest.param(
        entry("scope: platform"),
        'budgets[0].scope: expected a mapping of keys to values, got "platform"',
        id="text_for_scope",
    ),
    pytest.param(
        entry("scope: {team: platform}"),
        "budgets[0].scope.team: unknown key; did you mean team_id?",
        id="misspelt_scope",
    ),
    pytest.param(
        entry("scope: {team_id: My Team}"),
        'budgets[0].scope.team_id: expected the id of a team as it stands in Northflank\'s addresses, got "My Team"',
        id="name_for_team_id",
    ),
    pytest.param(
        entry('scope: {project_id: ""}'),
        'budgets[0].scope.project_id: expected the id of a project as it stands in Northflank\'s addresses, got ""',
        id="empty_project_id",
    ),
    pytest.param(
        entry("scope: {resource_type: 1}"),
        "budgets[0].scope.resource_type: expected a resource type in Northflank's words, such as service, got 1; "
        "put it in quotes",
        id="number_for_type",
    ),
    pytest.param(
        entry("period: fortnight"),
        'budgets[0].period: expected one of day, week, month, quarter, year, got "fortnight"',
        id="unknown_period",
    ),
]

MAPPINGS = [
    pytest.param(
        entry("thresholds: [0.8]"),
        "budgets[0].thresholds: expected a mapping from a severity to a number from 0.0001 to 10, got a list",
        id="list_for_thresholds",
    ),
    pytest.param(
        entry("thresholds: {warning: 0}"),
        f"budgets[0].thresholds.warning: {SHARES}, got 0; {SHARE_RULE}",
        id="threshold_of_nothing",
    ),
    pytest.param(
        entry("thresholds: {warning: 80}"),
        f"budgets[0].thresholds.warning: {SHARES}, got 80; {SHARE_RULE}",
        id="threshold_of_eighty_times_the_amount",
    ),
    pytest.param(
        entry("thresholds: {warning: 80%}"),
        f'budgets[0].thresholds.warning: {SHARES}, got "80%"; {SHARE_RULE}',
        id="threshold_in_percent",
    ),
    pytest.param(
        entry("thresholds: {warning: }"),
        f"budgets[0].thresholds.warning: {SHARES}, got null; {SHARE_RULE}",
        id="threshold_without_value",
    ),
    pytest.param(
        entry('thresholds: {"": 1}'),
        'budgets[0].thresholds.: expected a severity, got ""; any printable text that is not empty',
        id="empty_severity",
    ),
    pytest.param(
        entry("thresholds: {1: 1}"),
        "budgets[0].thresholds.1: expected a severity, got 1; put it in quotes",
        id="number_for_severity",
    ),
    pytest.param(
        entry("labels: owner"),
        'budgets[0].labels: expected a mapping from a label name to printable text, got "owner"',
        id="text_for_labels",
    ),
    pytest.param(
        entry("labels: {owner: 4711}"),
        "budgets[0].labels.owner: expected printable text, got 4711; put it in quotes",
        id="number_for_label",
    ),
    pytest.param(
        entry("labels: {owner: yes}"),
        "budgets[0].labels.owner: expected printable text, got true; put it in quotes",
        id="bool_for_label",
    ),
    pytest.param(
        entry("labels: {owner: }"),
        "budgets[0].labels.owner: expected printable text, got null",
        id="label_without_value",
    ),
    pytest.param(
        entry('labels: {owner: "a\\nb"}'),
        'budgets[0].labels.owner: expected printable text, got "a\\nb"',
        id="line_end_in_label",
    ),
    pytest.param(
        entry("labels: {yes: a}"),
        "budgets[0].labels.True: expected a label name, got true; put it in quotes",
        id="bool_for_label_name",
    ),
]


@pytest.mark.parametrize(("text", "line"), [*ACCOUNTS, *NAMES, *AMOUNTS, *SCOPES, *MAPPINGS])
def test_faulty_budget_is_named(load_text: Loader, text: str, line: str) -> None:
    """Whatever is wrong with a budget is refused by one line that names the file and the key."""
    assert f"config.yaml: {line}" == refusal(load_text, text, NORTHFLANK_API_TOKEN=TOKEN)


@pytest.mark.parametrize("name", ["__name__", "__x", "cost-center", "1st", "größe", "a b", ""])
def test_label_name_that_prometheus_does_not_take(load_text: Loader, name: str) -> None:
    """A label whose name Prometheus does not take is refused with what a name is."""
    said = refusal(load_text, entry(f'labels: {{"{name}": a}}'), NORTHFLANK_API_TOKEN=TOKEN)

    assert f'config.yaml: budgets[0].labels.{name}: expected a label name, got "{name}"; {NAME_RULE}' == said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("budget", "the exporter gives a label of this name itself", id="own"),
        pytest.param(
            "pod", "scrape targets have a label of this name, which the rules take off for the alerts", id="of_targets"
        ),
        pytest.param("subject", "alerts have a label of this name already", id="of_alerts"),
    ],
)
def test_label_name_that_is_taken(load_text: Loader, name: str, reason: str) -> None:
    """A label that would be lost on the way to an alert is refused with the reason and what to do."""
    said = refusal(load_text, entry(f"labels: {{owner: a, {name}: b}}"), NORTHFLANK_API_TOKEN=TOKEN)

    assert f"config.yaml: budgets[0].labels.{name}: taken: {reason}; choose another name" == said
