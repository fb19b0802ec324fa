"""Where the exporter keeps what survives a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from exporter.config.place import Place

_FOLDER = "northflank-billing-exporter"
_NONE: Literal["none"] = "none"
# What a shell would put in place of these is not known here: a folder of that very name would be made.
_OF_SHELLS = re.compile(r"^~|\$")


def complete(stated: str | None, environ: Mapping[str, str], at: Place) -> Path | Literal["none"] | None:
    """The folder that the file states, a relative one beside the file; `none`, or the environment's, as it says.

    Raise ConfigError for one that only a shell would understand.
    """
    if stated is None:
        return default(environ)
    found = _OF_SHELLS.search(stated)
    if found:
        raise at.fault(f"{found[0]} means nothing here; write the path in full")
    return _NONE if stated == _NONE else Path(at.file).parent / stated


def default(environ: Mapping[str, str]) -> Path | None:
    """The folder that the XDG Base Directory Specification gives programs for state; None where there is no home."""
    state_home, home = (Path(environ.get(name, "")) for name in ("XDG_STATE_HOME", "HOME"))
    # The specification has relative paths ignored.
    if state_home.is_absolute():
        return state_home / _FOLDER
    return home / ".local" / "state" / _FOLDER if home.is_absolute() else None
