"""An answer as it goes out: status, headers and body, before anyone spoils it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from exporter.sandbox.question import Json


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; the length of the body is stated when it is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    def response(self) -> Response:
        """The same for Starlette to send."""
        return Response(self.body, self.status, dict(self.headers), self.media_type)


def json_reply(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """The content as compact JSON."""
    return Reply(status, json_bytes(content), headers or {})


def json_bytes(content: object) -> bytes:
    """Compact JSON; raises ValueError for NaN and infinities, which JSON does not know."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def error_reply(status: int, message: str, error_id: str, headers: Mapping[str, str] | None = None) -> Reply:
    """The error body of the API."""
    error: Json = {"status": status, "message": message, "id": error_id}
    return json_reply({"error": error}, status, headers)
