"""Pages of a list: by size, number and opaque cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from exporter.sandbox.question import Json, Question
from exporter.sandbox.refusals import InvalidRefusal

DEFAULT_SIZE = 50
LARGEST_SIZE = 100
CURSOR_MARK = "after:"

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the pagination that tells where they stand in it."""

    rows: Sequence[Row]
    pagination: Json


@dataclass(frozen=True, slots=True)
class PageParameters:
    """What a generation calls the parameters of its lists; not every one has page numbers."""

    size: str
    page: str | None = None
    cursor: str = "cursor"

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset({self.size, self.cursor} | ({self.page} if self.page else set()))


def list_page(rows: Sequence[Row], question: Question, parameters: PageParameters) -> Page[Row]:
    """The rows that the question asks for; a cursor goes before a page number.

    Raises InvalidRefusal for a size, number or cursor that cannot be.
    """
    size = question.count(parameters.size, DEFAULT_SIZE, LARGEST_SIZE)
    number = question.count(parameters.page, 1) if parameters.page else 1
    cursor = question.text(parameters.cursor)
    first = (number - 1) * size if cursor is None else _position(cursor)
    chosen = rows[first : first + size]
    has_next = first + size < len(rows)
    pagination: Json = {"hasNextPage": has_next, "count": len(chosen)}
    if has_next:
        pagination["cursor"] = _cursor(first + size)
    return Page(chosen, pagination)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"{CURSOR_MARK}{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        mark, _, position = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError, ValueError):
        raise InvalidRefusal("cursor is none that a list has given") from None
    if f"{mark}:" != CURSOR_MARK or not position.isdecimal():
        raise InvalidRefusal("cursor is none that a list has given")
    return int(position)
