from decimal import Decimal

import pytest

from exporter.domain.invoice import Category, InvoiceDetail, LineItem
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.errors import GenerationError
from exporter.northflank.wire.gen_2026_06 import WIRE, detail_request
from tests.builders import invoice, price, row
from tests.wire.bodies import FIXTURES, json_detail, json_row, list_of, list_page, read_detail, read_list

B = Generation.B

LIST = """
{"data": {"invoices": [
  {"id": "835994C3-14310", "period": {"start": 1780272000, "end": 1782864000}, "currency": "usd",
   "paasUsage": {"price": {"total": 1000, "cpu": 600, "memory": 300, "storage": 100, "gpu": 0}},
   "byocUsage": {"price": {"total": 200, "vcpu": 50, "memory": 50, "gpuMemory": 60, "cluster": 40}},
   "total": 1440, "subTotal": 1200, "paid": false},
  {"id": "835994C3-14309", "period": {"start": 1780272000, "end": 1782864000}, "currency": "usd",
   "total": 2000, "paid": true}
]}, "pagination": {"hasNextPage": true, "cursor": "c2", "count": 2}}
"""

DETAIL = """
{"data": {
  "id": "835994C3-14310", "period": {"start": 1780272000, "end": 1782864000}, "currency": "usd",
  "paasUsage": {"price": {"total": 1000}, "teams": [
    {"id": "acme", "name": "Acme", "price": {"total": 1000}, "projects": [
      {"id": "api", "name": "API", "price": {"total": 700}, "resourceTypes": [
        {"resourceType": "service", "price": {"total": 500}, "resources": [
          {"id": "gateway", "name": "Gateway", "price": {"total": 499.5, "cpu": 300, "memory": 199.5}},
          {"id": "nameless", "name": ""}]},
        {"resourceType": "quantum-job", "price": {"total": 200}}]},
      {"id": "web"}]}]},
  "byocUsage": {"price": {"total": 200, "gpuMemory": 200}},
  "lineItems": [{"title": "Pro plan", "total": 1000, "base": 2000, "proration": -1000}],
  "subTotal": 1200, "discounts": {"total": 100}, "tax": {"percent": 19.5, "amount": 240}, "total": 1340, "paid": true
}}
"""


def test_the_example_of_the_document() -> None:
    """The example of the document "Get invoice", a detail with nothing but a currency, reads as one that says so."""
    body = (FIXTURES / "seed_002_get_invoice.json").read_bytes()

    assert InvoiceDetail(currency="USD", categories={}, places=2) == read_detail(B, body, currency="EUR")


def test_list() -> None:
    """The rows of the list in dollars: prices by category, and paid or not as a status."""
    page = list_page(B, LIST)
    expected = (
        invoice(
            "835994C3-14310",
            total="14.40",
            subtotal="12",
            status="open",
            categories={
                Category.PAAS: price("10", cpu="6", memory="3", storage="1", gpu="0"),
                Category.BYOC: price("2", vcpu="0.5", memory="0.5", gpu_memory="0.6", cluster="0.4"),
            },
        ),
        invoice("835994C3-14309", total="20", subtotal=None, status="paid", categories={}),
    )

    assert expected == page.content
    assert (True, "c2", True) == (page.has_more, page.cursor, page.is_paged)


def test_detail() -> None:
    """The whole tree that an answer holds, its sums and its line items; an unknown resource type is one like others."""
    expected = InvoiceDetail(
        id="835994C3-14310",
        currency="USD",
        status="paid",
        total=Decimal("13.40"),
        subtotal=Decimal(12),
        discount=Decimal(1),
        tax_amount=Decimal("2.40"),
        tax_percent=Decimal("19.5"),
        line_items=(LineItem("Pro plan", Decimal(10), Decimal(20), Decimal(-10)),),
        categories={Category.PAAS: price("10"), Category.BYOC: price("2", gpu_memory="2")},
        rows={
            (): row("10"),
            ("acme",): row("10", "Acme"),
            ("acme", "api"): row("7", "API"),
            ("acme", "api", "service"): row("5"),
            ("acme", "api", "service", "gateway"): row("4.995", "Gateway", cpu="3", memory="1.995"),
            ("acme", "api", "service", "nameless"): row(),
            ("acme", "api", "quantum-job"): row("2"),
            ("acme", "web"): row(),
        },
        places=3,
    )

    assert expected == read_detail(B, DETAIL)


def test_detail_in_yen() -> None:
    """The detail's own currency decides what its minor unit is, before the list's."""
    detail = read_detail(B, json_detail(currency='"jpy"', total="1340"), currency="USD")

    assert (Decimal(1340), 0) == (detail.total, detail.places)


def test_the_list_in_two_currencies() -> None:
    """Each row is read in its own currency."""
    invoices = read_list(B, list_of(json_row(total="1200"), json_row(currency='"JPY"'), json_row(currency='"kwd"')))

    assert [("USD", "12.00"), ("JPY", "12"), ("KWD", "0.012")] == [
        (each.currency, str(each.total)) for each in invoices
    ]


def test_another_generation_is_refused() -> None:
    """Fields of 2026-10 mean decimal amounts: neither list nor detail is read as cents."""
    with pytest.raises(GenerationError, match=r"usage fields of 2026-10, which 2026-06 does not have"):
        read_list(B, list_of(json_row(byoc="{}")))
    with pytest.raises(GenerationError, match=r"usage fields of 2026-10, which 2026-06 does not have"):
        read_detail(B, json_detail(paas='{"price": {"total": 69.22}}', paasUsage='{"price": {"total": 6922}}'))
    with pytest.raises(GenerationError, match=r"usage fields of 2026-10, which 2026-06 does not have"):
        read_detail(
            B, json_detail(paas='{"price": {"total": 6.922}}', paasUsage='{"price": {"total": 6922}}'), currency="KWD"
        )


def test_how_it_is_asked() -> None:
    """A detail is asked for by its id, which cannot leave its place in the path, and without page sizes."""
    request = detail_request(invoice("../a b?c"))

    assert ("/billing/invoices/..%2Fa%20b%3Fc", {}) == (request.path, request.query)
    assert ({"per_page": "100"}, "page", Unit.MINOR) == (WIRE.list_query, WIRE.list_page, WIRE.unit)
    assert (
        *("job", "service", "addon", "volume"),
        *("opentofu-job", "llm-model-deployment", "external-addon"),
    ) == WIRE.resource_types
    assert ("paid", "open") == WIRE.statuses
