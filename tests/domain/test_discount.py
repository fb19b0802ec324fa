from decimal import Decimal

import pytest

from exporter.domain.discount import taken_off
from exporter.domain.invoice import InvoiceDetail
from tests.builders import bill


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        pytest.param(bill(), None, id="none_stated"),
        pytest.param(bill(discount="0"), "0", id="zero"),
        pytest.param(bill(discount="5"), "5", id="positive_alone"),
        pytest.param(bill(subtotal="100", tax="19", discount="5", total="114"), "5", id="positive"),
        pytest.param(bill(discount="-5"), "5", id="negative_alone"),
        pytest.param(bill(subtotal="100", discount="-5"), "5", id="negative_without_a_total"),
        pytest.param(bill(discount="-5", total="95"), "5", id="negative_without_a_subtotal"),
        pytest.param(bill(subtotal="100", tax="19", discount="-5", total="114"), "5", id="negative_that_lowers"),
        pytest.param(bill(subtotal="100", discount="-5", total="95"), "5", id="without_tax"),
        pytest.param(bill(subtotal="100", tax="20", discount="-5", total="125"), "-5", id="negative_that_raises"),
        pytest.param(bill(subtotal="100", discount="-5", total="105.01"), "-5", id="a_cent_of_rounding"),
        pytest.param(bill(subtotal="100", discount="-5", total="105.02"), "5", id="more_than_a_cent"),
        pytest.param(bill(subtotal="95", tax="19", discount="-5", total="114"), "5", id="already_in_the_subtotal"),
    ],
)
def test_taken_off(detail: InvoiceDetail, expected: str | None) -> None:
    """A discount is positive when it makes the bill smaller, whichever sign the API gives it."""
    assert (None if expected is None else Decimal(expected)) == taken_off(detail)


def test_a_turned_sign_rounds_nothing() -> None:
    """A discount of more digits than Python's decimals keep by default loses none when its sign is turned."""
    assert "1234567890123456789012345678901234.56" == str(
        taken_off(bill(discount="-1234567890123456789012345678901234.56"))
    )
