import asyncio

import pytest

from exporter.background import Background
from exporter.domain.invoice import Invoice
from exporter.domain.report import AccountReport, Dataset, InvoicesSection
from exporter.errors import DuplicateSeriesError
from exporter.metrics.snapshot import Exposition
from exporter.publisher import Publisher
from tests.builders import usage_invoice
from tests.metrics.running_reports import WHOLE


def report(account: str, *invoices: Invoice) -> AccountReport:
    """A report of a list."""
    section = InvoicesSection(invoices=invoices, latest_id=None, unpaid_since={}, known_statuses=())
    return AccountReport(account, invoices=section)


def publisher() -> tuple[Publisher, Exposition]:
    """A publisher and what it shows on."""
    exposition = Exposition(lambda: b"")
    return Publisher(exposition, Background()), exposition


def shown(exposition: Exposition) -> list[tuple[str, str]]:
    """Account and invoice of each amount that is exposed."""
    lines = exposition.plain().decode().splitlines()
    parts = [line.split('"') for line in lines if line.startswith("northflank_invoice_amount{")]
    return [(part[1], part[5]) for part in parts]


async def test_one_report_an_account() -> None:
    """A new report replaces that account's, and no other one's."""
    target, exposition = publisher()
    await target.show(report("a", usage_invoice("1")))
    await target.show(report("b", usage_invoice("1")))
    await target.show(report("a", usage_invoice("2")))

    assert [("a", "2"), ("b", "1")] == shown(exposition)


async def test_reports_at_once() -> None:
    """Of reports that are shown at the same time none is lost."""
    target, exposition = publisher()
    names = [f"account{number}" for number in range(5)]
    await asyncio.gather(*(target.show(report(name, usage_invoice("1"))) for name in names))

    assert [(name, "1") for name in names] == shown(exposition)


async def test_duplicates() -> None:
    """A report that cannot be rendered changes nothing, and is in no way of the next."""
    target, exposition = publisher()
    await target.show(report("a", usage_invoice("1")))
    before = exposition.snapshot
    with pytest.raises(DuplicateSeriesError):
        await target.show(report("b", usage_invoice("2"), usage_invoice("2")))

    assert before is exposition.snapshot
    await target.show(report("a", usage_invoice("3")))
    assert [("a", "3")] == shown(exposition)


async def test_counts() -> None:
    """How many series a dataset has and how large the billing part is are those of what is shown."""
    target, exposition = publisher()
    assert (0, 0) == (target.series("a", Dataset.INVOICES), target.body_bytes)

    await target.show(report("a", usage_invoice("1")))
    lines = [line for line in exposition.plain().splitlines() if not line.startswith(b"#")]
    assert len(lines) == target.series("a", Dataset.INVOICES)
    assert (0, 0) == (target.series("a", Dataset.INVOICE_DETAILS), target.series("b", Dataset.INVOICES))
    assert len(exposition.plain()) == target.body_bytes


async def test_the_event_loop_goes_on() -> None:
    """While a report is rendered, the event loop does other things."""
    target, _ = publisher()
    showing = asyncio.create_task(target.show(report("a", *(usage_invoice(str(n)) for n in range(2000)))))
    turns = 0
    while not showing.done():
        turns += 1
        await asyncio.sleep(0)

    assert turns > 10


async def test_folded() -> None:
    """With a limit, resources beyond it are folded, and how many is known by account and dataset."""
    exposition = Exposition(lambda: b"")
    target = Publisher(exposition, Background(), series_limit=1)
    assert {} == target.folded("acme-corp")

    await target.show(WHOLE)
    assert {Dataset.INVOICE_DETAILS: 2, Dataset.USAGE_DETAILS: 2} == target.folded("acme-corp")
    assert {} == target.folded("nobody")
    assert b"northflank_hourly_resource_cost{" in exposition.plain()
    assert b'resource_id="new"' not in exposition.plain()
