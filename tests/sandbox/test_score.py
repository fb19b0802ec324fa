import pytest

from exporter.sandbox.score import rhythm_names, score

KINDS = ("service", "addon", "job", "service", "volume", "harness", "job", "service", "addon")
EXPECTED = ("steady", "steady", "nightly", "daytime", "steady", "office", "six-hourly", "steady", "steady")


def test_kinds_have_rhythms_in_turn() -> None:
    """Services run steadily or by day, jobs at certain hours; addons and volumes are always there."""
    assert EXPECTED == rhythm_names(KINDS)


@pytest.mark.parametrize(
    ("expected", "places"),
    [
        pytest.param(("spiking", "steady", "deleted"), {"spiking": 0, "deleted": 2}, id="two"),
        pytest.param(("steady", "spiking", "nightly"), {"spiking": 1, "deleted": 1}, id="one that is both"),
        pytest.param(("steady", "steady", "nightly"), {}, id="none"),
    ],
)
def test_spike_and_deletion(expected: tuple[str, ...], places: dict[str, int]) -> None:
    """One resource spikes and one is deleted, if so told; the others keep their rhythms."""
    assert expected == rhythm_names(KINDS[:3], **places)


def test_every_rhythm_is_known() -> None:
    """Whatever a resource follows is in the score, which has nothing else."""
    assert {*EXPECTED, "spiking", "deleted"} == score(0, corrections=False).keys()
