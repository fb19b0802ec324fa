import copy
import pickle

import msgspec
import pytest

from exporter.config import Account, Secret, load

TOKEN = "nf-4f1c2a9e"


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(repr(Secret(TOKEN)), id="repr"),
        pytest.param(str(Secret(TOKEN)), id="str"),
        pytest.param(f"{Secret(TOKEN)}", id="format"),
        pytest.param(f"{Secret(TOKEN):>40}", id="format_spec"),
        pytest.param(f"{Secret(TOKEN)!r}", id="format_repr"),
        pytest.param("%s %r" % (Secret(TOKEN), Secret(TOKEN)), id="percent"),  # noqa: UP031 - the form under test
        pytest.param(repr(load(None, {"NF_API_TOKEN": TOKEN})), id="config"),
        pytest.param(str(load(None, {"NF_API_TOKEN": TOKEN}).accounts), id="accounts"),
    ],
)
def test_not_shown(shown: str) -> None:
    """However a secret or what holds it is printed, its text is not in it, but a mask is."""
    assert (False, True) == (TOKEN in shown, "***" in shown)


def test_revealed() -> None:
    """Who asks for it by name gets the text."""
    assert TOKEN == Secret(TOKEN).reveal()


def test_not_compared_by_accident() -> None:
    """A secret is equal to itself only: neither to its text nor to another of the same text."""
    secret = Secret(TOKEN)
    others: list[object] = [secret, TOKEN, Secret(TOKEN)]

    assert [True, False, False] == [secret == other for other in others]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(pickle.dumps, id="pickle"),
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
        pytest.param(msgspec.json.encode, id="json"),
    ],
)
def test_not_written(write: object) -> None:
    """A secret is refused by whatever would write its text somewhere."""
    account = Account(name="a", token=Secret(TOKEN), base_url="https://api.northflank.com")

    assert callable(write)
    with pytest.raises(TypeError):
        write(account.token)
