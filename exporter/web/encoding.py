"""Which encoding a client takes (RFC 9110, section 12.5.3)."""

from __future__ import annotations

_GZIP_NAMES = ("gzip", "x-gzip")


def is_gzip_accepted(accept_encoding: str) -> bool:
    """Whether the value of an Accept-Encoding header asks for gzip, by name or by `*`, and not with `q=0`."""
    weights = dict(_weight(item) for item in accept_encoding.lower().split(","))
    named = [weights[name] for name in _GZIP_NAMES if name in weights]
    return max(named or [weights.get("*", 0.0)]) > 0


def _weight(item: str) -> tuple[str, float]:
    name, _, parameter = item.partition(";")
    key, _, value = parameter.partition("=")
    if key.strip() != "q":
        return name.strip(), 1.0
    try:
        return name.strip(), float(value)
    except ValueError:
        return name.strip(), 0.0
