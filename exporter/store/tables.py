"""The tables: a row an account, and a row for each section that is kept of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from exporter.domain.money import Unit
from exporter.domain.report import (
    AccountReport,
    Api,
    Dataset,
    Generation,
    InvoiceDetailsSection,
    InvoicesSection,
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
)
"""What makes an empty file one of ours."""

_SECTIONS: Mapping[Dataset, type[InvoicesSection | InvoiceDetailsSection]] = MappingProxyType(
    {Dataset.INVOICES: InvoicesSection, Dataset.INVOICE_DETAILS: InvoiceDetailsSection}
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
    sections = {name: unpack(payload, _SECTIONS[Dataset(name)]) for name, _, _, _, payload in rows}
    fetched = {Dataset(name): Fetched(at, _api(generation, unit)) for name, at, generation, unit, _ in rows}
    return Kept(
        report=AccountReport(account, **sections),  # type: ignore[arg-type] # _SECTIONS says which is which
        fetched=MappingProxyType(fetched),
        whole_list_at=whole_list_at,
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
