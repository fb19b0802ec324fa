from decimal import Decimal

import pytest

from exporter.domain.tree import Level, Remainder, Rows, remainders, rows_at, unattributed
from tests.builders import row

ROWS: Rows = {
    (): row("10"),
    ("acme",): row("6"),
    ("beta",): row("3.5"),
    ("acme", "api"): row("4"),
    ("beta", "api"): row("3.5"),
    ("acme", "web"): row("2.5"),
    ("acme", "api", "service"): row("4"),
}


def test_rows_of_a_level() -> None:
    """The rows of a level come in their order, those of other levels do not."""
    assert [("acme", "api"), ("beta", "api"), ("acme", "web")] == [path for path, _ in rows_at(ROWS, Level.PROJECT)]
    assert [()] == [path for path, _ in rows_at(ROWS, Level.ACCOUNT)]


def test_levels_go_down() -> None:
    """Each level lies one below the one before, beginning with the account."""
    assert ["account", "team", "project", "resource_type", "resource"] == [str(level) for level in Level]
    assert [0, 1, 2, 3, 4] == [level.depth for level in Level]


def test_remainders() -> None:
    """What each price holds beyond the rows below it is told apart by the whole path, not by the project's id."""
    expected = {
        ("acme",): Remainder(Decimal("-0.5"), 2),
        ("beta",): Remainder(Decimal("0.0"), 1),
    }

    assert expected == remainders(ROWS, Level.PROJECT)


def test_remainder_of_childless_rows() -> None:
    """A row with nothing below it is a remainder as a whole."""
    expected = {
        ("acme", "api"): Remainder(Decimal(0), 1),
        ("beta", "api"): Remainder(Decimal("3.5"), 0),
        ("acme", "web"): Remainder(Decimal("2.5"), 0),
    }

    assert expected == remainders(ROWS, Level.RESOURCE_TYPE)


def test_rows_without_a_price() -> None:
    """A row without a price adds nothing, and leaves no remainder itself."""
    rows = {("acme",): row("6"), ("beta",): row(), ("acme", "api"): row(), ("beta", "api"): row("1")}

    assert {("acme",): Remainder(Decimal(6), 1)} == remainders(rows, Level.PROJECT)


@pytest.mark.parametrize(
    ("amount", "row_count", "places", "expected"),
    [
        pytest.param("0", 0, 0, True, id="exact"),
        pytest.param("0.005", 0, 2, True, id="half_a_cent_for_the_total"),
        pytest.param("0.0051", 0, 2, False, id="more_than_half_a_cent"),
        pytest.param("0.01", 1, 2, True, id="half_a_cent_for_each_row_too"),
        pytest.param("0.0101", 1, 2, False, id="more_than_that"),
        pytest.param("0.02", 3, 2, True, id="three_rows"),
        pytest.param("-0.02", 3, 2, True, id="three_rows_that_hold_too_much"),
        pytest.param("-0.0201", 3, 2, False, id="more_than_that_the_other_way"),
        pytest.param("0.5", 0, 0, True, id="half_a_yen"),
        pytest.param("0.000000005", 0, 8, True, id="eight_places"),
        pytest.param("0.00000001", 0, 8, False, id="eight_places_are_strict"),
    ],
)
def test_rounding(amount: str, row_count: int, places: int, *, expected: bool) -> None:
    """A sum agrees with its total within half a unit of the last place for each row plus one."""
    assert expected is Remainder(Decimal(amount), row_count).is_rounding(places)


@pytest.mark.parametrize(
    ("team_total", "expected"),
    [
        pytest.param("10", "0", id="all_accounted_for"),
        pytest.param("9.99", "0", id="rounding"),
        pytest.param("7.5", "2.5", id="some_is_missing"),
        pytest.param("10.5", "-0.5", id="too_much"),
    ],
)
def test_unattributed(team_total: str, expected: str) -> None:
    """What the account holds beyond its teams: positive when some is missing, negative when the teams hold too much."""
    rows = {(): row("10"), ("acme",): row(team_total)}

    assert Decimal(expected) == unattributed(rows, Level.TEAM, places=2)


def test_unattributed_of_several_rows() -> None:
    """The remainders of a level are added up, those that are rounding left out."""
    rows = {
        ("acme",): row("6"),
        ("beta",): row("3"),
        ("coda",): row("1"),
        ("acme", "api"): row("4"),
        ("beta", "api"): row("2.5"),
        ("coda", "api"): row("1.005"),
    }

    assert Decimal("2.5") == unattributed(rows, Level.PROJECT, places=2)
