"""Which rhythms there are in the world, and which resource follows which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import cycle
from types import MappingProxyType

from exporter.sandbox.rhythm import Beat, Rhythm
from exporter.sandbox.span import SECONDS_AN_HOUR

USUAL = 4
"""The weight of an hour in which a resource is as busy as its size says."""

STEADY = "steady"
SPIKING = "spiking"
DELETED = "deleted"
# By type, in turns: what two services after each other follow.
TURNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"service": (STEADY, "daytime", STEADY), "job": ("nightly", "six-hourly"), "harness": ("office",)}
)

HOURS_A_DAY = 24
DELETED_AFTER_HOURS = 31
# The spike is in hours 14 to 16 of the day of the start, and then every 97 hours: thirty times the usual.
SPIKE_EVERY = 97
SPIKE_HOURS = range(14, 17)
SPIKE = 30 * USUAL
# Every 34th hour turns out dearer, the one half-way between two of them cheaper.
CORRECTED_EVERY = 34
DEARER_HOUR, CHEAPER_HOUR = 5, 22


def score(today: int, *, corrections: bool) -> Mapping[str, Rhythm]:
    """All rhythms by name; `today` is the midnight with which the world's own time begins, in Unix seconds."""
    corrected = _corrections(today) if corrections else ()
    steady = Rhythm((Beat((USUAL,)),), corrected)
    spike = Beat(_row(SPIKE_EVERY, dict.fromkeys(SPIKE_HOURS, SPIKE)), today)
    return MappingProxyType(
        {
            STEADY: steady,
            "daytime": Rhythm((Beat(_row(HOURS_A_DAY, dict.fromkeys(range(8, 18), 6), otherwise=3)),)),
            "nightly": Rhythm((Beat(_row(HOURS_A_DAY, {2: 8, 3: 8})),)),
            "six-hourly": Rhythm((Beat(_row(6, {1: 10})),)),
            "office": Rhythm((Beat(_row(HOURS_A_DAY, dict.fromkeys(range(9, 17), USUAL))),)),
            SPIKING: replace(steady, beats=(*steady.beats, spike)),
            DELETED: replace(steady, ends=today + DELETED_AFTER_HOURS * SECONDS_AN_HOUR),
        }
    )


def rhythm_names(kinds: tuple[str, ...], *, spiking: int | None = None, deleted: int | None = None) -> tuple[str, ...]:
    """The rhythms of a project's resources of these types, in their order.

    The one at the place `spiking` spikes, the one at `deleted` is deleted; one that is both does the former.
    """
    turns = {kind: cycle(names) for kind, names in TURNS.items()}
    special = {deleted: DELETED} | {spiking: SPIKING}
    usual = (next(turns[kind]) if kind in turns else STEADY for kind in kinds)
    return tuple(special.get(place, name) for place, name in enumerate(usual))


def _row(length: int, weights: Mapping[int, int], otherwise: int = 0) -> tuple[int, ...]:
    return tuple(weights.get(hour, otherwise) for hour in range(length))


def _corrections(today: int) -> tuple[Beat, ...]:
    return (Beat(_row(CORRECTED_EVERY, {DEARER_HOUR: 2, CHEAPER_HOUR: -1}), today),)
