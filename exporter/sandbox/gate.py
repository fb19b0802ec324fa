"""What every request to the API passes: the token, the allowance, the path's scope, the parameters; then its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp

from exporter.sandbox.allowance import Allowance
from exporter.sandbox.customers import Customer
from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.docket import Docket
from exporter.sandbox.faults.spoiling import Case, Spoilt, spoilt, whole
from exporter.sandbox.journal import Journal
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.organisation import Organisation
from exporter.sandbox.question import Question
from exporter.sandbox.refusals import (
    AllowanceRefusal,
    InvalidRefusal,
    Refusal,
    UnauthorizedRefusal,
    UnknownRefusal,
)
from exporter.sandbox.reply import Reply, error_reply, json_reply

# All who bring a wrong token share one allowance, so that guessing neither fills memory nor costs the right one.
STRANGER = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Turns an endpoint's plain function into a handler of HTTP requests.

    Answers are made one at a time in a thread, so that a large one keeps no other request waiting for the event loop.
    """

    options: SandboxOptions
    customers: Mapping[str, Customer]
    allowance: Allowance
    docket: Docket
    journal: Journal
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def handler(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[ASGIApp]]:
        """The handler that answers for this endpoint."""

        async def handle(request: Request) -> ASGIApp:
            question = Question(request.path_params, dict(request.query_params))
            authorization = request.headers.get("authorization", "")
            await asyncio.sleep(self.options.latency)
            async with self.turn:
                answered = await asyncio.to_thread(self._answered, endpoint, question, authorization)
            self.journal.note(request.method, request.url.path, question, answered.status)
            return answered.deliver

        return handle

    def _answered(self, endpoint: Endpoint, question: Question, authorization: str) -> Spoilt:
        token = authorization.removeprefix("Bearer ")
        caller = token if token in self.customers and authorization == f"Bearer {token}" else STRANGER
        try:
            self._admit(caller)
        except Refusal as refusal:
            return whole(self._refused(refusal, caller))
        endpoint = self.customers[caller].endpoints.get(endpoint.name, endpoint)
        rule = self.docket.rule_for(endpoint, question)

        def tell(asked: Question) -> Reply:
            return self._told(endpoint, asked, caller)

        if rule is None:
            return whole(tell(question))
        return spoilt(Case(rule, endpoint, question, tell, self.allowance.headers(caller)))

    def _told(self, endpoint: Endpoint, question: Question, caller: str) -> Reply:
        try:
            self._check(endpoint, question, self.customers[caller].books.organisation)
            answer = endpoint.answer(question)
        except Refusal as refusal:
            return self._refused(refusal, caller)
        beside = {} if answer.pagination is None else {"pagination": answer.pagination}
        return json_reply({"data": answer.data, **beside}, headers=self.allowance.headers(caller))

    def _admit(self, caller: str) -> None:
        if not self.allowance.takes(caller):
            raise AllowanceRefusal(f"more than {self.options.rate_limit} requests in an hour")
        if caller == STRANGER:
            raise UnauthorizedRefusal("the token is missing or wrong")

    def _check(self, endpoint: Endpoint, question: Question, billed: Organisation) -> None:
        scope = question.path.get("scope")
        if scope not in (None, billed.id) and not billed.has_team(str(scope)):
            raise UnknownRefusal(f"there is no team {scope}")
        unknown = sorted(question.query.keys() - endpoint.parameters)
        if self.options.strict_parameters and unknown:
            raise InvalidRefusal(f"unknown parameters: {', '.join(unknown)}")

    def _refused(self, refusal: Refusal, caller: str) -> Reply:
        headers = dict(self.allowance.headers(caller))
        if isinstance(refusal, AllowanceRefusal):
            headers["retry-after"] = str(self.allowance.seconds_left(caller))
        return error_reply(refusal.status, str(refusal), refusal.id, headers)
