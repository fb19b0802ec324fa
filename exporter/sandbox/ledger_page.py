"""The sandbox's own pages for its ledger, sent piece by piece so that a large one keeps no request waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from exporter.sandbox.books import Books
from exporter.sandbox.customers import Customer
from exporter.sandbox.ledger import DEPTHS, EXTENTS, Depth, LedgerWriter
from exporter.sandbox.money import Money
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.periods import Frame
from exporter.sandbox.pricing import Consumption
from exporter.sandbox.question import Json, Question
from exporter.sandbox.refusals import InvalidRefusal, Refusal, UnknownRefusal
from exporter.sandbox.reply import error_reply, json_reply
from exporter.sandbox.span import Span
from exporter.sandbox.style import Style, spelling

COMPACT = (",", ":")


def ledger_routes(customers: Mapping[str, Customer], options: SandboxOptions) -> list[Route]:
    """The routes of the ledger: of all invoices or one (`invoice`), of the usage of a time, and of the credits.

    `depth` is the level at which trees end; a time is from `start` to `end`, in Unix seconds, to the second.
    `customer` is the entity id of one; without it the ledger is that of the first.
    """
    by_id = {customer.books.organisation.id: customer.books for customer in reversed(list(customers.values()))}

    def books_of(question: Question) -> Books:
        asked = question.text("customer")
        if asked is None:
            return customers[options.token].books
        if asked not in by_id:
            raise UnknownRefusal(f"there is no customer {asked}")
        return by_id[asked]

    def invoices(question: Question) -> Response:
        books, depth, asked = books_of(question), _depth(question), question.text("invoice")
        chosen = [frame for frame in books.frames if asked in (None, frame.id)]
        if asked is not None and not chosen:
            raise UnknownRefusal(f"there is no invoice {asked}")
        return _streamed(_invoices(books, options, chosen, depth))

    def usage(question: Question) -> Response:
        books, start, end = books_of(question), _instant(question, "start"), _instant(question, "end")
        used = books.consumption(Span(start, end, int(options.now())))
        money = books.money_until(end)
        writer = _writer(money, options, _depth(question))
        head = {"currency": money.currency, "start": start, "end": end, **_times(books, start, end)}
        return _streamed(_with_teams({**head, **writer.usage(used)}, used, writer))

    def credit_balance(question: Question) -> Response:
        return json_reply(_credits(books_of(question))).response()

    pages = {"/-/ledger": invoices, "/-/ledger/usage": usage, "/-/ledger/credits": credit_balance}
    return _routes(pages)


def _routes(pages: Mapping[str, Callable[[Question], Response]]) -> list[Route]:
    return [Route(path, _page(answer), methods=["GET"]) for path, answer in pages.items()]


def _page(answer: Callable[[Question], Response]) -> Callable[[Request], Response]:
    def shown(request: Request) -> Response:
        try:
            return answer(Question({}, dict(request.query_params)))
        except Refusal as refusal:
            return error_reply(refusal.status, str(refusal), refusal.id).response()

    return shown


def _depth(question: Question) -> Depth:
    asked = question.query.get("depth", "resource")
    known = next((level for level in DEPTHS if level == asked), None)
    if known is None:
        raise InvalidRefusal(f"depth must be one of {', '.join(DEPTHS)}")
    return known


def _instant(question: Question, name: str) -> int:
    instant = question.instant(name)
    if instant is None:
        raise InvalidRefusal(f"{name} must be a Unix timestamp")
    return int(instant)


def _times(books: Books, start: int, end: int) -> Json:
    """Which currency holds when, and when nothing ran."""
    return {
        "currencies": [
            {"currency": currency, "start": first, "end": last}
            for currency, first, last in books.currencies(start, end)
        ],
        "idle": [{"start": first, "end": last} for first, last in books.activity.idle(start, end)],
    }


def _streamed(pieces: Iterator[str]) -> Response:
    return StreamingResponse(pieces, media_type="application/json")


def _invoices(books: Books, options: SandboxOptions, chosen: Sequence[Frame], depth: Depth) -> Iterator[str]:
    yield f'{{"currency":{_text(books.money.currency)},"invoices":['
    for position, frame in enumerate(chosen):
        invoice = books.invoice_of(frame)
        writer = _writer(invoice.money, options, depth)
        yield "," if position else ""
        yield from _with_teams(writer.summary(invoice), invoice.usage, writer)
    yield "]}"


def _with_teams(head: Json, usage: Consumption | None, writer: LedgerWriter) -> Iterator[str]:
    yield _text(head)[:-1] + ',"teams":['
    for position, team in enumerate(writer.teams(usage)):
        yield ("," if position else "") + _text(team)
    yield "]}"


def _credits(books: Books) -> Json:
    left, exact = books.credits, books.credit_money.exact
    return {
        "currency": books.credit_money.currency,
        "synced": left.synced,
        "customer_balance": exact(left.customer_balance),
        "grants_available": exact(left.grants_available),
        "grants_pending": exact(left.grants_pending),
        "available": exact(left.available),
    }


def _writer(money: Money, options: SandboxOptions, depth: Depth) -> LedgerWriter:
    extent = EXTENTS[options.generation]
    return LedgerWriter(extent, Style(money, spelling(options), extent.type_names), depth)


def _text(content: object) -> str:
    return json.dumps(content, separators=COMPACT)
