"""An exporter put together from a configuration file, and the server that it asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from exporter.app import App
from exporter.config import Config
from exporter.config.load import load
from exporter.sandbox import SandboxOptions, build_app
from exporter.web.listen import listen, url
from exporter.web.server import serve

NOW = 1_795_312_800.0  # 2026-11-22T02:00:00Z


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The address of an application on a port that the system chooses."""
    stop = asyncio.Event()
    with listen("127.0.0.1:0", flag="--test") as listening:
        serving = asyncio.create_task(serve(app, listening, stop=stop, on_listening=lambda: None))
        yield url(listening)
        stop.set()
        await serving


def configured(folder: Path, text: str, **tokens: str) -> Config:
    """A configuration file with this text, and token files beside it."""
    for name, token in tokens.items():
        (folder / name).write_text(token)
    path = folder / "config.yaml"
    path.write_text(text)
    return load(path, {})


def value(app: App, start: str) -> float | None:
    """The value of the one series that begins so, None where there is none."""
    lines = [line for line in app.exposition.plain().decode().splitlines() if line.startswith(start)]
    assert len(lines) <= 1
    return float(lines[0].rpartition(" ")[2]) if lines else None


def up(app: App, account: str, dataset: str = "invoices") -> float | None:
    """Whether a dataset of the account is up."""
    return value(app, f'northflank_up{{account="{account}",dataset="{dataset}"}}')


def noting(app: ASGIApp, seen: list[tuple[str, str]]) -> ASGIApp:
    """The application, which notes what is asked for, and by whom."""

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            seen.append((scope["path"].removeprefix("/v1/billing"), Headers(scope=scope)["user-agent"]))
        await app(scope, receive, send)

    return note


def small_sandbox() -> Starlette:
    """A small sandbox at a moment that stays."""
    return build_app(SandboxOptions(now=lambda: NOW, teams=2, projects=1, resources=1))
