from hypothesis import given
from hypothesis import strategies as st

from exporter.domain.price import Price
from exporter.domain.tree import Path, Row
from exporter.ledger.packing import pack_rows, unpack_rows
from tests.builders import price, row

amounts = st.decimals(allow_nan=False, allow_infinity=False)
prices = st.builds(Price, st.none() | amounts, st.lists(st.tuples(st.text(), amounts), max_size=3).map(tuple))
paths = st.lists(st.text(), max_size=4).map(tuple)
trees = st.dictionaries(paths, st.builds(Row, st.none() | st.text(), st.none() | prices), max_size=10)


def _exactly(rows: object) -> str:
    return repr(rows)


@given(trees)
def test_any_rows(rows: dict[tuple[str, ...], Row]) -> None:
    """Rows that are packed come out exactly as they were, their order and the digits of their amounts included."""
    assert _exactly(rows) == _exactly(unpack_rows(pack_rows(rows)))


def test_what_is_not_stated() -> None:
    """A row without a price is not one that costs nothing, and a price without a total has none."""
    rows = {(): row(), ("a",): row("0"), ("a", "b"): Row("B", price(None, cpu="1.10"))}

    assert _exactly(rows) == _exactly(unpack_rows(pack_rows(rows)))


def test_many_rows_take_few_bytes() -> None:
    """Rows that resemble each other take few bytes: an hour of a thousand resources is some kilobytes."""
    rows: dict[Path, Row] = {
        ("team", "project", "service", f"service-{number}"): row("0.0125", cpu="0.0125") for number in range(1000)
    }

    assert len(pack_rows(rows)) < 20_000
