from decimal import Decimal

import pytest

from exporter.domain.invoice import Category, Cluster, HourDetail
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.errors import DecodeError, DuplicateSeriesError, GenerationError
from exporter.northflank.wire.answer import Page
from exporter.northflank.wire.gen_2026_10 import WIRE, usage_detail_request
from exporter.northflank.wire.gen_2026_10.usage import read_usage_detail
from exporter.northflank.wire.wire import Endpoint, Request
from tests.builders import price, row
from tests.wire.bodies import REQUEST, answer, hour_page, json_detail, json_hour, read_usage, usage_of

C = Generation.C
JUNE_START = 1780272000.0

DETAIL = """
{"data": {
  "timestamp": 1780272000, "currency": "usd", "scope": {"entityId": "acme", "entityType": "team"}, "total": 13,
  "paas": {"price": {"total": 10.5}, "usage": {"vcpuHours": 1.23456}, "teams": [
    {"id": "acme", "name": "Acme", "price": {"total": 10.5}, "usage": {}, "projects": [
      {"id": "api", "name": "API", "price": {"total": 10.5, "cpu": 10.5}, "resourceTypes": [
        {"resourceType": "harness", "price": {"total": 10.5}, "resources": [
          {"id": "gateway", "price": {"total": 10.5}}]}]}]}]},
  "byoc": {"price": {"total": 2.125, "cluster": 2.125}, "clusters": [
    {"id": "c-1", "name": "Frankfurt", "price": {"total": 2.125, "gpuMemory": 2}, "usage": {}}, {"id": "c-2"}]},
  "egressIp": {"price": {"total": 0.25}}, "loadBalancer": {}
}, "pagination": {"hasNextPage": false}}
"""


def side(total: str) -> str:
    """A category of that price."""
    return f'{{"price": {{"total": {total}}}}}'


def test_detail() -> None:
    """An hour's detail is a tree as an invoice's: prices, rows and clusters; what it sums up is not read."""
    expected = HourDetail(
        timestamp=JUNE_START,
        currency="USD",
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
            ("acme", "api", "harness", "gateway"): row("10.5"),
        },
        places=3,
    )

    assert Page(expected, has_more=False, is_paged=True, customer="acme") == hour_page(C, DETAIL)


def test_a_detail_that_says_nothing() -> None:
    """An hour's detail without any field states nothing, and that is no fault."""
    assert HourDetail(categories={}) == hour_page(C, '{"data": {}}').content


def test_a_detail_in_minor_units() -> None:
    """Amounts set to be in minor units are those of the stated currency, else of the one that is known."""
    unstated = answer(json_detail(paas=side("500")))
    stated = answer(json_detail(currency='"jpy"', paas=side("500")))

    assert [row("0.5"), row("500")] == [
        read_usage_detail(each, Unit.MINOR, "KWD").content.rows[()] for each in (unstated, stated)
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param(
            {"timestamp": "1780272000000"},
            "Expected Unix seconds, got a number out of their range - at `$.data.timestamp`",
            id="milliseconds",
        ),
        pytest.param(
            {"paas": '{"teams": [{"name": "Acme"}]}'},
            "Object missing required field `id` - at `$.data.paas.teams[0]`",
            id="no_id",
        ),
    ],
)
def test_a_detail_that_does_not_fit(fields: dict[str, str], reason: str) -> None:
    """A detail that cannot be read is refused by the JSON path of what does not fit."""
    with pytest.raises(DecodeError) as caught:
        hour_page(C, json_detail(**fields))

    assert f"{REQUEST}: not as generation 2026-10 answers: {reason}" == str(caught.value)


def test_a_row_of_the_tree_that_comes_twice() -> None:
    """The tree of an hour is checked as an invoice's."""
    with pytest.raises(DuplicateSeriesError, match=r"teams\[0\] and teams\[1\] are both acme"):
        hour_page(C, json_detail(paas='{"teams": [{"id": "acme"}, {"id": "acme"}]}'))


def test_its_own_fields_win() -> None:
    """A server that adds the fields of 2026-06 all the same is read by those of 2026-10."""
    fields = {"paas": side("69.22"), "paasUsage": side("6922")}

    assert {Category.PAAS: price("69.22")} == read_usage(C, usage_of(json_hour(**fields)))[0].usage.categories
    assert {Category.PAAS: price("69.22")} == hour_page(C, json_detail(**fields)).content.categories


def test_fields_that_contradict() -> None:
    """Where the two totals agree in no unit, nothing is shown, of a list or of an hour."""
    fields = {"byoc": side("69.22"), "byocUsage": side("7000")}

    with pytest.raises(GenerationError, match="contradict each other"):
        read_usage(C, usage_of(json_hour(**fields)))
    with pytest.raises(GenerationError, match="contradict each other"):
        hour_page(C, json_detail(**fields))


def test_legacy_fields_in_the_known_currency() -> None:
    """An answer that states no currency is compared in the known one: 6922 fils are 6.922 dinars."""
    fields = {"paas": side("6.922"), "paasUsage": side("6922")}

    assert (
        Decimal("6.922") == read_usage(C, usage_of(json_hour(**fields)), "KWD")[0].usage.categories[Category.PAAS].total
    )
    assert row("6.922") == hour_page(C, json_detail(**fields), "KWD").content.rows[()]
    with pytest.raises(GenerationError, match="contradict each other"):
        read_usage(C, usage_of(json_hour(**fields)), "USD")


def test_legacy_fields_alone_are_refused() -> None:
    """Fields of 2026-06 alone mean cents: neither list nor hour is read as decimals."""
    expected = r"usage fields of 2026-06 or before, which 2026-10 does not have"
    with pytest.raises(GenerationError, match=expected):
        read_usage(C, usage_of(json_hour(), json_hour(timestamp="7", paasUsage="{}")))
    with pytest.raises(GenerationError, match=expected):
        hour_page(C, json_detail(byocUsage="{}"))


def test_how_it_is_asked() -> None:
    """Only its own fields, in pages of a hundred; an hour by its Unix second, with pages at every level."""
    query = {
        "removeLegacyFields": "true",
        "teamsPerPage": "100",
        "projectsPerPage": "100",
        "resourcesPerPage": "100",
    }

    assert Request(Endpoint.GET_USAGE, "/billing/usage/1780272000", query) == usage_detail_request(JUNE_START)
    assert usage_detail_request is WIRE.usage_detail
    assert ({"perPage": "100", "removeLegacyFields": "true"}, True) == (WIRE.usage_query, WIRE.filters_usage)
