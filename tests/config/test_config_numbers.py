"""Ratios and amounts: taken exactly, refused where they are none."""

from decimal import Decimal

import pytest

from tests.config.conftest import TOKEN, Loader, refusal

SHARE = "api.share: expected a number from 0.01 to 1"
AMOUNT = "accounts[0].billing_threshold: expected a number from 0.0001 to 1000000000000"


def share(load_text: Loader, text: str) -> Decimal:
    """The share that a file with this text for it gives."""
    return load_text(f"api: {{share: {text}}}", NORTHFLANK_API_TOKEN=TOKEN).api.share


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0.8", "0.8", id="fraction"),
        pytest.param("0.1", "0.1", id="no_binary_noise"),
        pytest.param("0.30", "0.3", id="trailing_zero"),
        pytest.param("1", "1", id="whole_number"),
        pytest.param("1.0", "1.0", id="most"),
        pytest.param("0.01", "0.01", id="least"),
        pytest.param("5.0e-2", "0.05", id="exponent"),
    ],
)
def test_ratio(load_text: Loader, text: str, expected: str) -> None:
    """A ratio is the decimal number that is written, whole or not."""
    assert Decimal(expected) == share(load_text, text)


@pytest.mark.parametrize(
    ("text", "got"),
    [
        pytest.param("0", "0", id="zero"),
        pytest.param("0.009", "0.009", id="too_small"),
        pytest.param("1.001", "1.001", id="too_large"),
        pytest.param("50", "50", id="percent"),
        pytest.param("50%", '"50%"', id="percent_sign"),
        pytest.param('"0.5"', '"0.5"; take the quotes off', id="text"),
        pytest.param("true", "true", id="bool"),
        pytest.param("null", "null", id="nothing"),
        pytest.param(".nan", "NaN", id="nan"),
        pytest.param(".inf", "Infinity", id="infinite"),
        pytest.param("-.inf", "-Infinity", id="negative_infinite"),
        pytest.param("30s", '"30s"', id="duration"),
        pytest.param("2026-01-01", "2026-01-01", id="date"),
        pytest.param("[0.5]", "a list", id="list"),
        pytest.param("{a: 0.5}", "a mapping", id="mapping"),
        pytest.param(f"0x{'f' * 5000}", "a number beyond all bounds", id="huge"),
    ],
)
def test_no_ratio(load_text: Loader, text: str, got: str) -> None:
    """What is no number within the bounds is refused with the bounds and what was got."""
    said = refusal(load_text, f"api: {{share: {text}}}", NORTHFLANK_API_TOKEN=TOKEN)

    assert f"config.yaml: {SHARE}, got {got}" == said


def threshold(text: str) -> str:
    """A file with this text for the billing threshold."""
    return f"accounts: [{{name: a, token_file: token, billing_threshold: {text}}}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("500", Decimal(500), id="whole"),
        pytest.param("99.99", Decimal("99.99"), id="fraction"),
        pytest.param("0.0001", Decimal("0.0001"), id="least"),
        pytest.param("1000000000000", Decimal(10**12), id="most"),
        pytest.param("1.0e+3", Decimal(1000), id="exponent"),
        pytest.param("null", None, id="nothing"),
    ],
)
def test_billing_threshold(load_text: Loader, text: str, expected: Decimal | None) -> None:
    """The billing threshold is an amount in major units, or left out."""
    assert expected == load_text(threshold(text)).accounts[0].declared.billing_threshold


@pytest.mark.parametrize(
    ("text", "got"),
    [
        pytest.param("0", "0", id="zero"),
        pytest.param("-5", "-5", id="negative"),
        pytest.param("1000000000001", "1000000000001", id="too_large"),
        pytest.param('"500"', '"500"; take the quotes off', id="text"),
        pytest.param("false", "false", id="bool"),
        pytest.param(".nan", "NaN", id="nan"),
        pytest.param("$500", '"$500"', id="currency_sign"),
    ],
)
def test_no_billing_threshold(load_text: Loader, text: str, got: str) -> None:
    """An amount that is none, or not above 0, is refused."""
    assert f"config.yaml: {AMOUNT}, got {got}" == refusal(load_text, threshold(text))


def test_each_account_has_its_own_threshold(load_text: Loader) -> None:
    """A billing threshold is of the account that states it, and no other."""
    text = """
accounts:
  - {name: a, token_file: token, billing_threshold: 50}
  - {name: b, token_file: second}
  - {name: c, token_file: token, team_id: c, billing_threshold: 70}
"""

    expected = [Decimal(50), None, Decimal(70)]
    assert expected == [each.declared.billing_threshold for each in load_text(text).accounts]
