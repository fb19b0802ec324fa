"""Usage as the clock goes on: lists, hours with their trees, late and corrected hours."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.going import (
    DAY,
    HOUR,
    MIDNIGHT,
    NOVEMBER,
    PLAIN,
    USAGE,
    amount,
    going,
    prices,
)
from tests.sandbox.reaching import NOW, Json, body, data


@pytest.mark.parametrize(
    ("granularity", "filters"),
    [
        pytest.param("day", {}, id="days"),
        pytest.param("month", {}, id="months"),
        pytest.param("total", {}, id="total"),
        pytest.param("day", {"teamId": "web"}, id="days of a team"),
        pytest.param("total", {"projectId": "api", "resourceType": "job"}, id="total of jobs in some projects"),
    ],
)
async def test_hours_make_any_granularity(granularity: str, filters: dict[str, str]) -> None:
    """Hours add up to days, months and a total, over a month's turn, with filters and without, page by page."""
    window: dict[str, str | int] = {
        "startTime": NOVEMBER - 3 * DAY + HOUR,
        "endTime": NOVEMBER + 2 * DAY,
        "perPage": 100,
        **filters,
        **PLAIN,
    }
    async with going() as hand:
        coarse = (await data(hand.client, USAGE, granularity=granularity, **window))["usage"]
        pages = [await body(hand.client, USAGE, **window)]
        while pages[-1]["pagination"]["hasNextPage"]:
            pages.append(await body(hand.client, USAGE, **window, cursor=pages[-1]["pagination"]["cursor"]))
        hours = [row for page in pages for row in page["data"]["usage"]]
    assert 5 * 24 - 1 == len(hours)
    for price in (lambda row: row["total"], lambda row: row["paas"]["price"]["cpu"], _byoc_hours):
        assert sum(map(amount, map(price, coarse))) == sum(map(amount, map(price, hours))) > 0


def _byoc_hours(row: Json) -> object:
    return row["byoc"]["usage"]["clusterHours"]


async def test_rows_of_the_usage_list() -> None:
    """Rows are named by the beginning of their day in UTC, newest first; the window is that of the hours asked for."""
    async with going() as hand:
        usage = await data(hand.client, USAGE, granularity="day", startTime=MIDNIGHT - DAY + HOUR, **PLAIN)
        assert "day" == usage["granularity"]
        assert {"start": MIDNIGHT - DAY + HOUR, "end": int(NOW)} == usage["window"]
        assert [MIDNIGHT, MIDNIGHT - DAY] == [row["timestamp"] for row in usage["usage"]]


@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_hour_has_its_tree(generation: str) -> None:
    """An hour of the list is what its tree comes to, and what the ledger says."""
    async with going(generation=generation) as hand:
        hour = int(NOW) - 9 * HOUR
        listed = (await data(hand.client, USAGE, startTime=hour, endTime=hour + HOUR))["usage"]
        detail = await data(hand.client, f"{USAGE}/{hour}")
        told = await hand.ledger(hour, hour + HOUR)
        field, unit = ("paas", 1) if generation == "2026-10" else ("paasUsage", 100)
        assert listed[0][field]["price"] == detail[field]["price"]
        teams = {team["id"]: amount(team["price"]["total"]) / unit for team in detail[field]["teams"]}
        assert {team["id"]: Decimal(team["price"]["total"]) for team in told["teams"]} == teams
        assert Decimal(told["categories"]["paas"]["total"]) == sum(teams.values())


async def test_filtered_hour() -> None:
    """A filter narrows an hour's prices as it does an invoice's."""
    async with going() as hand:
        hour = int(NOW) - 14 * HOUR
        detail = await data(hand.client, f"{USAGE}/{hour}", teamId="web", resourceType="service", **PLAIN)
        listed = await data(
            hand.client, USAGE, startTime=hour, endTime=hour + HOUR, teamId="web", resourceType="service"
        )
        team = detail["paas"]["teams"][0]
        expected = sum(
            Decimal(price["total"])
            for path, price in prices(await hand.ledger(hour, hour + HOUR))
            if (path[0], *path[2:]) == ("web", "service")
        )
        assert expected == amount(team["price"]["total"]) == amount(listed["usage"][0]["paas"]["price"]["total"])
        assert listed["usage"][0]["total"] == detail["total"]
        assert {"service"} == {row["resourceType"] for one in team["projects"] for row in one["resourceTypes"]}


async def test_running_hour() -> None:
    """The list already holds the running hour, as far as it has run, and grows by the second."""
    async with going() as hand:
        hand.now += 1_800
        running = (await data(hand.client, USAGE, **PLAIN))["usage"][0]
        assert int(NOW) == running["timestamp"]
        assert Decimal((await hand.ledger(NOW, NOW + 1_800))["total"]) == amount(running["total"])
        assert running["total"] == (await data(hand.client, f"{USAGE}/{int(NOW)}"))["total"]
        hand.now += 1
        assert running["total"] < (await data(hand.client, USAGE, **PLAIN))["usage"][0]["total"]


@pytest.mark.parametrize(
    ("changes", "newest"),
    [
        pytest.param({"running_hour": False}, int(NOW) - HOUR, id="running hour hidden"),
        pytest.param({"late_hours": 2}, int(NOW) - 3 * HOUR, id="two hours late"),
    ],
)
async def test_hours_that_are_not_told_yet(changes: dict[str, Any], newest: int) -> None:
    """Neither list, totals nor details tell of an hour that is running or late; it comes when its time has come."""
    async with going(**changes) as hand:
        hand.now += 60
        total = await data(hand.client, USAGE, granularity="total", startTime=MIDNIGHT - DAY, **PLAIN)
        assert newest == (await data(hand.client, USAGE))["usage"][0]["timestamp"]
        assert Decimal((await hand.ledger(MIDNIGHT - DAY, newest + HOUR))["total"]) == amount(
            total["usage"][0]["total"]
        )
        assert 404 == (await hand.client.get(f"{USAGE}/{newest + HOUR}")).status_code
        hand.now += HOUR
        assert newest + HOUR == (await data(hand.client, f"{USAGE}/{newest + HOUR}"))["timestamp"]


async def test_corrected_hour() -> None:
    """Five hours after its end an hour has another price, in the list, in its tree and in what sums it up."""
    five = MIDNIGHT + 5 * HOUR
    async with going(MIDNIGHT + 6 * HOUR, corrections=True) as hand:
        query: dict[str, str | int] = {"startTime": five, "endTime": five + HOUR, **PLAIN}
        first = (await data(hand.client, USAGE, **query))["usage"][0]
        assert first["total"] == (await data(hand.client, f"{USAGE}/{five}"))["total"]
        hand.now += 5 * HOUR
        corrected = (await data(hand.client, USAGE, **query))["usage"][0]
        assert corrected["total"] > first["total"]
        detail = await data(hand.client, f"{USAGE}/{five}")
        assert (corrected["total"], corrected["paas"]["price"]) == (detail["total"], detail["paas"]["price"])
        assert corrected["total"] == (await data(hand.client, USAGE, granularity="total", **query))["usage"][0]["total"]


async def test_deleted_resource() -> None:
    """A resource is deleted at 7 o'clock of the second day: the hour before has it, the hour after lacks it."""
    async with going() as hand:
        hand.now = MIDNIGHT + 2 * DAY
        seven = MIDNIGHT + DAY + 7 * HOUR
        before, after = [dict(prices(await hand.ledger(at, at + HOUR))) for at in (seven - HOUR, seven)]
        assert [("web", "api")] == [path[:2] for path in before.keys() - after.keys() if len(path) == 4]


@pytest.mark.parametrize(
    "hour",
    [
        pytest.param(int(NOW) + HOUR, id="future"),
        pytest.param(NOVEMBER - 500 * DAY, id="before the account"),
    ],
)
async def test_hours_that_there_are_not(hour: int) -> None:
    """An hour of the future, or from before the account began, is not found."""
    async with going() as hand:
        response = await hand.client.get(f"{USAGE}/{hour}")
        assert (404, f"there is no usage for {hour}") == (response.status_code, response.json()["error"]["message"])


async def test_twelve_finished_months() -> None:
    """Usage is known of the twelve months before the running one, and more."""
    async with going() as hand:
        usage = (await data(hand.client, USAGE, granularity="month", startTime=0, **PLAIN))["usage"]
        assert 15 == len(usage)
        assert NOVEMBER == usage[0]["timestamp"]
        assert all(row["total"] > 0 for row in usage)


async def test_rounded_usage() -> None:
    """Where every row is rounded by itself, usage is to the hundredth of a cent; the ledger has it all."""
    async with going(rounding="row") as hand:
        hour = int(NOW) - HOUR
        listed = (await data(hand.client, USAGE, startTime=hour, **PLAIN))["usage"][0]
        exact = Decimal((await hand.ledger(hour, NOW))["total"])
        assert round(exact, 4) == amount(listed["total"]) != exact
