"""What is unpacked is what was packed, to the last digit."""

from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.domain.budget import Scope
from exporter.domain.facts import (
    Base,
    Correction,
    DetailFact,
    Facts,
    HourProjects,
    MonthsFact,
    ProjectMonth,
    ResourceMonth,
    ScopeTotals,
    TotalFact,
    TreeFact,
)
from exporter.domain.invoice import Category, Cluster, HourDetail, Invoice, InvoiceDetail, LineItem, Period
from exporter.domain.price import Price
from exporter.domain.question import DetailPage
from exporter.domain.report import Dataset, InvoiceTree
from exporter.domain.tree import Level, Row
from exporter.domain.usage import HourTree, Usage
from exporter.errors import StoreError
from exporter.ledger.database import SCHEMA
from exporter.ledger.payload import pack, unpack
from exporter.northflank.wire.values import Amount, Currency, Instant
from tests.ledger.keeping import INVOICE, KEPT, USED, all_of, spelled

GOLDEN = Path(__file__).parent / f"schema_{SCHEMA}.msgpack"

# The machine may be busy.
BUSY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

amounts = st.decimals(allow_nan=False, allow_infinity=False)
maybe_amounts = st.none() | amounts
instants = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=8)
maybe_texts = st.none() | texts
prices = st.builds(Price, maybe_amounts, st.lists(st.tuples(texts, amounts), max_size=3).map(tuple))
maybe_prices = st.none() | prices
periods = st.builds(Period, instants, instants)
categories = st.dictionaries(st.sampled_from(Category), prices, max_size=2).map(MappingProxyType)
maybe_categories = st.none() | categories
invoices = st.builds(Invoice, texts, periods, texts, amounts, maybe_amounts, maybe_texts, maybe_categories)
clusters = st.lists(st.builds(Cluster, texts, maybe_texts, maybe_prices), max_size=2).map(tuple)
paths = st.lists(texts, max_size=4).map(tuple)
rows = st.dictionaries(paths, st.builds(Row, maybe_texts, maybe_prices), max_size=3).map(MappingProxyType)
line_items = st.builds(LineItem, texts, maybe_amounts, maybe_amounts, maybe_amounts)
unattributed = st.dictionaries(st.sampled_from(Level), amounts, max_size=2)
vanished = st.frozensets(paths, max_size=2)
details = st.builds(
    InvoiceDetail,
    id=maybe_texts,
    currency=maybe_texts,
    period=st.none() | periods,
    status=maybe_texts,
    total=maybe_amounts,
    subtotal=maybe_amounts,
    discount=maybe_amounts,
    tax_amount=maybe_amounts,
    tax_percent=maybe_amounts,
    line_items=st.lists(line_items, max_size=2).map(tuple),
    categories=maybe_categories,
    clusters=clusters,
    rows=rows,
    places=st.integers(0, 40),
)
hours = st.builds(HourDetail, st.none() | instants, maybe_texts, maybe_categories, clusters, rows, st.integers(0, 40))
quantities = st.dictionaries(
    st.sampled_from(Category), st.dictionaries(texts, amounts, max_size=2).map(MappingProxyType), max_size=2
).map(MappingProxyType)
usages = st.builds(Usage, texts, categories, quantities)
several = st.lists(usages, max_size=2).map(tuple)
bases = st.dictionaries(paths, st.builds(Base, instants, prices, instants), max_size=2).map(MappingProxyType)
names = st.dictionaries(paths, maybe_texts, max_size=2).map(MappingProxyType)
trees = st.builds(InvoiceTree, invoices, rows, clusters, unattributed, vanished)
totals = st.tuples(periods, st.builds(TotalFact, several, several, instants, st.booleans()))
facts: dict[str, st.SearchStrategy[Any]] = {
    "details": st.builds(DetailFact, invoices, details, st.booleans()),
    "trees": st.builds(TreeFact, invoices, st.sampled_from(Level), st.none() | trees, st.booleans()),
    "pages": st.builds(
        DetailPage, st.none() | details, st.none() | hours, st.none() | st.booleans(), asked_at=instants
    ),
    "hours": usages,
    "corrections": st.lists(st.builds(Correction, instants, amounts, amounts), max_size=2).map(tuple),
    "months": st.builds(
        MonthsFact, periods, instants, st.dictionaries(instants, several, max_size=2).map(MappingProxyType)
    ),
    "totals": st.builds(ScopeTotals, st.lists(totals, max_size=2).map(tuple), st.none() | instants),
    "hour_projects": st.builds(
        HourProjects,
        *(instants, texts, st.sampled_from(Level), st.binary(max_size=8)),
        *(st.integers(0, 40), clusters, unattributed, vanished),
    ),
    "hour_tree": st.builds(HourTree, instants, texts, st.sampled_from(Level), rows, clusters, unattributed, vanished),
    "project_months": st.builds(ProjectMonth, st.none() | instants, bases, names),
    "resource_months": st.builds(ResourceMonth, st.frozensets(instants, max_size=2), rows),
}
keys: dict[str, st.SearchStrategy[Any]] = {
    "pages": st.tuples(st.tuples(texts, texts), st.lists(st.tuples(texts, texts), max_size=2).map(tuple)),
    "hours": instants,
    "totals": st.builds(Scope, maybe_texts, maybe_texts, maybe_texts),
    "project_months": st.tuples(instants, texts),
    "polled": st.sampled_from(Dataset),
    "invoices": texts,
}
TYPES = {kind: get_args(hint) for kind, hint in get_type_hints(Facts).items()}


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind) for kind in facts])
@BUSY
@given(data=st.data())
def test_any_fact_comes_back(kind: str, data: st.DataObject) -> None:
    """Whatever the fields of a fact hold, it is read as it was recorded."""
    fact, (_, fact_type) = data.draw(facts[kind]), TYPES[kind]
    back = unpack(pack(fact), fact_type)

    assert fact == back
    assert spelled(fact) == spelled(back)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind) for kind in keys])
@BUSY
@given(data=st.data())
def test_any_key_comes_back(kind: str, data: st.DataObject) -> None:
    """Whatever a key holds, the fact is found under it, and it always has the same bytes."""
    key, (key_type, _) = data.draw(keys[kind]), TYPES[kind]
    back = unpack(pack(key), key_type)

    assert (key, hash(key)) == (back, hash(back))
    assert pack(key) == pack(back)


@BUSY
@given(amounts)
def test_digits_come_back(amount: Decimal) -> None:
    """An amount keeps its digits, trailing zeros and exponent included."""
    assert str(amount) == str(unpack(pack(Price(amount)), Price).stated_total)


def test_values_as_the_wire_reads_them() -> None:
    """Values of the classes that answers are read into are kept as the plain values that they are."""
    read = Invoice("i", Period(Instant(1.5), Instant(2)), Currency("USD"), Amount("1.10"), None, None, None)
    back = unpack(pack(read), Invoice)

    assert read == back
    assert (str, Decimal, float) == (type(back.currency), type(back.total), type(back.period.end))


def test_keys_as_the_wire_reads_them() -> None:
    """A key has the same bytes whatever class it is of: no fact is in the file twice."""
    assert pack(1.5) == pack(Instant(1.5))
    assert pack((2.0, "USD")) == pack((Instant(2), Currency("USD")))


def test_frozen_mappings() -> None:
    """A mapping that cannot be changed is kept like any other."""
    frozen = Invoice(
        "i", Period(1, 2), "USD", Decimal(1), None, None, MappingProxyType({Category.PAAS: Price(Decimal(2))})
    )

    assert frozen == unpack(pack(frozen), Invoice)


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" * 64, id="zeros"),
        pytest.param(pack(USED), id="another_kind"),
        pytest.param(pack(INVOICE)[:-3], id="cut"),
        pytest.param(pack(INVOICE).replace(b"69.22", b"69,22"), id="no_amount"),
    ],
)
def test_what_is_none_is_refused(packed: bytes) -> None:
    """Bytes that are no fact are not read as one."""
    with pytest.raises(StoreError, match=r"what is kept is damaged \(Invoice\)"):
        unpack(packed, Invoice)


def test_what_cannot_be_kept() -> None:
    """A value that nobody foresaw is refused, not kept as something else."""
    with pytest.raises(TypeError, match="a complex cannot be kept"):
        pack([1j])


def test_shape_is_that_of_the_schema(pytestconfig: pytest.Config) -> None:
    """A change to what is kept takes a new number of the schema, so that no old file is misread (--update-goldens)."""
    packed = pack([(kind, list(by_key.items())) for kind, by_key in all_of(KEPT).items()])
    if pytestconfig.getoption("--update-goldens"):
        GOLDEN.write_bytes(packed)

    assert GOLDEN.read_bytes() == packed
