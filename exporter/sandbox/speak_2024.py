"""Generation 2024: invoices without ids, prices in cents, and a detail that is asked for by an instant."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.sandbox.bill import PAAS_PARTS, Bill
from exporter.sandbox.books import Books
from exporter.sandbox.breakdown import parts_json
from exporter.sandbox.invoices import CURRENCY, TAX_PERCENT, Invoice
from exporter.sandbox.paging import PageParameters, list_page
from exporter.sandbox.pricing import Consumption
from exporter.sandbox.question import Answer, Endpoint, Json, Question
from exporter.sandbox.refusals import UnknownRefusal
from exporter.sandbox.tree import Team

# This generation has no price for GPUs apart: the total holds them.
PAAS_PARTS_SAID = ("total", "cpu", "memory", "storage")
PAGE_PARAMETERS = PageParameters(size="per_page", page="page")


def endpoints(books: Books) -> tuple[Endpoint, ...]:
    """The billing endpoints of this generation."""

    def invoices(question: Question) -> Answer:
        page = list_page(books.invoices, question, PAGE_PARAMETERS)
        return Answer({"invoices": [_row(invoice) for invoice in page.rows]}, page.pagination)

    def details(question: Question) -> Answer:
        timestamp = question.instant("timestamp")
        if timestamp is None:
            return Answer(_detail(books.preview))
        return Answer(_detail(containing(books.invoices, timestamp)))

    return (
        Endpoint("/billing/invoices", PAGE_PARAMETERS.names, invoices),
        Endpoint("/billing/invoices/details", frozenset({"timestamp"}), details),
    )


def containing(invoices: Sequence[Invoice], timestamp: float) -> Invoice:
    """The invoice whose period contains the instant, both ends included; of several the newest that bills usage.

    Raises UnknownRefusal if there is none.
    """
    found = [row for row in invoices if row.frame.start <= timestamp <= row.frame.end]
    if not found:
        raise UnknownRefusal(f"no invoice contains {timestamp:.0f}")
    return next((row for row in found if row.frame.kind == "usage"), found[0])


def _row(invoice: Invoice) -> Json:
    return {
        "period": {"start": invoice.frame.start, "end": invoice.frame.end},
        "currency": CURRENCY,
        "total": invoice.total,
        "subTotal": invoice.sub_total,
        "paid": invoice.is_paid,
    }


def _detail(invoice: Invoice) -> Json:
    detail: Json = {
        "period": {"start": invoice.frame.start, "end": invoice.frame.end},
        "paasUsage": {},
        "lineItems": [{"title": line.title, "total": line.total} for line in invoice.line_items],
        "subTotal": invoice.sub_total,
        "discount": invoice.discount,
        "tax": {"percent": TAX_PERCENT, "value": invoice.tax},
        "total": invoice.total,
    }
    if invoice.frame.status != "draft":
        detail["paid"] = invoice.is_paid
    return detail if invoice.usage is None else {**detail, **_usage(invoice.usage)}


def _usage(usage: Consumption) -> Json:
    return {
        "byocUsage": {"price": {"total": usage.byoc.total}},
        "paasUsage": {"price": _price(usage.paas.bill), "teams": [_team(team) for team in usage.paas.teams]},
    }


def _team(team: Team) -> Json:
    projects = [{"id": project.id, "price": _price(project.bill)} for project in team.projects]
    return {"id": team.id, "name": team.name, "usage": {"price": _price(team.bill), "projects": projects}}


def _price(bill: Bill) -> Json:
    return parts_json(PAAS_PARTS, bill.cents, int, PAAS_PARTS_SAID)
