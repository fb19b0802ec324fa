"""Questions about an hour: only answers about that hour, in the hours' currency, are taken."""

import pytest

from exporter.background import Background
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.errors import DecodeError, GenerationError
from exporter.northflank.usage.hour_trees import Asking, HourTrees
from exporter.northflank.wire.generations import WIRES
from tests.northflank.asking import Json, Script, client_of, ok
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR

NOON = at("2026-11-18T12:00")


def answering(**detail: object) -> Asking:
    """An hour whose detail says this."""
    data: Json = {"timestamp": NOON, "currency": "usd", "paas": {"price": {"total": 1}, "teams": []}, **detail}
    wire = WIRES[Generation.C]
    return Asking(client_of(Script([ok(data)])), Background(), wire, wire.unit)


@pytest.mark.parametrize(
    ("detail", "fault"),
    [
        pytest.param({"timestamp": NOON + HOUR}, "asked for the hour of", id="the next hour"),
        pytest.param({"timestamp": NOON - 1}, "asked for the hour of", id="the one before"),
        pytest.param({"currency": "eur"}, "in EUR, while the hours are in USD", id="another currency"),
    ],
)
async def test_another_hour(detail: Json, fault: str) -> None:
    """An answer about another hour, or in another currency, is not taken for this one's."""
    with pytest.raises(DecodeError, match=fault):
        await HourTrees(answering(**detail), Level.TEAM).gather(NOON, "USD")


@pytest.mark.parametrize("detail", [{"timestamp": None}, {"timestamp": NOON + 3599}, {"currency": None}, {}])
async def test_the_hour_itself(detail: Json) -> None:
    """An answer that does not say of when it is, or says any instant of the hour, is taken."""
    trees = HourTrees(answering(**detail), Level.TEAM)
    await trees.gather(NOON, "USD")
    assert trees.newest
    assert (NOON, "USD") == (trees.newest.start, trees.newest.currency)


async def test_a_generation_without_hours() -> None:
    """2024 tells of no hour."""
    wire = WIRES[Generation.A]
    asking = Asking(client_of(Script([ok({})])), Background(), wire, wire.unit)
    with pytest.raises(GenerationError, match="does not tell an hour's usage"):
        asking.about(NOON, "USD")
