"""Durations as Prometheus writes them: `30s`, `1h30m`, `500ms`."""

from __future__ import annotations

import re

_SECONDS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_WHOLE = ("y", "w")
_PATTERN = re.compile("".join(rf"(?:(?P<{unit}>[0-9]{{1,9}}){unit})?" for unit in _SECONDS))


def parse(text: str) -> float | None:
    """Seconds, or None if the text is not a duration: numbers with a unit each, largest unit first."""
    match = _PATTERN.fullmatch(text)
    if match is None or not text:
        return None
    return sum(float(count) * _SECONDS[unit] for unit, count in match.groupdict().items() if count)


def render(seconds: float) -> str:
    """The text that Prometheus would write, to the millisecond: years and weeks only where nothing is left over."""
    rest = round(seconds * 1000)
    parts = []
    for unit, size in _SECONDS.items():
        count, left = divmod(rest, round(size * 1000))
        if count and not (left and unit in _WHOLE):
            parts.append(f"{count}{unit}")
            rest = left
    return "".join(parts) or "0s"
