from exporter.domain.invoice import Period
from exporter.domain.unpaid import unpaid_since
from tests.builders import DAY, JULY_START, JUNE_START, invoice

NOW = JULY_START + 10 * DAY


def test_found_unpaid_at_the_first_start() -> None:
    """At the very first start an unpaid invoice counts from the end of its period."""
    assert {"usage-1": JULY_START} == unpaid_since([invoice(status="open")], None, NOW)


def test_billed_ahead_at_the_first_start() -> None:
    """At the very first start an unpaid invoice whose period is not over counts from now."""
    ahead = invoice(status="open", period=Period(JUNE_START, NOW + DAY))

    assert {"usage-1": NOW} == unpaid_since([ahead], None, NOW)


def test_clock_that_was_set_back() -> None:
    """What was first seen by a clock that was ahead counts from now on: otherwise no alert would fire until then."""
    assert {"usage-1": NOW} == unpaid_since([invoice(status="open")], {"usage-1": NOW + 300 * DAY}, NOW)


def test_seen_later() -> None:
    """An invoice that was not unpaid before counts from when it is first seen so."""
    assert {"usage-1": NOW} == unpaid_since([invoice(status="open")], {}, NOW)


def test_seen_before() -> None:
    """An invoice that stays unpaid keeps its instant, also when open becomes payment_failed."""
    assert {"usage-1": 5.0} == unpaid_since([invoice(status="payment_failed")], {"usage-1": 5.0, "gone": 1.0}, NOW)


def test_paid_and_unpaid_again() -> None:
    """What was paid is forgotten: when it is unpaid again it counts anew."""
    paid = unpaid_since([], {"usage-1": 5.0}, NOW)

    assert {} == paid
    assert {"usage-1": NOW + 1} == unpaid_since([invoice(status="open")], paid, NOW + 1)
