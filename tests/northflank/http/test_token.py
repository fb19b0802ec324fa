from pathlib import Path

import pytest

from exporter.errors import UnauthorizedError
from exporter.northflank.http.token import FileToken


def test_rotated_token(tmp_path: Path) -> None:
    """A token that is written anew is used from the next request on, without a restart."""
    path = tmp_path / "token"
    path.write_text("first\n")
    token = FileToken(path)
    assert "first" == token()

    path.write_text("  second\r\n")
    assert "second" == token()


def test_replaced_link(tmp_path: Path) -> None:
    """A link that is turned to another file, as Kubernetes rotates secrets, is followed anew."""
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    link = tmp_path / "token"
    link.symlink_to("one")
    token = FileToken(link)
    assert "one" == token()

    link.unlink()
    link.symlink_to("two")
    assert "two" == token()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="gone"),
        pytest.param(b"", id="empty"),
        pytest.param(b" \n", id="blank"),
        pytest.param("tök".encode(), id="not_ascii"),
        pytest.param(b"two words", id="two_words"),
        pytest.param(b"line\nline", id="two_lines"),
    ],
)
def test_last_token_stays(tmp_path: Path, content: bytes | None) -> None:
    """While the file is gone or half written the last token stays in use."""
    path = tmp_path / "token"
    path.write_text("good")
    token = FileToken(path)
    token()

    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert "good" == token()


def test_never_a_token(tmp_path: Path) -> None:
    """Where there has never been one, the error names the file and what to do."""
    with pytest.raises(UnauthorizedError) as caught:
        FileToken(tmp_path / "token")()

    assert f"{tmp_path}/token: holds no token any more; put the API token there" == str(caught.value)


def test_token_is_not_shown(tmp_path: Path) -> None:
    """A picture of the object shows no token."""
    path = tmp_path / "file"
    path.write_text("s3cret")
    token = FileToken(path)
    token()

    assert "s3cret" not in repr(token)
