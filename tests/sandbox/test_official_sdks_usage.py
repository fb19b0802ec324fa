"""Northflank's own SDKs read the sandbox's usage and credits, each its generation, and find what the ledger has."""

from decimal import Decimal

import httpx
import pytest

from tests.sandbox.reaching import NOW, Json
from tests.sandbox.test_official_sdks import CENT, DOLLAR, amounts, read, serving, told

pytestmark = [pytest.mark.process, pytest.mark.sdk]

HOUR = 3_600
END = int(NOW)
START = END - 9 * HOUR  # the evening before
HOURS = range(END - HOUR, START - HOUR, -HOUR)


def _used(address: str, start: int, end: int) -> Json:
    query: dict[str, str | int] = {"start": start, "end": end, "depth": "team"}
    return dict(httpx.get(f"{address}/-/ledger/usage", params=query, trust_env=False).json())


@pytest.mark.parametrize(
    ("version", "generation", "paas", "byoc", "unit"),
    [
        pytest.param("2.1.0", "2026-10", "paas", "byoc", DOLLAR, id="2.1.0 reads 2026-10"),
        pytest.param("2.0.0", "2026-06", "paasUsage", "byocUsage", CENT, id="2.0.0 reads 2026-06"),
    ],
)
def test_hours(version: str, generation: str, paas: str, byoc: str, unit: Decimal) -> None:
    """The hours of a window and the teams of each are the ledger's, page by page."""
    with serving(generation) as address:
        expected = [_used(address, hour, hour + HOUR) for hour in HOURS]
        answers = read(version, address, {"what": "usage", "start": START, "end": END})
    assert list(HOURS) == [row["timestamp"] for row in answers["hours"]]
    for field, category in ((paas, "paas"), (byoc, "byoc")):
        assert [told(one["categories"][category]) for one in expected] == [
            amounts(row[field]["price"], unit) for row in answers["hours"]
        ]
    assert [{team["id"]: told(team["price"]) for team in one["teams"]} for one in expected] == [
        {team["id"]: amounts(team["price"], unit) for team in row[paas]["teams"]} for row in answers["trees"]
    ]


def test_sdk_2_1_0_reads_days_totals_and_credits() -> None:
    """Days and totals are the ledger's to the last digit; so are the credits."""
    midnight = END // (24 * HOUR) * 24 * HOUR
    with serving("2026-10") as address:
        days = [_used(address, midnight, END)["total"], _used(address, START, midnight)["total"]]
        total = _used(address, START, END)["total"]
        credit = dict(httpx.get(f"{address}/-/ledger/credits", trust_env=False).json())
        answers = read("2.1.0", address, {"what": "usage", "start": START, "end": END})
    assert list(map(Decimal, days)) == [row["total"] for row in answers["day"]]
    assert [Decimal(total)] == [row["total"] for row in answers["total"]]
    assert Decimal(credit["available"]) == answers["credits"]["total"]["available"]
    assert Decimal(credit["grants_pending"]) == answers["credits"]["grants"]["pending"]
