"""From the plain values of a YAML file to structs, every fault named by its key.

The structs say what is allowed and msgspec checks it, one key at a time: that way the key is known here, and
nothing has to be read out of another library's messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

import msgspec
from msgspec import inspect

from exporter.config import duration, number
from exporter.config.expected import bare, bounds, expected, extra, nearest, parts, shown, taken
from exporter.config.place import Place

S = TypeVar("S", bound=msgspec.Struct)

_HOLDERS = (inspect.StructType, inspect.VarTupleType, inspect.DictType)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def read(struct: type[S], value: object, at: Place) -> S:
    """The struct that `value` states. Raise ConfigError with the key of the first fault.

    A section without a value, since all below it is commented out, is as good as left out.
    """
    if value is None:
        value = {}
    if not isinstance(value, Mapping):
        raise at.fault(f"expected a mapping of keys to values, got {shown(value)}")
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    _refuse_unknown(value, list(fields), at)
    said = {name: each for name, each in value.items() if each is not None or not _holds(fields[name].type)}
    for name, field in fields.items():
        if field.required and name not in said:
            raise at.key(name).fault(f"missing; expected {expected(field.type)}")
    return struct(**{fields[name].name: _field(fields[name].type, each, at.key(name)) for name, each in said.items()})


def _refuse_unknown(value: Mapping[object, object], known: list[str], at: Place) -> None:
    for name in value:
        if name not in known:
            raise at.key(str(name)).fault(f"unknown key; {nearest(name, known, 'keys')}")


def _holds(hint: object) -> bool:
    return isinstance(bare(hint), _HOLDERS)


def _field(hint: object, value: object, at: Place) -> object:
    match bare(hint):
        case inspect.StructType(cls=struct):
            return read(struct, value, at)
        case inspect.VarTupleType(item_type=inspect.StructType(cls=struct)):
            return _items(struct, value, at)
        case inspect.DictType():
            return _mapping(hint, value, at)
        case kind:
            return _leaf(hint, kind, value, at)


def _items(struct: type[S], value: object, at: Place) -> tuple[S, ...]:
    if not isinstance(value, list):
        raise at.fault(f"expected a list, each item with a dash before it, got {shown(value)}")
    return tuple(read(struct, item, at.item(index)) for index, item in enumerate(value))


def _mapping(hint: object, value: object, at: Place) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise at.fault(f"expected {expected(hint)}, got {shown(value)}")
    names, values = parts(hint)
    places = {name: at.key(str(name)) for name in value}
    return MappingProxyType(
        {_field(names, name, place): _field(values, value[name], place) for name, place in places.items()}
    )


def _leaf(hint: object, kind: inspect.Type, value: object, at: Place) -> object:
    try:
        converted = _convert(hint, kind, value)
    except (msgspec.ValidationError, ValueError):
        remedy = _remedy(kind, value) or extra(hint, "why")
        raise at.fault(f"expected {expected(hint)}, got {shown(value)}{remedy and '; '}{remedy}") from None
    reason = taken(hint).get(str(value))
    if reason:
        raise at.fault(f"taken: {reason}; choose another name")
    return converted


def _convert(hint: object, kind: inspect.Type, value: object) -> object:
    if isinstance(kind, inspect.DecimalType) and value is not None:
        return _number(value, *bounds(hint))
    return msgspec.convert(_plain(kind, value), hint)


def _number(value: object, least: Decimal, most: Decimal) -> Decimal:
    stated = number.parse(value)
    if stated is None or not least <= stated <= most:
        raise ValueError
    return stated


def _plain(kind: inspect.Type, value: object) -> object:
    """The value as msgspec compares it: a duration in seconds, and `2024` as the name of a generation."""
    if isinstance(kind, inspect.FloatType):
        return duration.parse(value) if isinstance(value, str) else None
    return str(value) if isinstance(kind, inspect.LiteralType) and type(value) is int else value


def _remedy(kind: inspect.Type, value: object) -> str:
    """What to do about a value of another form: YAML took it for something else, or its unit is missing."""
    match kind, value:
        case (inspect.FloatType(), int() | float()) if not isinstance(value, bool):
            return "write the unit too"
        case (inspect.FloatType(), str() as text) if duration.parse(text) is None:
            return "write the unit too" if _NUMBER.fullmatch(text) else "write it as 90s, 30m or 1h30m"
        case (inspect.IntType() | inspect.DecimalType(), str() as text) if _NUMBER.fullmatch(text):
            return "take the quotes off"
        case (inspect.StrType(), str() | list() | dict() | None):
            return ""
        case (inspect.StrType(), _):
            return "put it in quotes"
        case _:
            return ""
