"""Whatever a disk does is said once, and raises nothing."""

import os
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.ledger.database import FILE, SCHEMA
from tests.builders import usage_invoice
from tests.store.keeping import INVOICES, REPORT, TERMS, account_store, events, kept, list_alone, loaded, opened

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


async def test_two_processes(tmp_path: Path) -> None:
    """The second one on a folder says so once and works without it, until the first has ended."""
    async with account_store(tmp_path) as first:
        await first.save(list_alone())
        with capture_logs() as logs:
            async with opened(tmp_path) as store:
                second = store.of("acme", TERMS)
                assert None is await second.load()
                await second.save(kept())
                (line,) = logs
                text = f"{tmp_path}: another process keeps its state here; give each a state.path of its own"
                assert ("store.unavailable", text) == (line["event"], line["error"])
                assert list_alone() == await first.load()

                await first._store.close()
                await second.save(kept())

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert kept() == await loaded(tmp_path)


async def test_what_another_process_wrote_is_overwritten(tmp_path: Path) -> None:
    """After the folder was another's, all is written anew: its sections are not taken for one's own."""
    changed = kept(report=replace(REPORT, invoices=replace(INVOICES, latest_id=None)))
    async with account_store(tmp_path) as first:
        await first.save(kept())
        await first._store.run(_fault)
        async with account_store(tmp_path) as second:
            await second.save(changed)
        await first.save(kept())

    assert kept() == await loaded(tmp_path)


def _fault(_: sqlite3.Connection) -> None:
    raise OSError("a disk that came loose")


async def test_full_disk(tmp_path: Path) -> None:
    """On a full disk the state before stays whole, it is said once, and once there is room again all is kept."""
    many = tuple(usage_invoice(f"usage-{number}") for number in range(2000))
    large = kept(report=replace(REPORT, invoices=replace(INVOICES, invoices=many)))
    async with account_store(tmp_path) as store:
        await store.save(kept())
        with capture_logs() as logs:
            with room(ROOM_BYTES):
                await store.save(large)
                await store.save(large)
                assert kept() == await store.load()
                await store.save(large)
            await store.save(large)

    assert ["store.unavailable", "store.recovered", "store.unavailable", "store.recovered"] == events(logs)
    assert logs[0]["error"].startswith(f"{tmp_path}: ")
    assert logs[0]["error"].endswith("; see that the folder can be written and has room, or set state.path")
    assert large == await loaded(tmp_path)


async def test_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    """Where not even the file can be made, the exporter works without; later it is made."""
    with capture_logs() as logs:
        async with account_store(tmp_path) as store:
            with room(0):
                assert None is await store.load()
                await store.save(kept())
            await store.save(kept())

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert kept() == await loaded(tmp_path)


async def test_read_only_folder(read_only: Path) -> None:
    """Where nothing can be written the exporter works without, and the line says where."""
    with capture_logs() as logs, without_privileges():
        async with account_store(read_only) as store:
            assert None is await store.load()
            await store.save(kept())

    (line,) = logs
    assert "store.unavailable" == line["event"]
    assert f"{read_only}: [Errno 13] Permission denied" in line["error"]
    assert "exc_info" not in line


async def test_folder_that_cannot_be(tmp_path: Path) -> None:
    """Where the path leads through a file, the exporter works without."""
    (tmp_path / "file").touch()
    with capture_logs() as logs:
        assert None is await loaded(tmp_path / "file" / "state")

    assert ["store.unavailable"] == events(logs)


async def test_newer_schema(tmp_path: Path) -> None:
    """The file of a newer version is left alone, said once, and the exporter works without."""
    async with account_store(tmp_path) as store:
        await store.save(kept())
    raise_version(tmp_path, SCHEMA + 1)
    with capture_logs() as logs:
        async with account_store(tmp_path) as store:
            assert None is await store.load()
            await store.save(list_alone())
    assert ["store.unavailable"] == events(logs)

    raise_version(tmp_path, SCHEMA)
    assert kept() == await loaded(tmp_path)


def raise_version(folder: Path, version: int) -> None:
    """Make the file one of this schema."""
    connection = sqlite3.connect(folder / FILE)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


async def test_damage_while_running(tmp_path: Path) -> None:
    """A file that was spoilt is moved aside when it is opened anew after a fault, and kept anew from then on."""
    async with account_store(tmp_path) as store:
        await store.save(kept())
        with capture_logs() as logs:
            await store._store.run(_fault)
            (tmp_path / FILE).write_bytes(b"nonsense" * 4096)
            await store.save(list_alone())

    assert ["store.unavailable", "store.moved_aside", "store.recovered"] == events(logs)
    assert list_alone() == await loaded(tmp_path)


async def test_damaged_section(tmp_path: Path) -> None:
    """A section that cannot be read is none, which is said once, and the next one replaces it."""
    async with account_store(tmp_path) as store:
        await store.save(kept())
        await store._store.run(lambda connection: connection.execute("UPDATE section SET payload = x'c1'"))
    with capture_logs() as logs:
        async with account_store(tmp_path) as store:
            assert None is await store.load()
            await store.save(kept())

    assert ["store.unavailable", "store.recovered"] == events(logs)
    assert "what is kept is damaged" in logs[0]["error"]
    assert kept() == await loaded(tmp_path)


async def test_fault_of_ours(tmp_path: Path) -> None:
    """A fault that nobody foresaw is said with its traceback, and raises nothing."""
    with capture_logs() as logs:
        async with opened(tmp_path) as store:
            assert None is await store.run(lambda _: 1 // 0)

    (line,) = logs
    assert f"{tmp_path}: a fault of the exporter; please report it" == line["error"]
    assert isinstance(line["exc_info"], ZeroDivisionError)
