import datetime as dt

import pytest

from exporter.sandbox.credits import Credits, credits_at

HOUR = 3_600
DAY = 24 * HOUR
GRAINS = 1_000


def _unix(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


BEGAN = _unix("2024-02-26T10:20")
TEN = BEGAN - 1_200
MARCH = _unix("2024-03-01")  # 86 hours after ten


def _left(now: float, minor_units_an_hour: int) -> tuple[int, ...]:
    def cost(start: int, end: int) -> int:
        return max(0, end - start) // HOUR * minor_units_an_hour * GRAINS

    left = credits_at(now, BEGAN, cost, GRAINS)
    minor = (left.grants_available, left.customer_balance, left.grants_pending, left.available)
    return (left.synced, *(amount // GRAINS for amount in minor))


@pytest.mark.parametrize(
    ("expected", "now", "minor_units_an_hour"),
    [
        pytest.param((TEN, 10_000, 2_500, 5_000, 12_500), BEGAN, 100, id="start"),
        pytest.param((TEN, 10_000, 2_500, 5_000, 12_500), BEGAN + 2_399, 100, id="until the hour is over"),
        pytest.param((TEN + HOUR, 9_900, 2_500, 5_000, 12_400), BEGAN + 2_400, 100, id="an hour"),
        pytest.param((TEN + DAY, 0, 1_700, 5_000, 1_700), TEN + DAY, 450, id="grants first, then the balance"),
        pytest.param((TEN + DAY, 0, 0, 5_000, 0), TEN + DAY, 1_000, id="all gone"),
        pytest.param((MARCH, 14_140, 2_500, 5_000, 16_640), MARCH, 10, id="turn"),
        pytest.param((MARCH, 5_000, 0, 5_000, 5_000), MARCH, 1_000, id="turn with nothing"),
        pytest.param((TEN - HOUR, 10_000, 2_500, 5_000, 12_500), TEN - HOUR, 100, id="a clock that goes back"),
    ],
)
def test_credits(expected: tuple[int, ...], now: float, minor_units_an_hour: int) -> None:
    """Grants burn down hour by hour, then the balance; at the month's turn the pending grant comes in."""
    assert expected == _left(now, minor_units_an_hour)


def test_owed() -> None:
    """What is owed does not lessen what can be spent."""
    assert 70 == Credits(synced=0, customer_balance=-30, grants_available=70, grants_pending=0).available
