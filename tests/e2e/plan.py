"""How many requests the invoices of a first start may take."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.e2e.dialect import Dialect
from tests.e2e.expected import World


def planned(dialect: Dialect, world: World, detail: str = "resource") -> int:
    """The requests about invoices, by the plan: the list to find the generation, the list, the details, the trees."""
    requests = 1 + 1 + len(world.shown)
    teams = world.latest["teams"] if world.latest else []
    if dialect.type_filters and detail != "team":
        requests += len(teams) if len(teams) > 1 else 0
    if dialect.type_filters and detail not in {"team", "project"}:
        requests += sum(min(len(team["projects"]), dialect.type_filters) for team in teams)
    return requests


def about_invoices(journal: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The requests for the list of invoices and for finalized ones: without a `timestamp`, 2024 tells the next one."""
    asked = [each for each in journal if each["path"].startswith("/v1/billing/invoices")]
    return [each for each in asked if not each["path"].endswith("/details") or "timestamp" in each["query"]]
