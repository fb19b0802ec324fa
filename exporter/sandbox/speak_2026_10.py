"""Generation 2026-10: decimal amounts, quantities, clusters and fees, a status, pages of every level, and credits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.sandbox.books import Books
from exporter.sandbox.cuts import Cut, Slice, Slices, cut_across, cut_within_parents
from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.hours import WINDOW_PARAMETERS, Entry
from exporter.sandbox.invoice_fields import detail_fields, summary_fields
from exporter.sandbox.invoices import Invoice
from exporter.sandbox.major_fields import major_breakdown, major_prices
from exporter.sandbox.minor_fields import minor_breakdown, minor_prices
from exporter.sandbox.money import Money
from exporter.sandbox.narrow import FILTER_PARAMETERS, Filters, Levels, levels_of, narrowed
from exporter.sandbox.options import ResourcePages, SandboxOptions
from exporter.sandbox.paging import PageParameters, list_page, sized
from exporter.sandbox.pricing import NOTHING, Consumption
from exporter.sandbox.question import Answer, Json, Question
from exporter.sandbox.refusals import UnknownRefusal
from exporter.sandbox.span import SECONDS_AN_HOUR
from exporter.sandbox.style import Style, spelling
from exporter.sandbox.tree import Tree

TYPES: Mapping[str, str] = MappingProxyType({name: name for name in ("job", "service", "harness", "addon", "volume")})
PAGES = PageParameters(size="perPage")
LEGACY = frozenset({"removeLegacyFields"})
DETAIL_PAGES = frozenset(
    {"teamsPage", "teamsPerPage", "projectsPage", "projectsPerPage", "resourcesPage", "resourcesPerPage"}
)
CUTS: Mapping[ResourcePages, Callable[[Tree, Levels, Slices], Cut]] = MappingProxyType(
    {"within": cut_within_parents, "across": cut_across}
)


def endpoints(books: Books, options: SandboxOptions) -> tuple[Endpoint, ...]:
    """The billing endpoints of this generation."""
    pages = replace(PAGES, cap=options.page_cap)
    speaker = _Speaker(books, options, pages)
    details = FILTER_PARAMETERS | DETAIL_PAGES | LEGACY
    hours = PAGES.names | WINDOW_PARAMETERS | FILTER_PARAMETERS | LEGACY | {"granularity"}
    return (
        Endpoint("list_invoices", "/billing/invoices", PAGES.names | LEGACY, speaker.invoices, pages),
        Endpoint("get_invoice", "/billing/invoices/{invoiceId}", details, speaker.invoice),
        Endpoint("list_usage", "/billing/usage", hours, speaker.hours, pages),
        Endpoint("get_usage", "/billing/usage/{timestamp}", details, speaker.hour),
        Endpoint("get_credit_balance", "/billing/credit-balance", frozenset(), speaker.credit_balance),
    )


@dataclass(frozen=True, slots=True)
class _Speaker:
    books: Books
    options: SandboxOptions
    pages: PageParameters

    def invoices(self, question: Question) -> Answer:
        page = list_page(self.books.frames, question, self.pages)
        return Answer(
            {"invoices": [self._row(self.books.invoice_of(frame), question) for frame in page.rows]}, page.pagination
        )

    def invoice(self, question: Question) -> Answer:
        invoice = self.books.invoice(question.path["invoiceId"])
        if invoice is None:
            raise UnknownRefusal(f"there is no invoice {question.path['invoiceId']}")
        breakdown = self._drilled(invoice.usage or NOTHING, invoice.money, question)
        usage = breakdown.data if invoice.usage else {}
        data = {**detail_fields(invoice, invoice.money.major), **self._state(invoice, question), **usage}
        return Answer(data, breakdown.pagination)

    def hours(self, question: Question) -> Answer:
        granularity = question.text("granularity") or "hour"
        filters = self.books.filters(question, TYPES)
        metered = self.books.metered
        hours = metered.window(question)
        rows = () if self.books.is_forgotten(filters) else metered.entries(hours, granularity)
        page = list_page(rows, question, self.pages)
        window = {"start": hours[0], "end": hours[-1] + SECONDS_AN_HOUR} if hours else {}
        data: Json = {"granularity": granularity, "scope": self._scope, "window": window}
        return Answer({**data, "usage": [self._entry(row, filters, question) for row in page.rows]}, page.pagination)

    def _entry(self, entry: Entry, filters: Filters, question: Question) -> Json:
        usage, money = self.books.flat(entry.span, filters), self.books.money_until(entry.span.end)
        row: Json = {"timestamp": entry.timestamp, "currency": money.currency, "total": money.major(usage.total)}
        row |= major_prices(usage.paas.bill, usage, money)
        if self._has_legacy_fields(question):
            row |= minor_prices(usage.paas.bill, usage.byoc, money)
        return row

    def hour(self, question: Question) -> Answer:
        entry = self.books.metered.hour(question.path["timestamp"])
        filters = self.books.filters(question, TYPES)
        usage, money = self.books.consumption(entry.span), self.books.money_until(entry.span.end)
        total = self.books.flat(entry.span, filters).total
        breakdown = self._drilled(usage, money, question)
        data = {"timestamp": entry.timestamp, "currency": money.currency, "scope": self._scope}
        return Answer({**data, "total": money.major(total), **breakdown.data}, breakdown.pagination)

    def credit_balance(self, _: Question) -> Answer:
        left, money = self.books.credits, self.books.credit_money
        synced = dt.datetime.fromtimestamp(left.synced, tz=dt.UTC)
        pending = money.major(left.grants_pending)
        return Answer(
            {
                "currency": money.currency,
                "lastSyncedAt": synced.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "customerBalance": {"amount": money.major(left.customer_balance)},
                "grants": {"available": money.major(left.grants_available), "pending": pending},
                "total": {"available": money.major(left.available), "pending": pending},
            }
        )

    def _row(self, invoice: Invoice, question: Question) -> Json:
        row = {**summary_fields(invoice, invoice.money.major), **self._state(invoice, question)}
        if invoice.usage is None:
            return row
        row |= major_prices(invoice.usage.paas.bill, invoice.usage, invoice.money)
        if self._has_legacy_fields(question):
            row |= minor_prices(invoice.usage.paas.bill, invoice.usage.byoc, invoice.money)
        return row

    def _drilled(self, usage: Consumption, money: Money, question: Question) -> Answer:
        filters = self.books.filters(question, TYPES)
        tree = narrowed(self.books.visible(usage.paas), filters)
        levels = levels_of(tree, filters)
        cut = CUTS[self.options.resource_pages](tree, levels, self._slices(question))
        style = Style(money, spelling(self.options), TYPES)
        data = major_breakdown(cut.tree, usage, levels, style)
        if self._has_legacy_fields(question):
            data |= minor_breakdown(cut.tree, usage.byoc, levels, style)
        return Answer(data, cut.pagination if self.options.says_more else None)

    def _state(self, invoice: Invoice, question: Question) -> Json:
        state: Json = {"status": invoice.frame.status, "scope": self._scope}
        return {**state, "paid": invoice.is_paid} if self._has_legacy_fields(question) else state

    @property
    def _scope(self) -> Json:
        return {"entityId": self.books.organisation.id, "entityType": "team"}

    def _has_legacy_fields(self, question: Question) -> bool:
        return self.options.legacy_fields or not question.flag("removeLegacyFields")

    def _slices(self, question: Question) -> Slices:
        return Slices(*(self._slice(question, level) for level in ("teams", "projects", "resources")))

    def _slice(self, question: Question, level: str) -> Slice:
        return Slice(question.count(f"{level}Page", 1), sized(question, f"{level}PerPage", self.options.page_cap))
