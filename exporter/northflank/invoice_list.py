"""The pages of a list, each once, to the end or as far as is needed; and the invoice list put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

from exporter.domain.invoice import Invoice
from exporter.domain.money import Unit
from exporter.errors import DuplicateSeriesError, PagingError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.client import Client
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.wire import LIST_INVOICES, Request, Wire

T = TypeVar("T")

# At the default page size, more invoices than an account has in a thousand years.
_MOST_PAGES = 1000


async def pages_of_list(
    client: Client,
    request: Request,
    read: Callable[[Answer], Page[T]],
    *,
    page_parameter: str | None,
    urgency: Urgency = Urgency.ACCOUNT,
) -> AsyncIterator[tuple[Answer, Page[T]]]:
    """Each page, by the cursor of the one before, or by its number where the generation has numbers.

    Raises PagingError for a cursor that comes again, and when more is said to follow but cannot be asked for.
    """
    cursors: set[str] = set()
    query: Mapping[str, str] = {}
    for number in range(1, _MOST_PAGES + 1):
        answer = await client.get(request.with_query(query), urgency)
        page = read(answer)
        yield answer, page
        if page.has_more is False or (page.has_more is None and not page.cursor):
            return
        if page.cursor:
            _refuse_repeated(answer, page.cursor, cursors)
            query = {"cursor": page.cursor}
        elif page_parameter:
            query = {page_parameter: str(number + 1)}
        else:
            raise PagingError(f"{answer.request}: says that more follows, but gives no cursor to ask for it")
    raise PagingError(f"{request.path}: more than {_MOST_PAGES} pages; the list does not come to an end")


async def read_list(client: Client, wire: Wire, unit: Unit, *, until: AbstractSet[str]) -> tuple[Invoice, ...]:
    """Every invoice in the list's order; with `until`, as far as the page on which all those ids were seen.

    Where the API gives no ids, two invoices may be of one period, and have the same one here. Raises PollError; no part
    of the list is returned then.
    """
    found: dict[str, Invoice] = {}
    request = LIST_INVOICES.with_query(wire.list_query)
    said_more = False
    async for answer, page in pages_of_list(
        client, request, lambda answer: wire.read_invoices(answer, unit), page_parameter=wire.list_page
    ):
        fresh = _unseen(answer, page.content, found, wire)
        if said_more and not fresh:
            raise PagingError(f"{answer.request}: a page that was said to follow brings nothing new")
        found |= {_key(invoice, wire): invoice for invoice in fresh}
        said_more = page.has_more is True
        is_enough = until and until <= {invoice.id for invoice in found.values()}
        if is_enough or not (fresh or said_more):
            break
    return tuple(found.values())


def _key(invoice: Invoice, wire: Wire) -> str:
    """What tells an invoice from the others; of one period, where there are no ids, it is the total."""
    return invoice.id if wire.asks_by_id else f"{invoice.id} {invoice.total} {invoice.currency}"


def _unseen(answer: Answer, page: Iterable[Invoice], found: Mapping[str, Invoice], wire: Wire) -> list[Invoice]:
    here: dict[str, Invoice] = {}
    for index, invoice in enumerate(page):
        key = _key(invoice, wire)
        if key in here:
            raise DuplicateSeriesError(
                f"{answer.request}: invoices[{list(here).index(key)}] and invoices[{index}] are both "
                f"{invoice.id}: one of them would be lost"
            )
        if found.get(key, invoice) != invoice:
            raise DuplicateSeriesError(
                f"{answer.request}: invoices[{index}] is {invoice.id}, of which a page before told other things"
            )
        here[key] = invoice
    return [invoice for key, invoice in here.items() if key not in found]


def _refuse_repeated(answer: Answer, cursor: str, cursors: set[str]) -> None:
    if cursor in cursors:
        raise PagingError(f"{answer.request}: gives a cursor that it gave before; the list would never end")
    cursors.add(cursor)
