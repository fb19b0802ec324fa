from decimal import Decimal

import pytest

from tests.sandbox.going import HOUR, PLAIN, USAGE, going, page
from tests.sandbox.reaching import NOW, data

START, END = int(NOW) - HOUR, int(NOW)


@pytest.mark.parametrize(
    ("generation", "categories", "clusters", "quantities"),
    [
        pytest.param("2024", {"paas", "byoc"}, 0, set(), id="2024"),
        pytest.param("2026-06", {"paas", "byoc"}, 0, set(), id="2026-06"),
        pytest.param(
            "2026-10",
            {"paas", "byoc", "egress_ip", "load_balancer"},
            2,
            {"paas", "byoc", "egress_ip", "load_balancer"},
            id="2026-10",
        ),
    ],
)
async def test_usage_of_a_generation(
    generation: str, categories: set[str], clusters: int, quantities: set[str]
) -> None:
    """The ledger of a time tells what the generation can tell; its total is that of these categories."""
    async with going(generation=generation) as hand:
        told = await hand.ledger(START, END)
    assert ("usd", START, END) == (told["currency"], told["start"], told["end"])
    assert (categories, clusters) == (set(told["categories"]), len(told["clusters"]))
    assert quantities == set(told["quantities"])
    assert Decimal(told["total"]) == sum(Decimal(price["total"]) for price in told["categories"].values())
    assert Decimal(told["categories"]["paas"]["total"]) == sum(
        Decimal(team["price"]["total"]) for team in told["teams"]
    )


async def test_quantities() -> None:
    """Quantities are those of the API, in unit-hours."""
    async with going() as hand:
        told = (await hand.ledger(START, END))["quantities"]
        sent = (await data(hand.client, USAGE, startTime=START, endTime=END, **PLAIN))["usage"][0]
    assert Decimal(told["paas"]["vcpu_hours"]) == Decimal(repr(sent["paas"]["usage"]["vcpuHours"])) > 0
    assert Decimal(told["paas"]["gpu_spot_hours"]) == Decimal(repr(sent["paas"]["usage"]["gpuSpotHours"]))
    assert (
        Decimal(told["byoc"]["gpu_memory_gib_hours"]) == Decimal(repr(sent["byoc"]["usage"]["gpuMemoryGiBHours"])) > 0
    )
    assert ("1", "2") == (told["egress_ip"]["hours"], told["load_balancer"]["hours"])


async def test_depth() -> None:
    """The tree of a time ends at the level asked for."""
    async with going() as hand:
        teams = (await hand.ledger(START, END, depth="project"))["teams"]
        assert [] == teams[0]["projects"][0]["resource_types"]
        assert [] == (await hand.ledger(START, END, depth="account"))["teams"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param({"start": "1"}, "end must be a Unix timestamp", id="no end"),
        pytest.param({"end": "1"}, "start must be a Unix timestamp", id="no start"),
        pytest.param({"start": "noon", "end": "1"}, "start must be a Unix timestamp", id="a word"),
        pytest.param(
            {"start": "0", "end": "1", "depth": "country"},
            "depth must be one of account, team, project, resource_type, resource",
            id="no level",
        ),
    ],
)
async def test_impossible_times(query: dict[str, str], message: str) -> None:
    """A time without its ends is refused."""
    async with going() as hand:
        response = await hand.client.get("/-/ledger/usage", params=query)
        assert (400, message) == (response.status_code, response.json()["error"]["message"])


async def test_credits() -> None:
    """The ledger of the credits has exact amounts in major units."""
    expected = {
        "currency": "usd",
        "synced": int(NOW),
        "customer_balance": "25.00000000",
        "grants_available": "100.00000000",
        "grants_pending": "50.00000000",
        "available": "125.00000000",
    }
    async with going() as hand:
        assert expected == await page(hand.client, "/-/ledger/credits")
