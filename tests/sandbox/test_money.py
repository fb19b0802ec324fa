import pytest

from exporter.sandbox.money import Money


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
def test_major_units_are_spelled_exactly(expected: str, cents: int) -> None:
    """JSON spells a decimal amount with the cents that the ledger has, and no binary noise."""
    assert expected == repr(Money().major(cents))


@pytest.mark.parametrize(
    ("expected", "money", "amount"),
    [
        pytest.param("69.22", Money(), 6922, id="both"),
        pytest.param("0.05", Money(), 5, id="cents"),
        pytest.param("-18.00", Money(), -1800, id="negative"),
        pytest.param("6922", Money("jpy"), 6922, id="yen"),
        pytest.param("6.922", Money("kwd"), 6922, id="three decimals"),
        pytest.param("0.06922", Money(grains=1_000), 6922, id="fine"),
        pytest.param("6.922", Money("jpy", grains=1_000), 6922, id="fine yen"),
    ],
)
def test_exact(expected: str, money: Money, amount: int) -> None:
    """The ledger has decimal strings of major units with all that the world knows."""
    assert expected == money.exact(amount)


def test_yen_have_no_minor_unit() -> None:
    """Both ways of sending yen are one."""
    assert 6922 == Money("jpy").major(6922) == Money("jpy").minor(6922)


@pytest.mark.parametrize(
    ("minor", "major", "amount"),
    [
        pytest.param("7", "0.07", 6_922, id="up"),
        pytest.param("6", "0.06", 6_499, id="down"),
        pytest.param("7", "0.07", 6_500, id="half"),
        pytest.param("-18", "-0.18", -18_000, id="negative"),
    ],
)
def test_fine_amounts_are_sent_rounded(minor: str, major: str, amount: int) -> None:
    """What is finer than a cent is rounded to it, in both units alike."""
    money = Money(grains=1_000)
    assert (minor, major) == (repr(money.minor(amount)), repr(money.major(amount)))


def test_noise() -> None:
    """Noisy amounts are off by one place as sums of floats are, some up and some down, and zero is zero."""
    money = Money(is_noisy=True)
    assert ["69.22", "69.23000000000002", "69.20999999999998"] == [
        repr(money.major(cents)) for cents in (6922, 6923, 6921)
    ]
    assert 0 == money.major(0)
