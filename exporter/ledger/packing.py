"""An hour's rows as few bytes: seventy-five hours of a large organisation are held by themselves."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from exporter.domain.price import Price
from exporter.domain.tree import Path, Row, Rows

_Packed = tuple[Path, str | None, bool, Decimal | None, tuple[tuple[str, Decimal], ...]]

_ENCODER = msgspec.msgpack.Encoder(decimal_format="string")
_DECODER = msgspec.msgpack.Decoder(list[_Packed])
_FASTEST = 1


def pack_rows(rows: Mapping[Path, Row]) -> bytes:
    """The rows as bytes."""
    return zlib.compress(_ENCODER.encode([_packed(path, row) for path, row in rows.items()]), _FASTEST)


def unpack_rows(packed: bytes) -> Rows:
    """The rows that were packed, in their order."""
    return {
        path: Row(name, Price(total, parts) if has_price else None)
        for path, name, has_price, total, parts in _DECODER.decode(zlib.decompress(packed))
    }


def _packed(path: Path, row: Row) -> _Packed:
    price = row.price
    if price is None:
        return path, row.name, False, None, ()
    return path, row.name, True, price.stated_total, price.parts
