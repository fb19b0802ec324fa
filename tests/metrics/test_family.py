from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.errors import DuplicateSeriesError
from exporter.metrics.family import NO_LINES, Family, Lines, Sample, header_of, lines_of

COST = Family("northflank_cost", "What it costs.", ("account", "name"))

texts = st.text(st.characters(codec="utf-8"), max_size=20)


def read_back(*samples: Sample) -> list[tuple[dict[str, str], float]]:
    """What Prometheus reads of those samples."""
    text = header_of(COST) + lines_of(COST, samples).text
    (family,) = text_string_to_metric_families(text.decode())
    return [(dict(sample.labels), sample.value) for sample in family.samples]


def test_header() -> None:
    """A family is introduced by its HELP and TYPE."""
    family = Family("northflank_up", 'A \\ and a\nline, "quoted".')

    assert (b'# HELP northflank_up A \\\\ and a\\nline, "quoted".\n# TYPE northflank_up gauge\n') == header_of(family)


def test_lines() -> None:
    """Each sample is a line, in the order given; a decimal becomes a float only here."""
    samples = [
        Sample(("acme", "b"), Decimal("69.22000000000001")),
        Sample(("acme", "a"), 0),
        Sample(("acme", "c"), Decimal("-1E-7")),
        Sample(("acme", "d"), 1780272000.0),
    ]
    expected = b"""\
northflank_cost{account="acme",name="b"} 69.22000000000001
northflank_cost{account="acme",name="a"} 0.0
northflank_cost{account="acme",name="c"} -1e-07
northflank_cost{account="acme",name="d"} 1.780272e+09
"""

    assert Lines(expected, series=4) == lines_of(COST, samples)


def test_no_labels() -> None:
    """A family without labels has one plain line."""
    assert Lines(b"northflank_up 1.0\n", series=1) == lines_of(Family("northflank_up", "Up."), [Sample((), 1)])


def test_no_samples() -> None:
    """Without samples there is no line at all."""
    assert NO_LINES == lines_of(COST, [])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('a "quoted" one', id="quotes"),
        pytest.param("back\\slash", id="backslash"),
        pytest.param("\\n", id="backslash_and_n"),
        pytest.param("two\nlines", id="line_end"),
        pytest.param("carriage\rreturn", id="carriage_return"),
        pytest.param("Ünïcode 😀 \U0001f469\u200d\U0001f680", id="emoji"),
        pytest.param('",evil="1"} 7\nnorthflank_cost{account="x', id="injection"),
        pytest.param("\u2028\u0085\x00\x1b", id="control"),
        pytest.param(" ", id="space"),
        pytest.param("", id="empty"),
    ],
)
def test_label_values_pass_through(name: str) -> None:
    """A label value arrives at Prometheus as it was, whatever is in it."""
    assert [({"account": "acme", "name": name}, 1.5)] == read_back(Sample(("acme", name), 1.5))


@settings(deadline=None)  # the machine may be busy
@given(texts, texts)
def test_any_label_value_passes_through(account: str, name: str) -> None:
    """No text can change what another label or line says."""
    assert [({"account": account, "name": name}, 2.0)] == read_back(Sample((account, name), 2))


@pytest.mark.parametrize(
    ("labels", "count"),
    [
        pytest.param(("acme",), 1, id="too_few"),
        pytest.param(("acme", "a", "b"), 3, id="too_many"),
        pytest.param((), 0, id="none"),
    ],
)
def test_wrong_label_count(labels: tuple[str, ...], count: int) -> None:
    """A sample with too few or too many label values is a fault of the exporter, never a line."""
    with pytest.raises(ValueError, match="northflank_cost has the labels") as caught:
        lines_of(COST, [Sample(labels, 1)])

    assert f"northflank_cost has the labels ('account', 'name'), got {count} values" == str(caught.value)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        pytest.param(
            Sample(("acme", "c-1"), Decimal("1.50"), "clusters[0]"),
            Sample(("acme", "c-1"), Decimal(2), "clusters[1]"),
            'northflank_cost{account="acme", name="c-1"} would be shown twice: '
            "1.50 from clusters[0], 2 from clusters[1]",
            id="origins",
        ),
        pytest.param(
            Sample(("acme", "c-1"), 1),
            Sample(("acme", "c-1"), 1),
            'northflank_cost{account="acme", name="c-1"} would be shown twice: 1 from one row, 1 from another row',
            id="no_origins",
        ),
    ],
)
def test_duplicates(first: Sample, second: Sample, message: str) -> None:
    """Two samples of one series are refused with both origins, be their values the same or not."""
    with pytest.raises(DuplicateSeriesError) as caught:
        lines_of(COST, [first, Sample(("acme", "c-2"), 3), second])

    assert message == str(caught.value)


def test_many_samples() -> None:
    """However many samples there are, each is one line, in order, and HELP is not among them."""
    lines = lines_of(COST, (Sample(("acme", str(number)), number) for number in range(5001)))
    expected = (f'northflank_cost{{account="acme",name="{number}"}} {float(number)}\n' for number in range(5001))

    assert Lines("".join(expected).encode(), series=5001) == lines


def test_duplicates_that_are_far_apart() -> None:
    """Two samples of one series are refused also with thousands between them."""
    samples = [Sample(("acme", str(number)), number, f"rows[{number}]") for number in range(5000)]

    with pytest.raises(DuplicateSeriesError, match=r"0 from rows\[0\], 7 from the end"):
        lines_of(COST, [*samples, Sample(("acme", "0"), 7, "the end")])
