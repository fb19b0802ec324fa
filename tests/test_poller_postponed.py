"""What a poller shows and says of what did not fit the share of the allowance."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from exporter.domain.question import Urgency
from exporter.domain.report import Dataset
from exporter.errors import PostponedError, ServerFaultError
from exporter.poller import Poller
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled, balance, july, started

TEAM = 'northflank_month_to_date_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
HOUR_TEAM = 'northflank_hourly_team_cost{account="acme",component="other",currency="USD",team_id="web"}'
RESOURCE = (
    'northflank_hourly_resource_cost{account="acme",component="other",currency="USD",project_id="api",'
    'resource_id="gateway",resource_type="service",team_id="web"}'
)
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


async def first_polls(poller: Poller) -> None:
    """Both polls of an account."""
    await poller.poll_invoices()
    await poller.poll_usage()


def an_hour_later(polled: Polled, source: Billing) -> None:
    """Another hour of usage is known, and its resources have to wait."""
    newest = max(source.hours) + HOUR
    source.hours, source.web = {**source.hours, newest: "1"}, {**source.web, newest: "1"}
    polled.now += HOUR


async def test_shallow_levels_are_shown() -> None:
    """Where an hour's resources have to wait, its teams and projects are shown; it is no success and no failure."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await first_polls(poller)
    source.faults_of[Urgency.RESOURCES] = POSTPONED
    an_hour_later(polled, source)
    with capture_logs() as logs:
        await poller.poll_usage()

    assert (4, 1) == (polled.value(TEAM), polled.value(RESOURCE))
    assert (1, NOW) == (polled.health(UP, "usage_details"), polled.health(LAST_SUCCESS, "usage_details"))
    assert (1, 1) == (polled.polls("usage_details", "success"), polled.polls("usage_details", "postponed"))
    (line,) = (line for line in logs if line["dataset"] == "usage_details")
    assert ("poll.postponed", "info", "postponed") == (line["event"], line["log_level"], line["outcome"])
    assert str(POSTPONED) == line["reason"]


async def test_first_poll_that_is_postponed() -> None:
    """What was never whole has no age, and is neither up nor down; its shallow levels are shown."""
    polled, source = Polled(), billing()
    source.faults_of[Urgency.RESOURCES] = POSTPONED
    await first_polls(polled.poller(source))

    assert (3, 1, None) == (polled.value(TEAM), polled.value(HOUR_TEAM), polled.value(RESOURCE))
    assert [None, None] == [polled.health(name, "usage_details") for name in (UP, LAST_SUCCESS)]


async def test_failed_before_it_was_postponed() -> None:
    """A dataset that is down stays so until it is whole again: that it waits now does not heal it."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    source.faults[Dataset.USAGE_DETAILS] = ServerFaultError("500")
    await first_polls(poller)
    source.faults, source.faults_of = {}, {Urgency.RESOURCES: POSTPONED}
    await poller.poll_usage()

    assert 0 == polled.health(UP, "usage_details")


async def test_account_level_that_is_postponed() -> None:
    """A question that was not asked at all leaves what was shown, and is no failure either."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await first_polls(poller)
    source.faults[Dataset.CREDITS], source.balance = POSTPONED, balance("1")
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    assert 50 == polled.value(CREDITS)
    assert (1, NOW) == (polled.health(UP, "credits"), polled.health(LAST_SUCCESS, "credits"))
    assert 1 == polled.polls("credits", "postponed")


async def test_postponed_is_due_again() -> None:
    """It goes on at the next poll of usage, also if the account's own figures are not to be had then."""
    polled, source = Polled(), billing()
    source.faults_of[Urgency.RESOURCES] = POSTPONED
    poller = polled.poller(source)
    await first_polls(poller)
    source.faults, source.faults_of = {Dataset.USAGE: ServerFaultError("500")}, {}
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    assert 1 == polled.value(RESOURCE)
    assert (1, NOW + TEN_MINUTES) == (polled.health(UP, "usage_details"), polled.health(LAST_SUCCESS, "usage_details"))


async def test_what_was_answered_is_not_asked_again() -> None:
    """A poll that was cut by the allowance goes on where it ended: no answer that is known is asked for again."""
    polled, source = Polled(), billing()
    source.faults_of[Urgency.RESOURCES] = POSTPONED
    poller = polled.poller(source)
    await first_polls(poller)
    before = {str(each) for dataset, each in source.asked if dataset is Dataset.USAGE_DETAILS and not refused(each)}
    source.faults_of.clear()
    source.forget()
    await poller.poll_usage()

    needed = [str(each) for dataset, each in source.asked if dataset is Dataset.USAGE_DETAILS]
    assert needed[0] not in before
    assert 1 == polled.value(RESOURCE)


def refused(question: object) -> bool:
    """Whether a question is one that the allowance did not let through."""
    return "projectId" in str(question)


async def test_said_once_after_an_hour() -> None:
    """That it takes some polls is how requests are spread; that it takes an hour is said once, with the remedy."""
    polled, source = Polled(), billing()
    source.faults_of[Urgency.RESOURCES] = POSTPONED
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
    source.faults[Dataset.CREDITS] = POSTPONED
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
    said_at = []
    for seconds in (0.0, HOUR, HOUR + 1, HOUR + 2, 2 * HOUR, 2 * HOUR + 2):
        polled.now = NOW + seconds
        source.faults = {} if seconds == HOUR + 1 else {Dataset.CREDITS: POSTPONED}
        with capture_logs() as logs:
            await poller.poll_usage()
        said_at += [seconds for _ in said(logs)]

    assert [HOUR, 2 * HOUR + 2] == said_at


async def test_each_dataset_by_itself() -> None:
    """How long one waits says nothing of another."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    source.faults_of[Urgency.RESOURCES] = POSTPONED
    await poller.poll_usage()
    source.faults[Dataset.CREDITS] = POSTPONED
    polled.now += HOUR
    with capture_logs() as logs:
        await poller.poll_usage()

    assert [Dataset.USAGE_DETAILS] == [dataset for _, dataset, _ in said(logs)]


@pytest.mark.parametrize("dataset", [Dataset.INVOICES, Dataset.USAGE, Dataset.CREDITS, Dataset.USAGE_DETAILS])
async def test_never_fetched_for_an_hour(dataset: Dataset) -> None:
    """What was never fetched is down once it has waited for an hour, with its outcome, so that somebody hears of it."""
    polled, source = Polled(), billing()
    source.faults[dataset] = POSTPONED
    poller = polled.poller(source)
    ups = []
    for seconds in (0.0, HOUR - 1, HOUR, HOUR + 1):
        polled.now = NOW + seconds
        await first_polls(poller)
        ups.append(polled.health(UP, dataset))

    assert [None, None, 0, 0] == ups
    assert 4 == polled.polls(dataset, "postponed")
    assert None is polled.health(LAST_SUCCESS, dataset)

    source.faults.clear()
    await first_polls(poller)
    assert 1 == polled.health(UP, dataset)


async def test_fetched_once() -> None:
    """What was fetched before is not down for waiting: its age says how old it is."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await first_polls(poller)
    source.faults[Dataset.CREDITS] = POSTPONED
    for hours in (0, 1, 5):
        polled.now = NOW + hours * HOUR
        await poller.poll_usage()

    assert (1, NOW) == (polled.health(UP, "credits"), polled.health(LAST_SUCCESS, "credits"))


async def test_waiting_over_a_restart(tmp_path: Path) -> None:
    """Since when it has waited is kept over a restart: a process that restarts each half hour hides nothing."""
    ups = []
    for seconds in (0.0, HOUR / 2, HOUR):
        source = billing()
        source.faults[Dataset.CREDITS] = POSTPONED
        async with started(tmp_path) as polled:
            polled.now = NOW + seconds
            poller = polled.poller(source)
            await poller.restore()
            await first_polls(poller)
            ups.append(polled.health(UP, "credits"))

    assert [None, None, 0] == ups


async def test_success_ends_the_waiting(tmp_path: Path) -> None:
    """Once it was fetched, its waiting is over: after a restart it is not down for what it waited before."""
    source = billing()
    source.faults[Dataset.CREDITS] = POSTPONED
    async with started(tmp_path) as polled:
        poller = polled.poller(source)
        await first_polls(poller)
        source.faults.clear()
        await poller.poll_usage()

    source.faults[Dataset.CREDITS] = POSTPONED
    async with started(tmp_path) as polled:
        polled.now = NOW + 2 * HOUR
        poller = polled.poller(source)
        await poller.restore()
        await first_polls(poller)
        assert (None, NOW) == (polled.health(UP, "credits"), polled.health(LAST_SUCCESS, "credits"))


async def test_correction_while_it_waits() -> None:
    """While resources wait, a corrected month is shown by team and project as soon as these are known."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await first_polls(poller)
    source.faults_of[Urgency.RESOURCES] = POSTPONED
    source.hours, source.web = july("5", "4")
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    assert 4 == polled.value(TEAM)
