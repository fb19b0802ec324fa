from decimal import Decimal

import pytest

from exporter.domain.invoice import Category
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, UsageRow
from exporter.errors import DecodeError, DuplicateSeriesError
from exporter.northflank.wire.answer import Page
from exporter.northflank.wire.gen_2026_10.usage import read_usage
from tests.builders import price
from tests.wire import bodies
from tests.wire.bodies import REQUEST, answer, json_hour, usage_of, usage_page

C = Generation.C
JUNE_START = 1780272000.0

LIST = """
{"data": {"granularity": "month", "scope": {"entityId": "acme", "entityType": "team"},
  "window": {"start": 1777593600, "end": 1782864000}, "usage": [
  {"timestamp": 1780272000, "currency": "eur", "total": 74.72000000000001,
   "paas": {"price": {"total": 69.22000000000001, "cpu": 60, "memory": 9.22, "storage": 0},
            "usage": {"vcpuHours": 12.333333333333334, "memoryGiBHours": 24, "storageGiBHours": 0,
                      "gpuOnDemandHours": 1.5, "gpuSpotHours": 2.25,
                      "build": {"vcpuHours": 1, "memoryGiBHours": 2}, "run": {"vcpuHours": 11}}},
   "byoc": {"price": {"total": 2.5, "vcpu": 1, "memory": 0.5, "gpuMemory": 0.6, "cluster": 0.4},
            "usage": {"vcpuHours": 3, "memoryGiBHours": 4, "gpuMemoryGiBHours": 5, "clusterHours": 720}},
   "egressIp": {"price": {"total": 3}, "usage": {"hours": 720}},
   "loadBalancer": {"price": {"total": 0}, "usage": {"hours": 0}}},
  {"timestamp": 1777593600, "paas": {"price": {"total": 1}, "usage": {}}, "byoc": null, "total": 1}
]}, "pagination": {"hasNextPage": true, "cursor": "c2", "count": 2}}
"""


def usage(body: str) -> Usage:
    """The usage of the one row of a list."""
    (some,) = bodies.read_usage(C, body)
    return some.usage


def side(total: str) -> str:
    """A category of that price."""
    return f'{{"price": {{"total": {total}}}}}'


def test_list() -> None:
    """A row is its beginning, its currency, a price for each category, and the quantities that billing counts."""
    expected = (
        UsageRow(
            JUNE_START,
            Usage(
                "EUR",
                {
                    Category.PAAS: price("69.22000000000001", cpu="60", memory="9.22", storage="0"),
                    Category.BYOC: price("2.5", vcpu="1", memory="0.5", gpu_memory="0.6", cluster="0.4"),
                    Category.EGRESS_IP: price("3"),
                    Category.LOAD_BALANCER: price("0"),
                },
                {
                    Category.PAAS: {
                        "vcpu_hours": Decimal("12.333333333333334"),
                        "memory_gibibyte_hours": Decimal(24),
                        "storage_gibibyte_hours": Decimal(0),
                        "gpu_on_demand_hours": Decimal("1.5"),
                        "gpu_spot_hours": Decimal("2.25"),
                    },
                    Category.BYOC: {
                        "vcpu_hours": Decimal(3),
                        "memory_gibibyte_hours": Decimal(4),
                        "gpu_memory_gibibyte_hours": Decimal(5),
                        "cluster_hours": Decimal(720),
                    },
                    Category.EGRESS_IP: {"hours": Decimal(720)},
                    Category.LOAD_BALANCER: {"hours": Decimal(0)},
                },
            ),
        ),
        UsageRow(1777593600.0, Usage("USD", {Category.PAAS: price("1")})),
    )

    assert Page(expected, has_more=True, cursor="c2", is_paged=True, customer="acme") == usage_page(C, LIST)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="left_out"),
        pytest.param({"paas": "null", "byoc": "null", "egressIp": "null", "loadBalancer": "null"}, id="null"),
        pytest.param({"paas": "{}", "byoc": "{}", "egressIp": "{}", "loadBalancer": "{}"}, id="empty"),
        pytest.param({"paas": '{"price": null, "usage": null}', "egressIp": '{"usage": null}'}, id="nothing_in_them"),
        pytest.param({"paas": '{"price": {}, "usage": {}}', "egressIp": '{"usage": {"hours": null}}'}, id="no_figure"),
        pytest.param({"paas": '{"usage": {"build": {"vcpuHours": 1}, "tpuHours": "many"}}'}, id="fields_not_read"),
        pytest.param({"total": "null", "currency": "null"}, id="no_total"),
        pytest.param({"total": "0"}, id="a_total_of_nothing"),
    ],
)
def test_what_a_row_does_not_state(fields: dict[str, str]) -> None:
    """What a row leaves out is left out, not zero; in the currency that is known where it states none."""
    assert Usage("USD", {}, {}) == usage(usage_of(json_hour(**fields)))


def test_a_quantity_without_a_price() -> None:
    """A category may state how much was used and not what it costs, and the other way round."""
    body = usage_of(json_hour(byoc='{"usage": {"clusterHours": 1}}', loadBalancer=side("3")))

    assert (
        Usage("USD", {Category.LOAD_BALANCER: price("3")}, {Category.BYOC: {"cluster_hours": Decimal(1)}})
    ) == usage(body)


@pytest.mark.parametrize(
    ("fields", "other"),
    [
        pytest.param({"total": "12", "paas": side("10"), "byoc": side("2")}, None, id="all_is_known"),
        pytest.param({"total": "12.5", "paas": side("10"), "byoc": side("2")}, "0.5", id="more"),
        pytest.param({"total": "11.5", "paas": side("10"), "byoc": side("2")}, "-0.5", id="less"),
        pytest.param({"total": "12.5"}, "12.5", id="nothing_is_known"),
        pytest.param({"paas": side("10")}, None, id="no_total"),
        pytest.param({"total": "10.00000000000001", "paas": side("10")}, None, id="binary_noise"),
        pytest.param({"total": "0.01", "paas": side("0.00")}, None, id="each_may_be_rounded"),
        pytest.param({"total": "0.02", "paas": side("0.00")}, "0.02", id="more_than_rounding"),
        pytest.param(
            {"total": "0.02", "paas": side("0"), "egressIp": side("0"), "loadBalancer": side("0")},
            None,
            id="three_categories_may_be_rounded",
        ),
        pytest.param({"total": "0.01", "paas": side("0.0000")}, "0.01", id="more_places"),
        pytest.param(
            {"total": "0.01", "paas": '{"price": {"total": 0.00}, "usage": {"vcpuHours": 0.123456}}'},
            None,
            id="places_of_quantities_do_not_count",
        ),
        pytest.param({"total": "3", "paas": '{"price": {"cpu": 1, "memory": 2}}'}, None, id="sum_of_parts"),
        pytest.param({"total": "3", "egressIp": side("1"), "loadBalancer": side("2")}, None, id="fees"),
        pytest.param({"total": "3", "paas": side("1"), "seats": side("2")}, "2", id="category_of_the_future"),
    ],
)
def test_other(fields: dict[str, str], other: str | None) -> None:
    """What a row's total holds beyond its categories is a category without components, unless that is rounding."""
    found = usage(usage_of(json_hour(**fields))).categories.get(Category.OTHER)

    assert (price(other) if other else None) == found


def test_other_in_minor_units() -> None:
    """Where amounts are set to be cents, the rest is cents too: one may be rounding, two are not."""
    rows = read_usage(
        answer(
            usage_of(json_hour(total="101", paas=side("100")), json_hour(timestamp="0", total="102", paas=side("100")))
        ),
        Unit.MINOR,
        "USD",
    ).content

    assert [None, price("0.02")] == [each.usage.categories.get(Category.OTHER) for each in rows]
    assert price("1") == rows[0].usage.categories[Category.PAAS]


def test_currencies() -> None:
    """Each row is read in the currency it states, the others in the one that is known; several are no fault."""
    body = answer(
        usage_of(
            json_hour(currency='"jpy"', paas=side("500")),
            json_hour(timestamp="7", paas=side("500")),
            json_hour(timestamp="8", currency='"usd"', paas=side("500")),
        )
    )
    rows = read_usage(body, Unit.MINOR, "KWD").content

    assert [("JPY", Decimal(500)), ("KWD", Decimal("0.5")), ("USD", Decimal(5))] == [
        (each.usage.currency, each.usage.categories[Category.PAAS].total) for each in rows
    ]


def test_an_hour_that_comes_twice() -> None:
    """Two rows of one time are refused with both places: one of them would be lost or counted twice."""
    rows = (json_hour(), json_hour(timestamp="1780275600"), json_hour(timestamp="1780272000.0"))
    with pytest.raises(DuplicateSeriesError) as caught:
        bodies.read_usage(C, usage_of(*rows))

    assert (
        f"{REQUEST}: usage[0] and usage[2] are both of 1780272000: one of them would be lost or counted twice"
    ) == str(caught.value)


def test_an_empty_list() -> None:
    """A list without rows is a success: nothing was used."""
    assert () == bodies.read_usage(C, usage_of())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param(
            {"timestamp": None}, "Object missing required field `timestamp` - at `$.data.usage[1]`", id="no_timestamp"
        ),
        pytest.param(
            {"timestamp": '"2026-06-01T00:00:00Z"'},
            "Expected a number, got str - at `$.data.usage[1].timestamp`",
            id="date",
        ),
        pytest.param(
            {"timestamp": "1780272000000"},
            "Expected Unix seconds, got a number out of their range - at `$.data.usage[1].timestamp`",
            id="milliseconds",
        ),
        pytest.param({"total": '"12"'}, "Expected a number, got str - at `$.data.usage[1].total`", id="text_total"),
        pytest.param(
            {"currency": '"U$D"'},
            "Expected a currency code of three letters - at `$.data.usage[1].currency`",
            id="currency",
        ),
        pytest.param(
            {"paas": '{"usage": {"memoryGiBHours": "24"}}'},
            "Expected a number, got str - at `$.data.usage[1].paas.usage.memoryGiBHours`",
            id="text_for_a_quantity",
        ),
        pytest.param(
            {"loadBalancer": '{"usage": {"hours": true}}'},
            "Expected a number, got bool - at `$.data.usage[1].loadBalancer.usage.hours`",
            id="bool_for_a_quantity",
        ),
        pytest.param(
            {"byoc": '{"usage": {"clusterHours": 1e99}}'},
            "Expected a quantity, got a number of another magnitude - at `$.data.usage[1].byoc.usage.clusterHours`",
            id="endless_quantity",
        ),
        pytest.param(
            {"paas": '{"usage": [1]}'},
            "Expected `object | null`, got `array` - at `$.data.usage[1].paas.usage`",
            id="array_of_quantities",
        ),
    ],
)
def test_rows_that_do_not_fit(fields: dict[str, str | None], reason: str) -> None:
    """A row that cannot be read fails the list by the JSON path of what does not fit; none is skipped."""
    with pytest.raises(DecodeError) as caught:
        bodies.read_usage(C, usage_of(json_hour(timestamp="7"), json_hour(**fields)))

    assert f"{REQUEST}: not as generation 2026-10 answers: {reason}" == str(caught.value)


def test_a_list_that_is_none() -> None:
    """An answer without the list is refused: nothing used is an empty list."""
    with pytest.raises(DecodeError, match=r"Object missing required field `usage` - at `\$\.data`"):
        bodies.read_usage(C, '{"data": {"granularity": "hour"}}')
