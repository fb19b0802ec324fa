import pytest

from exporter.domain.invoice import Category, HourDetail
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, UsageRow
from exporter.errors import DecodeError, DuplicateSeriesError, GenerationError
from exporter.northflank.wire.answer import Page
from exporter.northflank.wire.gen_2026_06 import WIRE, usage_detail_request
from exporter.northflank.wire.wire import Endpoint, Request
from tests.builders import price, row
from tests.wire.bodies import REQUEST, hour_page, json_detail, json_hour, read_usage, usage_of, usage_page

B = Generation.B
JUNE_START = 1780272000.0

LIST = """
{"data": {"usage": [
  {"timestamp": 1780275600.0,
   "paasUsage": {"price": {"total": 6922.000000000001, "cpu": 6000, "memory": 922, "storage": 0, "gpu": 0.5}},
   "byocUsage": {"price": {"total": 200, "vcpu": 50, "memory": 50, "gpuMemory": 60, "cluster": 40}}},
  {"timestamp": 1780272000, "paasUsage": {"price": {"total": 0}}, "byocUsage": null}
]}, "pagination": {"hasNextPage": true, "cursor": "c2", "count": 2}}
"""

DETAIL = """
{"data": {
  "timestamp": 1780272000,
  "paasUsage": {"price": {"total": 1000}, "teams": [
    {"id": "acme", "name": "Acme", "price": {"total": 1000}, "projects": [
      {"id": "api", "name": "API", "price": {"total": 1000}, "resourceTypes": [
        {"resourceType": "opentofu-job", "price": {"total": 1000}, "resources": [
          {"id": "gateway", "name": "Gateway", "price": {"total": 999.5, "cpu": 999.5}}]}]}]}]},
  "byocUsage": {"price": {"total": 200, "gpuMemory": 200}}
}, "pagination": {"hasNextPage": true}}
"""


def side(total: str) -> str:
    """A category of that price."""
    return f'{{"price": {{"total": {total}}}}}'


def test_list() -> None:
    """The hours in dollars of the known currency, which no row states: prices by category, and no quantities."""
    expected = (
        UsageRow(
            1780275600.0,
            Usage(
                "USD",
                {
                    Category.PAAS: price("69.22000000000001", cpu="60", memory="9.22", storage="0", gpu="0.005"),
                    Category.BYOC: price("2", vcpu="0.5", memory="0.5", gpu_memory="0.6", cluster="0.4"),
                },
            ),
            states_currency=False,
        ),
        UsageRow(JUNE_START, Usage("USD", {Category.PAAS: price("0")}), states_currency=False),
    )

    assert Page(expected, has_more=True, cursor="c2", is_paged=True) == usage_page(B, LIST)


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        pytest.param("JPY", "6922", id="yen"),
        pytest.param("KWD", "6.922", id="fils"),
        pytest.param("EUR", "69.22", id="cents"),
    ],
)
def test_the_known_currency(currency: str, expected: str) -> None:
    """The usage states no currency: the known one decides what the minor unit is, yen have none."""
    (some,) = read_usage(B, usage_of(json_hour(paasUsage=side("6922"))), currency)
    detail = hour_page(B, json_detail(paasUsage=side("6922")), currency).content

    assert (currency, expected) == (some.usage.currency, str(some.usage.categories[Category.PAAS].total))
    assert (None, row(expected)) == (detail.currency, detail.rows[()])


def test_a_currency_that_is_stated() -> None:
    """Usage that states a currency all the same is read in it, and not in the known one; the row says so."""
    fields = {"currency": '"jpy"', "byocUsage": side("500")}
    (some,) = read_usage(B, usage_of(json_hour(**fields)), "USD")
    detail = hour_page(B, json_detail(**fields), "USD").content

    assert UsageRow(JUNE_START, Usage("JPY", {Category.BYOC: price("500")})) == some
    assert HourDetail(currency="JPY", categories={Category.BYOC: price("500")}) == detail


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="left_out"),
        pytest.param({"paasUsage": "null", "byocUsage": "{}"}, id="empty"),
        pytest.param({"paasUsage": '{"price": null}', "byocUsage": '{"price": {}}'}, id="no_figure"),
        pytest.param({"total": "500", "egressIp": side("5")}, id="fields_of_the_future"),
    ],
)
def test_what_a_row_does_not_state(fields: dict[str, str]) -> None:
    """What a row leaves out is left out, and not zero; it has no total and no fees."""
    expected = UsageRow(JUNE_START, Usage("USD", {}), states_currency=False)

    assert (expected,) == read_usage(B, usage_of(json_hour(**fields)))


def test_an_empty_list() -> None:
    """A list without rows is a success: nothing was used."""
    assert () == read_usage(B, usage_of())


def test_an_hour_that_comes_twice() -> None:
    """Two rows of one hour are refused with both places: one of them would be lost or counted twice."""
    with pytest.raises(DuplicateSeriesError) as caught:
        read_usage(B, usage_of(json_hour(timestamp="7"), json_hour(), json_hour()))

    assert (
        f"{REQUEST}: usage[1] and usage[2] are both of 1780272000: one of them would be lost or counted twice"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("hour", "reason"),
    [
        pytest.param(
            json_hour(timestamp=None), "Object missing required field `timestamp` - at `$.data.usage[0]`", id="no_time"
        ),
        pytest.param(
            json_hour(timestamp="1780272000000"),
            "Expected Unix seconds, got a number out of their range - at `$.data.usage[0].timestamp`",
            id="milliseconds",
        ),
        pytest.param(
            json_hour(byocUsage='{"price": {"gpuMemory": "6"}}'),
            "Expected a number, got str - at `$.data.usage[0].byocUsage.price.gpuMemory`",
            id="text_for_an_amount",
        ),
    ],
)
def test_rows_that_do_not_fit(hour: str, reason: str) -> None:
    """A row that cannot be read fails the list by the JSON path of what does not fit."""
    with pytest.raises(DecodeError) as caught:
        read_usage(B, usage_of(hour))

    assert f"{REQUEST}: not as generation 2026-06 answers: {reason}" == str(caught.value)


def test_detail() -> None:
    """An hour's detail is a tree as an invoice's, with its beginning in place of the invoice's own fields."""
    expected = HourDetail(
        timestamp=JUNE_START,
        categories={Category.PAAS: price("10"), Category.BYOC: price("2", gpu_memory="2")},
        rows={
            (): row("10"),
            ("acme",): row("10", "Acme"),
            ("acme", "api"): row("10", "API"),
            ("acme", "api", "opentofu-job"): row("10"),
            ("acme", "api", "opentofu-job", "gateway"): row("9.995", "Gateway", cpu="9.995"),
        },
        places=3,
    )

    assert Page(expected, has_more=True, is_paged=True) == hour_page(B, DETAIL)


def test_a_detail_that_says_nothing() -> None:
    """An hour's detail without any field states nothing, and that is no fault."""
    assert HourDetail(categories={}, places=2) == hour_page(B, '{"data": {}}').content


def test_a_detail_that_does_not_fit() -> None:
    """An hour that is no Unix second is refused."""
    with pytest.raises(DecodeError, match=r"Expected Unix seconds, .* - at `\$\.data\.timestamp`"):
        hour_page(B, json_detail(timestamp="-1"))


def test_another_generation_is_refused() -> None:
    """Fields of 2026-10 mean decimal amounts: neither list nor hour is read as cents, legacy fields beside or not."""
    expected = r"usage fields of 2026-10, which 2026-06 does not have"
    with pytest.raises(GenerationError, match=expected):
        read_usage(B, usage_of(json_hour(paasUsage=side("6922")), json_hour(timestamp="7", byoc="{}")))
    with pytest.raises(GenerationError, match=expected):
        read_usage(B, usage_of(json_hour(paas=side("69.22"), paasUsage=side("6922"))))
    with pytest.raises(GenerationError, match=expected):
        hour_page(B, json_detail(paas=side("69.22"), paasUsage=side("6922")))
    with pytest.raises(GenerationError, match=expected):
        read_usage(B, usage_of(json_hour(paas=side("6.922"), paasUsage=side("6922"))), "KWD")
    with pytest.raises(GenerationError, match=expected):
        hour_page(B, json_detail(paas=side("6.922"), paasUsage=side("6922")), "KWD")


def test_how_it_is_asked() -> None:
    """The hours in pages of a hundred, without filters; an hour by its Unix second, without page sizes."""
    assert Request(Endpoint.GET_USAGE, "/billing/usage/1780272000") == usage_detail_request(JUNE_START)
    assert usage_detail_request is WIRE.usage_detail
    assert ({"per_page": "100"}, False) == (WIRE.usage_query, WIRE.filters_usage)
