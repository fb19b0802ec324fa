"""The tables: a row an account, and a row for each section that is kept of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from exporter.domain.credit import CreditBalance
from exporter.domain.memory import KINDS, Memory, kind_of
from exporter.domain.money import Unit
from exporter.domain.report import (
    AccountReport,
    Api,
    BudgetsSection,
    Dataset,
    Generation,
    InvoiceDetailsSection,
    InvoicesSection,
    Section,
    UsageDetailsSection,
    UsageSection,
)
from exporter.store.kept import Fetched, Kept, Terms
from exporter.store.payload import pack, unpack

SCHEMA = (
    """
    CREATE TABLE account (
      name TEXT PRIMARY KEY,
      terms BLOB NOT NULL,
      whole_list_at REAL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE section (
      account TEXT NOT NULL,
      dataset TEXT NOT NULL,
      fetched_at REAL NOT NULL,
      generation TEXT,
      unit TEXT,
      payload BLOB NOT NULL,
      PRIMARY KEY (account, dataset)
    )
    """,
    """
    CREATE TABLE memory (
      account TEXT NOT NULL,
      name TEXT NOT NULL,
      payload BLOB NOT NULL,
      PRIMARY KEY (account, name)
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

_SECTIONS: Mapping[Dataset, type[Section]] = MappingProxyType(
    {
        Dataset.INVOICES: InvoicesSection,
        Dataset.INVOICE_DETAILS: InvoiceDetailsSection,
        Dataset.USAGE: UsageSection,
        Dataset.USAGE_DETAILS: UsageDetailsSection,
        Dataset.CREDITS: CreditBalance,
        Dataset.BUDGETS: BudgetsSection,
    }
)


def read_terms(connection: sqlite3.Connection, account: str) -> Terms | None:
    """What the account's figures were fetched under; None if nothing is kept of it. Raises StoreError."""
    found = connection.execute("SELECT terms FROM account WHERE name = ?", (account,)).fetchone()
    return unpack(found[0], Terms) if found else None


def read(connection: sqlite3.Connection, account: str) -> Kept:
    """All that is kept of an account of which something is; raises StoreError."""
    (whole_list_at,) = connection.execute("SELECT whole_list_at FROM account WHERE name = ?", (account,)).fetchone()
    rows = connection.execute(
        "SELECT dataset, fetched_at, generation, unit, payload FROM section WHERE account = ?", (account,)
    ).fetchall()
    report = AccountReport(account)
    for name, _, _, _, payload in rows:
        report = report.with_section(Dataset(name), unpack(payload, _SECTIONS[Dataset(name)]))
    fetched = {Dataset(name): Fetched(at, _api(generation, unit)) for name, at, generation, unit, _ in rows}
    return Kept(
        report=report,
        fetched=MappingProxyType(fetched),
        whole_list_at=whole_list_at,
        memory=_read_memory(connection, account),
    )


def write(connection: sqlite3.Connection, kept: Kept, terms: Terms, before: Kept | None) -> None:
    """Keep this of an account, all of it or nothing.

    A section that is the same in `before`, which is what this connection wrote or read last, is not written again.
    """
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.execute(
            "INSERT OR REPLACE INTO account (name, terms, whole_list_at) VALUES (?, ?, ?)",
            (kept.report.account, pack(terms), kept.whole_list_at),
        )
        for dataset in Dataset:
            _write_section(connection, kept, dataset, before)
        _write_memory(connection, kept, before)


def read_requests(connection: sqlite3.Connection, account: str) -> Mapping[int, int]:
    """How many requests the account made, by Unix minute."""
    rows = connection.execute("SELECT minute, made FROM requests WHERE account = ?", (account,))
    return MappingProxyType(dict(rows.fetchall()))


def write_requests(connection: sqlite3.Connection, account: str, requests: Mapping[int, int]) -> None:
    """Keep these in place of those before, whatever the account's figures were fetched under."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.execute("DELETE FROM requests WHERE account = ?", (account,))
        rows = [(account, minute, made) for minute, made in requests.items()]
        connection.executemany("INSERT INTO requests (account, minute, made) VALUES (?, ?, ?)", rows)


def _read_memory(connection: sqlite3.Connection, account: str) -> Memory:
    rows = connection.execute("SELECT name, payload FROM memory WHERE account = ?", (account,))
    return MappingProxyType({name: unpack(payload, KINDS[kind_of(name)]) for name, payload in rows})


def _write_memory(connection: sqlite3.Connection, kept: Kept, before: Kept | None) -> None:
    account, known = kept.report.account, before.memory if before else None
    if known is None:
        connection.execute("DELETE FROM memory WHERE account = ?", (account,))
    for name in (known or {}).keys() - kept.memory.keys():
        connection.execute("DELETE FROM memory WHERE account = ? AND name = ?", (account, name))
    for name, part in kept.memory.items():
        if known is None or known.get(name) is not part:
            row = (account, name, pack(part))
            connection.execute("INSERT OR REPLACE INTO memory (account, name, payload) VALUES (?, ?, ?)", row)


def _write_section(connection: sqlite3.Connection, kept: Kept, dataset: Dataset, before: Kept | None) -> None:
    key, section = (kept.report.account, str(dataset)), kept.report.section(dataset)
    if section is None:
        connection.execute("DELETE FROM section WHERE account = ? AND dataset = ?", key)
        return
    api = kept.api_of(dataset)
    fetched = (kept.fetched[dataset].at, api and str(api.generation), api and str(api.unit))
    if before and before.report.section(dataset) == section:
        connection.execute(
            "UPDATE section SET fetched_at = ?, generation = ?, unit = ? WHERE account = ? AND dataset = ?",
            (*fetched, *key),
        )
    else:
        connection.execute(
            "INSERT OR REPLACE INTO section (account, dataset, fetched_at, generation, unit, payload) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (*key, *fetched, pack(section)),
        )


def _api(generation: str | None, unit: str | None) -> Api | None:
    return Api(Generation(generation), Unit(unit)) if generation and unit else None
