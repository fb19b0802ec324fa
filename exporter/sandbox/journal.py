"""The requests that the API has seen, for whoever tests against it."""

from __future__ import annotations

from collections import deque

from exporter.sandbox.question import Json, Question

MOST_KEPT = 100_000


class Journal:
    """The newest requests in the order in which they came, refused ones too; never a header."""

    def __init__(self) -> None:
        self._rows: deque[Json] = deque(maxlen=MOST_KEPT)

    def note(self, method: str, path: str, question: Question, status: int) -> None:
        """Keep one request and the status of its answer."""
        self._rows.append({"method": method, "path": path, "query": dict(question.query), "status": status})

    def rows(self) -> list[Json]:
        """All that is kept, oldest first."""
        return list(self._rows)

    def forget(self) -> None:
        """Begin anew."""
        self._rows.clear()
