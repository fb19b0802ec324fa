import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import pytest

from exporter.domain.invoice import Category, Kind, Period, Status
from exporter.domain.price import Price
from tests.builders import DAY, JULY_START, JUNE_START, invoice, price


@pytest.mark.parametrize(
    ("categories", "kind"),
    [
        pytest.param(None, Kind.UNKNOWN, id="the_list_does_not_tell"),
        pytest.param({}, Kind.OTHER, id="no_category"),
        pytest.param({Category.PAAS: price("0"), Category.BYOC: price("0.00")}, Kind.OTHER, id="all_zero"),
        pytest.param({Category.PAAS: price("0"), Category.BYOC: price("0.01")}, Kind.USAGE, id="byoc_alone"),
        pytest.param({Category.EGRESS_IP: price("3")}, Kind.USAGE, id="egress_ip_alone"),
        pytest.param({Category.LOAD_BALANCER: price("3")}, Kind.USAGE, id="load_balancer_alone"),
        pytest.param({Category.PAAS: price(None, cpu="1")}, Kind.USAGE, id="parts_without_a_total"),
        pytest.param({Category.PAAS: price("-1")}, Kind.USAGE, id="a_correction"),
    ],
)
def test_kind(categories: Mapping[Category, Price] | None, kind: Kind) -> None:
    """An invoice bills usage when any category's total is not zero; where the list tells nothing, nobody knows."""
    some = invoice(categories=categories)

    assert kind is some.kind
    assert (kind is not Kind.OTHER) is some.may_bill_usage


@pytest.mark.parametrize(
    ("start", "end", "dates"),
    [
        pytest.param(JUNE_START, JULY_START, ("2026-06-01", "2026-07-01"), id="midnight"),
        pytest.param(JUNE_START, JULY_START - 1, ("2026-06-01", "2026-07-01"), id="last_second"),
        pytest.param(JUNE_START, JULY_START - 0.001, ("2026-06-01", "2026-07-01"), id="last_millisecond"),
        pytest.param(JUNE_START, JULY_START + 0.001, ("2026-06-01", "2026-07-02"), id="just_after_midnight"),
        pytest.param(JUNE_START + 3600, JUNE_START + 7200, ("2026-06-01", "2026-06-02"), id="within_a_day"),
        pytest.param(JUNE_START, JUNE_START + DAY, ("2026-06-01", "2026-06-02"), id="a_day"),
        pytest.param(1655823815.0, 1655910214.0, ("2022-06-21", "2022-06-23"), id="the_example_of_2024"),
        pytest.param(0.0, 0.0, ("1970-01-01", "1970-01-01"), id="nothing"),
    ],
)
def test_dates(start: float, end: float, dates: tuple[str, str]) -> None:
    """The dates are in UTC, and the end is exclusive: the day after the last one billed."""
    period = Period(start, end)

    assert dates == (period.start_date, period.end_date)


@pytest.fixture
def local_zone() -> Iterator[Callable[[str], None]]:
    """Move this machine to another time zone until the test ends."""

    def move(zone: str) -> None:
        patch.setenv("TZ", zone)
        time.tzset()

    with pytest.MonkeyPatch.context() as patch:
        yield move
    time.tzset()


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param("WEST11", id="eleven_hours_behind"),
        pytest.param("EAST-11", id="eleven_hours_ahead"),
    ],
)
def test_dates_do_not_depend_on_the_machine(zone: str, local_zone: Callable[[str], None]) -> None:
    """The dates are those of UTC, wherever the exporter runs."""
    local_zone(zone)
    period = Period(JUNE_START, JULY_START)

    assert JUNE_START != datetime.fromisoformat("2026-06-01").timestamp()
    assert ("2026-06-01", "2026-07-01") == (period.start_date, period.end_date)


@pytest.mark.parametrize(
    ("status", "is_unpaid", "is_final"),
    [
        pytest.param("open", True, True, id="open"),
        pytest.param("payment_failed", True, True, id="payment_failed"),
        pytest.param("paid", False, True, id="paid"),
        pytest.param("void", False, True, id="void"),
        pytest.param("uncollectible", False, True, id="uncollectible"),
        pytest.param("draft", False, False, id="draft"),
        pytest.param("refunded", False, True, id="one_of_the_next_generation"),
        pytest.param(None, False, False, id="not_told"),
    ],
)
def test_status(status: str | None, *, is_unpaid: bool, is_final: bool) -> None:
    """Only open and payment_failed are unpaid, and only a draft (or who knows what) may still change."""
    some = invoice(status=status)

    assert (is_unpaid, is_final) == (some.is_unpaid, some.is_final)


@pytest.mark.parametrize(
    ("paid", "status"),
    [
        pytest.param(True, Status.PAID, id="paid"),
        pytest.param(False, Status.OPEN, id="not_paid"),
        pytest.param(None, None, id="not_told"),
    ],
)
def test_status_of_generations_that_say_paid_or_not(paid: bool | None, status: Status | None) -> None:  # noqa: FBT001 - the parameter is the field
    """Paid is `paid`, not paid is `open`, and silence is no status."""
    assert status is Status.of_paid(paid)
