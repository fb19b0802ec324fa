"""Which generation a server speaks, found out from its answers (API sheet, Shapes).

The first question carries no parameter at all, so that servers which refuse unknown ones answer it too.
"""

from __future__ import annotations

from exporter.domain.report import Generation
from exporter.errors import NotFoundError, PagingError
from exporter.northflank.http.client import Client
from exporter.northflank.requests.lists import pages_of_list
from exporter.northflank.wire.answer import Answer, open_envelope
from exporter.northflank.wire.probe import Mark, probe_list
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE, LIST_INVOICES, LIST_USAGE, Request

# A server that says that more follows, but gives no cursor, pages by number: only A and B do.
_PAGE = "page"
_GENERATION_OF = {Mark.CURRENT: Generation.C, Mark.LEGACY: Generation.B}


async def detect(client: Client) -> Generation:
    """The generation, told by any row of the list that bills usage, else by which endpoints there are.

    Raises PollError when the server cannot be asked.
    """
    before: bytes | None = None
    async for answer, _ in pages_of_list(client, LIST_INVOICES, open_envelope, page_parameter=_PAGE):
        generation = _GENERATION_OF.get(mark_of(answer))
        if generation:
            return generation
        if answer.body == before:
            raise PagingError(f"{answer.request}: a page that was said to follow brings nothing new")
        before = answer.body
    return await detect_by_endpoints(client)


async def detect_by_endpoints(client: Client) -> Generation:
    """The generation of a server whose list tells nothing: only C has a credit balance, and A has no usage list."""
    if await _has(client, GET_CREDIT_BALANCE):
        return Generation.C
    return Generation.B if await _has(client, LIST_USAGE) else Generation.A


def mark_of(answer: Answer) -> Mark:
    """What the rows of one page of the list tell."""
    return probe_list(answer, open_envelope(answer).content)


async def _has(client: Client, request: Request) -> bool:
    try:
        open_envelope(await client.get(request))
    except NotFoundError:
        return False
    return True
