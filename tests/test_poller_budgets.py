"""What a poller shows and says of budgets."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from structlog.testing import capture_logs

from exporter.domain.budget import Budget, BudgetSpend, Declared
from exporter.domain.calendar import month_of
from exporter.domain.report import BudgetsSection, Dataset
from exporter.errors import ServerFaultError
from exporter.northflank.usage.budget_spends import Budgeted
from tests.builders import usage_invoice
from tests.polling import NOW, Billing, Polled

ALL, WEB = Budget("all", Decimal(100), "USD"), Budget("web", Decimal(10), "USD")
SPENT = BudgetsSection({"all": BudgetSpend(month_of(NOW), NOW - 1200, Decimal(40), None)})
AMOUNT = 'northflank_budget_amount{account="acme",budget="all",currency="USD"}'
SPENT_AMOUNT = 'northflank_budget_spent_amount{account="acme",budget="all",currency="USD"}'
UP, LAST_SUCCESS = "northflank_up", "northflank_last_success_timestamp_seconds"
TEN_MINUTES = 600.0


def billing(*notes: str) -> Billing:
    """A source that knows of 40 dollars spent of a budget, and of these notes."""
    return Billing(invoices=(usage_invoice(),), budgeted=Budgeted(SPENT, notes))


def said(logs: list[Any]) -> list[str]:
    """What the log says of budgets that cannot be shown."""
    return [line["error"] for line in logs if line["event"] == "dataset.not_shown"]


async def test_what_is_declared_is_shown_at_once() -> None:
    """What the configuration allows is there before anything was asked; what was spent once it was told."""
    polled = Polled()
    poller = polled.poller(billing(), declared=Declared(budgets=(ALL,)))
    await poller.restore()
    assert (100, None, None) == (polled.value(AMOUNT), polled.value(SPENT_AMOUNT), polled.health(UP, "budgets"))
    assert not poller.is_settled

    await poller.poll_invoices()
    await poller.poll_usage()
    assert (100, 40, 1) == (polled.value(AMOUNT), polled.value(SPENT_AMOUNT), polled.health(UP, "budgets"))


async def test_none_configured() -> None:
    """Without budgets nothing is asked about them."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    await poller.poll_invoices()
    await poller.poll_usage()

    assert Dataset.BUDGETS not in source.polled
    assert None is polled.health(UP, "budgets")


async def test_asked_before_the_deepest_level() -> None:
    """Budgets come before teams and projects: where the share is short, they are not what waits."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(ALL,)))
    await poller.poll_invoices()
    await poller.poll_usage()

    assert source.polled.index(Dataset.BUDGETS) < source.polled.index(Dataset.USAGE_DETAILS)


async def test_budgets_end_with_the_hour_of_usage() -> None:
    """Without new figures of the account none of its budgets are asked for, unless they are missing."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(ALL,)))
    await poller.poll_invoices()
    source.budgets_fault = ServerFaultError("500")
    await poller.poll_usage()
    source.budgets_fault, source.usage_fault = None, ServerFaultError("500")
    await poller.poll_usage()
    await poller.poll_usage()

    assert 2 == source.polled.count(Dataset.BUDGETS)
    assert 40 == polled.value(SPENT_AMOUNT)


async def test_failed_budgets() -> None:
    """A fault leaves what was spent as it was last known, with its age, and touches no other dataset."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(ALL,)))
    await poller.poll_invoices()
    await poller.poll_usage()
    source.budgets_fault = ServerFaultError("500")
    polled.now += TEN_MINUTES
    await poller.poll_usage()

    assert (40, 0, NOW) == (
        polled.value(SPENT_AMOUNT),
        polled.health(UP, "budgets"),
        polled.health(LAST_SUCCESS, "budgets"),
    )
    assert [1, 1] == [polled.health(UP, dataset) for dataset in ("usage", "usage_details")]


async def test_notes_are_said_once() -> None:
    """What cannot be watched is said once, again when it changes, and again when it comes back."""
    polled, source = Polled(), billing()
    poller = polled.poller(source, declared=Declared(budgets=(ALL, WEB)))
    await poller.poll_invoices()
    first, second = "budget web: the account has no usage under team_id web", "budget all: in USD"
    spoken = []
    for notes in ((first,), (first,), (first, second), (second,), (), (first,)):
        source.budgeted = replace(source.budgeted, notes=notes)
        with capture_logs() as logs:
            await poller.poll_usage()
        spoken.append(said(logs))

    assert [[first], [], [second], [], [], [first]] == spoken
    assert 1 == polled.health(UP, "budgets")


async def test_notes_outlive_a_failure() -> None:
    """What was said before a poll that failed is not said again after it."""
    polled, source = Polled(), billing("budget all: in USD")
    poller = polled.poller(source, declared=Declared(budgets=(ALL,)))
    await poller.poll_invoices()
    with capture_logs() as logs:
        for fault in (None, ServerFaultError("500"), None):
            source.budgets_fault = fault
            await poller.poll_usage()

    assert ["budget all: in USD"] == said(logs)
