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
    """What a generation calls the parameters of its lists; not every one has page numbers.

    `cap` is the most rows that a page holds, whatever is asked for.
    """

    size: str
    page: str | None = None
    cursor: str = "cursor"
    cap: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset({self.size, self.cursor} | ({self.page} if self.page else set()))


def list_page(rows: Sequence[Row], question: Question, parameters: PageParameters) -> Page[Row]:
    """The rows that the question asks for; a cursor goes before a page number.

    Raises InvalidRefusal for a size, number or cursor that cannot be.
    """
    size, first = page_size(question, parameters), first_position(question, parameters)
    chosen = rows[first : first + size]
    has_next = first + size < len(rows)
    pagination: Json = {"hasNextPage": has_next, "count": len(chosen)}
    if has_next:
        pagination["cursor"] = cursor_at(first + size)
    return Page(chosen, pagination)


def page_size(question: Question, parameters: PageParameters) -> int:
    """How many rows the page may hold; raises InvalidRefusal for a size that cannot be."""
    return sized(question, parameters.size, parameters.cap)


def sized(question: Question, name: str, cap: int | None) -> int:
    """The parameter of that name as a page size, at most `cap`; raises InvalidRefusal for one that cannot be."""
    size = question.count(name, DEFAULT_SIZE, LARGEST_SIZE)
    return size if cap is None else min(size, cap)


def first_position(question: Question, parameters: PageParameters) -> int:
    """Where in the list the page begins, from 0; raises InvalidRefusal for a number or cursor that cannot be."""
    cursor = question.text(parameters.cursor)
    number = question.count(parameters.page, 1) if parameters.page else 1
    return (number - 1) * page_size(question, parameters) if cursor is None else _position(cursor)


def cursor_at(position: int) -> str:
    """The cursor of the page that begins at this position."""
    return base64.urlsafe_b64encode(f"{CURSOR_MARK}{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        mark, _, position = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError, ValueError):
        raise InvalidRefusal("cursor is none that a list has given") from None
    if f"{mark}:" != CURSOR_MARK or not position.isdecimal():
        raise InvalidRefusal("cursor is none that a list has given")
    return int(position)
