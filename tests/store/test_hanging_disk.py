"""A disk that does not answer."""

import asyncio
import time
from pathlib import Path
from threading import Event

from structlog.testing import capture_logs

from exporter.background import Background
from exporter.store.store import Store
from tests.store.keeping import TERMS, events, kept, loaded


async def answered(store: Store) -> None:
    """Return once the disk answers again."""
    async with asyncio.timeout(10):
        while not await store.run(lambda _: True):
            pass


async def test_disk_that_hangs_is_waited_for_once(tmp_path: Path) -> None:
    """As long as a disk does not answer nobody waits for it a second time, however many there are that write."""
    goes_on, patience = Event(), 1.0
    store = Store(tmp_path, Background(), patience_seconds=patience)
    with capture_logs() as logs:
        began = time.monotonic()
        for _ in range(10):
            assert None is await store.run(lambda _: goes_on.wait(30))
        took = time.monotonic() - began
        goes_on.set()
        await answered(store)
        await store.of("acme", TERMS).save(kept())
    await store.close()

    assert took < 3 * patience
    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert kept() == await loaded(tmp_path)


async def test_disk_that_hangs(tmp_path: Path) -> None:
    """A disk that does not answer is a fault like any other: the polls go on, and so does the store afterwards."""
    goes_on = Event()
    store = Store(tmp_path, Background(), patience_seconds=0.5)
    with capture_logs() as logs:
        assert None is await store.run(lambda _: goes_on.wait(10))
        goes_on.set()
        await answered(store)
        assert None is await store.of("acme", TERMS).load()
    await store.close()

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert f"{tmp_path}: no answer from the disk in time; mend it, or set state.path to another one" == logs[0]["error"]
