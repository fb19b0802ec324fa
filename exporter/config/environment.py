"""What the environment says, by the names that Northflank's own SDK reads."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.config import base_url
from exporter.config.place import Place
from exporter.config.secret import Secret
from exporter.config.token import check_text

TOKEN_NAMES = ("NORTHFLANK_API_TOKEN", "NF_API_TOKEN")
"""The API token; the first that is set and not empty counts."""

BASE_URL_NAMES = ("NORTHFLANK_API_BASE_URL", "NF_API_HOST", "NF_HOST")
"""The address of the API; likewise."""


def find_token(environ: Mapping[str, str]) -> Secret | None:
    """The token, or None if no variable has one. Raise ConfigError for one that cannot be a token."""
    name = _first(TOKEN_NAMES, environ)
    return check_text(environ[name], Place(name)) if name else None


def find_base_url(environ: Mapping[str, str]) -> str:
    """The address of the API, Northflank's own if no variable has one. Raise ConfigError for a bad one."""
    name = _first(BASE_URL_NAMES, environ)
    return base_url.parse(environ[name].strip(), Place(name)) if name else base_url.DEFAULT


def _first(names: tuple[str, ...], environ: Mapping[str, str]) -> str | None:
    return next((name for name in names if environ.get(name, "").strip()), None)
