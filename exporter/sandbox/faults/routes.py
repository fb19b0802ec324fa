"""The sandbox's own page for its faults."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exporter.sandbox.faults.docket import Docket
from exporter.sandbox.faults.errors import RuleError
from exporter.sandbox.faults.rule import rules_of
from exporter.sandbox.reply import error_reply

PATH = "/-/faults"


def fault_routes(docket: Docket) -> list[Route]:
    """Routes that show, replace and lift the rules in force."""

    async def shown(_: Request) -> Response:
        return JSONResponse(docket.rows())

    async def replaced(request: Request) -> Response:
        try:
            docket.replace(rules_of(json.loads(await request.body())))
        except (RuleError, ValueError) as error:
            return error_reply(400, str(error), "rule").response()
        return Response(status_code=204)

    async def lifted(_: Request) -> Response:
        docket.replace(())
        return Response(status_code=204)

    return [
        Route(PATH, shown, methods=["GET"]),
        Route(PATH, replaced, methods=["PUT"]),
        Route(PATH, lifted, methods=["DELETE"]),
    ]
