"""What is kept beside what is shown: the parts of an account's memory, each by itself."""

from dataclasses import replace
from sqlite3 import Connection, IntegrityError

import pytest

from exporter.domain.memory import HoursSince, Memory
from exporter.errors import StoreError
from exporter.store import tables
from tests.store.keeping import TERMS, kept
from tests.store.spending import PARTS

SINCE = "hours_since"
CHANGED: Memory = {**PARTS, SINCE: HoursSince(1.0, 2.0)}


def mark(connection: Connection) -> None:
    """Make each part of the file tell whether it is written again."""
    connection.execute("UPDATE memory SET payload = 'untouched'")


def touched(connection: Connection) -> set[str]:
    """The parts that were written since."""
    rows = connection.execute("SELECT name FROM memory WHERE payload <> 'untouched'")
    return {name for (name,) in rows}


def test_only_what_changed_is_written(connection: Connection) -> None:
    """A part that is the same is not written again, however often its account is polled: hours are many."""
    tables.write(connection, kept(), TERMS, None)
    mark(connection)
    tables.write(connection, kept(), TERMS, kept())
    assert set() == touched(connection)

    tables.write(connection, kept(memory=CHANGED), TERMS, kept())
    assert {SINCE} == touched(connection)


def test_part_that_is_gone(connection: Connection) -> None:
    """A part that is no longer known is no longer kept: the file does not grow without bound."""
    tables.write(connection, kept(), TERMS, None)
    fewer = {name: part for name, part in PARTS.items() if name != SINCE}
    tables.write(connection, kept(memory=fewer), TERMS, kept())

    assert kept(memory=fewer) == tables.read(connection, "acme")


def test_what_another_wrote_is_replaced(connection: Connection) -> None:
    """Where it is not known what the file has, all parts are written, and those of before are gone."""
    tables.write(connection, kept(), TERMS, None)
    mark(connection)
    other: Memory = {"hours_since": HoursSince(1.0, 2.0)}
    tables.write(connection, kept(memory=other), TERMS, None)

    assert kept(memory=other) == tables.read(connection, "acme")


def test_accounts_are_apart(connection: Connection) -> None:
    """No account's memory is another one's, and neither's is deleted with the other's."""
    tables.write(connection, kept(), TERMS, None)
    tables.write(connection, kept("other", memory={}), TERMS, None)
    tables.write(connection, kept("other", memory=CHANGED), TERMS, kept("other", memory={}))
    tables.write(connection, kept("other", memory={}), TERMS, kept("other", memory=CHANGED))

    assert [PARTS, {}] == [tables.read(connection, account).memory for account in ("acme", "other")]


def test_sections_and_memory_are_one(connection: Connection) -> None:
    """A write that fails at the memory leaves the sections of before, too: they would not fit each other."""
    tables.write(connection, kept(), TERMS, None)
    connection.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON main.memory WHEN NEW.name = 'hours_since' "
        "BEGIN SELECT raise(ABORT, 'full'); END"
    )
    later = kept(whole_list_at=1.0, memory=CHANGED)
    with pytest.raises(IntegrityError, match="full"):
        tables.write(connection, later, TERMS, kept())

    assert kept() == tables.read(connection, "acme")


@pytest.mark.parametrize("name", [pytest.param(name, id=name.partition(".")[0]) for name in PARTS])
def test_damaged_part(connection: Connection, name: str) -> None:
    """A part that cannot be read is said to be so: nothing is reckoned on from the rest."""
    tables.write(connection, kept(), TERMS, None)
    connection.execute("UPDATE memory SET payload = substr(payload, 1, 5) WHERE name = ?", (name,))

    with pytest.raises(StoreError, match=type(PARTS[name]).__name__):
        tables.read(connection, "acme")


def test_requests(connection: Connection) -> None:
    """Each account's requests of the last hour are what was kept last."""
    tables.write_requests(connection, "acme", {29_750_000: 3, 29_750_001: 20})
    tables.write_requests(connection, "other", {29_750_000: 1})
    tables.write_requests(connection, "acme", {29_750_001: 21, 29_750_060: 2})

    assert {29_750_001: 21, 29_750_060: 2} == tables.read_requests(connection, "acme")
    assert {29_750_000: 1} == tables.read_requests(connection, "other")
    assert {} == tables.read_requests(connection, "nobody")


def test_requests_are_apart_from_terms(connection: Connection) -> None:
    """Requests were made under whatever configuration: they are there without figures, and figures replace none."""
    tables.write_requests(connection, "acme", {1: 2})
    assert None is tables.read_terms(connection, "acme")

    tables.write(connection, kept(), TERMS, None)
    tables.write(connection, kept(memory={}), replace(TERMS, detail="team"), None)
    assert {1: 2} == tables.read_requests(connection, "acme")


def test_requests_are_replaced_all_or_not_at_all(connection: Connection) -> None:
    """A write of requests that fails leaves those of before: none is forgotten."""
    tables.write_requests(connection, "acme", {1: 2})
    connection.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON main.requests BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(IntegrityError, match="full"):
        tables.write_requests(connection, "acme", {2: 3})

    assert {1: 2} == tables.read_requests(connection, "acme")
