from exporter.sandbox.bill import NO_FEE, Bill, added, unit_hours


def test_unit_hours_have_three_decimals() -> None:
    """A quantity is told to a thousandth of a unit-hour."""
    assert 34.022 == unit_hours(34_022 * 3_600)


def test_bills_add_up_column_by_column() -> None:
    """Totals, parts and quantities are added each by itself."""
    assert Bill((6,), (8,)) == added([Bill((1,), (3,)), Bill((5,), (5,))], NO_FEE)


def test_no_bills_come_to_nothing() -> None:
    """Where nothing was used, zeros are told, not nothing."""
    assert NO_FEE == added([], NO_FEE)
