"""What was answered to the questions of one drill-down: each is asked once, until its tree is whole.

A poll that failed half-way leaves its answers here, so that the next one asks only for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from exporter.background import Background
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.client import Client
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.wire import Request

D = TypeVar("D")

_DEEP = frozenset({"projectId", "resourceType"})


class Answers(Generic[D]):
    """The answers about one invoice or hour. `read` reads one, in a thread; `top` is how urgent shallow ones are."""

    def __init__(
        self,
        client: Client,
        background: Background,
        request: Request,
        read: Callable[[Answer], Page[D]],
        *,
        top: Urgency = Urgency.PROJECTS,
    ) -> None:
        self._client = client
        self._background = background
        self._request = request
        self._read = read
        self._top = top
        self._pages: dict[tuple[tuple[str, str], ...], Page[D]] = {}

    async def page(self, query: Mapping[str, str]) -> Page[D]:
        """The answer under these filters and page numbers; raises PollError, and remembers nothing then."""
        key = tuple(sorted(query.items()))
        if key not in self._pages:
            urgency = Urgency.RESOURCES if _DEEP & query.keys() else self._top
            answer = await self._client.get(self._request.with_query(query), urgency)
            # A hundred projects with a hundred resources each take a tenth of a second to read: not on the event loop.
            self._pages[key] = await self._background.run(lambda: self._read(answer))
        return self._pages[key]

    @property
    def known(self) -> Iterable[tuple[tuple[tuple[str, str], ...], Page[D]]]:
        """The answers so far, by their queries."""
        return tuple(self._pages.items())

    def resume(self, query: tuple[tuple[str, str], ...], page: Page[D]) -> None:
        """Take over an answer from before a restart."""
        self._pages[query] = page

    def forget(self) -> None:
        """Let go of the answers, once they were put together."""
        self._pages.clear()
