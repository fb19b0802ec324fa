"""Names as they are sent: plain, or such as break a careless consumer."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TypeAlias

Spell: TypeAlias = Callable[[str, str], str | None]
"""The name to send for an id and its plain name; none where the API leaves it out."""

ODD: tuple[Callable[[str], str | None], ...] = (
    lambda name: f'the "{name}"',
    lambda name: f"{name}\\new\\\\",
    lambda name: f"{name}\nsecond line",
    lambda name: f"{name} \N{ROCKET}\N{ZERO WIDTH JOINER}\N{COLLISION SYMBOL}",
    lambda name: f"\N{RIGHT-TO-LEFT OVERRIDE}{name} \N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}",
    lambda name: f"{name}\t{{}}=,\r\n# HELP",
    lambda _: "",
    lambda _: None,
)


def plain_name(_: str, name: str) -> str:
    """The name."""
    return name


def odd_name(id_: str, name: str) -> str | None:
    """The name made odd, always in one way for one id; some are empty or missing."""
    return ODD[zlib.crc32(id_.encode()) % len(ODD)](name)
