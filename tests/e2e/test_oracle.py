"""The oracle itself: it accepts what the ledger says, and finds what is missing, wrong or too much."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from exporter.sandbox import FOR_GOOD, Forgotten, SandboxOptions, build_app
from tests.e2e.dialect import DIALECTS
from tests.e2e.expected import Series, World, as_series
from tests.e2e.expected_declared import DECLARED, PROJECT, TEAM
from tests.e2e.expected_forgotten import Before
from tests.e2e.expected_names import expected_names
from tests.e2e.expected_periods import DAY, HOUR, at
from tests.e2e.expected_polls import ACCOUNT, add_running, billed_until, compare
from tests.e2e.expected_resources import OTHER, add_resources, resource_findings
from tests.e2e.expected_running import Horizon, Listing, Running, horizon
from tests.e2e.exposition import differences
from tests.e2e.figures import Figures

SMALL: dict[str, Any] = {"teams": 2, "projects": 2, "resources": 2, "threshold": 0, "token": "t"}
NOW = at("2026-11-02T05:10")
FAMILY = "northflank_month_to_date_resource_cost"


@dataclass
class Faultless:
    """An instant, and what a faultless exporter shows at it."""

    running: Running
    shown: Series


@asynccontextmanager
async def faultless(generation: str = "2026-10", now: float = NOW, **world: Any) -> AsyncIterator[Faultless]:  # noqa: ANN401 - SandboxOptions says what it takes
    """What an exporter shows that knows all that the ledger does."""
    app = build_app(SandboxOptions(now=lambda: now, generation=generation, **{**SMALL, **world}))  # type: ignore[arg-type] # the caller names one
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox") as http:
        ledger = (await http.get("/-/ledger")).json()
        running = Running(
            http=http,
            world=World(ledger, DIALECTS[generation], ACCOUNT, now),
            now=now,
            horizon=await horizon(http, now, Listing()),
            unbilled_from=billed_until(ledger, now),
            declared=DECLARED,
            known_since=int(now) - 40 * DAY,
            seen=frozenset(range(int(now // HOUR) * HOUR - 40 * DAY, int(now), HOUR)),
            forgotten=world.get("forgets", ()),
        )
        figures = await _figures(running)
        await add_resources(running, figures)
        shown = as_series(ACCOUNT, figures.required)
        yield Faultless(running, shown | expected_names(running, shown, ACCOUNT))


async def _figures(running: Running) -> Figures:
    figures = Figures()
    await add_running(running, figures)
    return figures


async def findings(exporter: Faultless, shown: Series, before: Before | None = None) -> list[str]:
    """What the oracle finds when this is shown."""
    return [
        *await compare(exporter.running, await _figures(exporter.running), shown, before, caught_up=True),
        *await resource_findings(exporter.running, shown),
    ]


@pytest.mark.parametrize("generation", ["2024", "2026-06", "2026-10"])
@pytest.mark.parametrize(
    "world",
    [
        pytest.param({}, id="plain"),
        pytest.param({"idle_nights": True}, id="idle nights"),
        pytest.param({"pauses": ((int(NOW) - 9 * HOUR, FOR_GOOD),)}, id="stopped"),
    ],
)
async def test_the_ledger_is_right(generation: str, world: dict[str, Any]) -> None:
    """Whoever shows what the ledger says is right."""
    async with faultless(generation, **world) as exporter:
        assert [] == await findings(exporter, exporter.shown)


async def test_two_currencies() -> None:
    """A month with two currencies has a set of figures in each; the hour and the day have zeros in the old one."""
    async with faultless(now=at("2026-11-03T12:30"), currency_change=(int(at("2026-11-02T10:00")), "eur")) as exporter:
        assert [] == await findings(exporter, exporter.shown)
        for family in ("hourly_cost", "trailing_day_cost", "month_to_date_cost", "month_to_date_project_cost"):
            found = {dict(labels)["currency"] for name, labels in exporter.shown if name == f"northflank_{family}"}
            assert {"USD", "EUR"} == found, family


@pytest.mark.parametrize("family", ["month_to_date_cost", "trailing_day_project_cost", "month_to_date_resource_cost"])
async def test_every_series_has_to_be_right(family: str) -> None:
    """A series that is missing, wrong or too much is found."""
    async with faultless() as exporter:
        key = next(key for key, value in exporter.shown.items() if key[0] == f"northflank_{family}" and value)
        without = {each: value for each, value in exporter.shown.items() if each != key}
        assert await findings(exporter, without)
        assert await findings(exporter, exporter.shown | {key: exporter.shown[key] + 1e-6})
        more = (key[0], frozenset({**dict(key[1]), "component": "gold"}.items()))
        assert await findings(exporter, exporter.shown | {more: 1.0})


async def test_resources_sum_to_their_project() -> None:
    """Whatever is not known by resource has to stand under `_other`; no resource is more than the ledger's."""
    async with faultless() as exporter:
        key = next(key for key, value in exporter.shown.items() if key[0] == FAMILY and value > 0)
        other = {**dict(key[1]), "resource_type": OTHER, "resource_id": OTHER, "component": "other"}
        rest = (FAMILY, frozenset(other.items()))
        half = exporter.shown[key] / 2
        assert [] == await resource_findings(exporter.running, exporter.shown | {key: half, rest: half})
        assert 1 == len(await resource_findings(exporter.running, exporter.shown | {key: half}))
        assert 1 == len(await resource_findings(exporter.running, exporter.shown | {key: 3 * half, rest: -half}))


async def test_names_belong_to_what_is_shown() -> None:
    """A name that is missing, and one of nothing that is shown, is found."""
    async with faultless() as exporter:
        name = next(key for key in exporter.shown if key[0] == "northflank_resource_info")
        assert await findings(exporter, {key: value for key, value in exporter.shown.items() if key != name})
        nobody = ("northflank_team_info", frozenset({"account": ACCOUNT, "team_id": "x", "team_name": "x"}.items()))
        assert await findings(exporter, exporter.shown | {nobody: 1.0})


async def test_what_was_spent_stays() -> None:
    """A deleted project keeps what was shown of it; without it the sums are not those of the account."""
    at_once = int(NOW // HOUR) * HOUR
    async with faultless(forgets=(Forgotten(at_once, TEAM, PROJECT),)) as exporter:
        before = Before(exporter.running.through, exporter.shown)
        assert [] == await findings(exporter, exporter.shown, before)
        lost = {key: value for key, value in exporter.shown.items() if ("project_id", PROJECT) not in key[1]}
        found = await findings(exporter, lost, before)
        assert any("month_to_date_project_cost sums to" in each for each in found)
        assert any("trailing_day_project_cost of" in each for each in found)
        unspent = {key: value for key, value in exporter.shown.items() if ("budget", "project") not in key[1]}
        assert "budget project is not shown any more" in await findings(exporter, unspent, before)
        zero = {key: 0.0 if "budget_spent_amount" in key[0] else value for key, value in exporter.shown.items()}
        assert any("budget project: spent is 0.0" in each for each in await findings(exporter, zero, before))


@pytest.mark.parametrize(
    ("now", "world", "listing", "expected"),
    [
        pytest.param("2026-11-18T05:10", {}, Listing(), ("05:00", "05:00"), id="at once"),
        pytest.param("2026-11-18T05:10", {}, Listing(2), ("03:00", "03:00"), id="two hours late"),
        pytest.param("2026-11-18T05:10", {}, Listing(3), ("02:00", "02:00"), id="as late as hours are waited for"),
        pytest.param("2026-11-18T22:50", {"idle_nights": True}, Listing(), ("20:00", "20:00"), id="waiting"),
        pytest.param("2026-11-18T23:50", {"idle_nights": True}, Listing(), ("20:00", "20:00"), id="still waiting"),
        pytest.param("2026-11-19T00:10", {"idle_nights": True}, Listing(), ("20:00", "21:00"), id="one hour is zero"),
        pytest.param("2026-11-19T06:10", {"idle_nights": True}, Listing(), ("20:00", "06:00"), id="it runs again"),
        pytest.param(
            "2026-11-19T06:10", {"idle_nights": True}, Listing(0, running_hour=False), ("20:00", "03:00"), id="unseen"
        ),
        pytest.param("2026-11-19T07:10", {"idle_nights": True}, Listing(), ("07:00", "07:00"), id="listed again"),
    ],
)
async def test_where_the_figures_end(
    now: str, world: dict[str, Any], listing: Listing, expected: tuple[str, str]
) -> None:
    """An hour counts as zero three hours after its end, or as soon as a later one is listed."""
    app = build_app(SandboxOptions(now=lambda: at(now), **{**SMALL, **world}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox") as http:
        found = await horizon(http, at(now), listing)
    ends = [at(f"{now[:10]}T{each}") for each in expected]
    assert Horizon(*(int(end if end <= at(now) else end - DAY) for end in ends)) == found


def test_groups() -> None:
    """Of a group all is shown or nothing is; zeros may lack."""
    one, two, zero = (("family", frozenset({("id", each)})) for each in ("one", "two", "zero"))
    group: Series = {one: 1.0, two: 2.0, zero: 0.0}
    assert [] == differences({}, {}, [group])
    assert [] == differences({}, group, [group])
    assert [] == differences({}, {one: 1.0, two: 2.0}, [group])
    assert ["missing: family{'id': 'two'} 2.0"] == differences({}, {one: 1.0, zero: 0.0}, [group])
    assert ["family{'id': 'zero'} is 3.0, not 0.0"] == differences({}, {zero: 3.0}, [group])
