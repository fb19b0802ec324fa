from collections.abc import Mapping
from pathlib import Path

import pytest

from exporter.config import Config, load
from exporter.errors import ConfigError
from tests.config.conftest import TOKEN, Loader

ONE = "accounts: [{name: a}]"
TWO = "accounts: [{name: a, token_file: token}, {name: b}]"


def tokens(config: Config) -> list[str | None]:
    """Each account's token, None where a file has it."""
    return [each.token.reveal() if each.token else None for each in config.accounts]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"NORTHFLANK_API_TOKEN": "nf-1"}, "nf-1", id="name"),
        pytest.param({"NF_API_TOKEN": "nf-2"}, "nf-2", id="alias"),
        pytest.param({"NORTHFLANK_API_TOKEN": "nf-1", "NF_API_TOKEN": "nf-2"}, "nf-1", id="name_first"),
        pytest.param({"NORTHFLANK_API_TOKEN": "", "NF_API_TOKEN": "nf-2"}, "nf-2", id="empty_is_unset"),
        pytest.param({"NORTHFLANK_API_TOKEN": " nf-1\n"}, "nf-1", id="space_around_it"),
    ],
)
def test_token(environ: Mapping[str, str], expected: str) -> None:
    """Without a file, the account `default` has the token of the environment, by Northflank's names."""
    config = load(None, environ)

    assert [("default", None)] == [(each.name, each.token_file) for each in config.accounts]
    assert [expected] == tokens(config)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, "https://api.northflank.com", id="default"),
        pytest.param({"NORTHFLANK_API_BASE_URL": "http://a:1"}, "http://a:1", id="name"),
        pytest.param({"NF_API_HOST": "http://b"}, "http://b", id="alias"),
        pytest.param({"NF_HOST": "http://c"}, "http://c", id="second_alias"),
        pytest.param({"NF_HOST": "http://c", "NF_API_HOST": "http://b"}, "http://b", id="aliases_in_turn"),
        pytest.param({"NF_HOST": "http://c/"}, "http://c", id="slash"),
        pytest.param({"NF_HOST": "http://c/v1"}, "http://c", id="version"),
        pytest.param({"NF_HOST": "http://c/v1/"}, "http://c", id="version_and_slash"),
        pytest.param({"NF_HOST": "http://c/proxy/v1"}, "http://c/proxy", id="path"),
        pytest.param({"NF_HOST": "http://[::1]:8080"}, "http://[::1]:8080", id="ipv6"),
    ],
)
def test_base_url(environ: dict[str, str], expected: str) -> None:
    """The address is taken as the official SDK takes it; a slash or `/v1` at its end does no harm."""
    assert expected == load(None, {"NORTHFLANK_API_TOKEN": TOKEN, **environ}).accounts[0].base_url


def test_environment_serves_who_says_nothing(load_text: Loader) -> None:
    """Accounts without token file or address take the environment's, the others keep their own."""
    text = "accounts: [{name: a, token_file: token, base_url: 'http://own'}, {name: b}]"

    config = load_text(text, NORTHFLANK_API_TOKEN="nf-env", NF_HOST="http://env")

    assert [("a", "http://own"), ("b", "http://env")] == [(each.name, each.base_url) for each in config.accounts]
    assert [None, "nf-env"] == tokens(config)
    assert [Path("token"), None] == [each.token_file for each in config.accounts]


def test_file_over_environment(load_text: Loader) -> None:
    """A token in the environment that nobody needs is not looked at."""
    config = load_text("accounts: [{name: a, token_file: token}]", NORTHFLANK_API_TOKEN="not a token")

    assert [None] == tokens(config)


@pytest.mark.parametrize(
    ("text", "environ", "line"),
    [
        pytest.param(
            "",
            {},
            "NORTHFLANK_API_TOKEN: not set; set it to an API token that may read billing, "
            "or state accounts in config.yaml",
            id="file_without_accounts",
        ),
        pytest.param(
            ONE,
            {},
            "config.yaml: accounts[0].token_file: missing; set it, or set NORTHFLANK_API_TOKEN in the environment",
            id="one_without_token",
        ),
        pytest.param(
            TWO,
            {},
            "config.yaml: accounts[1].token_file: missing; set it, or set NORTHFLANK_API_TOKEN in the environment",
            id="second_without_token",
        ),
        pytest.param(
            "accounts: [{name: a}, {name: b, token_file: token}, {name: c}]",
            {"NF_API_TOKEN": TOKEN},
            "config.yaml: accounts[2].token_file: missing; NORTHFLANK_API_TOKEN serves one account only, "
            "and accounts[0].token_file is missing too",
            id="two_without_token",
        ),
        pytest.param(
            ONE,
            {"NF_API_TOKEN": "nf secret"},
            "NF_API_TOKEN: holds something else than one token: expected printable ASCII without spaces",
            id="no_token",
        ),
        pytest.param(
            ONE,
            {"NORTHFLANK_API_TOKEN": TOKEN, "NF_HOST": "api.northflank.com"},
            "NF_HOST: does not begin with https:// or http://; expected an address like https://api.northflank.com",
            id="bad_address",
        ),
    ],
)
def test_refused(load_text: Loader, text: str, environ: dict[str, str], line: str) -> None:
    """What the environment lacks, or has wrong, is named with what to do; a token is never shown."""
    with pytest.raises(ConfigError) as caught:
        load_text(text, **environ)

    assert line == str(caught.value)
