"""Generation 2024: invoices without ids, prices in cents, and a detail that is asked for by an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exporter.sandbox.bill import PAAS_PARTS, Bill
from exporter.sandbox.books import Books
from exporter.sandbox.breakdown import parts_json
from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.invoices import TAX_PERCENT, Invoice
from exporter.sandbox.money import Money
from exporter.sandbox.names import Spell
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.paging import PageParameters, list_page
from exporter.sandbox.periods import Frame
from exporter.sandbox.pricing import Consumption
from exporter.sandbox.question import Answer, Json, Question
from exporter.sandbox.refusals import UnknownRefusal
from exporter.sandbox.style import Style, spelling
from exporter.sandbox.tree import Team

# This generation has no price for GPUs apart: the total holds them.
PAAS_PARTS_SAID = ("total", "cpu", "memory", "storage")
PAGE_PARAMETERS = PageParameters(size="per_page", page="page")


def endpoints(books: Books, options: SandboxOptions) -> tuple[Endpoint, ...]:
    """The billing endpoints of this generation."""
    spell = spelling(options)
    pages = replace(PAGE_PARAMETERS, cap=options.page_cap)

    def invoices(question: Question) -> Answer:
        page = list_page(books.frames, question, pages)
        return Answer({"invoices": [_row(books.invoice_of(frame)) for frame in page.rows]}, page.pagination)

    def told(invoice: Invoice) -> Answer:
        usage = invoice.usage and replace(invoice.usage, paas=books.visible(invoice.usage.paas))
        return Answer(_detail(replace(invoice, usage=usage), spell))

    def details(question: Question) -> Answer:
        timestamp = question.instant("timestamp")
        if timestamp is None:
            return told(books.preview)
        return told(books.invoice_of(containing(books.frames, timestamp)))

    return (
        Endpoint("list_invoices", "/billing/invoices", pages.names, invoices, pages),
        Endpoint("get_invoice", "/billing/invoices/details", frozenset({"timestamp"}), details),
    )


def containing(frames: Sequence[Frame], timestamp: float) -> Frame:
    """The invoice whose period contains the instant, both ends included; of several the newest that bills usage.

    Raises UnknownRefusal if there is none.
    """
    found = [row for row in frames if row.start <= timestamp <= row.end]
    if not found:
        raise UnknownRefusal(f"no invoice contains {timestamp:.0f}")
    return next((row for row in found if row.kind == "usage"), found[0])


def _row(invoice: Invoice) -> Json:
    amount = invoice.money.minor
    return {
        "period": {"start": invoice.frame.start, "end": invoice.frame.end},
        "currency": invoice.money.currency,
        "total": amount(invoice.total),
        "subTotal": amount(invoice.sub_total),
        "paid": invoice.is_paid,
    }


def _detail(invoice: Invoice, spell: Spell) -> Json:
    amount = invoice.money.minor
    detail: Json = {
        "period": {"start": invoice.frame.start, "end": invoice.frame.end},
        "paasUsage": {},
        "lineItems": [{"title": line.title, "total": amount(line.total)} for line in invoice.line_items],
        "subTotal": amount(invoice.sub_total),
        "discount": amount(invoice.discount),
        "tax": {"percent": TAX_PERCENT, "value": amount(invoice.tax)},
        "total": amount(invoice.total),
    }
    if invoice.frame.status != "draft":
        detail["paid"] = invoice.is_paid
    return detail if invoice.usage is None else {**detail, **_usage(invoice.usage, Style(invoice.money, spell, {}))}


def _usage(usage: Consumption, style: Style) -> Json:
    return {
        "byocUsage": {"price": {"total": style.money.minor(usage.byoc.total)}},
        "paasUsage": {
            "price": _price(usage.paas.bill, style.money),
            "teams": [_team(team, style) for team in usage.paas.teams],
        },
    }


def _team(team: Team, style: Style) -> Json:
    projects = [{"id": project.id, "price": _price(project.bill, style.money)} for project in team.projects]
    return {**style.named(team.id, team.name), "usage": {"price": _price(team.bill, style.money), "projects": projects}}


def _price(bill: Bill, money: Money) -> Json:
    return parts_json(PAAS_PARTS, bill.grains, money.minor, PAAS_PARTS_SAID)
