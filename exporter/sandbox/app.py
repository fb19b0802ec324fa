"""The sandbox put together: the API below `/v1`, the ledger and the request log beside it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exporter.sandbox.allowance import Allowance
from exporter.sandbox.customers import Customer, customers_of
from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.docket import Docket
from exporter.sandbox.faults.routes import fault_routes
from exporter.sandbox.faults.rule import rules_of
from exporter.sandbox.gate import Gate
from exporter.sandbox.journal import Journal
from exporter.sandbox.ledger_page import ledger_routes
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.question import Answer, Question
from exporter.sandbox.refusals import UnknownRefusal

PREFIXES = ("/v1", "/v1/teams/{scope}")
ANY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")


def build_app(options: SandboxOptions) -> Starlette:
    """A sandbox of these options as an ASGI application.

    Prices are made when they are first asked for, so that building one costs little whatever its size.
    Raises RuleError for faults in the options that are none.
    """
    customers = customers_of(options)
    journal = Journal()
    docket = Docket(rules_of(options.faults))
    gate = Gate(options, customers, Allowance(options.rate_limit, options.now), docket, journal)
    own = [*_log_routes(journal), *fault_routes(docket), *ledger_routes(customers, options)]
    return Starlette(routes=[*own, *_api(gate, customers[options.token])])


def _api(gate: Gate, customer: Customer) -> list[Route]:
    """The routes of the API; every customer has the same."""
    routes = [
        Route(prefix + endpoint.path, gate.handler(endpoint), methods=["GET"])
        for prefix in PREFIXES
        for endpoint in customer.endpoints.values()
    ]
    nothing = Endpoint("login", "/login", frozenset(), lambda _: Answer({}))
    login = Route("/v1/login", gate.handler(nothing), methods=["GET"])
    elsewhere = Endpoint("nowhere", "/{rest:path}", frozenset(), _nowhere)
    return [*routes, login, Route("/v1/{rest:path}", gate.handler(elsewhere), methods=ANY_METHOD)]


def _nowhere(question: Question) -> Answer:
    raise UnknownRefusal(f"there is no /v1/{question.path['rest']}")


def _log_routes(journal: Journal) -> list[Route]:
    async def shown(_: Request) -> JSONResponse:
        return JSONResponse(journal.rows())

    async def forgotten(_: Request) -> Response:
        journal.forget()
        return Response(status_code=204)

    return [
        Route("/-/requests", shown, methods=["GET"]),
        Route("/-/requests", forgotten, methods=["DELETE"]),
    ]
