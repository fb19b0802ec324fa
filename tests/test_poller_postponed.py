"""What a poller shows and says of what did not fit the share of the allowance."""

from dataclasses import replace
from typing import Any

from structlog.testing import capture_logs

from exporter.domain.report import Dataset
from exporter.errors import PostponedError, ServerFaultError
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled, balance, spent_by_team

TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
CREDITS = 'northflank_credit_available_amount{account="acme",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
TEN_MINUTES, HOUR = 600.0, 3600.0
POSTPONED = PostponedError("GET /x: not asked: the share is used", seconds=600, remedy="raise api.share")
Logs = list[Any]


def billing() -> Billing:
    """A source whose team has spent 3 dollars."""
    return Billing(invoices=(usage_invoice(),))


def said(logs: Logs) -> list[tuple[str, str, str]]:
    """The warnings: what happened, to which dataset, and the text."""
    return [(line["event"], line["dataset"], line["error"]) for line in logs if line["log_level"] == "warning"]


async def test_what_was_gathered_is_shown() -> None:
    """A section that is not all there yet is shown as far as it is; it is neither a success nor a failure."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    polled.now += TEN_MINUTES
    with capture_logs() as logs:
        await poller.poll_usage()

    assert 4 == polled.value(TEAM)
    assert (1, NOW) == (polled.health(UP, "usage_details"), polled.health(LAST_SUCCESS, "usage_details"))
    assert (1, 1) == (polled.polls("usage_details", "success"), polled.polls("usage_details", "postponed"))
    (line,) = (line for line in logs if line["dataset"] == "usage_details")
    assert ("poll.postponed", "info", "postponed") == (line["event"], line["log_level"], line["outcome"])
    assert str(POSTPONED) == line["reason"]


async def test_first_poll_that_is_postponed() -> None:
    """What was never whole has no age, and is neither up nor down; what there is of it is shown."""
    polled, source = Polled(), billing()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert 4 == polled.value(TEAM)
    assert [None, None] == [polled.health(name, "usage_details") for name in (UP, LAST_SUCCESS)]


async def test_failed_before_it_was_postponed() -> None:
    """A dataset that is down stays so until it is whole again: that it waits now does not heal it."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.usage_details_fault = ServerFaultError("500")
    await poller.poll_usage()
    source.usage_details_fault, source.gathered = None, replace(spent_by_team("4"), postponed=POSTPONED)
    await poller.poll_usage()

    assert 0 == polled.health(UP, "usage_details")


async def test_account_level_that_is_postponed() -> None:
    """A question that was not asked at all leaves what was shown, and is no failure either."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.credits_fault, source.balance = POSTPONED, balance("1")
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    assert 50 == polled.value(CREDITS)
    assert (1, NOW) == (polled.health(UP, "credits"), polled.health(LAST_SUCCESS, "credits"))
    assert 1 == polled.polls("credits", "postponed")


async def test_postponed_is_due_again() -> None:
    """It goes on at the next poll of usage, also if the account's own figures are not to be had then."""
    polled, source = Polled(), billing()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()
    source.usage_fault = ServerFaultError("500")
    source.gathered = spent_by_team("5")
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    assert 5 == polled.value(TEAM)
    assert (1, NOW + TEN_MINUTES) == (polled.health(UP, "usage_details"), polled.health(LAST_SUCCESS, "usage_details"))


async def test_said_once_after_an_hour() -> None:
    """That it takes some polls is how requests are spread; that it takes an hour is said once, with the remedy."""
    polled, source = Polled(), billing()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    poller = polled.poller(source)
    await poller.poll_invoices()
    with capture_logs() as logs:
        for seconds in (0.0, TEN_MINUTES, HOUR - 1):
            polled.now = NOW + seconds
            await poller.poll_usage()
        assert [] == said(logs)
        for seconds in (HOUR, HOUR + TEN_MINUTES, 5 * HOUR):
            polled.now = NOW + seconds
            await poller.poll_usage()

    expected = ("allowance.too_small", "usage_details", "not all of it fits an hour; raise api.share")
    assert [expected] == said(logs)


async def test_clock_that_was_set_back() -> None:
    """Where the clock goes back the hour begins anew: the warning is not put off until the clock is there again."""
    polled, source = Polled(), billing()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    poller = polled.poller(source)
    await poller.poll_invoices()
    with capture_logs() as logs:
        for seconds in (5 * HOUR, 0.0, HOUR):
            polled.now = NOW + seconds
            await poller.poll_usage()

    assert 1 == len(said(logs))


async def test_said_again_when_it_comes_back() -> None:
    """Once it was whole the hour begins anew, and if it is too small again that is said again."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    waiting, whole = replace(spent_by_team("4"), postponed=POSTPONED), spent_by_team("4")
    said_at = []
    for seconds in (0.0, HOUR, HOUR + 1, HOUR + 2, 2 * HOUR, 2 * HOUR + 2):
        polled.now, source.gathered = NOW + seconds, whole if seconds == HOUR + 1 else waiting
        with capture_logs() as logs:
            await poller.poll_usage()
        said_at += [seconds for _ in said(logs)]

    assert [HOUR, 2 * HOUR + 2] == said_at


async def test_each_dataset_by_itself() -> None:
    """How long one waits says nothing of another."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.gathered = replace(spent_by_team("4"), postponed=POSTPONED)
    await poller.poll_usage()
    source.credits_fault = POSTPONED
    polled.now += HOUR
    with capture_logs() as logs:
        await poller.poll_usage()

    assert [Dataset.USAGE_DETAILS] == [dataset for _, dataset, _ in said(logs)]
