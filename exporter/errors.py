"""All that can go wrong, by what is to be done about it.

ExporterError
├── ConfigError                     the person at the keyboard mends it; exit code 2
├── StoreError                      nothing can be kept over a restart; all else goes on
└── PollError                       a poll of a dataset failed; the last good figures stay
    ├── TransientError              may heal by itself within the poll: asked again
    │   ├── ConnectionFailedError   no answer at all, or cut off
    │   ├── DeadlineError           no answer in time
    │   ├── RateLimitedError        429, or the exporter keeps quiet after one
    │   └── ServerFaultError        408 and 5xx
    ├── PermanentError              asking again at once gives the same
    │   ├── UnauthorizedError       401
    │   ├── ForbiddenError          403
    │   ├── NotFoundError           404
    │   ├── RefusedError            any other 4xx
    │   ├── RedirectedError         3xx: never followed, since it could carry the token elsewhere
    │   ├── TooLargeError           an answer beyond the size limit
    │   ├── DecodeError             an answer that is not of the shape its generation has
    │   ├── GenerationError         it cannot be told which generation, or which unit, an answer has
    │   ├── PagingError             pages that repeat, loop or never end
    │   └── DuplicateSeriesError    two rows would become one series
    └── PostponedError              not asked, to keep to the share of the allowance: a later poll goes on

Every text is one line that names what, where and what to do, and never holds a token, a header or a body.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar


class ExporterError(Exception):
    """Anything that this package raises on purpose."""


class ConfigError(ExporterError):
    """The configuration, a flag or the environment is not usable."""


class StoreError(ExporterError):
    """The file of what survives a restart is not usable, or not for this process."""


class PollError(ExporterError):
    """A poll failed. `outcome` is its value of the label of that name."""

    outcome: ClassVar[str] = "internal"

    def __init__(self, message: str) -> None:
        # Ids and titles of the API stand in the texts, and may hold anything.
        super().__init__("".join(c if c.isprintable() else repr(c)[1:-1] for c in message))


class TransientError(PollError):
    """The same request may succeed soon. `retry_after_seconds` is what the server asked for, if it did."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ConnectionFailedError(TransientError):
    """No connection, or one that was cut before the answer was whole."""

    outcome = "connection"


class DeadlineError(TransientError):
    """The answer did not come within the time it was given."""

    outcome = "timeout"


class RateLimitedError(TransientError):
    """The allowance is used up."""

    outcome = "rate_limited"


class ServerFaultError(TransientError):
    """The server says that the fault is its own (408, 5xx)."""

    outcome = "server_error"


class PermanentError(PollError):
    """The same request will fail again until somebody changes something."""


class UnauthorizedError(PermanentError):
    """The token is not accepted (401)."""

    outcome = "unauthorized"


class ForbiddenError(PermanentError):
    """The token lacks the permission (403)."""

    outcome = "forbidden"


class NotFoundError(PermanentError):
    """There is no such thing at the server (404)."""

    outcome = "not_found"


class RefusedError(PermanentError):
    """The server refuses the request as it is (a 4xx without a class of its own)."""

    outcome = "refused"


class RedirectedError(PermanentError):
    """The server points elsewhere (3xx)."""

    outcome = "redirected"


class TooLargeError(PermanentError):
    """The answer is larger than the exporter reads."""

    outcome = "too_large"


class DecodeError(PermanentError):
    """The answer is not of the shape that its generation has."""

    outcome = "decode"


class GenerationError(PermanentError):
    """The generation or the unit of an answer cannot be told, or is not the one that is configured."""

    outcome = "generation"


class PagingError(PermanentError):
    """The pages of an answer do not come to an end, or repeat themselves."""

    outcome = "paging"


class DuplicateSeriesError(PermanentError):
    """Two rows would be one series: which is true cannot be told."""

    outcome = "duplicate_series"


class PostponedError(PollError):
    """A request was not made, so that the exporter keeps to its share.

    It may be made in `seconds` at the earliest, 3660 at most; `remedy` is what to change for more of them.
    """

    outcome = "postponed"

    def __init__(self, message: str, *, seconds: float, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}")
        self.seconds = seconds
        self.remedy = remedy


def _outcomes(kind: type[PollError]) -> Iterator[str]:
    yield kind.outcome
    for each in kind.__subclasses__():
        yield from _outcomes(each)


OUTCOMES = tuple(dict.fromkeys(_outcomes(PollError)))
"""Every value of the label `outcome` of a poll that failed."""
