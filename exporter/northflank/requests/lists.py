"""The lists of invoices and of usage: all pages of an answer, each row once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from exporter.domain.invoice import Invoice
from exporter.domain.money import Unit
from exporter.domain.question import Urgency
from exporter.domain.usage import UsageRow
from exporter.errors import DuplicateSeriesError, GenerationError, PagingError
from exporter.northflank.http.client import Client
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.wire import LIST_INVOICES, LIST_USAGE, Request, Wire

T = TypeVar("T")

# At the default page size, more invoices than an account has in a thousand years.
_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list, whether it was read to its end, and the id of the billing customer where it names one."""

    invoices: tuple[Invoice, ...] = ()
    rows: tuple[UsageRow, ...] = ()
    is_whole: bool = True
    customer: str | None = None


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


async def read_invoices(client: Client, wire: Wire, unit: Unit, *, until: AbstractSet[str]) -> Listed:
    """Every invoice in the list's order; with `until`, as far as the page on which all those ids were seen.

    Where the API gives no ids, two invoices may be of one period, and have the same one here. Raises PollError; no part
    of the list is returned then.
    """
    found: dict[str, Invoice] = {}
    customers: set[str | None] = set()
    request = LIST_INVOICES.with_query(wire.list_query)
    said_more = False
    async for answer, page in pages_of_list(
        client, request, lambda answer: wire.read_invoices(answer, unit), page_parameter=wire.list_page
    ):
        fresh = _unseen(answer, page.content, found, wire)
        if said_more and not fresh:
            raise PagingError(f"{answer.request}: a page that was said to follow brings nothing new")
        found |= {_key(invoice, wire): invoice for invoice in fresh}
        customers.add(page.customer)
        said_more = page.has_more is True
        if not (fresh or said_more):
            break
        if until and until <= {invoice.id for invoice in found.values()}:
            return Listed(invoices=tuple(found.values()), is_whole=False, customer=_only(customers))
    return Listed(invoices=tuple(found.values()), customer=_only(customers))


async def read_usage(  # noqa: PLR0913 - what is asked, of whom, and how the answer is read
    client: Client, wire: Wire, unit: Unit, query: Mapping[str, str], *, currency: str, urgency: Urgency
) -> Listed:
    """Every row of the usage list that answers the query, newest first, in `currency` where a row states none.

    Raises PollError; no part of the list is returned then.
    """
    read_page = wire.read_usage
    if read_page is None or wire.usage_query is None:
        raise GenerationError(f"generation {wire.generation} has no usage list")
    found: dict[float, UsageRow] = {}
    customers: set[str | None] = set()
    request = LIST_USAGE.with_query({**wire.usage_query, **query})
    said_more = False
    async for answer, page in pages_of_list(
        client, request, lambda answer: read_page(answer, unit, currency), page_parameter=None, urgency=urgency
    ):
        fresh = [row for row in page.content if row.timestamp not in found]
        if any(found.get(row.timestamp, row) != row for row in page.content):
            raise DuplicateSeriesError(f"{answer.request}: says other things of an hour than a page before")
        if said_more and not fresh:
            raise PagingError(f"{answer.request}: a page that was said to follow brings nothing new")
        found |= {row.timestamp: row for row in fresh}
        customers.add(page.customer)
        said_more = page.has_more is True
        if not (fresh or said_more):
            break
    rows = tuple(found[timestamp] for timestamp in sorted(found, reverse=True))
    return Listed(rows=rows, customer=_only(customers))


def _only(customers: AbstractSet[str | None]) -> str | None:
    return next(iter(customers)) if len(customers) == 1 else None


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
                f"{answer.request}: invoices[{index}] is {invoice.id}, of which a page before said other things"
            )
        here[key] = invoice
    return [invoice for key, invoice in here.items() if key not in found]


def _refuse_repeated(answer: Answer, cursor: str, cursors: set[str]) -> None:
    if cursor in cursors:
        raise PagingError(f"{answer.request}: gives a cursor that it gave before; the list would never end")
    cursors.add(cursor)
