"""What a key takes, in words: for the one who gave something else, and for the documentation."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import get_args

from msgspec import inspect

from exporter.config import duration

_MOST_SHOWN = 24
_MOST_BITS = 1000


def bare(hint: object) -> inspect.Type:
    """A key's type without what is said about it, and without the None of a key that may be left out."""
    kind = inspect.type_info(hint)
    kind = kind.type if isinstance(kind, inspect.Metadata) else kind
    if isinstance(kind, inspect.UnionType):
        [kind] = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    return kind


def bounds(hint: object) -> tuple[Decimal, Decimal]:
    """The least and the most that a number may be: msgspec itself bounds no Decimals."""
    return Decimal(extra(hint, "least")), Decimal(extra(hint, "most"))


def parts(hint: object) -> tuple[object, object]:
    """The types of a mapping's keys and values."""
    names, values = get_args(get_args(hint)[0])
    return names, values


def expected(hint: object) -> str:
    """A phrase such as `a whole number from 1 to 1000`, made from a key's type and its bounds."""
    match bare(hint):
        case inspect.FloatType(ge=low, le=high):
            phrase = f"a duration from {duration.render(low or 0)} to {duration.render(high or 0)}"
        case inspect.IntType(ge=low, le=high):
            phrase = f"a whole number from {low} to {high}"
        case inspect.DecimalType():
            phrase = "a number from {} to {}".format(*bounds(hint))
        case inspect.LiteralType():
            phrase = "one of " + ", ".join(get_args(get_args(hint)[0]))
        case inspect.EnumType(cls=names):
            phrase = "one of " + ", ".join(map(str, names))
        case inspect.VarTupleType():
            phrase = "a list"
        case inspect.DictType():
            phrase = "a mapping from {} to {}".format(*map(expected, parts(hint)))
        case _:
            phrase = extra(hint, "form") or "text"
    return phrase


def description(hint: object) -> str:
    """The meaning of a key."""
    kind = inspect.type_info(hint)
    schema = kind.extra_json_schema if isinstance(kind, inspect.Metadata) else None
    return str((schema or {}).get("description", ""))


def extra(hint: object, name: str) -> str:
    """What the key's definition says besides under this name, or nothing."""
    kind = inspect.type_info(hint)
    return str((kind.extra or {}).get(name, "")) if isinstance(kind, inspect.Metadata) else ""


def taken(hint: object) -> Mapping[str, str]:
    """The texts of a key's form that it may not have for all that, each with the reason."""
    kind = inspect.type_info(hint)
    reasons: Mapping[str, str] = (kind.extra or {}).get("taken", {}) if isinstance(kind, inspect.Metadata) else {}
    return reasons


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
            return json.dumps(value, ensure_ascii=False)
        case int() if value.bit_length() > _MOST_BITS:
            return "a number beyond all bounds"
        case _:
            return str(value)


def nearest(name: object, known: Sequence[str], what: str) -> str:
    """What one who gave an unknown name may have meant: the nearest one, or else all there are."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {near[0]}?" if near else f"known {what}: {', '.join(known)}"
