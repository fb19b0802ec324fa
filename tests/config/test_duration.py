import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.config import duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("30s", 30.0, id="seconds"),
        pytest.param("10m", 600.0, id="minutes"),
        pytest.param("1h30m", 5400.0, id="hours_and_minutes"),
        pytest.param("1d", 86400.0, id="day"),
        pytest.param("1w", 604800.0, id="week"),
        pytest.param("1y", 31536000.0, id="year"),
        pytest.param("500ms", 0.5, id="milliseconds"),
        pytest.param("1m5s250ms", 65.25, id="several"),
        pytest.param("0s", 0.0, id="zero"),
    ],
)
def test_parse(text: str, seconds: float) -> None:
    """A duration is read as Prometheus reads it."""
    assert seconds == duration.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("30", id="no_unit"),
        pytest.param("s", id="no_number"),
        pytest.param("1.5h", id="fraction"),
        pytest.param("-1s", id="negative"),
        pytest.param("30m1h", id="order"),
        pytest.param("1s1s", id="twice"),
        pytest.param("1 m", id="space"),
        pytest.param("1m\n", id="line_end"),
        pytest.param("1M", id="capital"),
        pytest.param("\u0661s", id="other_digits"),
        pytest.param("9" * 5000 + "s", id="endless"),
    ],
)
def test_no_duration(text: str) -> None:
    """What Prometheus would not read is no duration."""
    assert duration.parse(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        pytest.param(395 * 86400.0, "395d", id="days_past_a_year"),
        pytest.param(730 * 86400.0, "2y", id="years"),
        pytest.param(14 * 86400.0, "2w", id="weeks"),
        pytest.param(62 * 86400.0, "62d", id="days_past_weeks"),
        pytest.param(90060.0, "1d1h1m", id="several"),
        pytest.param(0.0, "0s", id="zero"),
    ],
)
def test_render(seconds: float, text: str) -> None:
    """A duration is written as Prometheus writes it: in years or weeks only where nothing is left over."""
    assert text == duration.render(seconds)


@given(st.integers(min_value=0, max_value=10**12))
def test_rendered_duration_is_read_back(milliseconds: int) -> None:
    """A rendered duration is read as the same number of seconds."""
    parsed = duration.parse(duration.render(milliseconds / 1000))

    assert parsed is not None
    assert milliseconds == round(parsed * 1000)
