"""A client under test and what it observes, without a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from exporter.northflank.http.client import Client, Limits
from exporter.northflank.http.rate_limit import RateLimit

NOW = 1_795_312_800.0  # 2026-11-22T02:00:00Z
TOKEN = "nf-4f1c2a9e-secret"
BASE_URL = "https://api.example"

Handler = Callable[[httpx.Request], httpx.Response]
Json = dict[str, Any]


@dataclass
class Observed:
    """Remembers what a client observes."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    rate_limits: list[RateLimit] = field(default_factory=list)
    accepted: int = 0

    def on_answer(self, endpoint: str, code: str, seconds: float) -> None:
        """Remember the endpoint and the code."""
        assert 0 <= seconds < 60
        self.answers.append((endpoint, code))

    def on_accepted(self) -> None:
        """Count it."""
        self.accepted += 1

    def on_rate_limit(self, rate_limit: RateLimit) -> None:
        """Remember it."""
        self.rate_limits.append(rate_limit)


@dataclass
class Clock:
    """A clock that goes on only while somebody sleeps."""

    now: float = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        """Unix seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Script:
    """A server that gives these answers in turn, the last one for ever; it keeps the requests."""

    answers: Sequence[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        # A response is read once; each request gets one of its own.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def targets(self) -> list[str]:
        """Path and query of each request."""
        return [request.url.raw_path.decode() for request in self.requests]


def client_of(server: Handler, clock: Clock | None = None, **changes: Any) -> Client:  # noqa: ANN401 - any argument
    """A client of a function that answers, with these changes to its arguments."""
    return client_over(httpx.MockTransport(server), clock, **changes)


def client_over(
    transport: httpx.AsyncBaseTransport | None,
    clock: Clock | None = None,
    **changes: Any,  # noqa: ANN401 - each argument has a type of its own
) -> Client:
    """A client over a transport, with these changes to its arguments."""
    clock = clock or Clock()
    arguments: Json = {
        "base_url": BASE_URL,
        "read_token": lambda: TOKEN,
        "user_agent": "test",
        "observer": Observed(),
        "limits": Limits(timeout_seconds=5, max_retries=2, concurrency=4),
        "clock": clock,
        "sleep": clock.sleep,
        "transport": transport,
    }
    return Client(**{**arguments, **changes})


def ok(data: Mapping[str, object], pagination: Mapping[str, object] | None = None) -> httpx.Response:
    """A success of the API."""
    beside = {} if pagination is None else {"pagination": pagination}
    return httpx.Response(200, json={"data": data, **beside})


def refused(status: int, message: str = "no", headers: Mapping[str, str] | None = None) -> httpx.Response:
    """A failure of the API."""
    return httpx.Response(status, json={"error": {"status": status, "message": message}}, headers=headers)
