import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from exporter.web.app import build

BODY = b"# HELP northflank_up x\n# TYPE northflank_up gauge\nnorthflank_up 1.0\n"
Opener = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@dataclass(frozen=True, slots=True)
class FixedExposition:
    """An exposition that never changes."""

    def plain(self) -> bytes:
        """The body."""
        return BODY

    def gzipped(self) -> bytes:
        """The body in one gzip member."""
        return gzip.compress(BODY)


@pytest.fixture
def open_pages() -> Opener:
    """Open a client of pages whose exposition is fixed, with `is_ready` and the like as given."""

    @asynccontextmanager
    async def open_them(
        *, telemetry_path: str = "/metrics", is_ready: bool = True, version: str = "1.2.3"
    ) -> AsyncIterator[httpx.AsyncClient]:
        pages = build(
            telemetry_path=telemetry_path,
            exposition=FixedExposition(),
            is_ready=lambda: is_ready,
            version=version,
        )
        transport = httpx.ASGITransport(pages)
        async with httpx.AsyncClient(transport=transport, base_url="http://exporter") as client:
            yield client

    return open_them
