"""What is unpacked of running spend is what was packed, to the last digit."""

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.domain.accumulated import Accumulated, Base
from exporter.domain.invoice import Category
from exporter.domain.memory import KINDS, HoursSince, MonthHours, Part, kind_of, part_name
from exporter.domain.report import Dataset, UsageSection
from exporter.domain.usage import ScopedSpend, Spend, Usage
from exporter.store.payload import pack, unpack
from tests.store.keeping import REPORT
from tests.store.spending import PARTS
from tests.store.test_payload import BUSY, amounts, instants, paths, periods, prices, rows, texts

quantities = st.dictionaries(
    st.sampled_from(Category), st.dictionaries(texts, amounts, max_size=2).map(MappingProxyType), max_size=2
).map(MappingProxyType)
categories = st.dictionaries(st.sampled_from(Category), prices, max_size=3).map(MappingProxyType)
usages = st.builds(Usage, texts, categories, quantities)
spends = st.builds(Spend, periods, usages)
maybe_spends = st.none() | spends
usage_sections = st.builds(
    UsageSection,
    maybe_spends,
    maybe_spends,
    maybe_spends,
    st.dictionaries(st.integers(1, 12), spends, max_size=2).map(MappingProxyType),
    maybe_spends,
)
bases = st.dictionaries(paths, st.builds(Base, instants, prices, instants), max_size=3).map(MappingProxyType)
parts: st.SearchStrategy[Part] = st.one_of(
    st.builds(MonthHours, st.dictionaries(instants, usages, max_size=3).map(MappingProxyType)),
    st.builds(HoursSince, instants, instants),
    st.builds(ScopedSpend, periods, texts, rows),
    st.builds(Accumulated, instants, st.none() | instants, bases),
)


@BUSY
@given(usage_sections)
def test_usage_comes_back(section: UsageSection) -> None:
    """What was spent is shown as it was, each price in its category."""
    assert section == unpack(pack(section), UsageSection)


@BUSY
@given(parts)
def test_memory_comes_back(part: Part) -> None:
    """What is reckoned on from is what it was: each hour at its instant, each base under its path."""
    assert part == unpack(pack(part), type(part))


@pytest.mark.parametrize("dataset", list(Dataset))
def test_each_section_comes_back(dataset: Dataset) -> None:
    """A section of every dataset, each field filled in, is what it was."""
    section: Any = REPORT.section(dataset)

    assert section == unpack(pack(section), type(section))


@pytest.mark.parametrize(("name", "part"), [pytest.param(name, part, id=name) for name, part in PARTS.items()])
def test_each_part_comes_back(name: str, part: Part) -> None:
    """A part of every kind is what it was, and its name tells which kind it is."""
    assert part == unpack(pack(part), KINDS[kind_of(name)])


def test_no_kind_is_left_out() -> None:
    """Every kind of part is among those that the tests keep."""
    assert set(KINDS) == {kind_of(name) for name in PARTS}
    assert ("hours.60", "gathering") == (part_name("hours", 60.0), part_name("gathering"))
