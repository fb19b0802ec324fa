"""Where the token comes from. It is read for each request, so that a rotated secret needs no restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exporter.errors import UnauthorizedError

ReadToken = Callable[[], str]


class FileToken:
    """The token in a file, as it is now.

    While a secret is being rotated its file may be gone or empty for a moment: the last token that was read stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: str | None = None

    def __call__(self) -> str:
        """The token, without white space around it; raises UnauthorizedError when there has never been one."""
        try:
            token = self._path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeError):
            token = ""
        if token and token.isprintable() and " " not in token:
            self._last = token
        if self._last is None:
            raise UnauthorizedError(f"{self._path}: holds no token any more; put the API token there")
        return self._last
