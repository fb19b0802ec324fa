"""When workloads run: nights and pauses in which nothing does."""

import pytest

from exporter.sandbox.activity import ALWAYS_ACTIVE, Activity
from exporter.sandbox.options import FOR_GOOD
from tests.sandbox.going import DAY, HOUR, MIDNIGHT

SIX, EVENING = MIDNIGHT + 6 * HOUR, MIDNIGHT + 20 * HOUR


@pytest.mark.parametrize(
    ("activity", "idle"),
    [
        pytest.param(ALWAYS_ACTIVE, [], id="always active"),
        pytest.param(Activity(idle_nights=True), [(MIDNIGHT, SIX), (EVENING, MIDNIGHT + DAY)], id="nights"),
        pytest.param(Activity(pauses=((SIX, EVENING),)), [(SIX, EVENING)], id="a pause"),
        pytest.param(
            Activity(pauses=((0, SIX), (EVENING, FOR_GOOD))), [(MIDNIGHT, SIX), (EVENING, MIDNIGHT + DAY)], id="two"
        ),
        pytest.param(Activity(pauses=((SIX, EVENING), (SIX - 1, SIX + 1))), [(SIX - 1, EVENING)], id="overlapping"),
        pytest.param(Activity(idle_nights=True, pauses=((SIX, EVENING),)), [(MIDNIGHT, MIDNIGHT + DAY)], id="all day"),
    ],
)
def test_idle_times(activity: Activity, idle: list[tuple[int, int]]) -> None:
    """The times in which nothing runs are in order and do not overlap."""
    assert idle == activity.idle(MIDNIGHT, MIDNIGHT + DAY)


def test_running_times() -> None:
    """Workloads run between the nights; a night of which the end is not asked for ends with the question."""
    nights = Activity(idle_nights=True)
    assert [(SIX, EVENING), (SIX + DAY, SIX + DAY + 1)] == nights.running(MIDNIGHT - HOUR, SIX + DAY + 1)
    assert [] == nights.running(EVENING, MIDNIGHT + DAY)
    assert [] == ALWAYS_ACTIVE.running(SIX, SIX)
