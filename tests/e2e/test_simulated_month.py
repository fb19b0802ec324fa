"""A month of 720 hours in which much goes wrong: at its end, and whenever it is well, the figures are the ledger's."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.config import Poll
from tests.e2e.dialect import DIALECTS, Dialect, Ledger
from tests.e2e.expected import NAMES, Series, World, as_series, invoice_lines
from tests.e2e.expected_declared import DECLARED, SCOPED, SHORT
from tests.e2e.expected_periods import DAY, HOUR, at, month
from tests.e2e.expected_polls import ACCOUNT, SINCE, add_running, billed_until, compare
from tests.e2e.expected_resources import resource_findings
from tests.e2e.expected_running import Listing, Running, add_costs, complete_until, horizon
from tests.e2e.exposition import differences
from tests.e2e.figures import Figures
from tests.e2e.simulated import SHARE, Simulated, simulated
from tests.e2e.troubles import TROUBLES, hours
from tests.faults.test_properties import series_of

pytestmark = pytest.mark.process  # for as long as it takes

BEGAN = at("2026-11-29T20:10")
HOURS = 720
LIMIT = 100
OURS = replace(DECLARED, budgets=(SHORT[2], SCOPED[1]))
WORLD: dict[str, Any] = {
    "teams": 1,
    "projects": 2,
    "resources": 1,
    "invoices": 3,
    "threshold": 40,
    "corrections": True,
    "rate_limit": LIMIT,
    "seed": 4,
}
HOURLY = Poll(invoices=HOUR, usage=HOUR)
LINES_SHOWN = 40
LAST_SUCCESS = f'northflank_last_success_timestamp_seconds{{account="{ACCOUNT}",dataset="usage"}}'
FEW = ("northflank_month_to_date_cost", "northflank_hourly_cost", "northflank_month_to_date_through_timestamp")


class Watch:
    """Compares what is shown with the ledger."""

    def __init__(self, life: Simulated, dialect: Dialect, late_hours: int) -> None:
        self._pair = life.pair
        self._dialect = dialect
        self._late_hours = late_hours
        self._last: Series = {}
        self.compared = 0

    def is_fresh(self, since: float) -> bool:
        """Whether the account's usage was fetched since then."""
        text = self._pair.app.exposition.plain().decode()
        return any(fetched_at >= since for fetched_at in of_families(text, LAST_SUCCESS).values())

    async def compare_few(self, since: float) -> None:
        """The account's figures are the ledger's where they were just fetched, and else what they were."""
        shown = of_families(self._pair.billing(), *FEW)
        if not self.is_fresh(since):
            assert self._last == shown
            return
        running = await self._running({"invoices": []})
        end, figures = running.through, Figures()
        add_costs(running, figures, "month_to_date_cost", ("USD", await running.used(month(end)[0], end)))
        add_costs(running, figures, "hourly_cost", ("USD", await running.used(end - HOUR, end)))
        figures.must([("month_to_date_through_timestamp_seconds", {}, end)])
        groups = [as_series(ACCOUNT, group) for group in figures.allowed]
        assert_none(differences(as_series(ACCOUNT, figures.required), shown, groups))
        self._last = shown
        self.compared += 1

    async def compare_all(self) -> None:
        """Each series is the ledger's."""
        running = await self._running(await self._pair.ledger())
        figures = Figures([line for line in invoice_lines(running.world) if line[0] not in (SINCE, *NAMES)])
        await add_running(running, figures)
        shown = {key: value for key, value in series_of(self._pair.billing()).items() if not key[0].endswith(SINCE)}
        assert_none(await compare(running, figures, shown))
        assert_none(await resource_findings(running, shown))

    async def _running(self, ledger: Ledger) -> Running:
        now = self._pair.hand.now
        first = month(complete_until(BEGAN, self._late_hours))[0]
        return Running(
            http=self._pair.http,
            world=World(ledger, self._dialect, ACCOUNT, now),
            now=now,
            horizon=await horizon(self._pair.http, now, Listing(self._late_hours)),
            unbilled_from=billed_until(ledger, now),
            declared=OURS,
            known_since=first,
            seen=frozenset(range(first + 30 * DAY, int(now), HOUR)),
        )


@pytest.mark.parametrize(
    ("generation", "hours_a_poll", "world"),
    [
        # Not a poll an hour, so that each takes less than a minute: what is in between is caught up with.
        pytest.param("2026-06", 2, {"late_hours": 2}, id="2026-06, hours appear late"),
        pytest.param("2026-10", 3, {}, id="2026-10"),
    ],
)
async def test_a_month_of_troubles(generation: str, hours_a_poll: int, world: dict[str, Any], tmp_path: Path) -> None:
    """Whatever happens, no figure is wrong, no hour takes more than the share, and once it is over all is shown."""
    random = Random(generation)  # noqa: S311 - chance that can be had again
    async with simulated(tmp_path, BEGAN, OURS, poll=HOURLY, generation=generation, **WORLD, **world) as life:
        hand, watch = life.pair.hand, Watch(life, DIALECTS[generation], world.get("late_hours", 0))
        for poll, name in enumerate(hours(random, HOURS // hours_a_poll)):
            hand.now = began = max(hand.now, BEGAN + poll * hours_a_poll * HOUR)
            await TROUBLES[name].befall(life, random)
            await watch.compare_few(began)
        await watch.compare_all()
        assert {1.0} == set(up(life))
        assert LIMIT * SHARE == life.seen.most_in_an_hour()
        assert watch.compared > HOURS / hours_a_poll / 2


def up(life: Simulated) -> list[float]:
    """Whether each dataset is up."""
    text = life.pair.app.exposition.plain().decode()
    return [value for (name, _), value in series_of(text).items() if name == "northflank_up"]


def of_families(text: str, *starts: str) -> Series:
    """The series whose lines begin so."""
    lines = "".join(f"{line}\n" for line in text.splitlines() if line.startswith(starts))
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(lines)
        for sample in family.samples
    }


def assert_none(found: list[str]) -> None:
    """Nothing differs."""
    assert not found, "\n".join([f"{len(found)} differences", *found[:LINES_SHOWN]])
