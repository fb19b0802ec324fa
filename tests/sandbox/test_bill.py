import pytest

from exporter.sandbox.bill import NO_FEE, Bill, added, dollars, unit_hours


@pytest.mark.parametrize(
    ("expected", "cents"),
    [
        pytest.param("69.22", 6922, id="both decimals"),
        pytest.param("0.3", 30, id="one decimal"),
        pytest.param("12", 1200, id="whole"),
        pytest.param("-18.5", -1850, id="negative"),
        pytest.param("999999999999.99", 99_999_999_999_999, id="large"),
    ],
)
def test_dollars_are_spelled_exactly(expected: str, cents: int) -> None:
    """JSON spells a decimal amount with the cents that the ledger has, and no binary noise."""
    assert expected == repr(dollars(cents))


def test_unit_hours_have_three_decimals() -> None:
    """A quantity is told to a thousandth of a unit-hour."""
    assert 34.022 == unit_hours(34_022)


def test_bills_add_up_column_by_column() -> None:
    """Totals, parts and quantities are added each by itself."""
    assert Bill((6,), (8,)) == added([Bill((1,), (3,)), Bill((5,), (5,))], NO_FEE)


def test_no_bills_come_to_nothing() -> None:
    """Where nothing was used, zeros are told, not nothing."""
    assert NO_FEE == added([], NO_FEE)
