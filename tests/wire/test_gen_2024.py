from decimal import Decimal

import pytest

from exporter.domain.invoice import Category, Invoice, InvoiceDetail, LineItem, Period
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.errors import GenerationError
from exporter.northflank.wire.gen_2024 import WIRE, detail_request, read_invoices
from exporter.northflank.wire.wire import Endpoint, Request
from tests.builders import JUNE, invoice, price, row
from tests.wire.bodies import (
    FIXTURES,
    REQUEST,
    answer,
    json_detail,
    json_row,
    list_of,
    list_page,
    read_detail,
    read_list,
)

A = Generation.A

DETAIL = """
{"data": {
  "period": {"start": 1780272000, "end": 1782864000},
  "paasUsage": {
    "price": {"total": 1100, "cpu": 400, "memory": 500, "storage": 100},
    "teams": [
      {"id": "acme", "name": "Acme", "usage": {
        "price": {"total": 800, "cpu": 800},
        "projects": [{"id": "api", "price": {"total": 500, "cpu": 400, "gpu": 0}}, {"id": "web"}]}},
      {"id": "beta", "usage": {"projects": [{"id": "api", "price": {"total": 300}}]}},
      {"id": "gone"}
    ]},
  "byocUsage": {"price": {"total": 150.5}},
  "lineItems": [{"title": "PaaS usage", "total": 1100}, {"total": 5}, {"title": null}],
  "subTotal": 1250.5, "discount": 50, "tax": {"percent": 20, "value": 240}, "total": 1440, "paid": false
}}
"""


def test_the_example_of_the_document() -> None:
    """The example of the document "List invoices" reads as one invoice of 12 dollars, named by its period."""
    page = list_page(A, (FIXTURES / "seed_000_list_invoices.json").read_bytes())
    expected = Invoice(
        id="1655823815-1655910214",
        period=Period(1655823815.0, 1655910214.0),
        currency="USD",
        total=Decimal("12.00"),
        subtotal=Decimal("10.00"),
        status=None,
        categories=None,
    )

    assert (expected,) == page.content
    assert (False, None, True) == (page.has_more, page.cursor, page.is_paged)


def test_the_list_is_an_array_in_earnest() -> None:
    """Real answers hold an array; paid or not becomes a status, and an `id` is not one of this generation."""
    invoices = read_list(A, list_of(json_row(total="1200", subTotal="1000", paid="false"), json_row(paid="true")))

    assert (
        invoice("1780272000-1782864000", status="open"),
        invoice("1780272000-1782864000", status="paid", total="0.12", subtotal=None),
    ) == invoices


def test_timestamps_may_be_floats() -> None:
    """Timestamps may be floats: the id has the integers."""
    (some,) = read_list(A, list_of(json_row(period='{"start": 1780272000.9, "end": 1782863999.999}')))

    assert "1780272000-1782863999" == some.id
    assert Period(1780272000.9, 1782863999.999) == some.period


def test_detail() -> None:
    """Team and project rows, discount, tax and line items, all in dollars; the currency is the list's."""
    expected = InvoiceDetail(
        period=JUNE,
        status="open",
        total=Decimal("14.40"),
        subtotal=Decimal("12.505"),
        discount=Decimal("0.50"),
        tax_amount=Decimal("2.40"),
        tax_percent=Decimal(20),
        line_items=(
            LineItem("PaaS usage", Decimal("11.00"), None, None),
            LineItem("", Decimal("0.05"), None, None),
            LineItem("", None, None, None),
        ),
        categories={Category.PAAS: price("11", cpu="4", memory="5", storage="1"), Category.BYOC: price("1.505")},
        rows={
            (): row("11", cpu="4", memory="5", storage="1"),
            ("acme",): row("8", "Acme", cpu="8"),
            ("acme", "api"): row("5", cpu="4", gpu="0"),
            ("acme", "web"): row(),
            ("beta",): row(),
            ("beta", "api"): row("3"),
            ("gone",): row(),
        },
        places=3,
    )

    assert expected == read_detail(A, DETAIL)


@pytest.mark.parametrize(
    ("fields", "period"),
    [
        pytest.param({}, None, id="no_period"),
        pytest.param({"period": "null", "paid": "null"}, None, id="null"),
        pytest.param({"period": '{"start": 1780272000, "end": 1782864000}'}, JUNE, id="period"),
    ],
)
def test_preview(fields: dict[str, str], period: Period | None) -> None:
    """What has accrued since the last invoice is read as a detail; it is neither paid nor open."""
    detail = read_detail(
        A,
        json_detail(
            paasUsage='{"price": {"total": 1100, "cpu": 1000}, "teams": [{"id": "acme", "usage": null}]}',
            byocUsage='{"price": {"total": 150.5}}',
            lineItems="[]",
            subTotal="1250.5",
            total="1500",
            **fields,
        ),
    )

    assert (
        InvoiceDetail(
            period=period,
            total=Decimal(15),
            subtotal=Decimal("12.505"),
            categories={Category.PAAS: price("11", cpu="10"), Category.BYOC: price("1.505")},
            rows={(): row("11", cpu="10"), ("acme",): row()},
            places=3,
        )
        == detail
    )


def test_a_preview_of_nothing() -> None:
    """Before anything was used, a preview has no prices, and that is no fault."""
    assert InvoiceDetail(categories={}, places=2) == read_detail(A, json_detail(paasUsage="{}", lineItems="null"))


def test_detail_in_yen() -> None:
    """Yen have no minor unit: what stands in the answer is yen."""
    assert Decimal(1440) == read_detail(A, json_detail(total="1440"), currency="JPY").total


def test_a_detail_that_states_its_currency() -> None:
    """A detail that states a currency all the same is read in it, and not in the list's."""
    detail = read_detail(A, json_detail(currency='"jpy"', total="1440"), currency="USD")

    assert ("JPY", Decimal(1440)) == (detail.currency, detail.total)


def test_a_detail_that_says_nothing() -> None:
    """A detail without any field states nothing, and that is no fault."""
    assert InvoiceDetail(categories={}, places=2) == read_detail(A, '{"data": {}}')


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param({"paas": "{}"}, "usage fields of 2026-10", id="2026-10"),
        pytest.param({"byocUsage": "{}"}, "usage fields of 2026-06 or before", id="2026-06"),
    ],
)
def test_a_list_of_another_generation_is_refused(fields: dict[str, str], found: str) -> None:
    """A list whose rows bill usage is of a later generation: its amounts are not read as this one's."""
    with pytest.raises(GenerationError) as caught:
        read_list(A, list_of(json_row(**fields)))

    assert (
        f"{REQUEST}: answers with {found}, which 2024 does not have; set api to auto for this account, "
        "or to the generation that the server speaks"
    ) == str(caught.value)


def test_a_detail_of_another_generation_is_refused() -> None:
    """A detail with fields of 2026-10 has decimal amounts: they are not read as cents."""
    with pytest.raises(GenerationError, match=r"usage fields of 2026-10, which 2024 does not have"):
        read_detail(A, json_detail(paas="{}"))
    with pytest.raises(GenerationError, match=r"usage fields of 2026-10, which 2024 does not have"):
        read_detail(
            A, json_detail(paas='{"price": {"total": 6.922}}', paasUsage='{"price": {"total": 6922}}'), currency="KWD"
        )


def test_unit_set_by_hand() -> None:
    """Amounts that are set to be in major units are taken as they are."""
    (some,) = read_invoices(answer(list_of(json_row(total="12.34"))), Unit.MAJOR).content

    assert Decimal("12.34") == some.total


def test_how_it_is_asked() -> None:
    """The list is asked for in pages of a hundred; a detail by an instant in the middle of its period."""
    request = detail_request(invoice(period=Period(1000.5, 2001.0)))

    assert {"per_page": "100"} == WIRE.list_query
    assert ("/billing/invoices/details", {"timestamp": "1500"}) == (request.path, request.query)
    assert (Unit.MINOR, ("paid", "open"), False) == (WIRE.unit, WIRE.statuses, WIRE.drills_down)
    assert Request(Endpoint.GET_INVOICE, "/billing/invoices/details") == WIRE.preview
