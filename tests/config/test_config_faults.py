"""The exact line that a person reads for each faulty key of a configuration file."""

import pytest

from tests.config.conftest import TOKEN, Loader, refusal

LONG = "nf-" + "x" * 40

KEYS = [
    pytest.param(
        "accounts: [{name: a, tokn_file: token}]",
        "accounts[0].tokn_file: unknown key; did you mean token_file?",
        id="misspelt_key",
    ),
    pytest.param(
        f"accounts: [{{name: a, token: {LONG}}}]",
        "accounts[0].token: unknown key; did you mean token_file?",
        id="token_itself",
    ),
    pytest.param(
        "currency: USD",
        "currency: unknown key; known keys: invoices, detail, poll, api, limits, state, accounts, labels, budgets",
        id="unknown_key",
    ),
    pytest.param("invoices: {2024: 1}", "invoices.2024: unknown key; known keys: history, details", id="number_as_key"),
    pytest.param(
        '"a\\nb": 1',
        "a?b: unknown key; known keys: invoices, detail, poll, api, limits, state, accounts, labels, budgets",
        id="line_end_in_key",
    ),
    pytest.param(
        "accounts: [{token_file: token}]",
        "accounts[0].name: missing; expected letters, digits, _, . and -",
        id="missing_name",
    ),
]

VALUES = [
    pytest.param(
        'state: {path: ""}', 'state.path: expected the path of a folder, or none, got ""', id="empty_state_path"
    ),
    pytest.param(
        "state: {path: 7}",
        "state.path: expected the path of a folder, or none, got 7; put it in quotes",
        id="number_for_state_path",
    ),
    pytest.param(
        'state: {path: "a\\0b"}',
        'state.path: expected the path of a folder, or none, got "a\\u0000b"',
        id="state_path_that_is_none",
    ),
    pytest.param(
        "state: {path: ~/billing}",
        "state.path: ~ means nothing here; write the path in full",
        id="state_path_of_a_home",
    ),
    pytest.param(
        "state: {path: $HOME/billing}",
        "state.path: $ means nothing here; write the path in full",
        id="state_path_of_a_variable",
    ),
    pytest.param(
        "state: {path: '/data/${HOSTNAME}'}",
        "state.path: $ means nothing here; write the path in full",
        id="state_path_with_a_variable",
    ),
    pytest.param("state: none", 'state: expected a mapping of keys to values, got "none"', id="text_for_state"),
    pytest.param(
        "invoices: {history: twelve}",
        'invoices.history: expected a whole number from 1 to 1000, got "twelve"',
        id="text_for_number",
    ),
    pytest.param(
        'invoices: {history: "12"}',
        'invoices.history: expected a whole number from 1 to 1000, got "12"; take the quotes off',
        id="number_in_quotes",
    ),
    pytest.param(
        "poll: {invoices: true}",
        "poll.invoices: expected a duration from 1m to 1d, got true; Northflank allows 1000 requests an hour",
        id="bool_for_duration",
    ),
    pytest.param(
        "invoices: {history: true}",
        "invoices.history: expected a whole number from 1 to 1000, got true",
        id="bool_for_number",
    ),
    pytest.param(
        "invoices: {history: 1.5}",
        "invoices.history: expected a whole number from 1 to 1000, got 1.5",
        id="fraction_for_number",
    ),
    pytest.param(
        "invoices: {history: }",
        "invoices.history: expected a whole number from 1 to 1000, got null",
        id="nothing_for_number",
    ),
    pytest.param(
        "invoices: {history: 0}",
        "invoices.history: expected a whole number from 1 to 1000, got 0",
        id="history_too_small",
    ),
    pytest.param(
        "invoices: {history: 1001}",
        "invoices.history: expected a whole number from 1 to 1000, got 1001",
        id="history_too_large",
    ),
    pytest.param(
        f"invoices: {{history: {10**30}}}",
        f"invoices.history: expected a whole number from 1 to 1000, got {10**30}",
        id="history_huge",
    ),
    pytest.param(
        f"invoices: {{history: 0x{'f' * 5000}}}",
        "invoices.history: expected a whole number from 1 to 1000, got a number beyond all bounds",
        id="history_too_long_to_show",
    ),
    pytest.param(
        'detail: "\\ud800"',
        'detail: expected one of account, team, project, resource_type, resource, got "?"',
        id="half_a_character",
    ),
    pytest.param(
        "invoices: {history: 3, details: 4}",
        "invoices.details: expected a whole number from 0 to invoices.history (3), got 4",
        id="more_details_than_history",
    ),
    pytest.param(
        "invoices: {details: -1}",
        "invoices.details: expected a whole number from 0 to 1000, got -1",
        id="details_negative",
    ),
    pytest.param(
        "detail: service",
        'detail: expected one of account, team, project, resource_type, resource, got "service"',
        id="unknown_detail",
    ),
    pytest.param(
        "poll: {invoices: 30}",
        "poll.invoices: expected a duration from 1m to 1d, got 30; write the unit too",
        id="duration_without_unit",
    ),
    pytest.param(
        "poll: {invoices: 59s}",
        'poll.invoices: expected a duration from 1m to 1d, got "59s"; Northflank allows 1000 requests an hour',
        id="poll_too_often",
    ),
    pytest.param(
        'poll: {invoices: "1800"}',
        'poll.invoices: expected a duration from 1m to 1d, got "1800"; write the unit too',
        id="duration_in_quotes_without_unit",
    ),
    pytest.param(
        "poll: {invoices: 30 m}",
        'poll.invoices: expected a duration from 1m to 1d, got "30 m"; write it as 90s, 30m or 1h30m',
        id="duration_with_a_space",
    ),
    pytest.param(
        "poll: {invoices: 25h}",
        'poll.invoices: expected a duration from 1m to 1d, got "25h"; Northflank allows 1000 requests an hour',
        id="poll_too_seldom",
    ),
    pytest.param(
        "poll: {usage: 59s}",
        'poll.usage: expected a duration from 1m to 1h, got "59s"; Northflank\'s figures of usage change hourly',
        id="usage_too_often",
    ),
    pytest.param(
        "poll: {usage: 61m}",
        'poll.usage: expected a duration from 1m to 1h, got "61m"; Northflank\'s figures of usage change hourly',
        id="usage_too_seldom",
    ),
    pytest.param(
        "poll: {late_after: 59m}",
        'poll.late_after: expected a duration from 1h to 1d, got "59m"; usage is listed by the hour',
        id="late_too_soon",
    ),
    pytest.param(
        "poll: {late_after: 25h}",
        'poll.late_after: expected a duration from 1h to 1d, got "25h"; usage is listed by the hour',
        id="late_too_late",
    ),
    pytest.param(
        "poll: {late_after: 3}",
        "poll.late_after: expected a duration from 1h to 1d, got 3; write the unit too",
        id="late_without_a_unit",
    ),
    pytest.param(
        "state: {retention: 61d}",
        'state.retention: expected a duration from 62d to 10y, got "61d"; two whole months have to be there',
        id="retention_too_short",
    ),
    pytest.param(
        "state: {retention: 3651d}",
        'state.retention: expected a duration from 62d to 10y, got "3651d"; two whole months have to be there',
        id="retention_too_long",
    ),
    pytest.param(
        "limits: {series: -1}",
        "limits.series: expected a whole number from 0 to 10000000, got -1",
        id="series_negative",
    ),
    pytest.param(
        "limits: {series: 10_000_001}",
        "limits.series: expected a whole number from 0 to 10000000, got 10000001",
        id="series_too_many",
    ),
    pytest.param(
        "api: {timeout: 1 minute}",
        'api.timeout: expected a duration from 1s to 5m, got "1 minute"; write it as 90s, 30m or 1h30m',
        id="bad_duration",
    ),
    pytest.param(
        "api: {timeout: 999ms}",
        'api.timeout: expected a duration from 1s to 5m, got "999ms"',
        id="timeout_too_short",
    ),
    pytest.param(
        "api: {timeout: 301s}",
        'api.timeout: expected a duration from 1s to 5m, got "301s"',
        id="timeout_too_long",
    ),
    pytest.param(
        "api: {concurrency: 33}",
        "api.concurrency: expected a whole number from 1 to 32, got 33",
        id="concurrency_too_large",
    ),
    pytest.param(
        "api: {max_retries: 11}",
        "api.max_retries: expected a whole number from 0 to 10, got 11",
        id="retries_too_many",
    ),
    pytest.param("invoices: 12", "invoices: expected a mapping of keys to values, got 12", id="number_for_section"),
    pytest.param("poll: [30m]", "poll: expected a mapping of keys to values, got a list", id="list_for_section"),
    pytest.param(
        "accounts: {name: a}",
        "accounts: expected a list, each item with a dash before it, got a mapping",
        id="mapping_for_list",
    ),
    pytest.param(
        "accounts: [acme]",
        'accounts[0]: expected a mapping of keys to values, got "acme"',
        id="text_for_account",
    ),
    pytest.param(
        "accounts: [{name: 12, token_file: token}]",
        "accounts[0].name: expected letters, digits, _, . and -, got 12; put it in quotes",
        id="number_for_name",
    ),
    pytest.param(
        "accounts: [{name: no, token_file: token}]",
        "accounts[0].name: expected letters, digits, _, . and -, got false; put it in quotes",
        id="bool_for_name",
    ),
    pytest.param(
        "accounts: [{name: 2026-06-01, token_file: token}]",
        "accounts[0].name: expected letters, digits, _, . and -, got 2026-06-01; put it in quotes",
        id="date_for_name",
    ),
    pytest.param(
        "accounts: [{name: '', token_file: token}]",
        'accounts[0].name: expected letters, digits, _, . and -, got ""; it becomes the label account',
        id="empty_name",
    ),
    pytest.param(
        "accounts: [{name: Acme Inc, token_file: token}]",
        'accounts[0].name: expected letters, digits, _, . and -, got "Acme Inc"; it becomes the label account',
        id="space_in_name",
    ),
    pytest.param(
        'accounts: [{name: "acme\\n", token_file: token}]',
        'accounts[0].name: expected letters, digits, _, . and -, got "acme\\n"; it becomes the label account',
        id="line_end_in_name",
    ),
    pytest.param(
        f"accounts: [{{name: {LONG}+, token_file: token}}]",
        "accounts[0].name: expected letters, digits, _, . and -, got a text of 44 characters; "
        "it becomes the label account",
        id="long_text_not_shown",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: token}, {name: b, token_file: token}, {name: a, token_file: token}]",
        "accounts[2].name: accounts[0] has this name too; give each its own",
        id="duplicate_name",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: token}, {name: b, token_file: second}, {name: c, token_file: ./token, "
        'base_url: "https://api.northflank.com/v1"}]',
        "accounts[2]: accounts[0] asks for the same bill (token_file, base_url and team_id); leave one of them out",
        id="same_bill",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: token, team_id: 7}]",
        "accounts[0].team_id: expected the id of a team as it stands in Northflank's addresses, got 7; "
        "put it in quotes",
        id="number_for_team",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: token, team_id: a/b}]",
        'accounts[0].team_id: expected the id of a team as it stands in Northflank\'s addresses, got "a/b"',
        id="slash_in_team",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: token, api: 2025}]",
        "accounts[0].api: expected one of auto, 2024, 2026-06, 2026-10, got 2025",
        id="unknown_generation",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: token, amounts: cents}]",
        'accounts[0].amounts: expected one of auto, minor, major, got "cents"',
        id="unknown_unit",
    ),
    pytest.param(
        "accounts: [{name: a, token_file: [token]}]",
        "accounts[0].token_file: expected the path of a file, got a list",
        id="list_for_path",
    ),
]

ADDRESS = "expected an address like https://api.northflank.com"

BASE_URLS = [
    pytest.param("api.northflank.com", "does not begin with https:// or http://", id="no_scheme"),
    pytest.param("ftp://api.northflank.com", "does not begin with https:// or http://", id="ftp"),
    pytest.param("https://", "has no host", id="no_host"),
    pytest.param("https:///v1", "has no host", id="path_only"),
    pytest.param("https://user:pass@host", "has a user name or a password in it", id="user_info"),
    pytest.param("https://host/?a=1", "has a query or a fragment", id="query"),
    pytest.param("https://host/#a", "has a query or a fragment", id="fragment"),
    pytest.param("https://host:port", "not an address", id="bad_port"),
    pytest.param("https://host:0", "has a port that is none", id="port_0"),
    pytest.param("https://[::1", "not an address", id="bad_ipv6"),
    pytest.param("https://10.0.0.256", "has a host that is none", id="bad_ipv4"),
    pytest.param("https://[::1%25 lo]", "has a space or an unprintable character in it", id="space_in_ipv6"),
    pytest.param("https://api.northflank.com\u2013", "has a host that is none", id="long_dash"),
    pytest.param("https://api..com", "has a host that is none", id="two_dots"),
    pytest.param("https://$API_HOST/v1", "has a host that is none", id="variable"),
    pytest.param("https://ho st", "has a space or an unprintable character in it", id="space"),
    pytest.param("", "does not begin with https:// or http://", id="empty"),
]


@pytest.mark.parametrize(("text", "line"), [*KEYS, *VALUES])
def test_faulty_key_is_named(load_text: Loader, text: str, line: str) -> None:
    """Each faulty key or value is refused by one line that names the file and the key."""
    assert f"config.yaml: {line}" == refusal(load_text, text, NORTHFLANK_API_TOKEN=TOKEN)


@pytest.mark.parametrize(("base_url", "fault"), BASE_URLS)
def test_faulty_base_url_is_not_shown(load_text: Loader, base_url: str, fault: str) -> None:
    """What is wrong with an address is said, and the address, which may hold a password, is not shown."""
    text = f"accounts: [{{name: a, token_file: token, base_url: '{base_url}'}}]"

    assert f"config.yaml: accounts[0].base_url: {fault}; {ADDRESS}" == refusal(load_text, text)
