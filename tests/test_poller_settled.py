"""When an account need not be waited for any more: readiness is about serving, not about figures."""

import pytest

from exporter.domain.report import Dataset
from exporter.errors import (
    ConnectionFailedError,
    DeadlineError,
    DecodeError,
    ForbiddenError,
    GenerationError,
    NotFoundError,
    PostponedError,
    RateLimitedError,
    RedirectedError,
    ServerFaultError,
    UnauthorizedError,
)
from tests.builders import usage_invoice
from tests.polling import Billing, Polled

FIVE_MINUTES = 300.0
POSTPONED = PostponedError("GET /x: not asked", seconds=600, remedy="raise api.share")


def billing() -> Billing:
    """A source with one usage invoice."""
    return Billing(invoices=(usage_invoice(),))


@pytest.mark.parametrize(
    "invoices", [pytest.param((usage_invoice(),), id="with_invoices"), pytest.param((), id="empty_account")]
)
async def test_data_to_show(invoices: tuple[()]) -> None:
    """An account is settled once there is something of it to be shown, be it that it is empty."""
    polled = Polled()
    poller = polled.poller(Billing(invoices=invoices))
    assert not poller.is_settled

    await poller.poll_invoices()
    assert poller.is_settled


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(UnauthorizedError("401"), id="401"),
        pytest.param(ForbiddenError("403"), id="403"),
        pytest.param(NotFoundError("404"), id="404"),
        pytest.param(RedirectedError("302"), id="redirect"),
        pytest.param(DecodeError("odd"), id="undecodable"),
        pytest.param(GenerationError("unknown"), id="unknown_generation"),
    ],
)
async def test_first_poll_that_fails_for_good(fault: Exception) -> None:
    """A first poll that ends in a fault which somebody has to mend settles the account at once."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    source.faults[Dataset.INVOICES] = fault
    await poller.poll_invoices()

    assert poller.is_settled
    assert 0 == polled.health("northflank_up", "invoices")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(ServerFaultError("500"), id="500"),
        pytest.param(RateLimitedError("429"), id="429"),
        pytest.param(ConnectionFailedError("no"), id="no_answer"),
        pytest.param(DeadlineError("slow"), id="no_answer_in_time"),
        pytest.param(POSTPONED, id="waits_for_the_allowance"),
        pytest.param(KeyError("bug"), id="fault_of_ours"),
    ],
)
async def test_tried_for_five_minutes(fault: Exception) -> None:
    """What may heal by itself is waited for, but no account for longer than five minutes, whatever the reason."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    source.faults = dict.fromkeys(Dataset, fault)
    await poller.poll_invoices()
    await poller.poll_usage()
    polled.let_pass(FIVE_MINUTES - 1)
    assert not poller.is_settled

    polled.let_pass(1)
    assert poller.is_settled


async def test_never_polled() -> None:
    """An account whose first poll takes for ever is waited for no longer either."""
    polled = Polled()
    poller = polled.poller(billing())
    polled.let_pass(FIVE_MINUTES)

    assert poller.is_settled


async def test_clock_that_is_set() -> None:
    """The five minutes are those that went by: setting the system's clock neither shortens nor lengthens them."""
    polled = Polled()
    poller = polled.poller(billing())
    polled.now += 10 * FIVE_MINUTES
    assert not poller.is_settled

    polled.now -= 20 * FIVE_MINUTES
    polled.monotonic += FIVE_MINUTES
    assert poller.is_settled


async def test_never_unsettled_again() -> None:
    """An account that was settled stays so, whatever happens at Northflank."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    for fault in (ServerFaultError("500"), UnauthorizedError("401"), KeyError("bug")):
        source.faults = dict.fromkeys(Dataset, fault)
        await poller.poll_invoices()
        await poller.poll_usage()
        assert poller.is_settled
