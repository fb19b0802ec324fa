"""What a key takes, in words: for the one who gave something else, and for the documentation."""

from __future__ import annotations

from typing import get_args

import msgspec
from msgspec import inspect

from exporter.config import duration

_MOST_SHOWN = 24


def bare(hint: object) -> inspect.Type:
    """A key's type without what is said about it."""
    kind = inspect.type_info(hint)
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def expected(hint: object) -> str:
    """A phrase such as `a whole number from 1 to 1000`, made from a key's type and its bounds."""
    match bare(hint):
        case inspect.FloatType(ge=low, le=high):
            return f"a duration from {duration.render(low or 0)} to {duration.render(high or 0)}"
        case inspect.IntType(ge=low, le=high):
            return f"a whole number from {low} to {high}"
        case inspect.LiteralType():
            return "one of " + ", ".join(get_args(get_args(hint)[0]))
        case inspect.VarTupleType():
            return "a list"
        case _:
            return extra(hint, "form") or "text"


def description(hint: object) -> str:
    """The meaning of a key."""
    kind = inspect.type_info(hint)
    schema = kind.extra_json_schema if isinstance(kind, inspect.Metadata) else None
    return str((schema or {}).get("description", ""))


def extra(hint: object, name: str) -> str:
    """What the key's definition says besides under this name, or nothing."""
    kind = inspect.type_info(hint)
    return str((kind.extra or {}).get(name, "")) if isinstance(kind, inspect.Metadata) else ""


def shown(value: object) -> str:
    """A value as the file has it, for a fault. A long text is not shown: it may be a token gone astray."""
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str() if len(value) > _MOST_SHOWN:
            return f"a text of {len(value)} characters"
        case str() | bool() | float() | None:
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)
