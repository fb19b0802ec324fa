"""Accounts that idle at night, pause, stop, change currency or lose teams, projects and types: the ledger's figures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporter.domain.budget import Scope
from exporter.domain.calendar import PeriodKind
from exporter.sandbox import FOR_GOOD, Forgotten
from exporter.sandbox.options import ForgottenAnswer
from tests.e2e.dialect import DIALECTS
from tests.e2e.expected_declared import DECLARED, PROJECT, TEAM, budget
from tests.e2e.expected_periods import HOUR, at
from tests.e2e.expected_polls import Polls
from tests.e2e.expected_shown import assert_caught_up, assert_shown, watching
from tests.e2e.simulated import simulated

pytestmark = pytest.mark.process

SMALL: dict[str, Any] = {"teams": 2, "projects": 2, "resources": 2, "threshold": 0}
WITH_HOURS = [name for name in sorted(DIALECTS) if DIALECTS[name].has_hours]

NIGHTS = {**SMALL, "idle_nights": True}
PAUSE = {**SMALL, "pauses": ((int(at("2026-11-10T00:00")), int(at("2026-11-17T00:00"))),)}
STOPPED = {**SMALL, "pauses": ((int(at("2026-11-30T20:00")), FOR_GOOD),)}

CHANGE = int(at("2026-11-02T10:00"))
EUROS = {**SMALL, "currency_change": (CHANGE, "eur")}
OF_EUROS = replace(
    DECLARED,
    billing_threshold=None,
    budgets=(
        *DECLARED.budgets,
        budget("euros a day", PeriodKind.DAY, currency="EUR"),
        budget("euros of a team", scope=Scope(team_id=TEAM), currency="EUR"),
    ),
)

FORGOTTEN_AT = int(at("2026-11-02T14:30"))
SCOPES = {
    "a project": {"team_id": TEAM, "project_id": PROJECT},
    "a team": {"team_id": TEAM},
    "a type": {"resource_type": "addon"},
    "a type in a project": {"team_id": TEAM, "project_id": PROJECT, "resource_type": "service"},
}
ANSWERS: tuple[ForgottenAnswer, ...] = ("empty", "404", "400")
FORGETTING_2026_06 = [
    pytest.param("2026-06", "a project", "404", id="2026-06, a project, 404"),
    pytest.param("2026-06", "a team", "empty", id="2026-06, a team, empty"),
    pytest.param("2026-06", "a type", "400", id="2026-06, a type, 400"),
    pytest.param("2026-06", "a type in a project", "empty", id="2026-06, a type in a project, empty"),
]
FORGETTING = [
    *(
        pytest.param("2026-10", scope, answer, id=f"2026-10, {scope}, {answer}")
        for scope in SCOPES
        for answer in ANSWERS
    ),
    *FORGETTING_2026_06,
]


def _forgetting(scope: str, answer: ForgottenAnswer) -> dict[str, Any]:
    return {**SMALL, "forgets": (Forgotten(FORGOTTEN_AT, **SCOPES[scope], answer=answer),)}


@pytest.mark.parametrize("generation", WITH_HOURS)
@pytest.mark.parametrize(
    ("now", "world"),
    [
        pytest.param("2026-11-18T05:30", {}, id="late at night"),
        pytest.param("2026-11-18T06:10", {}, id="in the first hour of the day"),
        pytest.param("2026-11-18T06:10", {"running_hour": False}, id="in the first hour, without the running hour"),
        pytest.param("2026-11-18T07:10", {"running_hour": False}, id="after the first hour"),
        pytest.param("2026-11-18T20:10", {}, id="in the evening"),
        pytest.param("2026-11-18T23:40", {}, id="before the first idle hour counts"),
        pytest.param("2026-11-19T00:10", {}, id="when the first idle hour counts"),
        # Invoices of before the world's day are not the sum of its hours: none may fill in for them.
        pytest.param("2026-12-01T02:30", {"invoices": 0}, id="when the month has not turned yet"),
        pytest.param("2026-12-01T04:30", {}, id="in a month in which nothing has run yet"),
    ],
)
async def test_a_first_start_where_nothing_runs_at_night(generation: str, now: str, world: dict[str, Any]) -> None:
    """A day has the zeros of its night in it, and ends when its hours have been over for long enough (case 4)."""
    async with watching(generation, at(now), **{**NIGHTS, **world}) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_night_hour_by_hour_over_a_months_turn(generation: str) -> None:
    """Month, day and budgets turn during the night; in the morning usage goes on."""
    began = at("2026-11-30T19:10")
    async with watching(generation, began, **NIGHTS) as (asked, polls):
        for hour in range(14):
            asked.hand.now = began + hour * HOUR
            await polls.poll()
            await assert_shown(polls)
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_pause_of_a_week(generation: str) -> None:
    """During the pause all that goes on is zero and the month keeps what was spent; after it usage is added."""
    async with watching(generation, at("2026-11-09T22:30"), **PAUSE) as (asked, polls):
        for now in (
            *("2026-11-09T22:30", "2026-11-10T00:10", "2026-11-10T02:10", "2026-11-10T05:10", "2026-11-13T12:10"),
            *("2026-11-16T23:50", "2026-11-17T00:30", "2026-11-17T01:10", "2026-11-17T08:10"),
        ):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_first_start_during_a_pause(generation: str) -> None:
    """Of an account that stopped days ago the newest hour is zero, and the month is what it spent before."""
    async with watching(generation, at("2026-11-13T12:10"), **PAUSE) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_an_account_that_stopped_for_good(generation: str) -> None:
    """Its periods turn on time and are zero, however long ago it stopped (case 3)."""
    async with watching(generation, at("2026-11-30T19:30"), **STOPPED) as (asked, polls):
        for now in (
            *("2026-11-30T19:30", "2026-11-30T20:10", "2026-11-30T22:30", "2026-12-01T02:10", "2026-12-01T06:30"),
            *("2026-12-04T12:30", "2026-12-20T09:10", "2027-01-01T00:10", "2027-01-02T06:30"),
        ):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
@pytest.mark.parametrize("now", ["2026-12-01T06:30", "2026-12-04T12:30"])
async def test_a_first_start_after_an_account_stopped(generation: str, now: str) -> None:
    """The new month is zero and the last one is what it was (case 3)."""
    async with watching(generation, at("2026-11-30T19:30"), **STOPPED) as (asked, polls):
        asked.hand.now = at(now)
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_restart_of_an_account_that_stopped(generation: str, tmp_path: Path) -> None:
    """Zeros stay zeros over a restart."""
    world = {**STOPPED, "generation": generation, "rate_limit": 1_000_000}
    async with simulated(tmp_path, at("2026-11-30T19:30"), DECLARED, **world) as life:
        polls = Polls(life.pair, DIALECTS[generation], DECLARED)
        await polls.poll()
        for now in ("2026-12-01T06:30", "2026-12-04T12:30"):
            await life.restart()
            life.pair.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-11-02T11:10", id="one hour after"),
        pytest.param("2026-11-02T20:30", id="the newest day has both"),
        pytest.param("2026-11-03T12:30", id="the newest day has the new one"),
        pytest.param("2026-12-01T00:20", id="the month's turn"),
        pytest.param("2026-12-02T05:30", id="the month after"),
    ],
)
async def test_a_first_start_after_the_currency_changed(now: str) -> None:
    """Each currency has series of its own, and a budget counts what is in its own (case 2)."""
    async with watching("2026-10", at(now), OF_EUROS, **EUROS) as (_, polls):
        await polls.poll()
        await assert_shown(polls)


async def test_the_currency_changes() -> None:
    """Hour by hour: nothing is added across, and the old currency stays in the month at zero an hour (case 2).

    In the first hour after the change it is not known what the unbilled spend, which is nothing yet, is in.
    """
    async with watching("2026-10", at("2026-11-02T08:30"), OF_EUROS, **EUROS) as (asked, polls):
        for now in ("2026-11-02T08:30", "2026-11-02T09:10"):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)
        asked.hand.now = at("2026-11-02T10:10")
        await polls.poll()
        for now in ("2026-11-02T11:10", "2026-11-02T12:10"):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)
        await polls.poll_until_caught_up()
        await assert_caught_up(polls)
        for now in ("2026-11-03T11:10", "2026-12-01T01:10"):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)


async def test_a_restart_after_the_currency_changed(tmp_path: Path) -> None:
    """What is known in each currency is kept over a restart."""
    async with simulated(tmp_path, at("2026-11-02T09:10"), OF_EUROS, rate_limit=1_000_000, **EUROS) as life:
        polls = Polls(life.pair, DIALECTS["2026-10"], OF_EUROS)
        await polls.poll()
        life.pair.hand.now = at("2026-11-02T12:10")
        await polls.poll()
        await assert_shown(polls)
        await life.restart()
        life.pair.hand.now = at("2026-11-02T13:10")
        await polls.poll()
        await assert_shown(polls)


@pytest.mark.parametrize(("generation", "scope", "answer"), FORGETTING)
async def test_something_is_forgotten(generation: str, scope: str, answer: ForgottenAnswer) -> None:
    """What was shown as spent stays, of the month, the day, and budgets; the account's figures are whole (case 1)."""
    async with watching(generation, at("2026-11-02T13:02"), **_forgetting(scope, answer)) as (asked, polls):
        await polls.poll_until_caught_up()
        for now in ("2026-11-02T14:10", "2026-11-02T14:40", "2026-11-02T15:10", "2026-11-02T16:10", "2026-11-02T20:10"):
            asked.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)


@pytest.mark.parametrize(
    ("generation", "scope", "answer"),
    [
        *(pytest.param("2026-10", "a project", answer, id=f"2026-10, a project, {answer}") for answer in ANSWERS),
        *(pytest.param("2026-10", scope, "empty", id=f"2026-10, {scope}") for scope in list(SCOPES)[1:]),
        *FORGETTING_2026_06,
    ],
)
async def test_a_first_start_after_something_was_forgotten(
    generation: str, scope: str, answer: ForgottenAnswer
) -> None:
    """What nobody can attribute any more stands under `_other`; a budget of what was never seen has no spend."""
    async with watching(generation, at("2026-11-02T13:02"), **_forgetting(scope, answer)) as (asked, polls):
        asked.hand.now = at("2026-11-02T16:02")
        await polls.poll()
        await assert_shown(polls)
        await polls.poll_until_caught_up()
        await assert_shown(polls)


@pytest.mark.parametrize("generation", WITH_HOURS)
async def test_a_restart_after_something_was_forgotten(generation: str, tmp_path: Path) -> None:
    """What was spent is kept over a restart (case 1)."""
    world = {**_forgetting("a project", "404"), "generation": generation, "rate_limit": 1_000_000}
    async with simulated(tmp_path, at("2026-11-02T13:02"), DECLARED, **world) as life:
        polls = Polls(life.pair, DIALECTS[generation], DECLARED, forgets=world["forgets"])
        await polls.poll_until_caught_up()
        life.pair.hand.now = at("2026-11-02T14:10")
        await polls.poll()
        for now in ("2026-11-02T14:40", "2026-11-02T16:10"):
            await life.restart()
            life.pair.hand.now = at(now)
            await polls.poll()
            await assert_shown(polls)
