"""Whatever a disk does is said once, and raises nothing; nothing that was recorded gets lost by it."""

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.domain.facts import NO_FACTS, ONLY, Facts
from exporter.domain.question import GetCredits, InvoiceList, ListInvoices
from exporter.ledger.database import FILE, SCHEMA
from tests.builders import JULY_START, usage_invoice
from tests.ledger.keeping import (
    HOUR,
    KEPT,
    NOW,
    OWNER,
    a_ledger,
    all_of,
    begun,
    events,
    found,
    hour_projects,
    opened,
    record_all,
)
from tests.ledger.test_ledger import BALANCE, LISTED, answer

NOBODY = 65_534
ROOM_BYTES = 64 * 1024


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def without_privileges() -> Iterator[None]:
    """As a person for whom the modes of folders count, also if root runs the tests."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder that everybody may read and nobody may write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def _fault(_: sqlite3.Connection) -> None:
    raise OSError("a disk that came loose")


async def test_two_processes(tmp_path: Path) -> None:
    """The second one on a folder says so once and works without it, until the first has ended."""
    async with opened(tmp_path) as first:
        await (await begun(first)).record({"unpaid": {"usage-0": 0.0}})
        with capture_logs() as logs:
            async with opened(tmp_path) as second:
                ledger = await begun(second)
                assert NO_FACTS == ledger.facts
                await ledger.record(all_of(KEPT))
                await ledger.flush()
                assert KEPT == ledger.facts
                (line,) = logs
                text = f"{tmp_path}: another process keeps its state here; give each a state.path of its own"
                assert ("store.unavailable", text) == (line["event"], line["error"])

                await first.close()
                await ledger.flush()

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert KEPT == await found(tmp_path)


async def test_what_another_process_wrote_is_overwritten(tmp_path: Path) -> None:
    """After the folder was another's, all is written anew: its facts are not taken for one's own."""
    async with opened(tmp_path) as first:
        ledger = await begun(first)
        await ledger.record(all_of(KEPT))
        await first.run("other", _fault)
        async with a_ledger(tmp_path) as second:
            await second.record({"unpaid": {"usage-9": 9.0}, "credits": {ONLY: BALANCE}, "api": {ONLY: None}})
        ledger.note({"waiting": KEPT.waiting})
        await ledger.flush()

    assert KEPT == await found(tmp_path)


async def test_full_disk(tmp_path: Path) -> None:
    """On a full disk the facts before stay whole, it is said once, and once there is room again all is written."""
    many = InvoiceList(tuple(usage_invoice(f"usage-{number}") for number in range(2000)))
    async with opened(tmp_path) as disk:
        ledger = await begun(disk)
        await ledger.record_answer(answer(ledger, ListInvoices(), LISTED))
        with capture_logs() as logs:
            with room(ROOM_BYTES):
                await ledger.record_answer(answer(ledger, ListInvoices(), many))
                await ledger.flush()
                assert ["usage-7"] == list((await begun(disk)).facts.invoices)
                await ledger.flush()
            await ledger.flush()
        facts = ledger.facts

    assert ["store.unavailable", "store.recovered", "store.unavailable", "store.recovered"] == events(logs)
    assert logs[0]["error"].startswith(f"{tmp_path}: ")
    assert logs[0]["error"].endswith("; see that the folder can be written and has room, or set state.path")
    assert 2000 == len(facts.invoices)
    assert facts == await found(tmp_path)


async def test_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    """Where not even the file can be made, the exporter works without; later it is made."""
    with capture_logs() as logs:
        async with opened(tmp_path) as disk:
            with room(0):
                ledger = await begun(disk)
                assert NO_FACTS == ledger.facts
                await ledger.record(all_of(KEPT))
            await ledger.flush()

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert KEPT == await found(tmp_path)


async def test_fault_is_tried_again_at_the_next_flush(tmp_path: Path) -> None:
    """While the disk fails, answers do not wait for it one by one; the end of a poll tries, and nothing is lost."""
    tried: list[bool] = []
    async with opened(tmp_path) as disk:
        ledger = await begun(disk)
        await ledger.record_answer(answer(ledger, ListInvoices(), LISTED))
        with capture_logs() as logs, room(0):
            await disk.run(OWNER.account, _fault)
            before = len(logs)
            for number in range(3):
                await ledger.record({"unpaid": {f"usage-{number}": 1.0}})
                tried.append(len(logs) > before)
            ledger.note({"unpaid": {"usage-0": None}})
            await ledger.flush()
            assert not disk.is_well(OWNER.account)
        await ledger.record_answer(answer(ledger, GetCredits(), BALANCE))
        await ledger.flush()
        facts = ledger.facts

    assert [False] * 3 == tried
    assert {"usage-1": 1.0, "usage-2": 1.0} == facts.unpaid
    assert facts == await found(tmp_path)


async def test_released_while_the_disk_fails(tmp_path: Path) -> None:
    """Hours that are released from memory while the disk fails are written once it is well again."""
    hours = {JULY_START + number * HOUR: hour_projects() for number in range(3)}
    async with opened(tmp_path) as disk:
        ledger = await begun(disk)
        await ledger.record({"unpaid": {"usage-0": 0.0}, "api": KEPT.api})
        with capture_logs() as logs:
            await disk.run(OWNER.account, _fault)
            await ledger.record({"hour_projects": hours}, {"hour_projects": list(hours)[:2]})
            assert list(hours)[2:] == list(ledger.facts.hour_projects)
            await ledger.flush()

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert hours == (await found(tmp_path)).hour_projects


async def test_read_only_folder(read_only: Path) -> None:
    """Where nothing can be written the exporter works without, and the line says where."""
    with capture_logs() as logs, without_privileges():
        async with a_ledger(read_only) as ledger:
            assert NO_FACTS == ledger.facts
            await ledger.record(all_of(KEPT))
            assert KEPT == ledger.facts

    (line,) = logs
    assert "store.unavailable" == line["event"]
    assert f"{read_only}: [Errno 13] Permission denied" in line["error"]
    assert "exc_info" not in line


async def test_folder_that_cannot_be(tmp_path: Path) -> None:
    """Where the path leads through a file, the exporter works without."""
    (tmp_path / "file").touch()
    with capture_logs() as logs:
        assert NO_FACTS == await found(tmp_path / "file" / "state")

    assert ["store.unavailable"] == events(logs)


@pytest.mark.parametrize("is_whole", [pytest.param(True, id="folder"), pytest.param(False, id="file")])
async def test_state_that_is_removed_while_running(tmp_path: Path, *, is_whole: bool) -> None:
    """A folder or file that is removed is noticed at the next write, said once, and written anew (case 16)."""
    folder = tmp_path / "state"
    async with opened(folder) as disk:
        ledger, other = await begun(disk), await begun(disk, replace(OWNER, account="other"))
        for each in (ledger, other):
            await each.record(all_of(KEPT))
        await ledger.save_requests({1: 2})
        with capture_logs() as logs:
            shutil.rmtree(folder) if is_whole else (folder / FILE).unlink()
            assert await ledger.record_answer(answer(ledger, GetCredits(), BALANCE))
            other.note({"waiting": KEPT.waiting})
            await other.flush()
            await ledger.save_requests({1: 2, 2: 3})
        facts = ledger.facts

    text = f"{folder / FILE}: removed or replaced while in use; it is written anew from memory"
    assert [("store.removed", text)] == [(line["event"], line["error"]) for line in logs]
    assert replace(KEPT, credits={ONLY: BALANCE}) == facts == await found(folder)
    assert KEPT == await found(folder, replace(OWNER, account="other"))
    async with a_ledger(folder) as ledger:
        assert {1: 2, 2: 3} == await ledger.load_requests()


async def test_newer_schema(tmp_path: Path) -> None:
    """The file of a newer version is left alone, said once, and the exporter works without."""
    await record_all(tmp_path)
    raise_version(tmp_path, SCHEMA + 1)
    with capture_logs() as logs:
        async with a_ledger(tmp_path) as ledger:
            assert NO_FACTS == ledger.facts
            await ledger.record({"unpaid": {"usage-9": 9.0}})
            await ledger.flush()
    assert ["store.unavailable"] == events(logs)

    raise_version(tmp_path, SCHEMA)
    assert KEPT == await found(tmp_path)


async def test_older_schema(tmp_path: Path) -> None:
    """The file of an older version is moved aside, said once, and the exporter begins anew."""
    await record_all(tmp_path)
    raise_version(tmp_path, SCHEMA - 1)
    with capture_logs() as logs:
        assert NO_FACTS == await found(tmp_path)
        await record_all(tmp_path)

    assert ["store.moved_aside"] == events(logs)
    assert KEPT == await found(tmp_path)


def raise_version(folder: Path, version: int) -> None:
    """Make the file one of this schema."""
    connection = sqlite3.connect(folder / FILE)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


async def test_damage_while_running(tmp_path: Path) -> None:
    """A file that was spoilt is moved aside when it is opened anew after a fault, and written from memory."""
    async with opened(tmp_path) as disk:
        ledger = await begun(disk)
        await ledger.record(all_of(KEPT))
        with capture_logs() as logs:
            await disk.run(OWNER.account, _fault)
            (tmp_path / FILE).write_bytes(b"nonsense" * 4096)
            ledger.note({"waiting": KEPT.waiting})
            await ledger.flush()

    assert ["store.unavailable", "store.moved_aside", "store.recovered"] == events(logs)
    assert KEPT == await found(tmp_path)


@pytest.mark.parametrize("kind", ["credits", "hour_projects", "resource_months"])
async def test_damaged_fact(tmp_path: Path, kind: str) -> None:
    """A fact that cannot be read makes all of them unknown, which is said once; the next ones replace them."""
    await record_all(tmp_path)
    connection = sqlite3.connect(tmp_path / FILE)
    with connection:
        connection.execute("UPDATE fact SET payload = x'c1' WHERE kind = ?", (kind,))
    connection.close()
    fewer = Facts(api=KEPT.api, waiting={})
    with capture_logs() as logs:
        async with a_ledger(tmp_path) as ledger:
            assert NO_FACTS == ledger.facts
            await ledger.record(all_of(fewer))
            await ledger.flush()

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert "what is kept is damaged" in logs[0]["error"]
    assert {} == (await found(tmp_path)).of(kind)
    await record_all(tmp_path)
    assert KEPT == await found(tmp_path)


async def test_message_is_of_one_account(tmp_path: Path) -> None:
    """Where one account's facts are damaged, no line says that another one's have recovered (fault 4)."""
    other = replace(OWNER, account="other")
    for owner in (OWNER, other):
        await record_all(tmp_path, owner=owner)
    connection = sqlite3.connect(tmp_path / FILE)
    with connection:
        connection.execute(
            "UPDATE fact SET payload = x'c1' WHERE kind = 'credits' "
            "AND book IN (SELECT id FROM book WHERE account = 'acme')"
        )
    connection.close()
    with capture_logs() as logs:
        async with opened(tmp_path) as disk:
            ledgers = [await begun(disk), await begun(disk, other)]
            assert [NO_FACTS, KEPT] == [each.facts for each in ledgers]
            assert [("store.unavailable", "acme")] == [(line["event"], line["account"]) for line in logs]
            assert [False, True] == [disk.is_well(each.account) for each in (OWNER, other)]
            for ledger in reversed(ledgers):
                ledger.note({"waiting": KEPT.waiting})
                await ledger.flush()

    assert [("store.unavailable", "acme"), ("store.recovered", "acme")] == [
        (line["event"], line["account"]) for line in logs
    ]


async def test_message_that_changes(tmp_path: Path) -> None:
    """A fault that lasts is one line, and another fault another line."""
    with capture_logs() as logs:
        async with opened(tmp_path) as disk:
            for text in ("one", "one", "two", "one"):
                await disk.run("acme", _raising(text))

    assert ["one", "two", "one"] == [line["error"].split(": ")[1].split(";")[0] for line in logs]


def _raising(text: str) -> Callable[[sqlite3.Connection], None]:
    def work(_: sqlite3.Connection) -> None:
        raise OSError(text)

    return work


async def test_fault_of_ours(tmp_path: Path) -> None:
    """A fault that nobody foresaw is said with its traceback, and raises nothing."""
    with capture_logs() as logs:
        async with opened(tmp_path) as disk:
            assert None is await disk.run("acme", lambda _: 1 // 0)

    (line,) = logs
    assert f"{tmp_path}: a fault of the exporter; please report it" == line["error"]
    assert isinstance(line["exc_info"], ZeroDivisionError)


async def test_clock_of_what_is_written(tmp_path: Path) -> None:
    """Each fact in the file says when it was recorded, and in which generation and unit it was read."""
    await record_all(tmp_path)
    connection = sqlite3.connect(tmp_path / FILE)
    rows = set(connection.execute("SELECT recorded_at, generation, unit FROM fact"))
    connection.close()

    assert {(NOW, "2026-10", "major"), (NOW, None, None)} == rows
