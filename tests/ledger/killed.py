"""What runs until it is killed: a ledger that is written all the time, and an exporter that polls."""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from exporter.app import App, build
from exporter.config import Account, Config, Secret
from exporter.domain.credit import CreditBalance
from exporter.domain.facts import ONLY, Changes
from exporter.domain.report import Dataset
from tests.builders import usage_invoice
from tests.by_hand import ByHand
from tests.ledger.keeping import API, DETAIL, USED, begun, opened

NOW = 1_793_496_600.0  # 2026-11-01T01:30:00Z
TOKEN = "sandbox"


def state(number: int) -> Changes:
    """Facts that differ from those of other numbers everywhere, too large for a single page of the file.

    Some of them come and go.
    """
    before = {float(number - 1 + each): None for each in range(500)} if number else {}
    return {
        "api": {ONLY: API},
        "invoices": {f"{each}": usage_invoice(f"{number}-{each}") for each in range(300)},
        "hours": {**before, **{float(number + each): USED for each in range(500)}},
        "credits": {ONLY: CreditBalance(f"{number}", DETAIL.total, None, None, None, None, float(number))},
        "polled": {Dataset.USAGE: float(number)},
    }


def requests(number: int) -> dict[int, int]:
    """Requests that differ from those of other numbers in every minute."""
    return dict.fromkeys(range(number, number + 60), number)


def record_for_ever(folder: Path, started: Connection) -> None:
    """Record one state after the other, and the requests of each; say so once one is recorded."""

    async def record() -> None:
        async with opened(folder) as disk:
            ledger = await begun(disk)
            number = int(ledger.facts.polled.get(Dataset.USAGE, -1)) + 1
            while True:
                await ledger.record(state(number))
                await ledger.save_requests(requests(number))
                number += 1
                started.send(number)

    asyncio.run(record())


def configuration(folder: Path, address: str) -> Config:
    """One account of that server, its state in that folder."""
    return Config(accounts=(Account(name="acme", token=Secret(TOKEN), base_url=address),), state=folder)


def live(folder: Path, address: str, seen: Connection) -> None:
    """Start on what is in the folder and poll all at once, as the scheduler does, until nothing is left to be asked.

    Sends what is shown at the start and after each round, and whether it is the last.
    """

    async def poll() -> None:
        schedule = ByHand()
        async with build(configuration(folder, address), clock=lambda: NOW, schedule=schedule) as app:
            seen.send((shown(app), False))
            while True:
                await asyncio.gather(*(job.run() for job in schedule.jobs))
                pending = _pending(app)
                seen.send((shown(app), not pending))
                if not pending:
                    return

    asyncio.run(poll())


def shown(app: App) -> str:
    """What is shown of the bill."""
    return app.exposition.snapshot.plain().decode()


def _pending(app: App) -> float:
    lines = app.exposition.plain().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("northflank_exporter_pending_requests{"))
