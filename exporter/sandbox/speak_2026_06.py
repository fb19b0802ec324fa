"""Generation 2026-06: invoices by id in cents, with drill-down; from late June on with pages of the breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.sandbox.books import Books
from exporter.sandbox.cuts import Slice, cut_entries
from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.hours import WINDOW_PARAMETERS, Entry
from exporter.sandbox.invoice_fields import detail_fields, summary_fields
from exporter.sandbox.invoices import Invoice
from exporter.sandbox.minor_fields import minor_breakdown, minor_prices
from exporter.sandbox.money import Money
from exporter.sandbox.narrow import FILTER_PARAMETERS, levels_of, narrowed
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.paging import PageParameters, list_page, sized
from exporter.sandbox.pricing import NOTHING, Consumption
from exporter.sandbox.question import Answer, Json, Question
from exporter.sandbox.refusals import UnknownRefusal
from exporter.sandbox.style import Style, spelling

# What the world calls a type, and what this generation does; it knows two that nothing in the world is of.
TYPE_NAMES: Mapping[str, str] = MappingProxyType(
    {"job": "job", "service": "service", "addon": "addon", "volume": "volume", "harness": "opentofu-job"}
)
TYPES: Mapping[str, str] = MappingProxyType(
    {said: meant for meant, said in TYPE_NAMES.items()}
    | {"llm-model-deployment": "llm-model-deployment", "external-addon": "external-addon"}
)
EARLY_PAGES = PageParameters(size="per_page", page="page")
LATE_PAGES = PageParameters(size="per_page")
DETAIL_PAGES = frozenset({"page", "per_page"})


def endpoints(books: Books, options: SandboxOptions) -> tuple[Endpoint, ...]:
    """The billing endpoints of this generation, of early or late June."""
    speaker = _Speaker(books, options)
    pages = replace(LATE_PAGES if options.detail_paging else EARLY_PAGES, cap=options.page_cap)
    hour_pages = replace(LATE_PAGES, cap=options.page_cap)
    details = FILTER_PARAMETERS | (DETAIL_PAGES if options.detail_paging else frozenset())

    def invoices(question: Question) -> Answer:
        page = list_page(books.frames, question, pages)
        return Answer({"invoices": [_row(books.invoice_of(frame)) for frame in page.rows]}, page.pagination)

    def hours(question: Question) -> Answer:
        metered = books.metered
        page = list_page(metered.entries(metered.window(question), "hour"), question, hour_pages)
        return Answer({"usage": [_hour(books, entry) for entry in page.rows]}, page.pagination)

    return (
        Endpoint("list_invoices", "/billing/invoices", pages.names, invoices, pages),
        Endpoint("get_invoice", "/billing/invoices/{invoiceId}", details, speaker.invoice),
        Endpoint("list_usage", "/billing/usage", hour_pages.names | WINDOW_PARAMETERS, hours, hour_pages),
        Endpoint("get_usage", "/billing/usage/{timestamp}", details, speaker.hour),
    )


@dataclass(frozen=True, slots=True)
class _Speaker:
    """The two details, which share drill-down and paging."""

    books: Books
    options: SandboxOptions

    def invoice(self, question: Question) -> Answer:
        invoice = self.books.invoice(question.path["invoiceId"])
        if invoice is None:
            raise UnknownRefusal(f"there is no invoice {question.path['invoiceId']}")
        breakdown = self._drilled(invoice.usage or NOTHING, invoice.money, question)
        usage = breakdown.data if invoice.usage else {}
        data = {**detail_fields(invoice, invoice.money.minor), **usage, "paid": invoice.is_paid}
        return Answer(data, breakdown.pagination)

    def hour(self, question: Question) -> Answer:
        entry = self.books.metered.hour(question.path["timestamp"])
        breakdown = self._drilled(self.books.consumption(entry.span), self.books.money_until(entry.span.end), question)
        return Answer({"timestamp": entry.timestamp, **breakdown.data}, breakdown.pagination)

    def _drilled(self, usage: Consumption, money: Money, question: Question) -> Answer:
        filters = self.books.filters(question, TYPES)
        tree = narrowed(self.books.visible(usage.paas), filters)
        levels = levels_of(tree, filters)
        style = Style(money, spelling(self.options), TYPE_NAMES)
        if not self.options.detail_paging:
            return Answer(minor_breakdown(tree, usage.byoc, levels, style))
        wanted = Slice(question.count("page", 1), sized(question, "per_page", self.options.page_cap))
        cut = cut_entries(tree, levels, filters, wanted)
        return Answer(minor_breakdown(cut.tree, usage.byoc, levels, style), cut.pagination)


def _row(invoice: Invoice) -> Json:
    usage = minor_prices(invoice.usage.paas.bill, invoice.usage.byoc, invoice.money) if invoice.usage else {}
    return {**summary_fields(invoice, invoice.money.minor), **usage, "paid": invoice.is_paid}


def _hour(books: Books, entry: Entry) -> Json:
    usage, money = books.flat(entry.span), books.money_until(entry.span.end)
    return {"timestamp": entry.timestamp, **minor_prices(usage.paas.bill, usage.byoc, money)}
