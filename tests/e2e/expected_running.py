"""What goes on at an instant, as the sandbox's ledger tells it, and how much of it an exporter can know."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from exporter.domain.budget import Declared
from exporter.sandbox import Forgotten
from tests.e2e.dialect import Dialect, Ledger
from tests.e2e.expected import Line, World, components, rows
from tests.e2e.expected_periods import DAY, HOUR, hour_from, month
from tests.e2e.figures import Figures

LATE_AFTER = 3 * HOUR
"""How long an hour that is not listed is waited for, by default: after that it counts as zero."""
LONGEST_GAP = 100 * DAY
PAST_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Listing:
    """How the API lists hours: so many hours late, and with the running hour or without."""

    late_hours: int = 0
    running_hour: bool = True


@dataclass(frozen=True, slots=True)
class Horizon:
    """Where the figures end: the end of the newest complete hour that is listed, and that of all that counts."""

    listed: int
    through: int


async def horizon(http: httpx.AsyncClient, now: float, listing: Listing) -> Horizon:
    """Where the figures of a poll end.

    An hour that is not listed counts as zero when it has been over for LATE_AFTER, or when a later one is listed: the
    running hour too.
    """
    complete = complete_until(now, listing.late_hours)
    idle = await _idle(http, complete - LONGEST_GAP, complete)
    listed = hour_from(idle[-1][0]) if idle and idle[-1][1] == complete else complete
    late = int(now - LATE_AFTER) // HOUR * HOUR
    has_running = listing.running_hour and not listing.late_hours and int(now) > complete
    if has_running and [(complete, int(now))] != await _idle(http, complete, int(now)):
        return Horizon(listed, complete)
    return Horizon(listed, max(listed, late))


def complete_until(now: float, late_hours: int) -> int:
    """The end of the newest complete hour that the API can tell of."""
    return (int(now) // HOUR - late_hours) * HOUR


@dataclass(frozen=True, slots=True)
class Running:
    """An instant: `world` is what the last poll of the invoices saw, `now` is when usage was polled.

    `unbilled_from` is the instant from which on usage is not billed, None where nobody can tell it. `known_since` is
    where the hours begin that are known one by one, `seen` are the hours that are known by project: what a generation
    without filters can add up. `forgotten` are the rules in force by which the API forgets. `pages` are those of the
    ledger that were asked for already.
    """

    http: httpx.AsyncClient
    world: World
    now: float
    horizon: Horizon
    unbilled_from: int | None
    declared: Declared
    known_since: int
    seen: frozenset[int]
    forgotten: tuple[Forgotten, ...] = ()
    pages: dict[tuple[int, int, str], Ledger] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """The generation spoken."""
        return self.world.dialect

    @property
    def through(self) -> int:
        """The end of the newest hour that counts."""
        return self.horizon.through

    @property
    def has_currency(self) -> bool:
        """Whether it can be known what the amounts are in: where usage does not say, the newest invoice does."""
        return self.dialect.states_usage_currency or bool(self.world.invoices)

    @property
    def has_resources(self) -> bool:
        """Whether sums by resource are shown."""
        return self.has_currency and self.dialect.has_hours and "resource" in self.dialect.levels

    def has_hours(self, start: int) -> bool:
        """Whether the account's figures from then on have to be known."""
        return self.dialect.filters_usage or start >= self.known_since

    async def has_trees(self, start: int, end: int) -> bool:
        """Whether the figures by team and project of a time have to be known; an idle hour has nothing to know."""
        if self.dialect.filters_usage:
            return True
        idle = (await self.used(start, end))["idle"]
        nothing = {hour for each in idle for hour in range(hour_from(each["start"]), each["end"], HOUR)}
        return (self.seen | nothing).issuperset(range(start, end, HOUR))

    async def used(self, start: int, end: int, depth: str = "account") -> Ledger:
        """What was used in a time; one that has not begun yet is empty, with zeros in all that there is."""
        key = (min(start, end), end, depth)
        if key not in self.pages:
            query: dict[str, str | int] = {"start": key[0], "end": end, "depth": depth}
            answer = await self.http.get("/-/ledger/usage", params=query)
            self.pages[key] = answer.raise_for_status().json()
        return self.pages[key]

    async def by_currency(self, start: int, end: int, depth: str = "account") -> dict[str, Ledger]:
        """What was used in a time, by the currency that it is in."""
        parts = (await self.used(start, end))["currencies"]
        return {part["currency"].upper(): await self.used(part["start"], part["end"], depth) for part in parts}

    async def month_currencies(self) -> set[str]:
        """The currencies of the running month."""
        return set(await self.by_currency(month(self.through)[0], self.through))

    async def currencies(self) -> set[str]:
        """All currencies that the exporter has seen."""
        first = month(self.through, PAST_MONTHS[-1])[0] if self.dialect.filters_usage else self.known_since
        return set(await self.by_currency(first, self.through))

    async def nothing(self, depth: str = "account") -> Ledger:
        """Zeros in all that there is."""
        return await self.used(self.through, self.through, depth)


def is_zero(used: Ledger) -> bool:
    """Whether nothing was used."""
    return float(used["total"]) == 0


def add_costs(
    running: Running, figures: Figures, family: str, figure: tuple[str, Ledger], *, required: bool = True, **labels: str
) -> None:
    """Add a family by category and component; `figure` is a currency and what was used in it.

    Where nothing was used, `other` may stand beside the parts.
    """
    currency, used = figure
    lines: list[Line] = []
    for category, parts in running.dialect.parts.items():
        told = {"currency": currency, **labels, "category": category}
        found = dict(components(used["categories"][category], parts))
        lines += [(family, {**told, "component": component}, value) for component, value in found.items()]
        if is_zero(used) and "other" not in found:
            figures.may([(family, {**told, "component": "other"}, 0)])
    figures.add(lines, required=required)


def tree_costs(
    running: Running, prefix: str, figure: tuple[str, Ledger], levels: tuple[str, ...], **more: str
) -> Iterator[Line]:
    """The families `PREFIX_LEVEL_cost` of those of the levels that are shown."""
    currency, used = figure
    for level, labels, row in rows(running.world, used):
        if level in running.dialect.levels and level in levels:
            for component, value in components(row["price"], running.dialect.parts["paas"]):
                told = {"currency": currency, **labels, **more, "component": component}
                yield f"{prefix}_{level}_cost", told, value


async def _idle(http: httpx.AsyncClient, start: int, end: int) -> list[tuple[int, int]]:
    query: dict[str, str | int] = {"start": start, "end": end, "depth": "account"}
    page = (await http.get("/-/ledger/usage", params=query)).raise_for_status().json()
    return [(each["start"], each["end"]) for each in page["idle"]]
