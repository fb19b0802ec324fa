"""What the API refuses, and how it says so.

Refusal
├── UnauthorizedRefusal   401
├── UnknownRefusal        404
├── InvalidRefusal        400
└── AllowanceRefusal      429
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer of the API, no error of the sandbox
    """An answer of the API other than success; its text is the message of the error body."""

    status: ClassVar[int]
    id: ClassVar[str]


class UnauthorizedRefusal(Refusal):
    """The token is missing or wrong."""

    status = 401
    id = "unauthorized"


class UnknownRefusal(Refusal):
    """There is no such path, invoice, team or project."""

    status = 404
    id = "not-found"


class InvalidRefusal(Refusal):
    """A parameter has a value that it cannot have, or is not known where that matters."""

    status = 400
    id = "invalid-parameter"


class AllowanceRefusal(Refusal):
    """The hour's allowance is used up."""

    status = 429
    id = "rate-limited"
