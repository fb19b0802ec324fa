"""The address of the API."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from exporter.config.place import Place

DEFAULT = "https://api.northflank.com"

_NUMBERS = re.compile(r"[0-9.]+|.*:.*")
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")


def parse(text: str, at: Place) -> str:
    """The address without `/v1` and without a slash at its end. Raise ConfigError, never with the text."""
    fault = _fault(text)
    if fault:
        raise at.fault(f"{fault}; expected an address like {DEFAULT}")
    return text.rstrip("/").removesuffix("/v1").rstrip("/")


def _fault(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "not an address"
    checks = {
        "has a space or an unprintable character in it": not text.isprintable() or " " in text,
        "does not begin with https:// or http://": parts.scheme not in ("http", "https"),
        "has no host": not parts.hostname,
        "has a host that is none": not _is_host(parts.hostname or ""),
        "has a port that is none": port == 0,
        "has a user name or a password in it": parts.username is not None,
        "has a query or a fragment": "?" in text or "#" in text,
    }
    return next((fault for fault, found in checks.items() if found), "")


def _is_host(text: str) -> bool:
    """Whether it is the address of a machine, or a name: one with other letters is written as `xn--…`."""
    if not _NUMBERS.fullmatch(text):
        return _NAME.fullmatch(text) is not None
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
