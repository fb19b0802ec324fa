"""An exporter that is stopped, killed and left alone, and a sandbox in trouble, for hours on end on one clock."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from exporter.app import App, build
from exporter.config import Account, Api, Config, Poll, Secret
from exporter.domain.budget import Declared
from exporter.ledger.database import FILE
from exporter.sandbox import SandboxOptions, build_app
from tests.apps import served
from tests.e2e.expected_polls import ACCOUNT
from tests.faults.pair import TOKEN, ByHand, Pair, Rule

SHARE = Decimal("0.5")
_HOUR = 3600
_TIMEOUT_SECONDS = 2.0


@dataclass(slots=True)
class Seen:
    """What the sandbox has seen: the clock at each request to its API. `fuse` counts down to `burnt`."""

    hand: ByHand
    requests: list[float] = field(default_factory=list)
    fuse: int = 0
    burnt: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        """Note a request that comes in now."""
        self.requests.append(self.hand.now)
        self.fuse -= 1
        if self.fuse == 0:
            self.burnt.set()

    def most_in_an_hour(self) -> int:
        """The most requests in any hour, wherever it begins."""
        most = first = 0
        for last, at in enumerate(self.requests):
            while self.requests[first] <= at - _HOUR:
                first += 1
            most = max(most, last - first + 1)
        return most


@dataclass(slots=True)
class Simulated:
    """The exporter and what it asks: `pair.app` is the exporter that runs, `folders` are where it may live."""

    pair: Pair
    config: Config
    seen: Seen
    folders: Iterator[Path]

    async def poll(self, *rules: Rule) -> None:
        """Poll everything while the sandbox misbehaves by these rules."""
        await self.pair.spoil(*rules)
        await self.pair.poll()
        await self.pair.spoil()

    async def restart(self) -> None:
        """Stop the exporter in good order, and start it again."""
        await self.pair.app.__aexit__(None, None, None)
        self.pair.app = await _started(self.config, self.pair.hand)

    async def kill(self, after: int) -> None:
        """Poll, and end the exporter when it has made so many requests; start it on what was on the disk then.

        A poll of fewer requests is over before.
        """
        self.seen.burnt.clear()
        self.seen.fuse = after
        polling, burning = asyncio.create_task(self.pair.poll()), asyncio.create_task(self.seen.burnt.wait())
        await asyncio.wait({polling, burning}, return_when=asyncio.FIRST_COMPLETED)
        # The one that is killed goes on in its own folder until it is gone: nothing of that is in the copy.
        self.config = replace(self.config, state=_copied(self.config.state, next(self.folders)))
        polling.cancel()
        burning.cancel()
        await asyncio.gather(polling, burning, return_exceptions=True)
        await self.restart()


@asynccontextmanager
async def simulated(
    folder: Path,
    began: float,
    declared: Declared | None = None,
    *,
    poll: Poll | None = None,
    detail: str = "resource",
    **world: Any,  # noqa: ANN401 - SandboxOptions says what it takes
) -> AsyncIterator[Simulated]:
    """An exporter that has not polled yet, its state in `folder`, and a sandbox of that world."""
    hand = ByHand(now=began)
    seen = Seen(hand)
    sandbox = build_app(SandboxOptions(**{"token": TOKEN, "now": lambda: hand.now, **world}))
    folders = (folder / f"life-{number}" for number in count(1))
    # What is asked of the ledger needs no socket.
    beside = httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox")
    async with served(_noting(sandbox, seen)) as address, beside as http:
        account = Account(name=ACCOUNT, token=Secret(TOKEN), base_url=address, declared=declared or Declared())
        config = Config(
            accounts=(account,),
            api=Api(timeout=_TIMEOUT_SECONDS, share=SHARE),
            poll=poll or Poll(),
            detail=detail,  # type: ignore[arg-type] # the caller names one
            state=next(folders),
        )
        month = Simulated(Pair(await _started(config, hand), hand, http), config, seen, folders)
        yield month
        await month.pair.app.__aexit__(None, None, None)


async def _started(config: Config, hand: ByHand) -> App:
    app = build(config, clock=lambda: hand.now, monotonic=lambda: hand.now, sleep=hand.sleep, schedule=hand)
    return await app.__aenter__()


def _copied(state: object, into: Path) -> Path:
    """A folder with what was on the disk at this instant: a killed process leaves no more than what it committed."""
    into.mkdir()
    source = Path(str(state)) / FILE
    if source.exists():
        with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(into / FILE)) as copy:
            whole.backup(copy)
    return into


def _noting(app: ASGIApp, seen: Seen) -> ASGIApp:
    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            seen.note()
        await app(scope, receive, send)

    return note
