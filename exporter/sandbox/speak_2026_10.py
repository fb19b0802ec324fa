"""Generation 2026-10: decimal amounts, quantities, clusters and fees, a status, pages of every level, and credits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exporter.sandbox.bill import dollars
from exporter.sandbox.books import Books
from exporter.sandbox.cuts import Slice, Slices, cut_within_parents
from exporter.sandbox.hours import WINDOW_PARAMETERS, hours_within, known_hour
from exporter.sandbox.invoice_fields import detail_fields, summary_fields
from exporter.sandbox.invoices import CURRENCY, Invoice
from exporter.sandbox.major_fields import major_breakdown, major_prices
from exporter.sandbox.minor_fields import minor_breakdown, minor_prices
from exporter.sandbox.narrow import FILTER_PARAMETERS, filters_of, levels_of, narrowed
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.paging import DEFAULT_SIZE, LARGEST_SIZE, PageParameters, list_page
from exporter.sandbox.pricing import NOTHING, SECONDS_AN_HOUR, Consumption
from exporter.sandbox.question import Answer, Endpoint, Json, Question
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal

TYPES: Mapping[str, str] = MappingProxyType({name: name for name in ("job", "service", "harness", "addon", "volume")})
PAGES = PageParameters(size="perPage")
LEGACY = frozenset({"removeLegacyFields"})
DETAIL_PAGES = frozenset(
    {"teamsPage", "teamsPerPage", "projectsPage", "projectsPerPage", "resourcesPage", "resourcesPerPage"}
)
CUSTOMER_BALANCE = 2_500
GRANTS_AVAILABLE = 10_000
GRANTS_PENDING = 5_000


def endpoints(books: Books, options: SandboxOptions) -> tuple[Endpoint, ...]:
    """The billing endpoints of this generation."""
    speaker = _Speaker(books, options)
    details = FILTER_PARAMETERS | DETAIL_PAGES | LEGACY
    hours = PAGES.names | WINDOW_PARAMETERS | FILTER_PARAMETERS | LEGACY | {"granularity"}
    return (
        Endpoint("/billing/invoices", PAGES.names | LEGACY, speaker.invoices),
        Endpoint("/billing/invoices/{invoiceId}", details, speaker.invoice),
        Endpoint("/billing/usage", hours, speaker.hours),
        Endpoint("/billing/usage/{timestamp}", details, speaker.hour),
        Endpoint("/billing/credit-balance", frozenset(), speaker.credit_balance),
    )


@dataclass(frozen=True, slots=True)
class _Speaker:
    books: Books
    options: SandboxOptions

    def invoices(self, question: Question) -> Answer:
        page = list_page(self.books.invoices, question, PAGES)
        return Answer({"invoices": [self._row(row, question) for row in page.rows]}, page.pagination)

    def invoice(self, question: Question) -> Answer:
        invoice = self.books.invoice(question.path["invoiceId"])
        if invoice is None:
            raise UnknownRefusal(f"there is no invoice {question.path['invoiceId']}")
        breakdown = self._drilled(invoice.usage or NOTHING, question)
        usage = breakdown.data if invoice.usage else {}
        data = {**detail_fields(invoice, dollars), **self._state(invoice, question), **usage}
        return Answer(data, breakdown.pagination)

    def hours(self, question: Question) -> Answer:
        if (question.text("granularity") or "hour") != "hour":
            raise InvalidRefusal("granularity: the sandbox knows only hour so far")
        filters = filters_of(question, TYPES, self.books.organisation)
        paas = narrowed(self.books.hour.paas, filters).bill
        found = hours_within(self.options.now(), question)
        page = list_page(found, question, PAGES)
        usage = {"currency": CURRENCY, "total": dollars(self.books.hour.total_with(paas))}
        usage |= major_prices(paas, self.books.hour)
        if not question.flag("removeLegacyFields"):
            usage |= minor_prices(paas, self.books.hour.byoc)
        window = {"start": found[-1], "end": found[0] + SECONDS_AN_HOUR} if found else {}
        data: Json = {"granularity": "hour", "scope": self._scope(question), "window": window}
        return Answer({**data, "usage": [{"timestamp": hour, **usage} for hour in page.rows]}, page.pagination)

    def hour(self, question: Question) -> Answer:
        timestamp = known_hour(self.options.now(), question.path["timestamp"])
        filters = filters_of(question, TYPES, self.books.organisation)
        total = self.books.hour.total_with(narrowed(self.books.hour.paas, filters).bill)
        breakdown = self._drilled(self.books.hour, question)
        data = {"timestamp": timestamp, "currency": CURRENCY, "scope": self._scope(question)}
        return Answer({**data, "total": dollars(total), **breakdown.data}, breakdown.pagination)

    def credit_balance(self, _: Question) -> Answer:
        synced = dt.datetime.fromtimestamp(self.books.today, tz=dt.UTC)
        return Answer(
            {
                "currency": CURRENCY,
                "lastSyncedAt": synced.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "customerBalance": {"amount": dollars(CUSTOMER_BALANCE)},
                "grants": {"available": dollars(GRANTS_AVAILABLE), "pending": dollars(GRANTS_PENDING)},
                "total": {
                    "available": dollars(CUSTOMER_BALANCE + GRANTS_AVAILABLE),
                    "pending": dollars(GRANTS_PENDING),
                },
            }
        )

    def _row(self, invoice: Invoice, question: Question) -> Json:
        row = {**summary_fields(invoice, dollars), **self._state(invoice, question)}
        if invoice.usage is None:
            return row
        row |= major_prices(invoice.usage.paas.bill, invoice.usage)
        if not question.flag("removeLegacyFields"):
            row |= minor_prices(invoice.usage.paas.bill, invoice.usage.byoc)
        return row

    def _drilled(self, usage: Consumption, question: Question) -> Answer:
        filters = filters_of(question, TYPES, self.books.organisation)
        tree = narrowed(usage.paas, filters)
        levels = levels_of(tree, filters)
        cut = cut_within_parents(tree, levels, _slices(question))
        data = major_breakdown(cut.tree, usage, levels, TYPES)
        if not question.flag("removeLegacyFields"):
            data |= minor_breakdown(cut.tree, usage.byoc, levels, TYPES)
        return Answer(data, cut.pagination)

    def _state(self, invoice: Invoice, question: Question) -> Json:
        state: Json = {"status": invoice.frame.status, "scope": self._scope(question)}
        return state if question.flag("removeLegacyFields") else {**state, "paid": invoice.is_paid}

    def _scope(self, question: Question) -> Json:
        return {"entityId": question.path.get("scope", self.books.organisation.id), "entityType": "team"}


def _slices(question: Question) -> Slices:
    return Slices(*(_slice(question, level) for level in ("teams", "projects", "resources")))


def _slice(question: Question, level: str) -> Slice:
    size = question.count(f"{level}PerPage", DEFAULT_SIZE, LARGEST_SIZE)
    return Slice(question.count(f"{level}Page", 1), size)
