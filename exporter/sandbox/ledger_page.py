"""The sandbox's own page for its ledger, sent piece by piece so that a large one keeps no request waiting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from exporter.sandbox.books import Books
from exporter.sandbox.invoices import Invoice
from exporter.sandbox.ledger import DEPTHS, EXTENTS, Depth, LedgerWriter
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.periods import Frame
from exporter.sandbox.reply import error_reply
from exporter.sandbox.style import Style, spelling

COMPACT = (",", ":")


def ledger_route(books: Books, options: SandboxOptions) -> Route:
    """The route of the ledger: of all invoices or one (`invoice`), down to a level (`depth`)."""

    async def shown(request: Request) -> Response:
        asked, depth = request.query_params.get("invoice"), request.query_params.get("depth", "resource")
        chosen = [frame for frame in books.frames if asked in (None, frame.id)]
        known = next((level for level in DEPTHS if level == depth), None)
        if known is None:
            return error_reply(400, f"depth must be one of {', '.join(DEPTHS)}", "invalid-parameter").response()
        if asked is not None and not chosen:
            return error_reply(404, f"there is no invoice {asked}", "not-found").response()
        return StreamingResponse(_pieces(books, options, chosen, known), media_type="application/json")

    return Route("/-/ledger", shown, methods=["GET"])


def _pieces(books: Books, options: SandboxOptions, chosen: Sequence[Frame], depth: Depth) -> Iterator[str]:
    yield f'{{"currency":{_text(books.money.currency)},"invoices":['
    for position, frame in enumerate(chosen):
        invoice = books.invoice_of(frame)
        yield "," if position else ""
        yield from _invoice(invoice, _writer(invoice, options, depth))
    yield "]}"


def _invoice(invoice: Invoice, writer: LedgerWriter) -> Iterator[str]:
    yield _text(writer.summary(invoice))[:-1] + ',"teams":['
    for position, team in enumerate(writer.teams(invoice)):
        yield ("," if position else "") + _text(team)
    yield "]}"


def _writer(invoice: Invoice, options: SandboxOptions, depth: Depth) -> LedgerWriter:
    extent = EXTENTS[options.generation]
    return LedgerWriter(extent, Style(invoice.money, spelling(options), extent.type_names), depth)


def _text(content: object) -> str:
    return json.dumps(content, separators=COMPACT)
