"""What is kept of the past in the state file of an exporter that runs, and for how long."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from exporter.app import build
from exporter.config import Account, Config, Secret
from exporter.domain.facts import ONLY, Facts
from exporter.ledger.database import FILE
from exporter.ledger.tables import Owner
from exporter.sandbox import SandboxOptions, build_app
from tests.apps import served
from tests.builders import DAY, JUNE_START
from tests.by_hand import ByHand
from tests.ledger.keeping import API, HOUR, hour_projects, record_all
from tests.northflank.asking import Clock

BEGAN = 1_793_496_600.0  # 2026-11-01T01:30:00Z
AUGUST, OCTOBER = 1_785_542_400.0, 1_790_812_800.0
OLD = {start: hour_projects() for start in (JUNE_START, AUGUST - HOUR, AUGUST, OCTOBER)}


@asynccontextmanager
async def configured(folder: Path, clock: Clock) -> AsyncIterator[Config]:
    """One account of a small sandbox, past hours kept for 62 days, with some hours in the file already."""
    sandbox = build_app(SandboxOptions(now=clock, teams=1, projects=1, resources=1, invoices=2, rate_limit=10**9))
    async with served(sandbox) as address:
        account = Account(name="acme", token=Secret("sandbox"), base_url=address)
        await record_all(folder, Facts(api={ONLY: API}, hour_projects=OLD), Owner("acme", address, None))
        yield Config(accounts=(account,), state=folder, retention=62 * DAY, detail="project")


def kept_hours(folder: Path) -> list[float]:
    """Which of the old hours by project are in the file."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        rows = connection.execute("SELECT instant FROM fact WHERE kind = 'hour_projects' ORDER BY instant")
        return [instant for (instant,) in rows if instant <= OCTOBER]


def put_back(folder: Path) -> None:
    """Make the hour of October one of June."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE fact SET instant = ? WHERE instant = ?", (JUNE_START, OCTOBER))


async def test_old_hours_go_after_retention(tmp_path: Path) -> None:
    """Past hours stay for the retention, by whole months; about once a day it is seen which are older."""
    clock = Clock(BEGAN)
    async with configured(tmp_path, clock) as config:
        schedule = ByHand()
        async with build(config, clock=clock, schedule=schedule):
            assert list(OLD) == kept_hours(tmp_path)
            await schedule.run()
            assert [AUGUST, OCTOBER] == kept_hours(tmp_path)

            put_back(tmp_path)
            clock.now = BEGAN + HOUR
            await schedule.run()
            assert [JUNE_START, AUGUST] == kept_hours(tmp_path)

            clock.now = BEGAN + DAY + HOUR
            await schedule.run()
            # 62 days before the second of November is the first of September.
            assert [] == kept_hours(tmp_path)


async def test_clock_that_is_ahead(tmp_path: Path) -> None:
    """A clock that was set ten years forward takes no past hours away: what Northflank lists says how old they are."""
    clock = Clock(BEGAN)
    async with configured(tmp_path, clock) as config:
        schedule = ByHand()
        async with build(config, clock=lambda: BEGAN + 3650 * DAY, schedule=schedule):
            await schedule.run()

    assert list(OLD) == kept_hours(tmp_path)
