"""Flags of the command whose values it checks by itself; that every option has one is tested with the commands."""

from decimal import Decimal

import click
import pytest

from exporter.cli.sandbox import sandbox
from exporter.sandbox import FOR_GOOD, Forgotten


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


NOON = 1_794_657_600  # 2026-11-14T12:00:00Z


@pytest.mark.parametrize(
    ("option", "expected", "arguments"),
    [
        pytest.param("pauses", (), (), id="no pause"),
        pytest.param(
            "pauses",
            ((NOON, NOON + 3_600), (NOON, FOR_GOOD)),
            ("--pause", "2026-11-14T12:00/2026-11-14T13:00", "--pause", "2026-11-14T12:00"),
            id="pauses",
        ),
        pytest.param("currency_change", None, (), id="no change"),
        pytest.param("currency_change", (NOON, "eur"), ("--currency-change", "2026-11-14T12:00=EUR"), id="a change"),
        pytest.param(
            "forgets",
            (Forgotten(NOON, "web", "api", answer="404"), Forgotten(NOON, resource_type="addon")),
            ("--forget", "2026-11-14T12:00,team=web,project=api,answer=404", "--forget", "2026-11-14T12:00,type=addon"),
            id="forgotten",
        ),
        pytest.param("other_customers", {}, (), id="one customer"),
        pytest.param(
            "other_customers", {"a=b": 2, "c": 3}, ("--other-customer", "a=b=2", "--other-customer", "c=3"), id="three"
        ),
    ],
)
def test_worlds(option: str, expected: object, arguments: tuple[str, ...]) -> None:
    """Times are in UTC; what can be given several times is."""
    assert expected == _given(*arguments)[option]


@pytest.mark.parametrize(
    ("flag", "value", "example"),
    [
        ("--pause", "yesterday", "2026-11-10T00:00/2026-11-17T00:00"),
        ("--pause", "2026-11-14/2026-11-13", "2026-11-10T00:00/2026-11-17T00:00"),
        ("--currency-change", "2026-11-14", "2026-11-14T06:00=EUR"),
        ("--currency-change", "2026-11-14T12:30=EUR", "2026-11-14T06:00=EUR"),
        ("--forget", "2026-11-14,answer=500", "2026-11-14T06:00,team=web,project=api,answer=404"),
        ("--forget", "2026-11-14,resource=web", "2026-11-14T06:00,team=web,project=api,answer=404"),
        ("--other-customer", "token", "another-token=2"),
        ("--other-customer", "token=two", "another-token=2"),
    ],
)
def test_impossible_worlds(flag: str, value: str, example: str) -> None:
    """A value that cannot be read is refused, with an example of one."""
    with pytest.raises(click.BadParameter) as refused:
        _given(flag, value)
    assert f"expected a value such as {example}" == refused.value.message


def test_running_hour_can_be_hidden() -> None:
    """The running hour is told of unless it is to be hidden."""
    assert (True, False) == (_given()["running_hour"], _given("--hide-running-hour")["running_hour"])


@pytest.mark.parametrize("factor", ["0", "-1"])
def test_time_goes_on(factor: str) -> None:
    """A clock that stands still or goes back is refused."""
    with pytest.raises(click.BadParameter):
        _given("--speed", factor)
