"""The teams and projects of hours: fetched once each, and anew where the account's list says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from exporter.background import Background
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.errors import NotFoundError
from exporter.northflank.usage.hour_trees import Asking
from exporter.northflank.usage.project_hours import ProjectHours
from exporter.northflank.wire.generations import WIRES
from tests.northflank.asking import Json, client_of, ok, refused
from tests.northflank.usage.listed import at, row_of

NOON = at("2026-11-22T12:00")
HOUR = 3600.0


@dataclass
class Detailed:
    """One team's hours, at these dollars; an hour without any is unknown. What was asked for is kept, hour by hour."""

    dollars: dict[float, int | str | None]
    asked: list[float] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The detail of an hour."""
        start = float(request.url.path.rpartition("/")[2])
        self.asked.append(start)
        if start not in self.dollars:
            return refused(404)
        total = self.dollars[start]
        price: Json = {} if total is None else {"price": {"total": float(total)}}
        project = {"id": "api", "price": {"total": 1}}
        team = {"id": "acme", "price": {"total": 1}, "projects": [project]}
        return ok({"timestamp": start, "currency": "usd", "paas": {**price, "teams": [team]}})

    @property
    def hours(self) -> ProjectHours:
        """Its hours."""
        wire = WIRES[Generation.C]
        return ProjectHours(Asking(client_of(self), Background(), wire, wire.unit).about, wire, Level.RESOURCE)


def detailed(*hours_ago: int) -> Detailed:
    """Hours at a dollar that began so long before noon."""
    dollars: Mapping[float, int] = dict.fromkeys((NOON - ago * HOUR for ago in hours_ago), 1)
    return Detailed(dict(dollars))


async def test_each_once_newest_first() -> None:
    """An hour that is there is not fetched again; the newest come first."""
    server = detailed(1, 2, 3)
    hours = server.hours
    await hours.fetch([NOON - 2 * HOUR], "USD")
    await hours.fetch([NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR], "USD")
    assert [NOON - 2 * HOUR, NOON - HOUR, NOON - 3 * HOUR] == server.asked
    assert {(), ("acme",), ("acme", "api")} == set(hours.rows[NOON - HOUR])
    assert hours.rows[NOON - HOUR] is hours.newest


async def test_corrected() -> None:
    """An hour that the list has at another price is let go, others are not."""
    hours = detailed(1, 2).hours
    await hours.fetch([NOON - HOUR, NOON - 2 * HOUR], "USD")
    hours.drop_corrected([row_of(NOON - HOUR, "1.0000001"), row_of(NOON - 2 * HOUR, "1.01"), row_of(NOON - 9 * HOUR)])
    assert {NOON - HOUR} == set(hours.rows)


async def test_a_list_and_a_detail_that_never_agree() -> None:
    """An hour is asked for again once for each price that the list comes to, not with every poll."""
    server = detailed(1)
    hours = server.hours
    for listed in ("2", "2", "2", "3", "3"):
        hours.drop_corrected([row_of(NOON - HOUR, listed)])
        await hours.fetch([NOON - HOUR], "USD")
    assert 1 + 1 + 1 == len(server.asked)


async def test_a_detail_without_a_price() -> None:
    """Where an hour's own price is not told it cannot be seen to be corrected."""
    server = Detailed({NOON - HOUR: None})
    hours = server.hours
    await hours.fetch([NOON - HOUR], "USD")
    hours.drop_corrected([row_of(NOON - HOUR, 5)])
    assert {NOON - HOUR} == set(hours.rows)


async def test_an_hour_that_the_api_does_not_know() -> None:
    """Before an account began, and while nothing was used, an hour is unknown: it adds nothing."""
    server = detailed(1)
    hours = server.hours
    hours.drop_corrected([row_of(NOON - HOUR)])
    await hours.fetch([NOON - 2 * HOUR, NOON - HOUR], "USD")
    assert {} == hours.rows[NOON - 2 * HOUR]
    hours.drop_corrected([row_of(NOON - HOUR)])
    await hours.fetch([NOON - 2 * HOUR], "USD")
    assert 2 == len(server.asked)


async def test_an_unknown_hour_that_appears() -> None:
    """One that the list comes to tell of after all is fetched."""
    server = detailed(1)
    hours = server.hours
    await hours.fetch([NOON - 2 * HOUR], "USD")
    server.dollars[NOON - 2 * HOUR] = 1
    hours.drop_corrected([row_of(NOON - 2 * HOUR)])
    await hours.fetch([NOON - 2 * HOUR], "USD")
    assert ("acme", "api") in hours.rows[NOON - 2 * HOUR]


async def test_a_listed_hour_that_is_unknown() -> None:
    """An hour that the list tells of has a detail: that there is none is a fault, and not nothing used."""
    hours = detailed().hours
    hours.drop_corrected([row_of(NOON - HOUR)])
    with pytest.raises(NotFoundError):
        await hours.fetch([NOON - HOUR], "USD")
    assert {} == hours.rows


async def test_a_failure_keeps_what_came() -> None:
    """Hours that were answered before one failed stay."""
    server = detailed(1)
    hours = server.hours
    hours.drop_corrected([row_of(NOON - 2 * HOUR)])
    with pytest.raises(NotFoundError):
        await hours.fetch([NOON - 2 * HOUR, NOON - HOUR], "USD")
    assert {NOON - HOUR} == set(hours.rows)


async def test_dropping() -> None:
    """Hours are let go before an instant, and from one on; the instant itself begins what comes after."""
    hours = detailed(1, 2, 3).hours
    assert None is hours.newest
    await hours.fetch([NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR], "USD")
    hours.drop_before(NOON - 2 * HOUR)
    assert {NOON - 2 * HOUR, NOON - HOUR} == set(hours.rows)
    hours.drop_from(NOON - HOUR)
    assert {NOON - 2 * HOUR} == set(hours.rows)


async def test_over_a_restart() -> None:
    """Each hour is a part of its own, and is there again after a restart."""
    server = detailed(1)
    before, after = server.hours, server.hours
    await before.fetch([NOON - HOUR], "USD")
    assert [f"project_hour.{int(NOON - HOUR)}"] == list(before.memory())
    after.resume(before.memory())
    assert before.rows == after.rows
