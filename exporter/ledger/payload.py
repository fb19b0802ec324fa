"""Sections and terms as bytes, and back: exactly the same values.

MessagePack, not JSON: the keys of a tree's rows are paths, which JSON has no keys for. Decimals are texts in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from exporter.errors import StoreError

T = TypeVar("T")

_PLAIN: Mapping[type, Callable[[Any], object]] = MappingProxyType(
    {MappingProxyType: dict, str: str, Decimal: Decimal, float: float}
)


def pack(value: object) -> bytes:
    """A domain object as bytes."""
    return msgspec.msgpack.encode(value, enc_hook=_plain)


def unpack(packed: bytes, kind: type[T]) -> T:
    """The domain object that was packed; raises StoreError for bytes that are none of that kind."""
    try:
        return msgspec.msgpack.decode(packed, type=kind)
    except (msgspec.MsgspecError, ValueError, ArithmeticError) as error:
        raise StoreError(f"what is kept is damaged ({kind.__name__}); nothing to do: it is fetched anew") from error


def _plain(value: object) -> object:
    """What msgspec does not know by itself: frozen mappings, and values of a narrower class than they are kept as."""
    for narrowed, plain in _PLAIN.items():
        if isinstance(value, narrowed):
            return plain(value)
    raise TypeError(f"a {type(value).__name__} cannot be kept")
