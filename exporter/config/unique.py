"""What may stand only once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable


def find_repeated(keys: Iterable[Hashable]) -> tuple[int, int] | None:
    """The index of the first key that stood before, and where it stood first; None if each is there once."""
    first: dict[Hashable, int] = {}
    for index, key in enumerate(keys):
        if first.setdefault(key, index) != index:
            return index, first[key]
    return None
