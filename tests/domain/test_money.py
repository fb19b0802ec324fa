from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.domain.money import Unit, add_up, minor_digits, subtract, to_major

amounts = st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**19), max_value=10**19)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        pytest.param("USD", 2, id="cents"),
        pytest.param("EUR", 2, id="euro_cents"),
        pytest.param("JPY", 0, id="yen_have_none"),
        pytest.param("KRW", 0, id="won_have_none"),
        pytest.param("KWD", 3, id="fils"),
        pytest.param("CLF", 4, id="four"),
        pytest.param("XYZ", 2, id="unheard_of"),
    ],
)
def test_minor_digits(currency: str, digits: int) -> None:
    """The minor unit of a currency is the one that ISO 4217 gives it; an unknown currency has cents."""
    assert digits == minor_digits(currency)


@pytest.mark.parametrize(
    ("amount", "unit", "currency", "major"),
    [
        pytest.param("1200", Unit.MINOR, "USD", "12.00", id="cents"),
        pytest.param("1200", Unit.MINOR, "JPY", "1200", id="yen"),
        pytest.param("1200", Unit.MINOR, "KWD", "1.200", id="fils"),
        pytest.param("-1200", Unit.MINOR, "USD", "-12.00", id="negative"),
        pytest.param("0.5", Unit.MINOR, "USD", "0.005", id="half_a_cent"),
        pytest.param("69.22", Unit.MAJOR, "USD", "69.22", id="major"),
        pytest.param("69.22", Unit.MAJOR, "JPY", "69.22", id="major_yen"),
    ],
)
def test_to_major(amount: str, unit: Unit, currency: str, major: str) -> None:
    """Minor units become major ones by the currency's digits; major ones stay."""
    assert Decimal(major) == to_major(Decimal(amount), unit, currency)


def test_long_decimals_are_not_rounded() -> None:
    """Forty digits, more than Python's decimals keep by default, go through unit, sum and difference unharmed."""
    long = Decimal(1234567890123456789012345678901234567891)

    assert "12345678901234567890123456789012345678.91" == str(to_major(long, Unit.MINOR, "USD"))
    assert "1234567890123456789012345678901234567892" == str(add_up((long, Decimal(1))))
    assert Decimal("1234567890123456789012345678901234567890.9999999999") == subtract(long, Decimal("1E-10"))


def test_the_sum_of_nothing_is_zero() -> None:
    """Nothing adds up to 0."""
    assert Decimal(0) == add_up(())


def test_binary_noise_is_kept() -> None:
    """Tenths add up exactly, and noise that the API sends is not tidied away."""
    assert Decimal("0.3") == add_up((Decimal("0.1"), Decimal("0.2")))
    assert Decimal("69.22000000000001") == add_up((Decimal("69.22000000000001"), Decimal(0)))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(amounts, max_size=20))
def test_sums_are_exact(some: list[Decimal]) -> None:
    """A sum does not depend on the order of its amounts, and is nothing once they are taken off again."""
    total = add_up(some)

    assert total == add_up(reversed(some))
    assert Decimal(0) == add_up((total, *(each.copy_negate() for each in some)))
