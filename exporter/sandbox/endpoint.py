"""An endpoint of the API, apart from HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exporter.sandbox.paging import PageParameters
from exporter.sandbox.question import Answer, Question


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path below `/v1` and `/v1/teams/{scope}`, the query parameters it knows, and the function that answers.

    `name` is what rules for faults call it; `pages` are the parameters of a list.
    """

    name: str
    path: str
    parameters: frozenset[str]
    answer: Callable[[Question], Answer]
    pages: PageParameters | None = None
