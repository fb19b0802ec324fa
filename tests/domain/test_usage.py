from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest

from exporter.domain.invoice import Category
from exporter.domain.price import Price
from exporter.domain.usage import Usage, less, nothing_like, totals_of
from tests.builders import price

PAAS, BYOC, EGRESS_IP, LOAD_BALANCER, OTHER = Category


def usage(categories: Mapping[Category, Price], **units: str) -> Usage:
    """A usage in dollars; the units are those of PaaS."""
    quantities = {PAAS: {unit: Decimal(text) for unit, text in units.items()}} if units else {}
    return Usage("USD", categories, quantities)


def only(usages: Iterable[Usage]) -> Usage:
    """The total of usages that are all in one currency."""
    (total,) = totals_of(usages)
    return total


def test_nothing_to_add() -> None:
    """The total of nothing is not known; it is not zero, since no currency is known."""
    assert () == totals_of([]) == totals_of(iter(()))


def test_a_total_of_one() -> None:
    """One usage is its own total, its components and stated zeros included."""
    one = usage({PAAS: price("3", cpu="1", gpu="0")}, vcpu_hours="1.5", gpu_spot_hours="0")

    assert (one,) == totals_of([one])


def test_total() -> None:
    """Usages add up category by category, component by component and unit by unit, whichever of them state it."""
    several = (
        usage({PAAS: price("3", cpu="1", memory="2"), BYOC: price("5")}, vcpu_hours="1.5", memory_gibibyte_hours="2"),
        usage({PAAS: price("0.3", memory="0.1", gpu="0.2"), LOAD_BALANCER: price("7")}, gpu_spot_hours="4"),
        usage({BYOC: price("1", cluster="1")}, vcpu_hours="0.25"),
    )
    expected = usage(
        {
            PAAS: price("3.3", cpu="1", memory="2.1", gpu="0.2"),
            BYOC: price("6", cluster="1"),
            LOAD_BALANCER: price("7"),
        },
        vcpu_hours="1.75",
        memory_gibibyte_hours="2",
        gpu_spot_hours="4",
    )

    assert (expected,) == totals_of(iter(several))


def test_categories_with_the_same_units() -> None:
    """Quantities of one unit in different categories are not added to each other."""
    some = Usage("USD", {}, {PAAS: {"vcpu_hours": Decimal(1)}, BYOC: {"vcpu_hours": Decimal(2)}})
    other = Usage("USD", {}, {EGRESS_IP: {"hours": Decimal(3)}, BYOC: {"vcpu_hours": Decimal(4)}})

    assert (
        Usage(
            "USD",
            {},
            {PAAS: {"vcpu_hours": Decimal(1)}, BYOC: {"vcpu_hours": Decimal(6)}, EGRESS_IP: {"hours": Decimal(3)}},
        )
    ) == only([some, other])


def test_quantities_without_prices() -> None:
    """A usage may state quantities alone, or prices alone, and neither is lost."""
    total = only([usage({}, vcpu_hours="1"), usage({PAAS: price("2")})])

    assert usage({PAAS: price("2")}, vcpu_hours="1") == total


def test_other_is_added_up() -> None:
    """What is in no known category is added up too, and stays without components."""
    total = only([usage({OTHER: price("0.5")}), usage({OTHER: price("-0.2")}), usage({PAAS: price("1")})])

    assert usage({PAAS: price("1"), OTHER: price("0.3")}) == total
    assert [("other", Decimal("0.3"))] == list(total.categories[OTHER].by_component())


def test_order_of_categories() -> None:
    """Categories come in the order of the contract, whichever usage states them first."""
    total = only([usage({OTHER: price("1")}), usage({LOAD_BALANCER: price("1"), PAAS: price("1")})])

    assert [PAAS, LOAD_BALANCER, OTHER] == list(total.categories)


def test_sums_are_exact() -> None:
    """Neither a small amount nor a small quantity is lost beside large ones."""
    large = usage({PAAS: price("1000000000000000000")}, vcpu_hours="1000000000000000000")
    small = usage({PAAS: price("0.00000000000000000001")}, vcpu_hours="0.00000000000000000001")

    assert (
        usage(
            {PAAS: price("1000000000000000000.00000000000000000001")},
            vcpu_hours="1000000000000000000.00000000000000000001",
        )
    ) == only([large, small])


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        pytest.param(usage({}), usage({}), id="nothing"),
        pytest.param(
            usage({PAAS: price("3", cpu="1", memory="2")}, vcpu_hours="2"),
            usage({PAAS: price("0", cpu="0", memory="0")}, vcpu_hours="0"),
            id="components_and_units",
        ),
        pytest.param(usage({OTHER: price("-1")}), usage({OTHER: price("0")}), id="no_components"),
        pytest.param(usage({PAAS: price(None, cpu="1")}), usage({PAAS: price("0", cpu="0")}), id="no_total"),
    ],
)
def test_nothing_like(some: Usage, expected: Usage) -> None:
    """A period that has just begun shows zeros where the one before showed figures."""
    assert expected == nothing_like(some)


def test_nothing_like_keeps_the_currency() -> None:
    """Zeros are in the currency of the usage that they stand for."""
    assert Usage("JPY", {PAAS: price("0")}) == nothing_like(Usage("JPY", {PAAS: price("500")}))


def test_currencies_are_not_added_to_each_other() -> None:
    """Each currency has a total of its own, in the order in which the currencies first come."""
    dollars, euros = Usage("USD", {PAAS: price("1")}), Usage("EUR", {PAAS: price("5")})

    assert (Usage("EUR", {PAAS: price("5")}), Usage("USD", {PAAS: price("2")})) == totals_of([euros, dollars, dollars])
    assert (dollars, Usage("EUR", {PAAS: price("10")})) == totals_of([dollars, euros, euros])


def test_less() -> None:
    """Usages less others, currency by currency and category by category; quantities are left out."""
    usages = (
        usage({PAAS: price("10", cpu="6", memory="4"), BYOC: price("5")}, vcpu_hours="3"),
        Usage("EUR", {PAAS: price("2")}, {PAAS: {"vcpu_hours": Decimal(1)}}),
    )
    taken = (usage({PAAS: price("4", cpu="4", gpu="1"), OTHER: price("9")}), Usage("JPY", {PAAS: price("100")}))

    assert (
        Usage("USD", {PAAS: price("6", cpu="2", memory="4", gpu="-1"), BYOC: price("5")}),
        Usage("EUR", {PAAS: price("2")}),
    ) == less(usages, taken)
    assert () == less((), taken)
