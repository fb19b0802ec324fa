"""Asks the API: the token, allowance, deadlines, retries, the size limit, the mapping of faults. Returns bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType, TracebackType
from typing import Protocol, Self
from urllib.parse import quote, urlencode

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from exporter.domain.question import Urgency
from exporter.errors import (
    ConnectionFailedError,
    DeadlineError,
    TooLargeError,
    TransientError,
)
from exporter.northflank.http.allowance import Allowance, Learn
from exporter.northflank.http.connections import connections_of
from exporter.northflank.http.count import Counter
from exporter.northflank.http.faults import Reply, fault_of
from exporter.northflank.http.quiet import Quiet
from exporter.northflank.http.rate_limit import RateLimit, read_rate_limit, retry_after, seconds_until_allowed
from exporter.northflank.http.token import ReadToken
from exporter.northflank.wire.answer import Answer, is_of_the_api
from exporter.northflank.wire.wire import Request

MAX_BODY_BYTES = 64 * 1024 * 1024
_OF_AN_ACCEPTED_TOKEN = (HTTPStatus.OK, HTTPStatus.FORBIDDEN)
# A poll does not sleep longer than this for the server's sake: it fails, and the next one asks again.
LONGEST_WAIT_SECONDS = 60.0
_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 20.0


class Observer(Protocol):
    """Is told of every request, retries too."""

    def on_answer(self, endpoint: str, code: str, seconds: float) -> None:
        """One request ended: `code` is the status, or `error` where none came."""

    def on_accepted(self) -> None:
        """The API itself answered, and accepted the token."""

    def on_rate_limit(self, rate_limit: RateLimit) -> None:
        """The allowance, as the newest answer states it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient the client is. `timeout_seconds` bounds a whole request, connect and read included."""

    timeout_seconds: float = 30.0
    max_retries: int = 4
    concurrency: int = 4


class Client:
    """One account's access to the API: `async with` opens and closes its connections.

    Without an `allowance` it asks as often as the server lets it. Making one raises ConfigError where the proxy or the
    certificates that the environment names are of no use.
    """

    def __init__(  # noqa: PLR0913 - what a client needs; all by keyword
        self,
        *,
        base_url: str,
        read_token: ReadToken,
        user_agent: str,
        observer: Observer,
        team_id: str | None = None,
        limits: Limits | None = None,
        allowance: Allowance | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._read_token = read_token
        self._observer = observer
        self._allowance = allowance
        self._quiet = Quiet(clock)
        self._clock = clock
        self._sleep = sleep
        self._prefix = f"/v1/teams/{quote(team_id, safe='')}" if team_id else "/v1"
        self._turns = asyncio.Semaphore(self._limits.concurrency)
        self.requests_made = 0
        self.counter = Counter()
        self._newest_answered = 0
        seconds = self._limits.timeout_seconds
        self._http = connections_of(base_url, user_agent, timeout_seconds=seconds, transport=transport)

    async def __aenter__(self) -> Self:
        """Open the connections."""
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.__aexit__(kind, error, trace)

    def spread(self) -> None:
        """From now on spread the less urgent requests over the hour: nothing is missing any more."""
        if self._allowance:
            self._allowance.quick = False

    async def get(self, request: Request, urgency: Urgency = Urgency.ACCOUNT) -> Answer:
        """The body of a 200 answer; raises PollError, after retries where the fault may heal by itself.

        Raises PostponedError at once where the allowance has no room for what is as urgent as that.
        """
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._limits.max_retries + 1),
            retry=retry_if_exception(_may_heal_in_time),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._once, request, urgency)

    async def _once(self, request: Request, urgency: Urgency) -> Answer:
        async with self._turns:
            self._quiet.refuse(self._name(request))
            async with self._allowed(request, urgency) as learn:
                token = self._read_token()
                reply = await self._ask(request, token, learn)
        return self._judge(request, reply, token)

    def _allowed(self, request: Request, urgency: Urgency) -> AbstractAsyncContextManager[Learn]:
        if self._allowance is None:
            return nullcontext(lambda _: None)
        return self._allowance.turn(urgency, self._name(request))

    async def _ask(self, request: Request, token: str, learn: Learn) -> Reply:
        self.requests_made += 1
        self.counter.add()
        serial = self.requests_made
        started = time.monotonic()
        code = "error"
        try:
            reply = await self._exchange(request, token)
            code = str(reply.status)
        finally:
            self._observer.on_answer(request.endpoint, code, time.monotonic() - started)
        stated = read_rate_limit(reply.headers, self._clock())
        learn(stated)
        # Parallel answers come in any order: one that was asked for earlier states what was left earlier.
        if serial > self._newest_answered:
            self._newest_answered = serial
            self._observer.on_rate_limit(stated)
        return reply

    async def _exchange(self, request: Request, token: str) -> Reply:
        url = f"{self._prefix}{request.path}"
        try:
            async with (
                asyncio.timeout(self._limits.timeout_seconds),
                self._http.stream(
                    "GET", url, params=dict(request.query), headers={"Authorization": f"Bearer {token}"}
                ) as response,
            ):
                headers = MappingProxyType(dict(response.headers))
                return Reply(response.status_code, headers, await self._read(response))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise DeadlineError(
                f"{self._name(request)}: no whole answer within {self._limits.timeout_seconds:g} s "
                f"({type(error).__name__}); if the API is only slow, raise api.timeout"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict, UnicodeError) as error:
            raise ConnectionFailedError(f"{self._name(request)}: {_connection_fault(error)}") from None

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise TooLargeError(
                    f"GET {response.url.path}: the answer is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB; "
                    "not read on, since no answer of the API is"
                )
        return bytes(body)

    def _judge(self, request: Request, reply: Reply, token: str) -> Answer:
        now = self._clock()
        # A gateway's own error, or the page of a captive portal, says nothing of the token.
        if reply.status in _OF_AN_ACCEPTED_TOKEN and is_of_the_api(reply.body):
            self._observer.on_accepted()
        if reply.status == HTTPStatus.OK:
            return Answer(request=self._name(request), body=reply.body)
        is_used_up = reply.status == HTTPStatus.TOO_MANY_REQUESTS
        wait = seconds_until_allowed(reply.headers, now) if is_used_up else retry_after(reply.headers, now)
        if is_used_up and wait is not None:
            self._quiet.begin(wait)
        raise fault_of(self._name(request), reply, wait=wait, token=token)

    def _name(self, request: Request) -> str:
        query = f"?{urlencode(request.query)}" if request.query else ""
        return f"GET {self._prefix}{request.path}{query}"


def _may_heal_in_time(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.retry_after_seconds or 0.0) <= LONGEST_WAIT_SECONDS


_BACKOFF = wait_random_exponential(multiplier=_FIRST_BACKOFF_SECONDS, max=_LONGEST_BACKOFF_SECONDS)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, TransientError) else None
    return float(_BACKOFF(state)) + (asked or 0.0)


def _connection_fault(error: Exception) -> str:
    # Only a failed connection's own text is shown: other texts may quote a header, and with it the token.
    reason = f": {error}" if isinstance(error, httpx.ConnectError) else ""
    return f"no answer ({type(error).__name__}{reason}); check base_url, the network and the proxy settings"
