"""The families of the datasets `invoices` and `invoice_details`, but for the trees: report in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from exporter.domain.discount import taken_off
from exporter.domain.invoice import Invoice, InvoiceDetail, LineItem, Status
from exporter.domain.money import EXACT
from exporter.domain.report import AccountReport
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples


def invoices_of(report: AccountReport) -> tuple[Invoice, ...]:
    """The invoices shown, newest first."""
    return report.invoices.invoices if report.invoices else ()


def details_of(report: AccountReport) -> tuple[tuple[Invoice, InvoiceDetail], ...]:
    """The invoices whose details are shown, newest first."""
    return report.invoice_details.details if report.invoice_details else ()


def of_invoice(value: Callable[[Invoice], float]) -> Samples:
    """Samples by account and invoice."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for invoice in invoices_of(report):
            yield Sample((report.account, invoice.id), value(invoice))

    return samples


def of_invoice_amount(value: Callable[[Invoice], Decimal | None]) -> Samples:
    """Samples by account, invoice and currency; none where there is no value."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for invoice in invoices_of(report):
            amount = value(invoice)
            if amount is not None:
                yield Sample((report.account, invoice.id, invoice.currency), amount)

    return samples


def of_detail_amount(value: Callable[[InvoiceDetail], Decimal | None]) -> Samples:
    """Samples of what only the detail tells, by account, invoice and currency."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for invoice, detail in details_of(report):
            amount = value(detail)
            if amount is not None:
                yield Sample((report.account, invoice.id, invoice.currency), amount)

    return samples


def tax_ratio(report: AccountReport) -> Iterator[Sample]:
    """The tax rate: 20 percent is 0.2."""
    for invoice, detail in details_of(report):
        if detail.tax_percent is not None:
            yield Sample((report.account, invoice.id), detail.tax_percent.scaleb(-2, EXACT))


def discount(report: AccountReport) -> Iterator[Sample]:
    """What is taken off."""
    return of_detail_amount(taken_off)(report)


def _statuses(report: AccountReport) -> Iterator[tuple[Invoice, str]]:
    """Each invoice's status, from the list, else from its detail; left out where neither tells it."""
    told = {invoice.id: detail.status for invoice, detail in details_of(report)}
    for invoice in invoices_of(report):
        status = invoice.status or told.get(invoice.id)
        if status:
            yield invoice, status


def paid(report: AccountReport) -> Iterator[Sample]:
    """1 for paid, 0 for any other status."""
    for invoice, status in _statuses(report):
        yield Sample((report.account, invoice.id), int(status == Status.PAID))


def status(report: AccountReport) -> Iterator[Sample]:
    """1 for the current status, 0 for each other one that is known to the generation."""
    known = report.invoices.known_statuses if report.invoices else ()
    for invoice, current in _statuses(report):
        for each in (*known, *(() if current in known else (current,))):
            yield Sample((report.account, invoice.id, each), int(each == current))


def unpaid_since(report: AccountReport) -> Iterator[Sample]:
    """Since when each unpaid invoice has been seen so."""
    sections = (report.invoices, report.invoice_details)
    since = {key: value for section in sections if section for key, value in section.unpaid_since.items()}
    for invoice in invoices_of(report):
        if invoice.id in since:
            yield Sample((report.account, invoice.id), since[invoice.id])


def info(report: AccountReport) -> Iterator[Sample]:
    """What kind of invoice it is, and the days billed."""
    for invoice in invoices_of(report):
        period = invoice.period
        yield Sample((report.account, invoice.id, invoice.kind, period.start_date, period.end_date), 1)


def latest(report: AccountReport) -> Iterator[Sample]:
    """The newest invoice that bills usage."""
    if report.invoices and report.invoices.latest_id:
        yield Sample((report.account, report.invoices.latest_id), 1)


def cost(report: AccountReport) -> Iterator[Sample]:
    """Usage prices by category and component, from the list, else from the detail."""
    told = {invoice.id: detail.categories for invoice, detail in details_of(report)}
    for invoice in invoices_of(report):
        prices = invoice.categories if invoice.categories is not None else told.get(invoice.id)
        for category, price in (prices or {}).items():
            for component, amount in price.by_component():
                yield Sample((report.account, invoice.id, invoice.currency, category, component), amount)


def of_line_item(value: Callable[[LineItem], Decimal | None]) -> Samples:
    """Samples by line item; `position` tells apart lines of one title."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        for invoice, detail in details_of(report):
            for position, item in enumerate(detail.line_items):
                amount = value(item)
                if amount is not None:
                    labels = (report.account, invoice.id, invoice.currency, str(position), item.title)
                    yield Sample(labels, amount)

    return samples
