"""A sandbox on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from exporter.sandbox import build_app
from exporter.web.listen import listen, url
from exporter.web.server import serve
from tests.sandbox.reaching import options


@asynccontextmanager
async def served(**changes: Any) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ANN401 - each option has a type of its own
    """A client of a new sandbox with these options, with the right token and little patience."""
    told = options(**changes)
    stop, started = asyncio.Event(), asyncio.Event()
    listening = listen("127.0.0.1:0", flag="sandbox")
    server = asyncio.create_task(serve(build_app(told), listening, stop=stop, on_listening=started.set))
    await started.wait()
    headers = {"authorization": f"Bearer {told.token}"}
    try:
        async with httpx.AsyncClient(base_url=url(listening), headers=headers, trust_env=False, timeout=5) as client:
            yield client
    finally:
        stop.set()
        await server


async def spoil(client: httpx.AsyncClient, fault: str, arguments: dict[str, Any] | None = None, **rule: Any) -> None:  # noqa: ANN401 - any JSON
    """Have this one rule from now on."""
    told = [{"fault": fault, "with": arguments or {}, **rule}]
    assert httpx.codes.NO_CONTENT == (await client.put("/-/faults", json=told)).status_code
