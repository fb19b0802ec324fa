from decimal import Decimal

import pytest

from exporter.background import Background
from exporter.domain.report import Generation, InvoiceDetailsSection
from exporter.domain.tree import Level
from exporter.errors import DecodeError, PollError
from exporter.northflank.http.client import Client
from exporter.northflank.readers import Depth
from exporter.northflank.source import Source
from tests.northflank.asking import Json, Script, client_of, ok
from tests.northflank.lists import row_a, row_c


def source_of(client: Client, generation: Generation, level: Level) -> Source:
    """A source of a generation that is set by hand."""
    return Source(client, Background(), generation=generation, unit=None, depth=Depth(level, retention_seconds=0))


async def section_of(invoice_row: Json, detail: Json, generation: Generation = Generation.C) -> InvoiceDetailsSection:
    """Detail and tree of one invoice from canned answers."""
    script = Script([ok({"invoices": [invoice_row]}), ok(detail)])
    async with client_of(script) as client:
        source = source_of(client, generation, Level.RESOURCE)
        invoices = await source.fetch_invoices(frozenset())
        section = await source.fetch_details(invoices, invoices)
        again = await source.fetch_details(invoices, invoices)
    assert section == again
    return section


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"id": "inv-9"}, "inv-1?.+: asked for invoice inv-1, got inv-9", id="another_invoice"),
        pytest.param({"currency": "eur"}, "inv-1?.+: in EUR, while the list has it in USD", id="another_currency"),
    ],
)
async def test_answer_of_another_invoice(changes: Json, said: str) -> None:
    """An answer about another invoice, or in another currency, is not shown as this one's."""
    with pytest.raises(DecodeError, match=said):
        await section_of(row_c(1), {"id": "inv-1", "currency": "USD", **changes})


async def test_detail_of_2024() -> None:
    """The 2024 detail is asked for by an instant within the invoice and has teams and projects at once."""
    row = row_a(1)
    price = {"total": 1000}
    team = {"id": "web", "name": "Web", "usage": {"price": price, "projects": [{"id": "api", "price": price}]}}
    detail = {**row, "discount": 0, "tax": {"percent": 20, "value": 200}}
    section = await section_of(row, {**detail, "paasUsage": {"price": price, "teams": [team]}}, Generation.A)

    ((_, read),) = section.details
    (tree,) = section.trees
    assert (Decimal(2), Decimal(20)) == (read.tax_amount, read.tax_percent)
    assert [(), ("web",), ("web", "api")] == list(tree.rows)
    assert {Level.TEAM: 0, Level.PROJECT: 0} == tree.unattributed


async def test_detail_of_2024_that_is_another_invoice() -> None:
    """Where the answer to an instant is about another period, that invoice's detail is not known: none is shown."""
    another = {**row_a(2), "tax": {"percent": 20, "value": 200}}
    section = await section_of(row_a(1), another, Generation.A)

    assert [None] == [detail.tax_amount for _, detail in section.details]
    assert () == section.trees


@pytest.mark.parametrize(("paid", "requests"), [(False, 2), (True, 1), (None, 1)])
async def test_status_that_only_the_detail_tells(paid: bool | None, requests: int) -> None:  # noqa: FBT001
    """Where only the detail says whether an invoice is paid, it is asked for again until it is."""
    row = {name: value for name, value in row_a(1).items() if name != "paid"}
    script = Script([ok({"invoices": [row]}), ok({**row, "paid": paid})])
    async with client_of(script) as client:
        source = source_of(client, Generation.A, Level.TEAM)
        invoices = await source.fetch_invoices(frozenset())
        for _ in range(2):
            await source.fetch_details(invoices, ())

    assert 1 + requests == len(script.requests)


async def test_no_part_of_a_failed_detail_is_shown() -> None:
    """One invoice whose detail cannot be read fails all: a dataset is whole or it is not replaced."""
    script = Script([ok({"invoices": [row_c(1), row_c(2)]}), ok({"id": "inv-1"}), ok({"id": 7})])
    async with client_of(script) as client:
        source = source_of(client, Generation.C, Level.TEAM)
        invoices = await source.fetch_invoices(frozenset())
        with pytest.raises(PollError):
            await source.fetch_details(invoices, ())
