"""The one source of chance."""

from __future__ import annotations

import random


def draws(*key: object) -> random.Random:
    """A generator that gives the same numbers for the same key, on every machine and in every process."""
    return random.Random("/".join(map(str, key)))  # noqa: S311 - prices, not secrets


def drawn(rng: random.Random, low: int, high: int) -> int:
    """A whole number from low to high, both included, by one draw."""
    return low + int(rng.random() * (high - low + 1))
