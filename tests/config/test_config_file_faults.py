"""The exact line that a person reads for a file that is no configuration, and for a token file that holds no token."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.config import load
from exporter.config.place import Place
from exporter.config.token import check_file
from exporter.errors import ConfigError
from tests.config.conftest import Loader, refusal

LONG = "nf-" + "x" * 40
ROOT_USER, NOBODY = 0, 65534

FILES = [
    pytest.param(
        b"accounts: [",
        "line 1, column 12: not valid YAML: expected the node content, but found '<stream end>'",
        id="unfinished",
    ),
    pytest.param(
        b"poll:\n  invoices: 30m\n invoices: 1h",
        "line 3, column 2: not valid YAML: expected <block end>, but found '<block mapping start>'; "
        "indent as the lines above it",
        id="bad_indent",
    ),
    pytest.param(
        b"accounts:\n  - name: a\n  token_file: token",
        "line 3, column 3: not valid YAML: expected <block end>, but found '?'; indent as the lines above it",
        id="too_little_indent",
    ),
    pytest.param(
        b"accounts:\n  - name: a\n      token_file: token",
        "line 3, column 17: not valid YAML: mapping values are not allowed here; "
        "indent as the lines above it, and put a text with a colon in it in quotes",
        id="too_much_indent",
    ),
    pytest.param(
        b"poll:\n\tinvoices: 30m",
        "line 2, column 1: not valid YAML: found character '\\t' that cannot start any token; "
        "indent with spaces, not with tabs",
        id="tab",
    ),
    pytest.param(
        b"accounts:\n- name: @acme",
        "line 2, column 9: not valid YAML: found character '@' that cannot start any token; "
        "put a text that begins with it in quotes",
        id="at_sign",
    ),
    pytest.param(
        b"poll:\n  invoices 30m\n  usage: 10m",
        "line 3, column 8: not valid YAML: mapping values are not allowed here; "
        "indent as the lines above it, and put a text with a colon in it in quotes",
        id="no_colon",
    ),
    pytest.param(
        b"poll:\n  invoices: 30m\nusage",
        "line 3, column 6: not valid YAML: could not find expected ':'; put a colon and a space after the key",
        id="no_colon_at_the_end",
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
    pytest.param(b'"nf-secret"\n', "has quotes around the token; take them off", id="double_quotes"),
    pytest.param(b"'nf-secret'", "has quotes around the token; take them off", id="single_quotes"),
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


@pytest.fixture
def closed(folder: Path) -> Iterator[Path]:
    """The folder, whose configuration and token file may not be read; root, who may read all, is somebody else."""
    for name in ("config.yaml", "token"):
        (folder / name).touch()
        (folder / name).chmod(0)
    user = os.geteuid()
    if user == ROOT_USER:
        os.seteuid(NOBODY)
    yield folder
    os.seteuid(user)


def test_token_file_of_somebody_else(closed: Path) -> None:
    """A token file that may not be read is refused with what to do."""
    with pytest.raises(ConfigError) as caught:
        check_file(f"{closed}/token", Place("config.yaml", "accounts[0].token_file"))

    assert (
        "config.yaml: accounts[0].token_file: cannot be read: permission denied; "
        f"let the exporter's user read it: {closed}/token"
    ) == str(caught.value)


def test_file_of_somebody_else(closed: Path) -> None:
    """A configuration file that may not be read is refused with what to do."""
    with pytest.raises(ConfigError) as caught:
        load(closed / "config.yaml", {})

    assert f"{closed}/config.yaml: cannot be read: permission denied; let the exporter's user read it" == str(
        caught.value
    )


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
