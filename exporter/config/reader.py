"""From the plain values of a YAML file to structs, every fault named by its key.

The structs say what is allowed and msgspec checks it, one key at a time: that way the key is known here, and
nothing has to be read out of another library's messages.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import inspect

from exporter.config import duration
from exporter.config.expected import bare, expected, extra, shown
from exporter.config.place import Place

S = TypeVar("S", bound=msgspec.Struct)

_TEXT_TYPES = (inspect.StrType, inspect.UnionType)


def read(struct: type[S], value: object, at: Place) -> S:
    """The struct that `value` states. Raise ConfigError with the key of the first fault.

    A section without a value, since all below it is commented out, has its defaults.
    """
    if value is None:
        value = {}
    if not isinstance(value, Mapping):
        raise at.fault(f"expected a mapping of keys to values, got {shown(value)}")
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    _refuse_unknown(value, list(fields), at)
    for name, field in fields.items():
        if field.required and name not in value:
            raise at.key(name).fault(f"missing; expected {expected(field.type)}")
    return struct(**{fields[name].name: _field(fields[name].type, value[name], at.key(name)) for name in value})


def _refuse_unknown(value: Mapping[object, object], known: list[str], at: Place) -> None:
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            raise at.key(str(name)).fault(f"unknown key; {hint}")


def _field(hint: object, value: object, at: Place) -> object:
    match bare(hint):
        case inspect.StructType(cls=struct):
            return read(struct, value, at)
        case inspect.VarTupleType(item_type=inspect.StructType(cls=struct)):
            return _items(struct, value, at)
        case kind:
            return _leaf(hint, kind, value, at)


def _items(struct: type[S], value: object, at: Place) -> tuple[S, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise at.fault(f"expected a list, each item with a dash before it, got {shown(value)}")
    return tuple(read(struct, item, at.item(index)) for index, item in enumerate(value))


def _leaf(hint: object, kind: inspect.Type, value: object, at: Place) -> object:
    try:
        return msgspec.convert(_plain(kind, value), hint)
    except msgspec.ValidationError:
        remedy = _remedy(kind, value) or extra(hint, "why")
        raise at.fault(f"expected {expected(hint)}, got {shown(value)}{remedy and '; '}{remedy}") from None


def _plain(kind: inspect.Type, value: object) -> object:
    """The value as msgspec compares it: a duration in seconds, and `2024` as the name of a generation."""
    if isinstance(kind, inspect.FloatType):
        return duration.parse(value) if isinstance(value, str) else None
    return str(value) if isinstance(kind, inspect.LiteralType) and type(value) is int else value


def _remedy(kind: inspect.Type, value: object) -> str:
    """What to do about a value that YAML took for something else than text."""
    if value is None or isinstance(value, str | list | dict):
        return ""
    if isinstance(kind, inspect.FloatType) and not isinstance(value, bool):
        return "write the unit too"
    return "put it in quotes" if isinstance(kind, _TEXT_TYPES) else ""
