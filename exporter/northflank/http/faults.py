"""Which error a status is, and what its text tells the person who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlsplit

from exporter.errors import (
    ForbiddenError,
    NotFoundError,
    PermanentError,
    PollError,
    RateLimitedError,
    RedirectedError,
    RefusedError,
    ServerFaultError,
    TransientError,
    UnauthorizedError,
)
from exporter.northflank.wire.answer import MASK, fault_message

_TRANSIENT: Mapping[int, tuple[type[TransientError], str]] = MappingProxyType(
    {
        408: (ServerFaultError, "the server gave up waiting; it is asked again"),
        429: (
            RateLimitedError,
            "the allowance of this token is used up; poll less often, or show fewer levels (detail)",
        ),
    }
)
_PERMANENT: Mapping[int, tuple[type[PermanentError], str]] = MappingProxyType(
    {
        401: (
            UnauthorizedError,
            "the token is not accepted; make a new one and put it where this account's token is read from",
        ),
        403: (
            ForbiddenError,
            (
                "the token may not read billing; give its role Organisation > Admin > Billing > Read "
                "(before October 2026: Account > Billing > General > Read)"
            ),
        ),
        404: (NotFoundError, "there is no such thing; check base_url and team_id"),
    }
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever it is; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fault_of(request: str, reply: Reply, *, wait: float | None, token: str) -> PollError:
    """The error for a reply that is not 200. Its text never holds the token, also where the server repeats it."""
    message = fault_message(reply.body, token)
    said = f" (the server says: {message})" if message else ""
    start = f"{request}: {reply.status}: "
    if reply.status in _TRANSIENT:
        transient, remedy = _TRANSIENT[reply.status]
        return transient(f"{start}{remedy}{said}", retry_after_seconds=wait)
    if reply.status in _PERMANENT:
        permanent, remedy = _PERMANENT[reply.status]
        return permanent(f"{start}{remedy}{said}")
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFaultError(f"{start}a fault at the server; it is asked again{said}", retry_after_seconds=wait)
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        host = _host(reply.headers.get("location", "")).replace(token, MASK)
        return RedirectedError(f"{start}points to {host}; not followed, since it would get the token: check base_url")
    return RefusedError(f"{start}not an answer that the API gives to this request{said}")


def _host(location: str) -> str:
    try:
        return urlsplit(location).netloc.rpartition("@")[2] or "the same host"
    except ValueError:
        return "an address that is none"
