"""Flags of the command whose values it checks by itself; that every option has one is tested with the commands."""

from decimal import Decimal

import click
import pytest

from exporter.cli.sandbox import sandbox


def _given(*arguments: str) -> dict[str, object]:
    return sandbox.make_context("sandbox", list(arguments)).params


@pytest.mark.parametrize(
    ("expected", "arguments"),
    [
        pytest.param(Decimal(500), (), id="default"),
        pytest.param(Decimal("12.50"), ("--threshold", "12.50"), id="with decimals"),
        pytest.param(Decimal(0), ("--threshold", "0"), id="none"),
    ],
)
def test_threshold(expected: Decimal, arguments: tuple[str, ...]) -> None:
    """A threshold is an exact amount."""
    assert expected == _given(*arguments)["threshold"]


@pytest.mark.parametrize("amount", ["much", "-1", "NaN", "inf"])
def test_impossible_thresholds(amount: str) -> None:
    """What is no amount is refused, with an example of one."""
    with pytest.raises(click.BadParameter, match=r"^expected an amount such as 500 or 12\.50$"):
        _given("--threshold", amount)


def test_running_hour_can_be_hidden() -> None:
    """The running hour is told of unless it is to be hidden."""
    assert (True, False) == (_given()["running_hour"], _given("--hide-running-hour")["running_hour"])


@pytest.mark.parametrize("factor", ["0", "-1"])
def test_time_goes_on(factor: str) -> None:
    """A clock that stands still or goes back is refused."""
    with pytest.raises(click.BadParameter):
        _given("--speed", factor)
