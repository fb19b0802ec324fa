import pytest

from exporter.sandbox.rhythm import CORRECTED_AFTER, Beat, Rhythm
from exporter.sandbox.span import Span

HOUR = 3_600
LATER = 10**9
WALTZ = Beat((3, 1, 0), origin=2 * HOUR)


@pytest.mark.parametrize(
    ("seconds", "start", "end"),
    [
        pytest.param(3 * HOUR, 2 * HOUR, 3 * HOUR, id="first hour"),
        pytest.param(1, 3 * HOUR + 7, 3 * HOUR + 8, id="a second"),
        pytest.param(0, 4 * HOUR, 5 * HOUR, id="a rest"),
        pytest.param(3 * 1_800 + 1_800, 2 * HOUR + 1_800, 3 * HOUR + 1_800, id="across hours"),
        pytest.param(4_000 * HOUR, 2 * HOUR, 3_002 * HOUR, id="a thousand rounds"),
        pytest.param(4 * HOUR, -1 * HOUR, 2 * HOUR, id="before the origin"),
        pytest.param(0, 3 * HOUR, 2 * HOUR, id="backwards"),
    ],
)
def test_beat(seconds: int, start: int, end: int) -> None:
    """A time is as many weighted seconds as its hours have, wherever it lies and however long it is."""
    assert seconds == WALTZ.between(start, end)


def test_beats_add_up() -> None:
    """Several beats are added."""
    rhythm = Rhythm((Beat((4,)), WALTZ))
    assert 7 * HOUR == rhythm.seconds(Span(2 * HOUR, 3 * HOUR, LATER))


@pytest.mark.parametrize(
    ("seconds", "start", "end"),
    [
        pytest.param(4 * HOUR, 4 * HOUR, 5 * HOUR, id="before"),
        pytest.param(4 * 60, 5 * HOUR, 6 * HOUR, id="its last minute"),
        pytest.param(0, 6 * HOUR, 7 * HOUR, id="after"),
    ],
)
def test_end(seconds: int, start: int, end: int) -> None:
    """What has been deleted is not used any more."""
    rhythm = Rhythm((Beat((4,)),), ends=5 * HOUR + 60)
    assert seconds == rhythm.seconds(Span(start, end, LATER))


@pytest.mark.parametrize(
    ("seconds", "as_of"),
    [
        pytest.param(4 * HOUR, 2 * HOUR, id="just over"),
        pytest.param(4 * HOUR, 2 * HOUR + CORRECTED_AFTER - 1, id="a second before"),
        pytest.param(6 * HOUR, 2 * HOUR + CORRECTED_AFTER, id="corrected"),
    ],
)
def test_correction(seconds: int, as_of: int) -> None:
    """A correction is known some hours after the end of its hour, and not before."""
    rhythm = Rhythm((Beat((4,)),), corrections=(Beat((0, 2)),))
    assert seconds == rhythm.seconds(Span(HOUR, 2 * HOUR, as_of))
