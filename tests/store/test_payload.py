"""What is unpacked is what was packed, to the last digit."""

from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.domain.invoice import Category, Cluster, Invoice, InvoiceDetail, LineItem, Period
from exporter.domain.price import Price
from exporter.domain.report import Dataset, InvoiceDetailsSection, InvoicesSection, InvoiceTree
from exporter.domain.tree import Level, Row
from exporter.errors import StoreError
from exporter.northflank.wire.values import Amount, Currency, Instant
from exporter.store.database import SCHEMA
from exporter.store.payload import pack, unpack
from tests.store.keeping import INVOICES, REPORT, TERMS
from tests.store.spending import PARTS

GOLDEN = Path(__file__).parent / f"schema_{SCHEMA}.msgpack"

# The machine may be busy.
BUSY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

amounts = st.decimals(allow_nan=False, allow_infinity=False)
maybe_amounts = st.none() | amounts
instants = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=8)
maybe_texts = st.none() | texts
prices = st.builds(Price, maybe_amounts, st.lists(st.tuples(texts, amounts), max_size=3).map(tuple))
maybe_prices = st.none() | prices
periods = st.builds(Period, instants, instants)
categories = st.none() | st.dictionaries(st.sampled_from(Category), prices).map(MappingProxyType)
invoices = st.builds(Invoice, texts, periods, texts, amounts, maybe_amounts, maybe_texts, categories)
clusters = st.lists(st.builds(Cluster, texts, maybe_texts, maybe_prices), max_size=2).map(tuple)
paths = st.lists(texts, max_size=4).map(tuple)
rows = st.dictionaries(paths, st.builds(Row, maybe_texts, maybe_prices), max_size=4).map(MappingProxyType)
line_items = st.builds(LineItem, texts, maybe_amounts, maybe_amounts, maybe_amounts)
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
    categories=categories,
    clusters=clusters,
    rows=rows,
    places=st.integers(0, 40),
)
trees = st.builds(
    InvoiceTree,
    invoices,
    rows,
    clusters,
    st.dictionaries(st.sampled_from(Level), amounts),
    st.frozensets(paths, max_size=2),
)
since = st.dictionaries(texts, instants, max_size=2).map(MappingProxyType)
lists = st.builds(
    InvoicesSection,
    st.lists(invoices, max_size=3).map(tuple),
    maybe_texts,
    since,
    st.lists(texts, max_size=2).map(tuple),
)
sections = st.builds(
    InvoiceDetailsSection,
    st.lists(st.tuples(invoices, details), max_size=2).map(tuple),
    st.lists(trees, max_size=2).map(tuple),
    since,
)


@BUSY
@given(lists)
def test_list_comes_back(section: InvoicesSection) -> None:
    """A list that was kept is shown as it was."""
    assert section == unpack(pack(section), InvoicesSection)


@BUSY
@given(sections)
def test_details_come_back(section: InvoiceDetailsSection) -> None:
    """Details and trees that were kept are shown as they were, each row under its path."""
    assert section == unpack(pack(section), InvoiceDetailsSection)


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


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" * 64, id="zeros"),
        pytest.param(pack(TERMS), id="another_kind"),
        pytest.param(pack(INVOICES)[:-3], id="cut"),
        pytest.param(pack(INVOICES).replace(b"69.22", b"69,22"), id="no_amount"),
    ],
)
def test_what_is_none_is_refused(packed: bytes) -> None:
    """Bytes that are no section are not shown as one."""
    with pytest.raises(StoreError, match=r"what is kept is damaged \(InvoicesSection\)"):
        unpack(packed, InvoicesSection)


def test_what_cannot_be_kept() -> None:
    """A value that nobody foresaw is refused, not kept as something else."""
    with pytest.raises(TypeError, match="a complex cannot be kept"):
        pack([1j])


def test_shape_is_that_of_the_schema(pytestconfig: pytest.Config) -> None:
    """A change to what is kept takes a new number of the schema, so that no old file is misread (--update-goldens)."""
    packed = pack([*(REPORT.section(dataset) for dataset in Dataset), PARTS, TERMS])
    if pytestconfig.getoption("--update-goldens"):
        GOLDEN.write_bytes(packed)

    assert GOLDEN.read_bytes() == packed
