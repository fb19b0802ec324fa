"""How many requests a first start may take."""

from tests.e2e.dialect import Dialect
from tests.e2e.expected import World


def planned(dialect: Dialect, world: World, detail: str = "resource") -> int:
    """The requests of a first start, by the plan: detection, list, one for each invoice, and the drill-down."""
    detection = 1 if dialect.has_ids else 3
    requests = detection + 1 + len(world.shown)
    teams = world.latest["teams"] if world.latest else []
    if dialect.type_filters and detail != "team":
        requests += len(teams) if len(teams) > 1 else 0
    if dialect.type_filters and detail not in {"team", "project"}:
        requests += sum(min(len(team["projects"]), dialect.type_filters) for team in teams)
    return requests
