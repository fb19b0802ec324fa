"""The exact line that a person reads for each fault of a configuration file."""

from pathlib import Path

import pytest

from exporter.config import load
from exporter.errors import ConfigError
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
    pytest.param("state: none", 'state: expected a mapping of keys to values, got "none"', id="text_for_state"),
    pytest.param(
        "invoices: {history: twelve}",
        'invoices.history: expected a whole number from 1 to 1000, got "twelve"',
        id="text_for_number",
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
        'api.timeout: expected a duration from 1s to 5m, got "1 minute"',
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
    pytest.param("https://ho st", "has a space or an unprintable character in it", id="space"),
    pytest.param("", "does not begin with https:// or http://", id="empty"),
]

FILES = [
    pytest.param(
        b"accounts: [",
        "line 1, column 12: not valid YAML: expected the node content, but found '<stream end>'",
        id="unfinished",
    ),
    pytest.param(
        b"poll:\n  invoices: 30m\n invoices: 1h",
        "line 3, column 2: not valid YAML: expected <block end>, but found '<block mapping start>'",
        id="bad_indent",
    ),
    pytest.param(
        b"poll: {invoices: 30m}\ndetail: team\npoll: {invoices: 1h}",
        "line 3, column 1: not valid YAML: the key poll stands twice",
        id="duplicate_key",
    ),
    pytest.param(
        b"accounts:\n  - name: a\n    name: b",
        "line 3, column 5: not valid YAML: the key name stands twice",
        id="duplicate_nested_key",
    ),
    pytest.param(b"? [a]\n: b", "line 1, column 3: not valid YAML: found unhashable key", id="list_as_key"),
    pytest.param(
        b"detail: !!python/name:os.system x",
        "line 1, column 9: not valid YAML: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/name:os.system'",
        id="code",
    ),
    pytest.param(
        b"detail: team\n---\ndetail: team",
        "line 2, column 1: not valid YAML: but found another document",
        id="two_documents",
    ),
    pytest.param(b"detail: a\x01b", "not valid YAML: unprintable character at position 9", id="control_character"),
    pytest.param(
        b"detail: 2026-13-45",
        "not valid YAML: a date or number that is none, or nested too deeply",
        id="impossible_date",
    ),
    pytest.param(b"[" * 5000, "not valid YAML: a date or number that is none, or nested too deeply", id="too_deep"),
    pytest.param(b"detail: \xff", "not UTF-8 at byte 8; save it as UTF-8", id="not_utf_8"),
    pytest.param(b"- a", "expected a mapping of keys to values, got a list", id="list"),
    pytest.param(b"acme", 'expected a mapping of keys to values, got "acme"', id="text"),
]

TOKEN_FILES = [
    pytest.param(b"", "holds no token; put the API token there", id="empty"),
    pytest.param(b" \n\t\n", "holds no token; put the API token there", id="blank"),
    pytest.param(
        b"nf-secret nf-secret",
        "holds something else than one token: expected printable ASCII without spaces",
        id="two_words",
    ),
    pytest.param(
        b"nf-secret\nnf-secret",
        "holds something else than one token: expected printable ASCII without spaces",
        id="two_lines",
    ),
    pytest.param(
        "nf-secret-é".encode(),
        "holds something else than one token: expected printable ASCII without spaces",
        id="not_ascii",
    ),
    pytest.param(
        b"nf-secret\x00",
        "holds something else than one token: expected printable ASCII without spaces",
        id="control_character",
    ),
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


@pytest.mark.parametrize(("content", "line"), FILES)
def test_file_that_is_no_configuration(load_text: Loader, content: bytes, line: str) -> None:
    """A file that is not YAML, or no mapping, is refused with the place where reading it ended."""
    assert f"config.yaml: {line}" == refusal(load_text, content)


@pytest.mark.parametrize(("content", "line"), TOKEN_FILES)
def test_token_file_without_token(load_text: Loader, folder: Path, content: bytes, line: str) -> None:
    """A token file that holds no token, or more than one, is refused without showing what it holds."""
    (folder / "other").write_bytes(content)

    said = refusal(load_text, "accounts: [{name: a, token_file: other}]")

    assert f"config.yaml: accounts[0].token_file: {line}" == said


def test_missing_token_file(load_text: Loader, folder: Path) -> None:
    """A relative path that is not there names the folder only, since a token may have been put there."""
    said = refusal(load_text, f"accounts: [{{name: a, token_file: {LONG}}}]")

    assert (
        "config.yaml: accounts[0].token_file: cannot be read: no such file or directory; "
        f"expected a file in the folder {folder} that holds the API token"
    ) == said


def test_missing_absolute_token_file(load_text: Loader, folder: Path) -> None:
    """An absolute path that is not there is shown."""
    said = refusal(load_text, f"accounts: [{{name: a, token_file: {folder}/none}}]")

    assert (
        "config.yaml: accounts[0].token_file: cannot be read: no such file or directory; "
        f"expected {folder}/none that holds the API token"
    ) == said


def test_token_file_is_a_folder(load_text: Loader, folder: Path) -> None:
    """A folder in place of a token file is refused."""
    said = refusal(load_text, f"accounts: [{{name: a, token_file: {folder}}}]")

    assert (
        "config.yaml: accounts[0].token_file: cannot be read: is a directory; "
        f"expected {folder} that holds the API token"
    ) == said


def test_unreadable_token_file(load_text: Loader, folder: Path) -> None:
    """A token file that cannot be opened is refused in the system's own words."""
    (folder / "loop").symlink_to("loop")

    said = refusal(load_text, f"accounts: [{{name: a, token_file: {folder}/loop}}]")

    assert (
        "config.yaml: accounts[0].token_file: cannot be read: too many levels of symbolic links; "
        f"expected {folder}/loop that holds the API token"
    ) == said


def test_token_file_is_no_path(load_text: Loader) -> None:
    """A text that no path can be is refused."""
    said = refusal(load_text, 'accounts: [{name: a, token_file: "a\\0b"}]')

    assert (
        "config.yaml: accounts[0].token_file: not a path; expected the path of a file that holds the API token"
    ) == said


def test_missing_file(folder: Path) -> None:
    """A configuration file that is not there is named."""
    with pytest.raises(ConfigError) as caught:
        load(folder / "none.yaml", {})

    expected = f"{folder}/none.yaml: cannot be read: no such file or directory; give its path by --config.file"
    assert expected == str(caught.value)


def test_folder_for_file(folder: Path) -> None:
    """A folder in place of a configuration file is refused."""
    with pytest.raises(ConfigError) as caught:
        load(folder, {})

    assert f"{folder}: cannot be read: is a directory; give its path by --config.file" == str(caught.value)
