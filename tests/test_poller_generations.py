"""What a poller shows of datasets that not every generation tells, once the server goes over to another one."""

import pytest

from exporter.domain.report import Dataset
from exporter.errors import ForbiddenError, ServerFaultError
from tests.builders import usage_invoice
from tests.polling import Billing, Polled

MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
NOT_IN_ALL = [Dataset.CREDITS, Dataset.USAGE_DETAILS]


def billing() -> Billing:
    """A source of which 4 dollars are spent, 3 of them by a team, and 50 left."""
    return Billing(invoices=(usage_invoice(),))


def shown(polled: Polled) -> tuple[float | None, ...]:
    """A figure of the account, of a team and of its credits."""
    return tuple(polled.value(sample) for sample in (MONTH, TEAM, CREDITS))


async def test_server_that_tells_less() -> None:
    """What it does not tell any more is no longer shown, nor is its health: nobody is woken for what cannot be had."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.untold = set(NOT_IN_ALL)
    await poller.poll_usage()

    assert (4, None, None) == shown(polled)
    assert (None, None) == (polled.health(UP, "credits"), polled.health(LAST_SUCCESS, "usage_details"))


@pytest.mark.parametrize("dataset", NOT_IN_ALL)
async def test_server_that_no_longer_tells_what_it_never_told(dataset: Dataset) -> None:
    """A dataset that only ever failed is not down for ever, once the server went over to a generation without it."""
    polled, source = Polled(), billing()
    setattr(source, f"{dataset}_fault", ForbiddenError("403"))
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    assert 0 == polled.health(UP, dataset)

    source.untold = {dataset}
    await poller.poll_usage()
    assert None is polled.health(UP, dataset)


async def test_server_that_moves_back() -> None:
    """What it tells again is asked for at once, also while the account's own figures are not to be had."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    for untold in (set[Dataset](), {Dataset.USAGE_DETAILS}):
        source.untold = untold
        await poller.poll_usage()
    source.untold, source.usage_fault = set(), ServerFaultError("500")
    await poller.poll_usage()

    assert (4, 3, 50) == shown(polled)
