"""What a poller shows of datasets that not every generation has, once the server goes over to another one."""

import asyncio

import pytest

from exporter.domain.extent import Extent
from exporter.domain.report import Api, Dataset
from exporter.domain.tree import Level
from exporter.errors import ForbiddenError, ServerFaultError
from tests.builders import usage_invoice
from tests.polling import A_MINOR, B_MINOR, C_MAJOR, NOW, Billing, Polled

MONTH = 'northflank_month_to_date_cost{account="acme",category="paas",component="other",currency="USD"}'
UNBILLED = 'northflank_unbilled_cost{account="acme",category="paas",component="other",currency="USD"}'
TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
NOT_IN_ALL = [Dataset.CREDITS, Dataset.USAGE_DETAILS]


def billing() -> Billing:
    """A source of which 4 dollars are spent, 3 of them by a team, and 50 left."""
    return Billing(invoices=(usage_invoice(),))


def shown(polled: Polled) -> tuple[float | None, ...]:
    """What the account spent this month, and since its invoice; what a team spent; what is left."""
    return tuple(polled.value(sample) for sample in (MONTH, UNBILLED, TEAM, CREDITS))


async def test_server_that_states_less() -> None:
    """What it does not state any more is no longer shown, nor is its health: nobody is woken for what cannot be had."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    assert (4, 4, 3, 50) == shown(polled)

    source.api = A_MINOR
    await poller.poll_invoices()
    await poller.poll_usage()
    assert (None, 5, None, None) == shown(polled)
    assert (None, None) == (polled.health(UP, "credits"), polled.health(LAST_SUCCESS, "usage_details"))
    assert (None, 0) == (polled.pending("credits"), polled.pending("usage"))


@pytest.mark.parametrize("dataset", NOT_IN_ALL)
async def test_server_that_no_longer_states_what_it_never_stated(dataset: Dataset) -> None:
    """A dataset that only ever failed is not down for ever, once the server went over to a generation without it."""
    polled, source = Polled(), billing()
    source.faults[dataset] = ForbiddenError("403")
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    assert 0 == polled.health(UP, dataset)

    source.api = A_MINOR
    await poller.poll_invoices()
    await poller.poll_usage()
    assert None is polled.health(UP, dataset)


async def test_server_that_moves_back() -> None:
    """What it states again is asked for and shown at once."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    for api in (C_MAJOR, A_MINOR, C_MAJOR):
        source.api = api
        await poller.poll_invoices()
        await poller.poll_usage()
    assert (4, 4, 3, 50) == shown(polled)


async def test_usage_that_fails_after_the_server_moved() -> None:
    """While nothing of the new generation is known, what has to agree with usage is no success: it waits for that."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    for api in (A_MINOR, C_MAJOR):
        source.api = api
        await poller.poll_invoices()
        if api is C_MAJOR:
            source.faults[Dataset.USAGE] = ServerFaultError("500")
        await poller.poll_usage()

    assert (None, 5, None, 50) == shown(polled)
    assert (0, None) == (polled.health(UP, "usage"), polled.health(UP, "usage_details"))

    source.faults.clear()
    await poller.poll_usage()
    assert (4, 4, 3, 50) == shown(polled)


@pytest.mark.parametrize(("before", "after"), [(C_MAJOR, B_MINOR), (B_MINOR, C_MAJOR)], ids=["back", "forth"])
async def test_answers_of_the_generation_before(before: Api, after: Api) -> None:
    """An answer that was asked for in one generation is not recorded as one of another that was found out meanwhile."""
    polled, source = Polled(), billing()
    source.api = before
    poller = polled.poller(source, extent=Extent(level=Level.ACCOUNT))
    await poller.poll_invoices()
    source.waits[Dataset.USAGE] = asyncio.Event()
    source.forget()
    asking = asyncio.create_task(poller.poll_usage())
    await source.reached(Dataset.USAGE)
    source.api = after
    await poller.poll_invoices()
    source.waits[Dataset.USAGE].set()
    await asking

    assert (0, 1) == (polled.health(UP, "usage"), polled.polls("usage", "generation"))
    assert None is polled.value(MONTH)
    assert 1 == polled.value(
        f'northflank_api_info{{account="acme",amounts="{after.unit}",generation="{after.generation}"}}'
    )

    polled.now += 60
    await poller.poll_usage()
    assert (1, NOW + 60) == (polled.health(UP, "usage"), polled.health(LAST_SUCCESS, "usage"))
    assert 4 == polled.value(MONTH)


async def test_details_of_the_generation_before() -> None:
    """Details that were read in one generation are asked for anew in another: they may be counted in another unit."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.api = B_MINOR
    source.forget()
    await poller.poll_invoices()

    assert [Dataset.INVOICES, Dataset.INVOICE_DETAILS] == source.polled
