"""For any world, generation, paging and rounding that the API's documents leave open: what is shown adds up."""

import asyncio
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from tests.e2e.dialect import DIALECTS
from tests.e2e.expected import Labels, Series, World, expected
from tests.e2e.plan import planned
from tests.faults.pair import Pair, pair

pytestmark = pytest.mark.process

UNATTRIBUTED = "northflank_invoice_unattributed_cost"
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # a smaller world is no clearer, and takes minutes to find


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which a server may be, within what is documented."""

    generation: Literal["2024", "2026-06", "2026-10"]
    seed: int
    teams: int
    projects: int
    resources: int
    invoices: int
    rounding: Literal["exact", "row"]
    noise: bool
    page_cap: int | None
    resource_pages: Literal["within", "across"]
    says_more: bool
    detail_paging: bool
    unlisted_types: bool
    strict_parameters: bool
    legacy_fields: bool

    @property
    def tolerance(self) -> float:
        """How far a shown figure may be from the ledger's: what the server itself rounds away, and floats."""
        return 0.005 + 1e-6 if self.rounding == "row" else 1e-6

    @property
    def hides_its_rounding(self) -> bool:
        """Whether rows are rounded to cents, but noise makes them look finer: what is left over is then shown."""
        return self.rounding == "row" and self.noise

    @property
    def may_hide_what_is_worth_nothing(self) -> bool:
        """Whether pages end early without a word: prices that add up are all that tells of their end."""
        return self.generation == "2026-10" and self.page_cap is not None and not self.says_more


VARIANTS = st.builds(
    Variant,
    generation=st.sampled_from(["2024", "2026-06", "2026-10", "2026-10"]),
    seed=st.integers(1, 1000),
    teams=st.integers(0, 3),
    projects=st.integers(1, 9),
    resources=st.integers(0, 8),
    invoices=st.integers(1, 8),
    rounding=st.sampled_from(["exact", "row"]),
    noise=st.booleans(),
    page_cap=st.sampled_from([None, None, 1, 2, 3, 7]),
    resource_pages=st.sampled_from(["within", "across"]),
    says_more=st.booleans(),
    detail_paging=st.booleans(),
    unlisted_types=st.booleans(),
    strict_parameters=st.booleans(),
    legacy_fields=st.booleans(),
)


def series_of(exposition: str) -> Series:
    """Every series of an exposition, once."""
    found: Series = {}
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            key: tuple[str, Labels] = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def without_component(series: Series) -> dict[tuple[str, Labels], float]:
    """The series with their components added up."""
    totals: dict[tuple[str, Labels], float] = defaultdict(float)
    for (name, labels), value in series.items():
        totals[name, frozenset(label for label in labels if label[0] != "component")] += value
    return dict(totals)


def without(series: dict[tuple[str, Labels], float], name: str) -> dict[tuple[str, Labels], float]:
    """The series but for one family."""
    return {key: value for key, value in series.items() if key[0] != name}


def worth_something(series: dict[tuple[str, Labels], float], floor: float) -> dict[tuple[str, Labels], float]:
    """The series without rows whose price may be nothing, and without names."""
    return {
        key: value
        for key, value in series.items()
        if key[0] == UNATTRIBUTED
        or not (key[0].endswith("_info") or (key[0].endswith("_cost") and abs(value) <= floor))
    }


def total(series: Series, name: str, **labels: str) -> float:
    """The sum of a family's series with those labels."""
    return sum(value for (each, has), value in series.items() if each == name and labels.items() <= has)


def rows(series: Series, name: str) -> int:
    """How many rows a cost family has, components apart."""
    return sum(1 for each, _ in without_component(series) if each == name)


async def shown_by(asked: Pair) -> tuple[str, World]:
    """What one poll shows, and the ledger that it should be."""
    await asked.poll_invoices()
    assert (1, 1) == asked.up()
    return asked.billing(), World(await asked.ledger(), DIALECTS["2026-10"], "acme", asked.hand.now)


def assert_levels_add_up(series: Series, levels: tuple[str, ...], tolerance: float) -> None:
    """Each level and what it leaves over are the level above it."""
    above, above_rows = total(series, "northflank_invoice_cost", category="paas", **latest(series)), 1
    for level in levels:
        name = f"northflank_invoice_{level}_cost"
        left = total(series, UNATTRIBUTED, level=level)
        count = rows(series, name)
        assert above == pytest.approx(total(series, name) + left, abs=tolerance * (count + above_rows) + 1e-6), level
        above, above_rows = total(series, name), count


def latest(series: Series) -> dict[str, str]:
    """The label that selects the newest invoice that bills usage."""
    found = [dict(labels) for name, labels in series if name == "northflank_latest_invoice_info"]
    return {"invoice_id": found[0]["invoice_id"]} if found else {"invoice_id": "none"}


async def check(variant: Variant) -> None:
    """All that holds for a variant."""
    dialect = DIALECTS[variant.generation]
    async with pair(**asdict(variant)) as asked:
        text, world = await shown_by(asked)
        world = World(world.ledger, dialect, "acme", asked.hand.now)
        series = series_of(text)
        wanted, found = without_component(expected(world)), without_component(series)
        if variant.may_hide_what_is_worth_nothing:
            wanted, found = worth_something(wanted, variant.tolerance), worth_something(found, variant.tolerance)
        assert wanted.keys() == found.keys()
        if variant.hides_its_rounding:
            wanted, found = without(wanted, UNATTRIBUTED), without(found, UNATTRIBUTED)
        assert wanted == pytest.approx(found, abs=variant.tolerance)
        if world.latest and "paas" in world.latest["categories"]:
            assert_levels_add_up(series, dialect.levels, variant.tolerance)
        requests = len(await asked.requests())
        if not (variant.page_cap or variant.unlisted_types or variant.hides_its_rounding) and world.latest:
            assert planned(dialect, world) == requests
    async with pair(**asdict(variant)) as again:
        await again.poll_invoices()
        assert text == again.billing()


@settings(max_examples=60, phases=PHASES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(VARIANTS)
def test_what_is_shown_adds_up(variant: Variant) -> None:
    """Components give the API's totals, levels the level above; nothing is lost or twice, at the planned requests."""
    with capture_logs():
        asyncio.run(check(variant))
