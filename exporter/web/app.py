"""The routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from exporter.web import landing
from exporter.web.encoding import is_gzip_accepted
from exporter.web.exposition import CONTENT_TYPE, Exposition

_Endpoint = Callable[[Request], Awaitable[Response]]


def build(*, telemetry_path: str, exposition: Exposition, is_ready: Callable[[], bool], version: str) -> Starlette:
    """The exporter's pages. Where `telemetry_path` is `/`, metrics stand there and no landing page does."""
    page = landing.render(telemetry_path=telemetry_path, version=version)
    return Starlette(
        routes=[
            Route(telemetry_path, _metrics(exposition)),
            Route("/-/healthy", _healthy),
            Route("/-/ready", _ready(is_ready)),
            Route("/", _landing(page)),
        ]
    )


def _metrics(exposition: Exposition) -> _Endpoint:
    async def metrics(request: Request) -> Response:
        headers = {"content-type": CONTENT_TYPE, "vary": "Accept-Encoding"}
        if is_gzip_accepted(",".join(request.headers.getlist("accept-encoding"))):
            return Response(exposition.gzipped(), headers=headers | {"content-encoding": "gzip"})
        return Response(exposition.plain(), headers=headers)

    return metrics


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("Healthy.\n")


def _ready(is_ready: Callable[[], bool]) -> _Endpoint:
    async def ready(_: Request) -> Response:
        if is_ready():
            return PlainTextResponse("Ready.\n")
        return PlainTextResponse("Not ready: an account is waited for, five minutes at most.\n", status_code=503)

    return ready


def _landing(page: str) -> _Endpoint:
    async def landing_page(_: Request) -> Response:
        return HTMLResponse(page)

    return landing_page
