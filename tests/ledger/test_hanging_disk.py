"""A disk that does not answer, or is slow."""

import asyncio
import time
from pathlib import Path
from threading import Event

from structlog.testing import capture_logs

from exporter.background import Background
from exporter.domain.facts import NO_FACTS, Facts
from exporter.ledger.disk import Disk
from exporter.ledger.tables import Owner
from tests.ledger.keeping import KEPT, OWNER, all_of, begun, events, found, opened

ACCOUNTS = 50


async def answered(disk: Disk) -> None:
    """Return once the disk answers again."""
    async with asyncio.timeout(10):
        while not await disk.run(OWNER.account, lambda _: True):
            pass


async def test_disk_that_hangs_is_waited_for_once(tmp_path: Path) -> None:
    """As long as a disk does not answer nobody waits for it a second time, however many accounts there are."""
    goes_on, patience = Event(), 1.0
    async with opened(tmp_path, patience_seconds=patience) as disk:
        with capture_logs() as logs:
            began = time.monotonic()
            running = [disk.run(f"account-{number % 5}", lambda _: goes_on.wait(30)) for number in range(10)]
            assert [None] * 10 == await asyncio.gather(*running)
            took = time.monotonic() - began
            goes_on.set()
            await answered(disk)
            await (await begun(disk)).record(all_of(KEPT))

    assert took < 3 * patience
    assert ["store.unavailable"] * 5 == events(logs)[:5]
    assert KEPT == await found(tmp_path)


async def test_disk_that_hangs(tmp_path: Path) -> None:
    """A disk that does not answer is a fault like any other: the polls go on, and so does the ledger afterwards."""
    goes_on = Event()
    async with opened(tmp_path, patience_seconds=0.5) as disk:
        with capture_logs() as logs:
            assert None is await disk.run("acme", lambda _: goes_on.wait(10))
            goes_on.set()
            await answered(disk)
            assert NO_FACTS == (await begun(disk)).facts

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert f"{tmp_path}: no answer from the disk in time; mend it, or set state.path to another one" == logs[0]["error"]


async def test_answer_that_comes_too_late(tmp_path: Path) -> None:
    """What a disk that hangs at the start answers later is not mixed with what was fetched meanwhile."""
    async with opened(tmp_path) as disk:
        await (await begun(disk)).record(all_of(KEPT))
    goes_on = Event()
    fetched = Facts(api=KEPT.api, unpaid={"usage-9": 9.0})
    async with opened(tmp_path, patience_seconds=0.2) as disk:
        hanging = asyncio.create_task(disk.run("other", lambda _: goes_on.wait(10)))
        await asyncio.sleep(0)
        ledger = await begun(disk)
        await ledger.record(all_of(fetched))
        assert fetched == ledger.facts
        goes_on.set()
        await hanging
        await answered(disk)
        await ledger.flush()

    released = Facts(hour_projects=KEPT.hour_projects, project_months=KEPT.project_months)
    assert fetched.with_changes({**all_of(released), "resource_months": KEPT.resource_months}) == await found(tmp_path)


async def test_accounts_that_write_at_once(tmp_path: Path) -> None:
    """Waiting for the writes of other accounts does not count: a slow disk is no fault (fault 8)."""
    patience = 0.5
    async with opened(tmp_path, patience_seconds=patience) as disk:
        with capture_logs() as logs:
            began = time.monotonic()
            slow = [disk.run(f"account-{number}", lambda _: not Event().wait(0.03)) for number in range(ACCOUNTS)]
            assert [True] * ACCOUNTS == await asyncio.gather(*slow)
            took = time.monotonic() - began

    assert patience < took
    assert [] == logs


async def test_all_accounts_are_written(tmp_path: Path) -> None:
    """Many accounts that record at once each have their own facts afterwards."""
    owners = [Owner(f"account-{number}", "https://api.example", None) for number in range(ACCOUNTS)]
    facts = [Facts(unpaid={f"usage-{number}": float(number)}) for number in range(ACCOUNTS)]
    async with opened(tmp_path) as disk:
        ledgers = [await begun(disk, owner) for owner in owners]
        await asyncio.gather(*(ledger.record(all_of(each)) for ledger, each in zip(ledgers, facts, strict=True)))
    async with opened(tmp_path) as disk:
        assert facts == [(await begun(disk, owner)).facts for owner in owners]


async def test_end_does_not_wait_for_a_disk_that_hangs(tmp_path: Path) -> None:
    """The exporter ends within a second or so, whatever the disk does."""
    goes_on = Event()
    disk = Disk(tmp_path, Background(), patience_seconds=0.1)
    await disk.run("acme", lambda _: goes_on.wait(10))
    began = time.monotonic()
    await disk.close()
    took = time.monotonic() - began
    goes_on.set()

    assert took < 5
