from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.domain.price import Price, sum_of, zero_of
from tests.builders import price

amounts = st.decimals(allow_nan=False, allow_infinity=False, places=14, min_value=-(10**9), max_value=10**9)
components = st.dictionaries(st.sampled_from(("cpu", "memory", "storage", "gpu")), amounts)
FLOOR = Decimal("0.000001")


@pytest.mark.parametrize(
    ("given_price", "expected"),
    [
        pytest.param(price("3", cpu="1", memory="2"), {"cpu": "1", "memory": "2"}, id="parts_are_all"),
        pytest.param(price("5", cpu="1", memory="2"), {"cpu": "1", "memory": "2", "other": "2"}, id="other"),
        pytest.param(price("2", cpu="1", memory="2"), {"cpu": "1", "memory": "2", "other": "-1"}, id="negative_other"),
        pytest.param(price(None, cpu="1", memory="2"), {"cpu": "1", "memory": "2"}, id="no_total"),
        pytest.param(price("1", cpu="1", gpu="0"), {"cpu": "1", "gpu": "0"}, id="stated_zero_stays"),
        pytest.param(price("7"), {"other": "7"}, id="no_parts"),
        pytest.param(price("0"), {"other": "0"}, id="zero_without_parts"),
        pytest.param(price("0", cpu="0"), {"cpu": "0"}, id="zero_with_parts"),
        pytest.param(price("1.000001", cpu="1"), {"cpu": "1"}, id="at_the_threshold"),
        pytest.param(price("0.999999", cpu="1"), {"cpu": "1"}, id="at_the_threshold_below"),
        pytest.param(price("1.0000011", cpu="1"), {"cpu": "1", "other": "0.0000011"}, id="over_the_threshold"),
        pytest.param(price("0.9999989", cpu="1"), {"cpu": "1", "other": "-0.0000011"}, id="under_the_threshold"),
        pytest.param(price("69.22", cpu="69.22000000000001"), {"cpu": "69.22000000000001"}, id="binary_noise"),
    ],
)
def test_by_component(given_price: Price, expected: dict[str, str]) -> None:
    """Each part that the API states is a component, and `other` is what its total holds beyond them."""
    assert [(name, Decimal(amount)) for name, amount in expected.items()] == list(given_price.by_component())


@settings(deadline=None)  # the machine may be busy
@given(st.none() | amounts, components)
def test_components_add_up_to_the_total(total: Decimal | None, parts: dict[str, Decimal]) -> None:
    """Whatever the API states, summing over the components gives its total, to a millionth."""
    some = Price(total, tuple(parts.items()))
    found = list(some.by_component())

    assert len(found) == len(dict(found)) > 0
    assert FLOOR >= abs(some.total - sum(amount for _, amount in found))


@pytest.mark.parametrize(
    ("given_price", "total"),
    [
        pytest.param(price("5", cpu="1"), "5", id="stated"),
        pytest.param(price("0", cpu="1"), "0", id="stated_zero"),
        pytest.param(price(None, cpu="1", memory="0.10"), "1.10", id="sum_of_parts"),
    ],
)
def test_total(given_price: Price, total: str) -> None:
    """The total is the API's; only where it states none, it is the sum of the parts."""
    assert Decimal(total) == given_price.total


@pytest.mark.parametrize(
    ("given_price", "expected"),
    [
        pytest.param(price("0"), True, id="zero"),
        pytest.param(price("0.00", cpu="0"), True, id="zero_with_places"),
        pytest.param(price("0.0001"), False, id="a_little"),
        pytest.param(price("-1"), False, id="negative"),
        pytest.param(price(None, cpu="1", memory="-1"), True, id="parts_cancel_out"),
    ],
)
def test_is_zero(given_price: Price, *, expected: bool) -> None:
    """A price is zero when its total is."""
    assert expected is given_price.is_zero


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        pytest.param([], price("0"), id="nothing"),
        pytest.param([price("3", cpu="1", memory="2")], price("3", cpu="1", memory="2"), id="one"),
        pytest.param(
            [price("3", cpu="1", memory="2"), price("0.3", cpu="0.1", memory="0.2")],
            price("3.3", cpu="1.1", memory="2.2"),
            id="the_same_parts",
        ),
        pytest.param(
            [price("3", cpu="1", memory="2"), price("5", gpu="4", memory="0.5")],
            price("8", cpu="1", memory="2.5", gpu="4"),
            id="union_of_parts",
        ),
        pytest.param([price("3"), price("2", cpu="2")], price("5", cpu="2"), id="no_parts"),
        pytest.param(
            [price(None, cpu="1", memory="2"), price("5", cpu="4")], price("8", cpu="5", memory="2"), id="no_total"
        ),
        pytest.param([price("0", cpu="0"), price("0", cpu="0")], price("0", cpu="0"), id="stated_zeros_stay"),
        pytest.param([price("1", cpu="1"), price("-1", cpu="-1")], price("0", cpu="0"), id="negative"),
        pytest.param([price("0.1")] * 3, price("0.3"), id="no_binary_sums"),
    ],
)
def test_sum_of(prices: list[Price], expected: Price) -> None:
    """Prices add up part by part, and their totals as the API states them."""
    assert expected == sum_of(iter(prices))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.builds(Price, amounts, components.map(lambda parts: tuple(parts.items()))), max_size=5))
def test_sums_lose_nothing(prices: list[Price]) -> None:
    """The sum's total and each of its components are the exact sums; none is there that no price has."""
    total = sum_of(prices)

    assert sum(each.total for each in prices) == total.total
    assert {
        name: sum(dict(each.parts).get(name, 0) for each in prices) for each in prices for name, _ in each.parts
    } == (dict(total.parts))


@pytest.mark.parametrize(
    ("given_price", "expected"),
    [
        pytest.param(price("3", cpu="1", memory="2"), price("0", cpu="0", memory="0"), id="parts"),
        pytest.param(price("3"), price("0"), id="no_parts"),
        pytest.param(price(None, cpu="1"), price("0", cpu="0"), id="no_total"),
    ],
)
def test_zero_of(given_price: Price, expected: Price) -> None:
    """Nothing, in the same parts: a series that was there goes to zero, and does not vanish."""
    assert expected == zero_of(given_price)
    assert zero_of(given_price).is_zero
