"""An answer as it came, and its outer layer: data, pagination, or an error."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from exporter.errors import DecodeError

T = TypeVar("T")
U = TypeVar("U")

# JSON numbers with a point or an exponent become exact decimals; integers stay integers of any size.
_JSON = msgspec.json.Decoder(float_hook=Decimal)

MASK = "***"
_MESSAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a successful answer, and the request it answers (path and query) for error texts."""

    request: str
    body: bytes


class _Pagination(msgspec.Struct, rename="camel"):
    has_next_page: bool | None = None
    cursor: str | None = None


class _Envelope(msgspec.Struct):
    data: dict[str, Any]
    pagination: _Pagination | None = None


class _Fault(msgspec.Struct):
    message: str | None = None


class _FaultEnvelope(msgspec.Struct):
    error: _Fault


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. `has_more` is None where the answer does not say; `is_paged` is whether it has pages.

    `customer` is the id of the billing customer that the answer is about, None where it does not say.
    """

    content: T
    has_more: bool | None = None
    cursor: str | None = None
    is_paged: bool = False
    customer: str | None = None

    def with_content(self, content: U) -> Page[U]:
        """The same place among the pages, with other content."""
        return Page(content, self.has_more, self.cursor, self.is_paged, self.customer)


def open_envelope(answer: Answer) -> Page[dict[str, Any]]:
    """The answer's `data` as plain values, numbers exact; raises DecodeError."""
    try:
        envelope = msgspec.convert(_JSON.decode(answer.body), _Envelope)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise DecodeError(f"{answer.request}: not an answer of Northflank's API: {_reason(error)}") from error
    pagination = envelope.pagination or _Pagination()
    return Page(
        content=envelope.data,
        has_more=pagination.has_next_page,
        cursor=pagination.cursor or None,
        is_paged=envelope.pagination is not None,
        customer=_customer(envelope.data),
    )


def _customer(data: dict[str, Any]) -> str | None:
    """The one billing customer that an answer names (2026-10: `scope.entityId`), in itself or in all of its rows."""
    rows = data.get("invoices")
    several = [data, *(rows if isinstance(rows, list) else ())]
    scopes = [each.get("scope") for each in several if isinstance(each, dict)]
    named = [scope.get("entityId") for scope in scopes if isinstance(scope, dict)]
    found = named[0] if named and all(each == named[0] for each in named) else None
    return found if isinstance(found, str) and found else None


def _reason(error: Exception) -> str:
    # Errors of text and numbers quote what they choked on; msgspec names only types and places.
    return str(error) if isinstance(error, msgspec.MsgspecError) else type(error).__name__


_NOTHING = msgspec.Raw()


class _Outline(msgspec.Struct):
    # msgspec takes a union with Raw for the rest of the union: no `Raw | None`.
    data: msgspec.Raw = _NOTHING
    error: dict[str, msgspec.Raw] | None = None


def is_of_the_api(body: bytes) -> bool:
    """Whether a body has the outer layer that the API's answers have: `data`, or an error that is an object."""
    try:
        outline = msgspec.json.decode(body, type=_Outline)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return outline.data is not _NOTHING or outline.error is not None


def fault_message(body: bytes, secret: str | None = None) -> str | None:
    """What the error body of a failed answer says, on one line, cut, `secret` masked; None when it is no such body."""
    try:
        message = msgspec.json.decode(body, type=_FaultEnvelope).error.message
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not message:
        return None
    line = "".join(c if c.isprintable() else " " for c in message)
    # Masked before it is cut, which would leave a part of the secret.
    return (line.replace(secret, MASK) if secret else line)[:_MESSAGE_LIMIT]
