"""Faults of what is spent now: the last good figures stay, each dataset by itself, and the invoices are not touched."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from exporter.domain.report import Dataset
from tests.faults.catalogue import EVERYWHERE, Fault, edit
from tests.faults.pair import TOKEN, Pair, errors, pair

pytestmark = pytest.mark.process

SMALL: dict[str, Any] = {"teams": 2, "projects": 1, "resources": 2, "invoices": 3, "threshold": 0}
ALL = frozenset(Dataset) - {Dataset.BUDGETS}
HOURS, HOUR_DETAIL, CREDITS = "list_usage", "get_usage", "get_credit_balance"
HOUR = 3600.0
SOME = ("unauthorized", "forbidden", "server_error", "cut_in_mid_body", "truncated_json", "html_as_an_answer")
FAULTS = tuple(fault for fault in EVERYWHERE if fault.name in SOME)
ODD_ROW = Fault(
    "string_for_a_number",
    "edit",
    "decode",
    "Expected a number, got str",
    edit("data.usage.0.paas.price.total", set="1.00"),
)
ODD_TREE = Fault(
    "another_currency", "edit", "decode", "in EUR, while the hours are in USD", edit("data.currency", set="eur")
)
ODD_BALANCE = Fault("no_currency", "edit", "decode", "`currency`", edit("data.currency", delete=True))


def named(fault: Fault) -> str:
    """The name of the test."""
    return fault.name


def ages(asked: Pair) -> dict[Dataset, float | None]:
    """When what is shown of each dataset was fetched."""
    return {each: asked.value("northflank_last_success_timestamp_seconds", dataset=each) for each in ALL}


def down(asked: Pair) -> set[Dataset]:
    """The datasets that are not up."""
    return {each for each in ALL if asked.value("northflank_up", dataset=each) != 1}


def of(asked: Pair, start: str) -> list[str]:
    """The series whose names begin so."""
    return [line for line in asked.billing().splitlines() if line.startswith(start)]


async def an_hour_later(asked: Pair, fault: Fault, endpoint: str) -> list[dict[str, Any]]:
    """Spoil an endpoint, let an hour pass, and poll both; the log lines that tell of trouble."""
    await asked.spoil(fault.rule(endpoint))
    asked.hand.now += HOUR
    with capture_logs() as log:
        await asked.poll()
    assert TOKEN not in repr(log)
    return errors(log)


def assert_said_once(lines: list[dict[str, Any]], dataset: Dataset, fault: Fault) -> None:
    """One line tells what, where and what to do."""
    assert [(dataset, fault.outcome)] == [(line["dataset"], line["outcome"]) for line in lines], lines
    assert fault.says in lines[0]["error"], lines[0]["error"]


@pytest.mark.parametrize("fault", [*FAULTS, ODD_ROW], ids=named)
async def test_a_fault_of_the_hours_leaves_the_last_good_ones(fault: Fault) -> None:
    """What was spent stands with its age, the tree with it; invoices and credits are as fresh as ever."""
    async with pair(**SMALL) as asked:
        await asked.poll()
        before, began = asked.billing(), ages(asked)
        assert set() == down(asked)
        lines = await an_hour_later(asked, fault, HOURS)
        assert_said_once(lines, Dataset.USAGE, fault)
        assert {Dataset.USAGE} == down(asked)
        fresh = {each for each, at in ages(asked).items() if at != began[each]}
        assert {Dataset.INVOICES, Dataset.INVOICE_DETAILS, Dataset.CREDITS} == fresh
        assert of(asked, "northflank_month_to_date") == [
            line for line in before.splitlines() if line.startswith("northflank_month_to_date")
        ]

        await asked.spoil()
        asked.hand.now += HOUR
        await asked.poll()
        assert set() == down(asked)
        assert {asked.hand.now} <= set(ages(asked).values())
        assert before != asked.billing()


@pytest.mark.parametrize("fault", [*FAULTS, ODD_TREE], ids=named)
async def test_a_fault_of_the_hours_tree_leaves_the_account_fresh(fault: Fault) -> None:
    """Where an hour's tree cannot be had, the account's own figures go on, and the last good tree stays."""
    async with pair(**SMALL) as asked:
        await asked.poll()
        tree, total = (
            of(asked, "northflank_hourly_resource_cost"),
            asked.value("northflank_hourly_start_timestamp_seconds"),
        )
        assert total is not None
        began = ages(asked)
        lines = await an_hour_later(asked, fault, HOUR_DETAIL)
        assert_said_once(lines, Dataset.USAGE_DETAILS, fault)
        assert {Dataset.USAGE_DETAILS} == down(asked)
        assert began[Dataset.USAGE_DETAILS] == ages(asked)[Dataset.USAGE_DETAILS]
        assert tree == of(asked, "northflank_hourly_resource_cost") != []
        assert total + HOUR == asked.value("northflank_hourly_start_timestamp_seconds")
        assert total == asked.value("northflank_hourly_details_start_timestamp_seconds")

        await asked.spoil()
        with capture_logs() as log:
            await asked.poll()
        assert [] == errors(log)
        assert set() == down(asked)
        assert total + HOUR == asked.value("northflank_hourly_details_start_timestamp_seconds")


async def test_an_hour_that_is_not_there() -> None:
    """An hour that the list has and of which the tree is answered 404 is a failure of the trees alone, and heals."""
    gone = Fault("not_found", "status", "not_found", "404: there is no such thing", {"status": 404})
    async with pair(**SMALL) as asked:
        await asked.poll()
        lines = await an_hour_later(asked, gone, HOUR_DETAIL)
        assert_said_once(lines, Dataset.USAGE_DETAILS, gone)
        assert {Dataset.USAGE_DETAILS} == down(asked)

        await asked.spoil()
        await asked.poll()
        assert set() == down(asked)


async def test_trees_of_the_first_start_that_fail() -> None:
    """Where no tree was ever had none is shown, and the account's own figures are."""
    fault = next(each for each in FAULTS if each.name == "server_error")
    async with pair(**SMALL) as asked:
        await asked.spoil(fault.rule(HOUR_DETAIL))
        await asked.poll()

        assert {Dataset.USAGE_DETAILS} == down(asked)
        assert [] == of(asked, "northflank_hourly_team_cost")
        assert [] != of(asked, "northflank_month_to_date_cost")


@pytest.mark.parametrize("fault", [*FAULTS, ODD_BALANCE], ids=named)
async def test_a_fault_of_the_credits_touches_nothing_else(fault: Fault) -> None:
    """The last good balance stays with its age; all else is as fresh as ever."""
    async with pair(**SMALL) as asked:
        await asked.poll()
        balance, began = of(asked, "northflank_credit_"), ages(asked)
        lines = await an_hour_later(asked, fault, CREDITS)
        mine = [line for line in lines if line["dataset"] == Dataset.CREDITS]
        assert_said_once(mine, Dataset.CREDITS, fault)
        assert balance == of(asked, "northflank_credit_") != []
        assert began[Dataset.CREDITS] == ages(asked)[Dataset.CREDITS]
        assert {Dataset.CREDITS} == down(asked)
        assert mine == lines


async def test_a_429_of_the_credits_leaves_what_was_asked_before_it() -> None:
    """After a 429 nothing more is asked until the allowance is full again: what came before is fresh, then all is."""
    fault = next(each for each in EVERYWHERE if each.name == "rate_limited")
    async with pair(**SMALL) as asked:
        await asked.poll()
        lines = await an_hour_later(asked, fault, CREDITS)
        quiet = {Dataset.CREDITS, Dataset.USAGE_DETAILS}
        assert (quiet, {"rate_limited"}) == (down(asked), {line["outcome"] for line in lines})

        await asked.spoil()
        asked.hand.now += HOUR
        await asked.poll()
        assert set() == down(asked)
