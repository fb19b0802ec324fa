from decimal import Decimal

import pytest

from exporter.domain.invoice import Category, Cluster, InvoiceDetail, LineItem
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.errors import GenerationError
from exporter.northflank.wire.gen_2026_10 import WIRE, detail_request
from exporter.northflank.wire.gen_2026_10.invoices import read_detail, read_invoices
from tests.builders import invoice, price, row
from tests.wire import bodies
from tests.wire.bodies import answer, json_detail, json_row, list_of, list_page, read_list

C = Generation.C

LIST = """
{"data": {"invoices": [
  {"id": "835994C3-14311", "period": {"start": 1780272000, "end": 1782864000}, "currency": "usd",
   "scope": {"entityId": "acme", "entityType": "team"}, "status": "payment_failed",
   "paas": {"price": {"total": 69.22000000000001, "cpu": 69.22}, "usage": {"vcpuHours": 12.5, "build": {}}},
   "byoc": {"price": {"total": 2.5, "vcpu": 1, "memory": 0.5, "gpuMemory": 0.6, "cluster": 0.4}},
   "egressIp": {"price": {"total": 3}, "usage": {"hours": 720}},
   "loadBalancer": {"price": {"total": 0}, "usage": {"hours": 0}},
   "total": 74.73, "subTotal": 74.72},
  {"id": "835994C3-14310", "period": {"start": 1780272000, "end": 1782864000}, "currency": "usd",
   "status": "reversed", "paas": null, "total": 20.00, "subTotal": null}
]}, "pagination": {"hasNextPage": false, "count": 2}}
"""

DETAIL = """
{"data": {
  "id": "835994C3-14311", "period": {"start": 1780272000, "end": 1782864000}, "currency": "usd", "status": "draft",
  "scope": {"entityId": "acme", "entityType": "team"}, "inventedIn2027": [{"total": "many"}],
  "paas": {"price": {"total": 10.5}, "usage": {"vcpuHours": 1}, "teams": [
    {"id": "acme", "name": "Acme", "price": {"total": 10.5}, "usage": {}, "projects": [
      {"id": "api", "name": "API", "price": {"total": 10.5, "cpu": 10.5, "tpu": 3}, "resourceTypes": [
        {"resourceType": "harness", "price": {"total": 10.5}, "resources": [
          {"id": "gateway", "name": "Gateway", "price": {"total": 10.5}}]}]}]}]},
  "byoc": {"price": {"total": 2.125, "cluster": 2.125}, "clusters": [
    {"id": "c-1", "name": "Frankfurt", "price": {"total": 2.125, "gpuMemory": 2}, "usage": {}}, {"id": "c-2"}]},
  "egressIp": {"price": {"total": 0.25}}, "loadBalancer": {},
  "lineItems": [{"title": "Pro plan", "total": 20, "base": 40, "proration": -20}],
  "subTotal": 32.875, "discounts": {"total": -1}, "tax": {"percent": 20, "amount": 6.375}, "total": 38.25
}}
"""


def test_list() -> None:
    """Amounts are decimals of the currency, four categories, and a status passes through as it is."""
    page = list_page(C, LIST)
    expected = (
        invoice(
            "835994C3-14311",
            total="74.73",
            subtotal="74.72",
            status="payment_failed",
            categories={
                Category.PAAS: price("69.22000000000001", cpu="69.22"),
                Category.BYOC: price("2.5", vcpu="1", memory="0.5", gpu_memory="0.6", cluster="0.4"),
                Category.EGRESS_IP: price("3"),
                Category.LOAD_BALANCER: price("0"),
            },
        ),
        invoice("835994C3-14310", total="20.00", subtotal=None, status="reversed", categories={}),
    )

    assert expected == page.content
    assert "69.22000000000001" == str((page.content[0].categories or {})[Category.PAAS].total)
    assert (False, None, True) == (page.has_more, page.cursor, page.is_paged)


def test_detail() -> None:
    """Tree, clusters, sums and line items; what the generation does not name is ignored."""
    expected = InvoiceDetail(
        id="835994C3-14311",
        currency="USD",
        status="draft",
        total=Decimal("38.25"),
        subtotal=Decimal("32.875"),
        discount=Decimal(-1),
        tax_amount=Decimal("6.375"),
        tax_percent=Decimal(20),
        line_items=(LineItem("Pro plan", Decimal(20), Decimal(40), Decimal(-20)),),
        categories={
            Category.PAAS: price("10.5"),
            Category.BYOC: price("2.125", cluster="2.125"),
            Category.EGRESS_IP: price("0.25"),
        },
        clusters=(Cluster("c-1", "Frankfurt", price("2.125", gpu_memory="2")), Cluster("c-2", None, None)),
        rows={
            (): row("10.5"),
            ("acme",): row("10.5", "Acme"),
            ("acme", "api"): row("10.5", "API", cpu="10.5"),
            ("acme", "api", "harness"): row("10.5"),
            ("acme", "api", "harness", "gateway"): row("10.5", "Gateway"),
        },
        places=3,
    )

    assert expected == bodies.read_detail(C, DETAIL)


def test_its_own_fields_win() -> None:
    """A server that adds the fields of 2026-06 all the same is read by those of 2026-10."""
    body = list_of(json_row(total="69.22", paas='{"price": {"total": 69.22}}', paasUsage='{"price": {"total": 6922}}'))
    (some,) = read_list(C, body)

    assert (Decimal("69.22"), {Category.PAAS: price("69.22")}) == (some.total, some.categories)


def test_legacy_fields_in_the_known_currency() -> None:
    """A detail that states no currency is compared in the list's: 6922 fils are 6.922 dinars."""
    body = json_detail(paas='{"price": {"total": 6.922}}', paasUsage='{"price": {"total": 6922}}')

    assert row("6.922") == bodies.read_detail(C, body, currency="KWD").rows[()]
    with pytest.raises(GenerationError, match="contradict each other"):
        bodies.read_detail(C, body, currency="USD")


def test_legacy_fields_alone_are_refused() -> None:
    """Fields of 2026-06 alone mean cents: neither list nor detail is read as decimals."""
    expected = r"usage fields of 2026-06 or before, which 2026-10 does not have"
    with pytest.raises(GenerationError, match=expected):
        read_list(C, list_of(json_row(paasUsage="{}")))
    with pytest.raises(GenerationError, match=expected):
        bodies.read_detail(C, json_detail(byocUsage="{}"))


def test_unit_set_by_hand() -> None:
    """Amounts that are set to be in minor units are turned into major ones, decimal places included."""
    body = answer(json_detail(total="6922.5"))

    assert Decimal("69.225") == read_detail(body, Unit.MINOR, "USD").content.total
    assert 3 == read_detail(body, Unit.MINOR, "USD").content.places
    assert Decimal("0.12") == read_invoices(answer(list_of(json_row())), Unit.MINOR).content[0].total


def test_how_it_is_asked() -> None:
    """Only its own fields are asked for, in pages of a hundred rows at every level."""
    request = detail_request(invoice("835994C3-14310"))

    assert "/billing/invoices/835994C3-14310" == request.path
    assert {
        "removeLegacyFields": "true",
        "teamsPerPage": "100",
        "projectsPerPage": "100",
        "resourcesPerPage": "100",
    } == request.query
    assert ({"perPage": "100", "removeLegacyFields": "true"}, None) == (WIRE.list_query, WIRE.list_page)
    assert (Unit.MAJOR, ("job", "service", "harness", "addon", "volume")) == (WIRE.unit, WIRE.resource_types)
    assert ("draft", "open", "payment_failed", "paid", "uncollectible", "void") == WIRE.statuses
