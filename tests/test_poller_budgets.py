"""What a poller shows and says of budgets."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from structlog.testing import capture_logs

from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.report import Dataset
from exporter.errors import ServerFaultError
from tests.builders import usage_invoice
from tests.polling import JULY, NOW, Billing, Polled

ALL = Budget("all", Decimal(100), "USD")
WEB = Budget("web", Decimal(10), "USD", Scope(team_id="web"))
AMOUNT = 'northflank_budget_amount{account="acme",budget="all",currency="USD"}'
ALL_SPENT = 'northflank_budget_spent_amount{account="acme",budget="all",currency="USD"}'
WEB_SPENT = 'northflank_budget_spent_amount{account="acme",budget="web",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
TEN_MINUTES = 600.0


def billing() -> Billing:
    """A source of an account that spent 4 dollars, 3 of them by a team."""
    return Billing(invoices=(usage_invoice(),))


def another_hour(source: Billing) -> None:
    """Another hour of usage is known, in which both spent a dollar."""
    source.hours, source.web = {**source.hours, JULY.end: "1"}, {**source.web, JULY.end: "1"}


def said(logs: list[Any]) -> list[str]:
    """What the log says of budgets that cannot be shown."""
    return [line["error"] for line in logs if line["event"] == "dataset.not_shown"]


async def test_what_is_declared_is_shown_at_once() -> None:
    """What the configuration allows is there before anything was asked; what was spent once it was answered."""
    polled = Polled()
    poller = polled.poller(billing(), declared=Declared(budgets=(ALL, WEB)))
    await poller.restore()
    assert (100, None, None) == (polled.value(AMOUNT), polled.value(ALL_SPENT), polled.health(UP, "budgets"))
    assert not poller.is_settled

    await poller.poll_invoices()
    await poller.poll_usage()
    assert (100, 4, 3, 1) == (
        polled.value(AMOUNT),
        polled.value(ALL_SPENT),
        polled.value(WEB_SPENT),
        polled.health(UP, "budgets"),
    )


async def test_none_configured() -> None:
    """Without budgets nothing is asked about them."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert Dataset.BUDGETS not in source.polled
    assert None is polled.health(UP, "budgets")


async def test_account_that_is_asked_about_once() -> None:
    """The spend of a budget of the whole account in the month is the account's own figure: it costs no request."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(ALL,)))
    await poller.poll_invoices()
    await poller.poll_usage()

    assert Dataset.BUDGETS not in source.polled
    assert (4, 1) == (polled.value(ALL_SPENT), polled.health(UP, "budgets"))


async def test_asked_before_the_deepest_level() -> None:
    """Budgets come before teams and projects: where the share is short, they are not what waits."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(WEB,)))
    await poller.poll_invoices()
    await poller.poll_usage()

    assert source.polled.index(Dataset.BUDGETS) < source.polled.index(Dataset.USAGE_DETAILS)


async def test_budgets_end_with_the_hour_of_usage() -> None:
    """Without new figures of the account none of its budgets are asked for, unless they are missing."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(WEB,)))
    await poller.poll_invoices()
    source.faults = {Dataset.BUDGETS: ServerFaultError("500")}
    await poller.poll_usage()
    source.faults = {Dataset.USAGE: ServerFaultError("500")}
    await poller.poll_usage()
    assert 3 == polled.value(WEB_SPENT)

    source.forget()
    await poller.poll_usage()
    assert [Dataset.USAGE, Dataset.CREDITS] == source.polled


async def test_failed_budgets() -> None:
    """A fault leaves what was spent as it was last known, with its age, and touches no other dataset."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(WEB,)))
    await poller.poll_invoices()
    await poller.poll_usage()
    source.faults = {Dataset.BUDGETS: ServerFaultError("500")}
    another_hour(source)
    polled.now += HOUR_SECONDS
    await poller.poll_usage()

    assert (3, 0, NOW) == (
        polled.value(WEB_SPENT),
        polled.health(UP, "budgets"),
        polled.health(LAST_SUCCESS, "budgets"),
    )
    assert [1, 1] == [polled.health(UP, dataset) for dataset in ("usage", "usage_details")]


async def test_notes_are_said_once() -> None:
    """What cannot be watched is said once, and again when it comes back."""
    polled, source = Polled(), billing()
    euros, nobody = replace(ALL, currency="EUR"), replace(WEB, name="nobody", scope=Scope(team_id="nobody"))
    poller = polled.poller(source, declared=Declared(budgets=(euros, nobody)))
    await poller.poll_invoices()
    in_euros = (
        "budget all: in EUR, in which the account has never spent anything; its usage is in USD: "
        "set the budget's currency"
    )
    of_nobody = (
        "budget nobody: the account has no usage under team_id nobody; correct its scope, or leave it: it is shown "
        "once there is some"
    )
    spoken = []
    for invoices in ((), (), (replace(usage_invoice("euros"), currency="EUR"),), ()):
        source.invoices = (usage_invoice(), *invoices)
        with capture_logs() as logs:
            await poller.poll_invoices()
            await poller.poll_usage()
        spoken.append(said(logs))

    assert [[in_euros, of_nobody], [], [], [in_euros]] == spoken
    assert 1 == polled.health(UP, "budgets")
    assert (None, None) == (polled.value(ALL_SPENT), polled.value(WEB_SPENT))


async def test_notes_outlive_a_failure() -> None:
    """What was said before a poll that failed is not said again after it."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(replace(ALL, currency="EUR"), WEB)))
    await poller.poll_invoices()
    await poller.poll_usage()
    source.faults = {Dataset.BUDGETS: ServerFaultError("500")}
    another_hour(source)
    polled.now += HOUR_SECONDS
    with capture_logs() as logs:
        await poller.poll_usage()
        assert 0 == polled.health(UP, "budgets")
        source.faults.clear()
        await poller.poll_usage()

    assert 1 == polled.health(UP, "budgets")
    assert [] == said(logs)


async def test_a_team_that_the_api_forgot() -> None:
    """Where Northflank states less of a team and no less of the account, the spend stays, and one line says so once."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(WEB,)))
    await poller.poll_invoices()
    with capture_logs() as before:
        await poller.poll_usage()
    source.hours, source.web = {**source.hours, JULY.end: "1"}, {}
    with capture_logs() as logs:
        for _ in range(2):
            polled.let_pass(HOUR_SECONDS)
            await poller.poll_usage()

    kept = [line["error"] for line in (*before, *logs) if line["event"] == "spend.kept"]
    assert 3 == polled.value(WEB_SPENT)
    line = (
        "team_id web: Northflank states less than before, and the account's own hours did not fall; the spend stays; "
        "nothing to do where it was deleted"
    )
    assert [line] == kept
