"""What a poller shows once the token is one of another billing customer."""

from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from exporter.domain.report import Dataset
from exporter.errors import ServerFaultError
from exporter.poller import Poller
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled, july, started

FIRST = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="first"}'
SECOND = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="second"}'
MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
POLLED = tuple(each for each in Dataset if each is not Dataset.BUDGETS)


def first() -> Billing:
    """The first customer, which spent 4 dollars this month."""
    return Billing(invoices=(usage_invoice("first"),), customer="one")


def second() -> Billing:
    """The second customer, which spent 9 dollars this month."""
    hours, web = july("9", "7")
    return Billing(invoices=(usage_invoice("second"),), hours=hours, web=web, customer="two")


def become(source: Billing, other: Billing) -> None:
    """From now on the token is one of the other customer."""
    source.invoices, source.hours, source.web, source.customer = other.invoices, other.hours, other.web, other.customer


async def poll(poller: Poller) -> None:
    """Both polls."""
    await poller.poll_invoices()
    await poller.poll_usage()


def shown(polled: Polled) -> tuple[float | None, ...]:
    """The invoice of either, and what was spent."""
    return tuple(polled.value(each) for each in (FIRST, SECOND, MONTH, TEAM))


def named(logs: list[Any], event: str) -> list[Any]:
    """The log lines of an event."""
    return [line for line in logs if line["event"] == event]


async def test_token_of_another_customer() -> None:
    """Nothing of the first customer is shown beside the second one's list, and nothing is added up across the two."""
    polled, source = Polled(), first()
    poller = polled.poller(source)
    await poll(poller)
    assert (12, None, 4, 3) == shown(polled)

    become(source, second())
    polled.now += 60
    with capture_logs() as logs:
        await poller.poll_invoices()
    assert (None, 12, None, None) == shown(polled)
    assert 1 == len(named(logs, "ledger.another_customer"))
    # What was not polled yet of the second one has neither health nor age.
    assert {Dataset.INVOICES, Dataset.INVOICE_DETAILS} == {
        each for each in POLLED if polled.health(UP, each) is not None
    }
    assert [None] * 3 == [polled.health(LAST_SUCCESS, each) for each in POLLED[2:]]

    await poller.poll_usage()
    assert (None, 12, 9, 7) == shown(polled)
    assert {1.0} == {polled.health(UP, each) for each in POLLED}
    assert {NOW + 60} == {polled.health(LAST_SUCCESS, each) for each in POLLED}


async def test_poll_that_fails_after_it() -> None:
    """Where the second customer's usage cannot be had, the first one's is not shown in its place."""
    polled, source = Polled(), first()
    poller = polled.poller(source)
    await poll(poller)
    become(source, second())
    source.faults[Dataset.USAGE] = ServerFaultError("500")
    await poll(poller)

    assert (None, 12, None, None) == shown(polled)
    assert (0, None) == (polled.health(UP, "usage"), polled.health(LAST_SUCCESS, "usage"))


async def test_first_customer_again(tmp_path: Path) -> None:
    """Each customer has facts of its own: back with the first token, nothing final is asked for again."""
    async with started(tmp_path) as polled:
        source = first()
        poller = polled.poller(source)
        await poll(poller)
        become(source, second())
        await poll(poller)
        become(source, first())
        source.forget()
        await poll(poller)

        assert (12, None, 4, 3) == shown(polled)
        assert Dataset.INVOICE_DETAILS not in source.polled


async def test_restart_with_another_token(tmp_path: Path) -> None:
    """A restart shows the customer that was shown last, until an answer names another one."""
    async with started(tmp_path) as polled:
        await poll(polled.poller(first()))

    async with started(tmp_path) as polled:
        poller = polled.poller(second())
        await poller.restore()
        assert (12, None, 4, 3) == shown(polled)

        await poll(poller)
        assert (None, 12, 9, 7) == shown(polled)
