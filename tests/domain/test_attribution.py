"""What teams and the account hold beyond what is known below them."""

from decimal import Decimal

import pytest

from exporter.domain.attribution import with_others
from exporter.domain.tree import OTHER_ID, Path, Rows
from tests.builders import price, row

ACME, API, BETA = ("acme",), ("acme", "api"), ("beta",)
OTHER_TEAM, OTHER_PROJECT = (OTHER_ID,), ("acme", OTHER_ID)
NO_TEAM_S_PROJECT = (OTHER_ID, OTHER_ID)


def others(rows: Rows, total: str | None, addends: int = 1) -> dict[Path, Decimal]:
    """The rows that are added, at their prices."""
    whole = with_others(rows, None if total is None else price(total), addends=addends)
    added = {path: each.price for path, each in whole.items() if path not in rows}
    return {path: each.total for path, each in added.items() if each}


def test_a_team_lacks_something() -> None:
    """What a team holds beyond its projects is a project of its own, and so the sums agree."""
    rows = {ACME: row("10.00"), API: row("7.50"), BETA: row("1.00"), ("beta", "api"): row("1.00")}
    assert {OTHER_PROJECT: Decimal("2.50")} == others(rows, "11.00")


def test_the_account_lacks_something() -> None:
    """What the account holds beyond its teams is a team of its own, and a project of it where projects are shown."""
    lacking = Decimal("3.00")
    assert {OTHER_TEAM: lacking} == others({ACME: row("10.00")}, "13.00")
    assert {OTHER_TEAM: lacking, NO_TEAM_S_PROJECT: lacking} == others({ACME: row("10.00"), API: row("10.00")}, "13.00")


def test_too_much_below() -> None:
    """When the rows hold more than what is above them the rest is negative: sums agree all the same."""
    assert dict.fromkeys((OTHER_TEAM, NO_TEAM_S_PROJECT), Decimal("-1.00")) == others(
        {ACME: row("10.00"), API: row("10.00")}, "9.00"
    )


def test_an_unknown_account() -> None:
    """Where the account's own price is not known, nothing is said of teams; of projects it is."""
    assert {OTHER_PROJECT: Decimal("4.00")} == others({ACME: row("10.00"), API: row("6.00")}, None)


def test_a_level_that_is_not_shown() -> None:
    """Where only teams are shown no team lacks its projects; without any row nothing is lacking."""
    assert {} == others({ACME: row("10.00")}, "10.00")
    assert {} == others({}, "10.00")


def test_a_team_without_projects() -> None:
    """A team without known projects among teams that have some is all `_other`."""
    rows = {ACME: row("10.00"), API: row("10.00"), BETA: row("2.00")}
    assert {("beta", OTHER_ID): Decimal("2.00")} == others(rows, "12.00")


@pytest.mark.parametrize(
    ("total", "addends", "is_lacking"),
    [
        pytest.param("10.01", 1, False, id="one row and its total, each rounded"),
        pytest.param("9.99", 1, False, id="the other way"),
        pytest.param("10.02", 1, True, id="more than that"),
        pytest.param("10.10", 10, False, id="ten hours, each rounded by itself"),
        pytest.param("10.11", 10, True, id="more than ten can be off"),
    ],
)
def test_rounding(total: str, addends: int, is_lacking: bool) -> None:  # noqa: FBT001 - a column of the table
    """Half a unit of the last place for each amount that was rounded is no remainder, and gets no row."""
    assert is_lacking == bool(others({ACME: row("10.00")}, total, addends))


def test_binary_noise() -> None:
    """What binary sums are off by gets no row."""
    assert {} == others({ACME: row("69.22000000000001"), API: row("69.22")}, "69.21999999999999")


def test_whole_numbers() -> None:
    """Without decimals half a unit is rounding, and no more."""
    assert {OTHER_TEAM: Decimal(2)} == others({ACME: row("1E+1")}, "12")


def test_rows_stay() -> None:
    """Names and prices stay, the account gets no row, and the order is that of the paths."""
    rows = {API: row("7", "API"), ACME: row("10", "Acme")}
    whole = with_others(rows, price("10"), addends=1)
    assert rows == {path: each for path, each in whole.items() if path in rows}
    assert [ACME, OTHER_PROJECT, API] == list(whole)
