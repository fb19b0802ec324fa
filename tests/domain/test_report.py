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
