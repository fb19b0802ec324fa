"""What runs until it is killed: a store that is written all the time, and an exporter that polls all the time."""

import asyncio
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from exporter.app import build
from exporter.config import Account, Config, Secret
from exporter.domain.memory import Gathering, MonthHours
from exporter.store.kept import Kept
from tests.builders import usage_invoice
from tests.by_hand import ByHand
from tests.store.keeping import DETAIL, DETAILS, INVOICES, REPORT, account_store, kept
from tests.store.spending import CREDITS, PAGE, USED

NOW = 1_795_312_800.0  # 2026-11-22T02:00:00Z
TOKEN = "sandbox"


def state(number: int) -> Kept:
    """A state that differs from those of other numbers everywhere, too large for a single page of the file.

    Some parts of its memory come and go.
    """
    invoices = tuple(usage_invoice(f"{number}-{each}") for each in range(300))
    details = tuple((invoice, DETAIL) for invoice in invoices)
    report = replace(
        REPORT,
        invoices=replace(INVOICES, invoices=invoices),
        invoice_details=replace(DETAILS, details=details),
        credits=replace(CREDITS, last_synced_at=float(number)),
    )
    hours = {float(hour): replace(USED, currency=f"{number}") for hour in range(500)}
    parts = {
        "hours.0": MonthHours(hours),
        f"hours.{number}": MonthHours(hours),
        "gathering": Gathering(number, (PAGE,)),
    }
    return kept(report=report, whole_list_at=float(number), memory=parts)


def requests(number: int) -> dict[int, int]:
    """Requests that differ from those of other numbers in every minute."""
    return dict.fromkeys(range(number, number + 60), number)


def save_for_ever(folder: Path, started: Connection) -> None:
    """Save one state after the other, and the requests of each; say so once one is kept."""

    async def save() -> None:
        async with account_store(folder) as store:
            number = 0
            while True:
                await store.save(state(number))
                await store.save_requests(requests(number))
                number += 1
                started.send(number)

    asyncio.run(save())


def configuration(folder: Path, address: str) -> Config:
    """One account of that server, its state in that folder."""
    return Config(accounts=(Account(name="acme", token=Secret(TOKEN), base_url=address),), state=folder)


def poll_for_ever(folder: Path, address: str, started: Connection) -> None:
    """Go on from what is kept and poll without a pause; say so after each poll."""

    async def poll() -> None:
        schedule = ByHand()
        async with build(configuration(folder, address), clock=lambda: NOW, schedule=schedule):
            while True:
                await schedule.run()
                started.send(None)

    asyncio.run(poll())
