import asyncio
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from exporter.app import build
from exporter.cli.run import run_exporter
from exporter.config import Account, Config, Secret
from exporter.ledger.state_file import StateFile
from exporter.web.listen import listen, url

ACCOUNT = Account(name="acme", token=Secret("t"), base_url="http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def own_interpreter() -> Iterator[None]:
    """How the interpreter divides its time is as before for the tests that follow."""
    switch_seconds, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(switch_seconds)
    gc.set_threshold(*thresholds)


@pytest.mark.parametrize(
    "has_been_asked", [pytest.param(True, id="stopped at once"), pytest.param(False, id="stopped while serving")]
)
async def test_ends_when_it_is_asked_to(tmp_path: Path, has_been_asked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """It ends when it is asked to, also before it shows anything: then nothing is served; and the state is let go."""
    stop, served = asyncio.Event(), list[int]()
    if has_been_asked:
        stop.set()

    async def scrape(address: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            served.append((await client.get(f"{address}/-/healthy")).status_code)
        stop.set()

    scraping: list[asyncio.Task[None]] = []
    with listen("127.0.0.1:0", flag="--test") as listening:
        address = url(listening)
        await run_exporter(
            build(Config(accounts=(ACCOUNT,), state=tmp_path)),
            listening,
            telemetry_path="/metrics",
            stop=stop,
            on_listening=lambda: scraping.append(asyncio.create_task(scrape(address))),
        )

    assert ([] if has_been_asked else [200]) == served
    file = StateFile(tmp_path, patience_seconds=10)
    assert None is file.use(lambda _: None)
    file.close()
