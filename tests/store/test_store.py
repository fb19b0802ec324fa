from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.store.store import NoStore
from tests.builders import usage_invoice
from tests.store.keeping import INVOICES, REPORT, TERMS, account_store, kept, list_alone, loaded


async def test_kept_over_a_restart(tmp_path: Path) -> None:
    """What was saved last is what the next start finds, whether the last one ended well or not."""
    async with account_store(tmp_path) as store:
        await store.save(list_alone())
        await store.save(kept())

    assert kept() == await loaded(tmp_path)


async def test_first_start(tmp_path: Path) -> None:
    """A first start finds nothing, and that is no fault."""
    with capture_logs() as logs:
        assert None is await loaded(tmp_path / "new")

    assert [] == logs


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in TERMS.__slots__])
async def test_other_terms(tmp_path: Path, name: str) -> None:
    """What was fetched under another configuration is not used, which is said once, and is overwritten."""
    async with account_store(tmp_path) as store:
        await store.save(kept())
    other = replace(TERMS, **{name: "changed"})  # type: ignore[arg-type] # of whatever type: it differs
    with capture_logs() as logs:
        assert None is await loaded(tmp_path, other)
    (line,) = logs
    assert ("store.ignored", "acme", (name,)) == (line["event"], line["account"], line["changed"])

    numbers = {"history": 24, "details": 2}
    stated = replace(TERMS, **{name: numbers.get(name, "changed")})  # type: ignore[arg-type] # as above
    async with account_store(tmp_path, stated) as store:
        await store.save(list_alone())
    assert list_alone() == await loaded(tmp_path, stated)


async def test_same_again(tmp_path: Path) -> None:
    """What is saved again and again, changed and unchanged, is what is found: details, age and all."""
    changed = replace(INVOICES, invoices=(usage_invoice("usage-2"), *INVOICES.invoices))
    newest = kept(report=replace(REPORT, invoices=changed))
    async with account_store(tmp_path) as store:
        for each in (kept(), kept(), newest):
            await store.save(each)
    async with account_store(tmp_path) as store:
        assert newest == await store.load()
        await store.save(kept())

    assert kept() == await loaded(tmp_path)


async def test_no_store() -> None:
    """Without a store every start is a first one."""
    store = NoStore()
    await store.save(kept())

    assert None is await store.load()


async def test_requests_over_a_restart(tmp_path: Path) -> None:
    """How many requests were made is known after a restart, under whichever configuration they were."""
    async with account_store(tmp_path) as store:
        await store.save_requests({29_750_000: 3})
        await store.save(kept())
    async with account_store(tmp_path, replace(TERMS, detail="team")) as store:
        assert None is await store.load()
        assert {29_750_000: 3} == await store.load_requests()
        await store.save(list_alone())
        assert {29_750_000: 3} == await store.load_requests()


async def test_no_requests(tmp_path: Path) -> None:
    """A first start knows of no requests, nor does one without a store."""
    async with account_store(tmp_path) as store:
        assert {} == await store.load_requests()
    none = NoStore()
    await none.save_requests({1: 2})

    assert {} == await none.load_requests()
