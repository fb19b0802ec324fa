"""What the headers of an answer say of the allowance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

# `x-ratelimit-reset` is not documented: no allowance is given for thirty years, and no clock shows 1970,
# so that a small number is a time that is left and a large one a Unix time (in milliseconds when larger still).
_UNIX_TIME = 1e9
_UNIX_MILLISECONDS = 1e12


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The allowance of a token as last stated; `reset` in Unix seconds. None where a header is missing or odd."""

    limit: float | None
    remaining: float | None
    reset: float | None


def read_rate_limit(headers: Mapping[str, str], now: float) -> RateLimit:
    """The three headers, either reading of `reset` turned into Unix seconds."""
    return RateLimit(
        limit=_number(headers.get("x-ratelimit-limit")),
        remaining=_number(headers.get("x-ratelimit-remaining")),
        reset=_instant(_number(headers.get("x-ratelimit-reset")), now),
    )


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds an answer asks to be left alone, in either form of `Retry-After`; None where it does not."""
    stated = headers.get("retry-after")
    seconds = _number(stated)
    if seconds is None and stated:
        seconds = _until_date(stated, now)
    return None if seconds is None else max(seconds, 0.0)


def seconds_until_allowed(headers: Mapping[str, str], now: float) -> float | None:
    """How long a 429 asks to be left alone: `Retry-After`, else until the reset.

    Of a 429 alone: every answer states the reset, and a fault of the server does not last until then.
    """
    asked = retry_after(headers, now)
    reset = read_rate_limit(headers, now).reset
    if asked is not None or reset is None:
        return asked
    return max(reset - now, 0.0)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _instant(reset: float | None, now: float) -> float | None:
    if reset is None:
        return None
    if reset >= _UNIX_MILLISECONDS:
        return reset / 1000
    return reset if reset >= _UNIX_TIME else now + reset


def _until_date(text: str, now: float) -> float | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
