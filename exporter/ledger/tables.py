"""The tables of the state file: a row a fact, under the billing customer that it is about."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from exporter.domain.facts import ANY_API, ONLY, Changes, Facts
from exporter.domain.report import Api
from exporter.errors import StoreError
from exporter.ledger.payload import pack, unpack

SCHEMA = (
    """
    CREATE TABLE book (
      id INTEGER PRIMARY KEY,
      account TEXT NOT NULL,
      base_url TEXT NOT NULL,
      team_id TEXT NOT NULL,
      customer TEXT NOT NULL,
      used INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE fact (
      book INTEGER NOT NULL,
      kind TEXT NOT NULL,
      key BLOB NOT NULL,
      instant REAL,
      recorded_at REAL NOT NULL,
      generation TEXT,
      unit TEXT,
      payload BLOB NOT NULL,
      PRIMARY KEY (book, kind, key)
    )
    """,
    """
    CREATE TABLE requests (
      account TEXT NOT NULL,
      minute INTEGER NOT NULL,
      made INTEGER NOT NULL,
      PRIMARY KEY (account, minute)
    ) WITHOUT ROWID
    """,
)
"""What makes an empty file one of ours."""

HOURS_KEPT = "hour_projects"
MONTHS_KEPT = ("project_months", "resource_months")
"""The kinds of facts of which old ones stay in the file and are not held in memory."""

# Hours that are older than the newest one by no more than that are held in memory.
_HELD_SECONDS = 75 * 3600.0
_END_OF_TIME = 1e12

_TYPES: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {kind: get_args(hint) for kind, hint in get_type_hints(Facts).items()}
)
"""The types of the keys and of the facts of each kind."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose facts they are, as configured; without a customer, the one that was used last."""

    account: str
    base_url: str
    team_id: str | None
    customer: str = ""


def open_book(connection: sqlite3.Connection, owner: Owner) -> int:
    """The number under which the facts of a billing customer are, made where there is none.

    Facts that were recorded before any answer named the customer become those of the first that is named.
    """
    wanted = (owner.account, owner.base_url, owner.team_id or "")
    rows = connection.execute(
        "SELECT id, customer FROM book WHERE account = ? AND base_url = ? AND team_id = ? ORDER BY used DESC", wanted
    ).fetchall()
    found = [book for book, customer in rows if customer == owner.customer or not owner.customer]
    if found and found[0] == rows[0][0]:
        # On a disk that is full, or can only be read, nothing may be written to read.
        return int(found[0])
    nameless = [book for book, customer in rows if not customer]
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if found:
            book = int(found[0])
        elif nameless:
            book = int(nameless[0])
            connection.execute("UPDATE book SET customer = ? WHERE id = ?", (owner.customer, book))
        else:
            cursor = connection.execute(
                "INSERT INTO book (account, base_url, team_id, customer, used) VALUES (?, ?, ?, ?, 0)",
                (*wanted, owner.customer),
            )
            book = int(cursor.lastrowid or 0)
        connection.execute("UPDATE book SET used = (SELECT max(used) FROM book) + 1 WHERE id = ?", (book,))
    return book


def customer_of(connection: sqlite3.Connection, book: int) -> str:
    """The billing customer whose facts they are; empty where no answer has named it yet."""
    (customer,) = connection.execute("SELECT customer FROM book WHERE id = ?", (book,)).fetchone()
    return str(customer)


def read(connection: sqlite3.Connection, book: int, api: Api | None) -> Facts:
    """The facts of a billing customer, those of the generation and unit alone; raises StoreError for damaged ones."""
    kept = (HOURS_KEPT, *MONTHS_KEPT)
    rows = connection.execute(
        "SELECT kind, key, generation, unit, payload FROM fact WHERE book = ? AND kind NOT IN (?, ?, ?)", (book, *kept)
    )
    facts = Facts().with_changes(_by_kind(rows, api))
    for kind in MONTHS_KEPT:
        newest = "SELECT DISTINCT instant FROM fact WHERE book = ? AND kind = ? ORDER BY instant DESC LIMIT 2"
        held = [instant for (instant,) in connection.execute(newest, (book, kind)).fetchall()]
        facts = facts.with_changes(_since(connection, book, kind, min(held, default=_END_OF_TIME), api))
    query = "SELECT max(instant) FROM fact WHERE book = ? AND kind = ?"
    (newest_hour,) = connection.execute(query, (book, HOURS_KEPT)).fetchone()
    # The hours of a month that is not counted from anything yet are all held.
    counted = [
        start if month.counted_from is None else month.counted_from
        for (start, _), month in facts.project_months.items()
    ]
    since = min([(newest_hour or 0.0) - _HELD_SECONDS, *counted])
    return facts.with_changes(_since(connection, book, HOURS_KEPT, since, api))


def _since(connection: sqlite3.Connection, book: int, kind: str, instant: float, api: Api | None) -> Changes:
    """The facts of a kind that begin at an instant or later."""
    rows = connection.execute(
        "SELECT kind, key, generation, unit, payload FROM fact WHERE book = ? AND kind = ? AND instant >= ?",
        (book, kind, instant),
    )
    try:
        return _by_kind(rows, api)
    except StoreError:
        # What is not replaced by what is written next would be found damaged at each start.
        connection.execute("DELETE FROM fact WHERE book = ? AND kind = ? AND instant >= ?", (book, kind, instant))
        raise


def api_of(connection: sqlite3.Connection, book: int) -> Api | None:
    """The generation and unit in which was read last."""
    row = connection.execute(
        "SELECT payload FROM fact WHERE book = ? AND kind = 'api' AND key = ?", (book, pack(ONLY))
    ).fetchone()
    return unpack(row[0], Api) if row else None


def _by_kind(rows: Iterable[tuple[Any, ...]], api: Api | None) -> Changes:
    found: dict[str, dict[Any, Any]] = {}
    spoken = _columns(api)
    for kind, key, generation, unit, payload in rows:
        if kind not in _TYPES or (kind not in ANY_API and (generation, unit) != spoken):
            continue
        key_type, fact_type = _TYPES[kind]
        found.setdefault(kind, {})[unpack(key, key_type)] = unpack(payload, fact_type)
    return found


def write(  # noqa: PLR0913 - each is a column, or says which rows
    connection: sqlite3.Connection,
    book: int,
    changes: Changes,
    api: Api | None,
    now: float,
    *,
    in_place_of: Facts | None = None,
) -> None:
    """Record new facts and take away those that are None, all of it or nothing.

    With `in_place_of`, what the file has of the facts that are held in memory is taken away first.
    """
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if in_place_of is not None:
            _forget(connection, book, in_place_of)
        for kind, by_key in changes.items():
            gone = [(book, kind, pack(key)) for key, fact in by_key.items() if fact is None]
            connection.executemany("DELETE FROM fact WHERE book = ? AND kind = ? AND key = ?", gone)
            connection.executemany(
                "INSERT OR REPLACE INTO fact (book, kind, key, instant, recorded_at, generation, unit, payload) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                _rows(book, kind, by_key, api, now),
            )


def _rows(
    book: int, kind: str, by_key: Mapping[Any, Any], api: Api | None, now: float
) -> Iterator[tuple[int, str, bytes, float | None, float, str | None, str | None, bytes]]:
    generation, unit = _columns(None if kind in ANY_API else api)
    for key, fact in by_key.items():
        if fact is not None:
            first = key[0] if isinstance(key, tuple) else key
            instant = first if isinstance(first, float) else None
            yield book, kind, pack(key), instant, now, generation, unit, pack(fact)


def _forget(connection: sqlite3.Connection, book: int, facts: Facts) -> None:
    """Take away the facts of a customer that are held in memory too, be it under other keys."""
    for kind in kinds():
        # What is older than all that is held was released from memory.
        firsts = [key[0] if isinstance(key, tuple) else key for key in facts.of(kind)]
        is_released = kind in {HOURS_KEPT, *MONTHS_KEPT}
        oldest = min(firsts, default=_END_OF_TIME) if is_released else -_END_OF_TIME
        connection.execute(
            "DELETE FROM fact WHERE book = ? AND kind = ? AND (instant IS NULL OR instant >= ?)",
            (book, kind, oldest),
        )


def forget_old(connection: sqlite3.Connection, account: str, before: float) -> None:
    """Take away the hours and months, of all customers of an account, that begin before an instant."""
    connection.execute(
        "DELETE FROM fact WHERE kind IN (?, ?, ?) AND instant < ? AND book IN (SELECT id FROM book WHERE account = ?)",
        (HOURS_KEPT, *MONTHS_KEPT, before, account),
    )


def read_requests(connection: sqlite3.Connection, account: str) -> Mapping[int, int]:
    """How many requests the account made, by Unix minute."""
    rows = connection.execute("SELECT minute, made FROM requests WHERE account = ?", (account,))
    return MappingProxyType(dict(rows.fetchall()))


def write_requests(connection: sqlite3.Connection, account: str, requests: Mapping[int, int]) -> None:
    """Keep these in place of those before, whatever the account's facts are."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.execute("DELETE FROM requests WHERE account = ?", (account,))
        rows = [(account, minute, made) for minute, made in requests.items()]
        connection.executemany("INSERT INTO requests (account, minute, made) VALUES (?, ?, ?)", rows)


def kinds() -> Collection[str]:
    """The kinds of facts."""
    return _TYPES.keys()


def _columns(api: Api | None) -> tuple[str | None, str | None]:
    return (str(api.generation), str(api.unit)) if api else (None, None)
