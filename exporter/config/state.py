"""Where the exporter keeps what survives a restart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

_FOLDER = "northflank-billing-exporter"
_NONE: Literal["none"] = "none"


def complete(stated: str | None, environ: Mapping[str, str], beside: Path) -> Path | Literal["none"] | None:
    """The folder that the file states, a relative one beside the file; `none`, or the environment's, as it says."""
    if stated is None:
        return default(environ)
    return _NONE if stated == _NONE else beside / stated


def default(environ: Mapping[str, str]) -> Path | None:
    """The folder that the XDG Base Directory Specification gives programs for state; None where there is no home."""
    state_home, home = (Path(environ.get(name, "")) for name in ("XDG_STATE_HOME", "HOME"))
    # The specification has relative paths ignored.
    if state_home.is_absolute():
        return state_home / _FOLDER
    return home / ".local" / "state" / _FOLDER if home.is_absolute() else None
