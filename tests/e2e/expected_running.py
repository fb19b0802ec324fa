"""What goes on at an instant, as the sandbox's ledger tells it, and how much of it an exporter can know."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from exporter.domain.budget import Declared
from tests.e2e.dialect import Dialect, Ledger
from tests.e2e.expected import Line, World, components, rows
from tests.e2e.expected_periods import HOUR

USD = {"currency": "USD"}


@dataclass(frozen=True, slots=True)
class Running:
    """An instant: `world` is what the last poll of the invoices saw, `now` is when usage was polled.

    `told_after_hours` is how late the API tells of an hour. `unbilled_from` is the instant from which on usage is
    not billed, None where nobody can tell it. `known_since` is where the hours begin that are known one by one,
    `seen` are the hours that are known by project: what a generation without filters can add up. `pages` are those
    of the ledger that were asked for already.
    """

    http: httpx.AsyncClient
    world: World
    now: float
    told_after_hours: int
    unbilled_from: int | None
    declared: Declared
    known_since: int
    seen: frozenset[int]
    pages: dict[tuple[int, int, str], Ledger] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """The generation spoken."""
        return self.world.dialect

    @property
    def through(self) -> int:
        """The end of the newest complete hour that the API tells of."""
        return through(self.now, self.told_after_hours)

    @property
    def has_currency(self) -> bool:
        """Whether it can be known what the amounts are in: where usage does not say, the newest invoice does."""
        return self.dialect.states_usage_currency or bool(self.world.invoices)

    def has_hours(self, start: int) -> bool:
        """Whether the account's figures from then on can be told."""
        return self.dialect.filters_usage or start >= self.known_since

    def has_trees(self, start: int, end: int) -> bool:
        """Whether the figures by team and project of a time can be told."""
        return self.dialect.filters_usage or self.seen.issuperset(range(start, end, HOUR))

    async def used(self, start: int, end: int, depth: str = "account") -> Ledger:
        """What was used in a time; one that has not begun yet is empty, with zeros in all that there is."""
        key = (min(start, end), end, depth)
        if key not in self.pages:
            query: dict[str, str | int] = {"start": key[0], "end": end, "depth": depth}
            answer = await self.http.get("/-/ledger/usage", params=query)
            self.pages[key] = answer.raise_for_status().json()
        return self.pages[key]


def through(now: float, told_after_hours: int) -> int:
    """The end of the newest complete hour that the API tells of."""
    return (int(now) // HOUR - told_after_hours) * HOUR


def costs(running: Running, family: str, used: Ledger, **labels: str) -> Iterator[Line]:
    """A family by category and component."""
    for category, parts in running.dialect.parts.items():
        for component, value in components(used["categories"][category], parts):
            yield family, {**USD, **labels, "category": category, "component": component}, value


def tree_costs(running: Running, prefix: str, used: Ledger, levels: tuple[str, ...], **more: str) -> Iterator[Line]:
    """The families `PREFIX_LEVEL_cost` of those of the levels that are shown, and the names of all that is shown."""
    for level, labels, row in rows(running.world, used):
        if level not in running.dialect.levels:
            continue
        if level != "resource_type":
            yield f"{level}_info", {**labels, f"{level}_name": row["name"] or row["id"]}, 1
        if level in levels:
            for component, value in components(row["price"], running.dialect.parts["paas"]):
                yield f"{prefix}_{level}_cost", {**USD, **labels, **more, "component": component}, value
