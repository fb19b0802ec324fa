"""What is asked of an endpoint and what it answers, apart from HTTP."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from exporter.sandbox.refusals import InvalidRefusal

Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """The path's and the query's parameters of one request."""

    path: Mapping[str, str]
    query: Mapping[str, str]

    def text(self, name: str) -> str | None:
        """The parameter's value; none if it is missing or empty, as the official SDKs send an unset cursor."""
        return self.query.get(name) or None

    def flag(self, name: str) -> bool:
        """Whether the parameter is set to true."""
        return (self.text(name) or "").lower() in {"true", "1"}

    def count(self, name: str, default: int, most: int | None = None) -> int:
        """The parameter as a whole number from 1; raises InvalidRefusal for anything else."""
        text = self.text(name)
        if text is None:
            return default
        if not text.isdecimal() or int(text) < 1 or (most is not None and int(text) > most):
            raise InvalidRefusal(f"{name} must be a whole number from 1" + (f" to {most}" if most else ""))
        return int(text)

    def instant(self, name: str) -> float | None:
        """The parameter as Unix seconds; raises InvalidRefusal if it is no number."""
        text = self.text(name)
        return None if text is None else instant_of(text, name)


def instant_of(text: str, name: str) -> float:
    """The text as Unix seconds; raises InvalidRefusal that names it if it is no number."""
    try:
        value = float(text)
    except ValueError:
        raise InvalidRefusal(f"{name} must be a Unix timestamp") from None
    if not math.isfinite(value):
        raise InvalidRefusal(f"{name} must be a Unix timestamp")
    return value


@dataclass(frozen=True, slots=True)
class Answer:
    """The data of a success, and the pagination that stands beside it on paged endpoints."""

    data: Json
    pagination: Json | None = None
