"""Teams, projects and types that the API forgets: what it says of them from then on, and what the ledger keeps."""

from decimal import Decimal
from typing import Any

import pytest

from exporter.sandbox import Forgotten
from exporter.sandbox.options import ForgottenAnswer
from tests.sandbox.going import (
    DAY,
    DECEMBER,
    HOUR,
    INVOICES,
    MIDNIGHT,
    NOVEMBER,
    PLAIN,
    USAGE,
    Hand,
    amount,
    going,
    prices,
)
from tests.sandbox.reaching import Json, data

AT = MIDNIGHT + 12 * HOUR
HOUR_BEFORE = AT - 3 * HOUR
PROJECT = {"team_id": "web", "project_id": "api"}
TEAM = {"team_id": "web"}
TYPE = {"resource_type": "addon"}
FILTERS = {"team_id": "teamId", "project_id": "projectId", "resource_type": "resourceType"}
SCOPES = [
    pytest.param(PROJECT, id="a project"),
    pytest.param(TEAM, id="a team"),
    pytest.param({"project_id": "staging"}, id="a project of every team"),
    pytest.param(TYPE, id="a type"),
    pytest.param({**PROJECT, **TYPE}, id="a type in a project"),
]
Scope = dict[str, str]


def _world(scope: Scope, answer: ForgottenAnswer = "empty") -> dict[str, Any]:
    return {"threshold": 0, "forgets": (Forgotten(AT, **scope, answer=answer),)}


def _asked(scope: Scope) -> dict[str, str | int]:
    return {**{FILTERS[name]: value for name, value in scope.items()}, **PLAIN}


def _within(scope: Scope, path: tuple[str, ...]) -> bool:
    named = [scope.get(name) for name in FILTERS]
    return all(wanted in (None, own) for wanted, own in zip(named, path, strict=False))


async def _spent(hand: Hand, start: int, end: int, scope: Scope) -> Decimal:
    """What the ledger says was spent in a scope."""
    rows = dict(prices(await hand.ledger(start, end)))
    return sum((price["total"] for path, price in rows.items() if len(path) == 3 and _within(scope, path)), Decimal(0))


def _paas(row: Json) -> Decimal:
    return amount(row["paas"]["price"]["total"])


@pytest.mark.parametrize("scope", SCOPES)
async def test_filters_that_name_it_find_nothing(scope: Scope) -> None:
    """Before the instant a filter finds what was spent; from then on the list of usage is empty, of past hours too."""
    async with going(AT - HOUR, **_world(scope)) as hand:
        query = {"startTime": NOVEMBER, "endTime": AT - HOUR, "granularity": "total", **_asked(scope)}
        (row,) = (await data(hand.client, USAGE, **query))["usage"]
        spent = await _spent(hand, NOVEMBER, AT - HOUR, scope)
        assert spent == _paas(row) > 0
        hand.now = AT
        assert [] == (await data(hand.client, USAGE, **query))["usage"]
        detail = await data(hand.client, f"{USAGE}/{HOUR_BEFORE}", **_asked(scope))
        assert [] == detail["paas"]["teams"]
        assert 0 == _paas(detail)
        assert spent == await _spent(hand, NOVEMBER, AT - HOUR, scope)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("answer", ["404", "400"])
@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_filters_that_name_it_are_refused(generation: str, answer: ForgottenAnswer, scope: Scope) -> None:
    """A list or a detail with such a filter is answered with 404 or 400."""
    async with going(AT - HOUR, generation=generation, **_world(scope, answer)) as hand:
        invoice = (await hand.newest_usage())["id"]
        paths = [f"{INVOICES}/{invoice}", f"{USAGE}/{HOUR_BEFORE}", *([USAGE] if generation == "2026-10" else [])]
        for now, status in ((AT - 1, 200), (AT, int(answer))):
            hand.now = now
            assert {status} == {(await hand.client.get(path, params=_asked(scope))).status_code for path in paths}


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
@pytest.mark.parametrize("scope", SCOPES)
async def test_trees_leave_it_out(generation: str, scope: Scope) -> None:
    """Trees of past hours and of invoices have lost it; the price at the root stays, as does the account's row."""
    field, unit = ("paas", 1) if generation == "2026-10" else ("paasUsage", 100)
    async with going(AT - HOUR, generation=generation, **_world(scope)) as hand:
        hand.now = AT + DAY
        newest = await hand.newest_usage()
        for path, told in (
            (f"{USAGE}/{HOUR_BEFORE}", await hand.ledger(HOUR_BEFORE, HOUR_BEFORE + HOUR)),
            (f"{INVOICES}/{newest['id']}", newest),
        ):
            detail = (await data(hand.client, path))[field]
            root = Decimal(told["categories"]["paas"]["total"])
            assert root == amount(detail["price"]["total"]) / unit
            lost = sum(
                (price["total"] for where, price in prices(told) if len(where) == 3 and _within(scope, where)),
                Decimal(0),
            )
            assert root - lost == sum(amount(team["price"]["total"]) for team in detail["teams"]) / unit
            assert lost > 0


@pytest.mark.parametrize("scope", SCOPES)
async def test_the_account_keeps_what_was_spent(scope: Scope) -> None:
    """Rows without a filter are as they were; later hours lack what runs no more."""
    query: Json = {"startTime": AT - DAY, "endTime": AT, "granularity": "total", **PLAIN}
    async with going(AT - HOUR, **_world(scope)) as hand, going(AT - HOUR, threshold=0) as other:
        for each in (hand, other):
            each.now = AT + DAY
        rows = [(await data(each.client, USAGE, **query))["usage"] for each in (hand, other)]
        assert rows[0] == rows[1]
        later = [Decimal((await each.ledger(AT, AT + HOUR))["total"]) for each in (hand, other)]
        assert later[1] - later[0] == await _spent(other, AT, AT + HOUR, scope) > 0
        assert 0 == await _spent(hand, AT, AT + HOUR, scope)


async def test_a_wider_filter_no_longer_contains_it() -> None:
    """A team's total, its hours and its row in a tree are without the deleted project."""
    async with going(AT - HOUR, **_world(PROJECT)) as hand:
        hand.now = AT + HOUR
        query: Json = {"startTime": NOVEMBER, "endTime": AT, "granularity": "total", "teamId": "web", **PLAIN}
        (row,) = (await data(hand.client, USAGE, **query))["usage"]
        assert await _spent(hand, NOVEMBER, AT, TEAM) - await _spent(hand, NOVEMBER, AT, PROJECT) == _paas(row)
        detail = await data(hand.client, f"{USAGE}/{HOUR_BEFORE}", teamId="web", **PLAIN)
        (team,) = detail["paas"]["teams"]
        assert "api" not in {project["id"] for project in team["projects"]}
        assert _paas(detail) == amount(team["price"]["total"])


async def test_a_project_id_of_another_team_is_still_known() -> None:
    """A filter by a project's id alone finds the projects of that id in the other teams."""
    async with going(AT - HOUR, **_world(PROJECT, "404")) as hand:
        hand.now = AT
        detail = await data(hand.client, f"{USAGE}/{HOUR_BEFORE}", projectId="api", **PLAIN)
        teams = {team["id"] for team in detail["paas"]["teams"]}
        assert "web" not in teams
        assert len(teams) == 3
        assert 404 == (await hand.client.get(USAGE, params={"teamId": "web", "projectId": "api"})).status_code


async def test_an_invoice_that_closes_later_has_it_in_its_price_alone() -> None:
    """What was used before it was deleted is billed, and the invoice's tree lacks it."""
    async with going(AT - HOUR, **_world(PROJECT)) as hand:
        hand.now = DECEMBER
        newest = await hand.newest_usage()
        assert DECEMBER == newest["end"]
        detail = await data(hand.client, f"{INVOICES}/{newest['id']}", **PLAIN)
        lost = await _spent(hand, NOVEMBER, DECEMBER, PROJECT)
        assert _paas(detail) - lost == sum(amount(team["price"]["total"]) for team in detail["paas"]["teams"])
        assert Decimal(newest["categories"]["paas"]["total"]) == _paas(detail)


async def test_2024_leaves_it_out_too() -> None:
    """The preview's tree has lost a deleted project."""
    async with going(AT - HOUR, generation="2024", **_world(PROJECT)) as hand:
        for now, is_there in ((AT - 1, True), (AT, False)):
            hand.now = now
            teams = (await data(hand.client, f"{INVOICES}/details"))["paasUsage"]["teams"]
            projects = {project["id"] for team in teams if team["id"] == "web" for project in team["usage"]["projects"]}
            assert is_there == ("api" in projects)


async def test_faults_idle_and_late_hours_go_on() -> None:
    """What the API forgets meets idle nights, late hours, corrections and faults."""
    world = {**_world(PROJECT), "idle_nights": True, "late_hours": 2, "corrections": True}
    async with going(AT - HOUR, **world) as hand:
        hand.now = AT + DAY
        newest = (await data(hand.client, USAGE, **PLAIN))["usage"][0]
        assert AT + DAY - 3 * HOUR == newest["timestamp"]
        assert Decimal((await hand.ledger(newest["timestamp"], newest["timestamp"] + HOUR))["total"]) == amount(
            newest["total"]
        )
        await hand.client.put("/-/faults", json=[{"fault": "status", "with": {"status": 503}}])
        assert 503 == (await hand.client.get(USAGE)).status_code
