"""What every request to the API passes: the token, the allowance, the path's scope, the parameters; then its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse

from exporter.sandbox.allowance import Allowance
from exporter.sandbox.journal import Journal
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.organisation import Organisation
from exporter.sandbox.question import Endpoint, Json, Question
from exporter.sandbox.refusals import (
    AllowanceRefusal,
    InvalidRefusal,
    Refusal,
    UnauthorizedRefusal,
    UnknownRefusal,
)

# All who bring a wrong token share one allowance, so that guessing neither fills memory nor costs the right one.
STRANGER = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Turns an endpoint's plain function into a handler of HTTP requests."""

    options: SandboxOptions
    billed: Organisation
    allowance: Allowance
    journal: Journal

    def handler(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[JSONResponse]]:
        """The handler that answers for this endpoint."""

        async def handle(request: Request) -> JSONResponse:
            question = Question(request.path_params, dict(request.query_params))
            response = self._respond(endpoint, question, request.headers.get("authorization", ""))
            self.journal.note(request.method, request.url.path, question, response.status_code)
            return response

        return handle

    def _respond(self, endpoint: Endpoint, question: Question, authorization: str) -> JSONResponse:
        caller = self.options.token if authorization == f"Bearer {self.options.token}" else STRANGER
        try:
            self._admit(caller)
            self._check(endpoint, question)
            answer = endpoint.answer(question)
        except Refusal as refusal:
            return self._refused(refusal, caller)
        beside = {} if answer.pagination is None else {"pagination": answer.pagination}
        return JSONResponse({"data": answer.data, **beside}, headers=self.allowance.headers(caller))

    def _admit(self, caller: str) -> None:
        if not self.allowance.takes(caller):
            raise AllowanceRefusal(f"more than {self.options.rate_limit} requests in an hour")
        if caller == STRANGER:
            raise UnauthorizedRefusal("the token is missing or wrong")

    def _check(self, endpoint: Endpoint, question: Question) -> None:
        scope = question.path.get("scope")
        if scope not in (None, self.billed.id) and not self.billed.has_team(str(scope)):
            raise UnknownRefusal(f"there is no team {scope}")
        unknown = sorted(question.query.keys() - endpoint.parameters)
        if self.options.strict_parameters and unknown:
            raise InvalidRefusal(f"unknown parameters: {', '.join(unknown)}")

    def _refused(self, refusal: Refusal, caller: str) -> JSONResponse:
        headers = dict(self.allowance.headers(caller))
        if isinstance(refusal, AllowanceRefusal):
            headers["retry-after"] = str(self.allowance.seconds_left(caller))
        error: Json = {"status": refusal.status, "message": str(refusal), "id": refusal.id}
        return JSONResponse({"error": error}, status_code=refusal.status, headers=headers)
