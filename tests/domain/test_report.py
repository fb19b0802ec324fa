from dataclasses import replace
from decimal import Decimal

from exporter.domain.budget import Declared
from exporter.domain.report import AccountReport, Dataset, InvoiceDetailsSection, InvoicesSection

INVOICES = InvoicesSection(invoices=(), latest_id=None, unpaid_since={}, known_statuses=())
DETAILS = InvoiceDetailsSection(details=(), trees=())


def test_sections() -> None:
    """Each dataset has a section of its own."""
    report = AccountReport("acme", invoices=INVOICES, invoice_details=DETAILS)

    assert INVOICES is report.section(Dataset.INVOICES)
    assert DETAILS is report.section(Dataset.INVOICE_DETAILS)


def test_nothing_was_fetched_yet() -> None:
    """A dataset that was never fetched has no section, which is not the same as an empty one."""
    assert {None} == {AccountReport("acme").section(dataset) for dataset in Dataset}


def test_one_replaced() -> None:
    """A section takes the place of the one before, and leaves the others and the report before as they were."""
    report = AccountReport("acme", invoices=INVOICES, invoice_details=DETAILS)
    newer = replace(INVOICES, latest_id="usage-1")

    assert AccountReport("acme", newer, DETAILS) == report.with_section(Dataset.INVOICES, newer)
    assert INVOICES is report.invoices


def test_some_left_out() -> None:
    """A report without some datasets still has the others, and all that is no dataset."""
    declared = Declared(billing_threshold=Decimal(50))
    report = AccountReport("acme", invoices=INVOICES, invoice_details=DETAILS, declared=declared)

    without = report.without([Dataset.INVOICE_DETAILS, Dataset.USAGE])
    assert AccountReport("acme", INVOICES, declared=declared) == without
    assert report == report.without([])
