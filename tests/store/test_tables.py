from dataclasses import replace
from decimal import Decimal
from sqlite3 import Connection, IntegrityError

import pytest

from exporter.domain.report import Dataset
from exporter.errors import StoreError
from exporter.store import tables
from exporter.store.kept import Fetched
from tests.store.keeping import API, INVOICES, NOW, REPORT, TERMS, kept, list_alone


def test_round_trip(connection: Connection) -> None:
    """What was written is read, with its times and terms."""
    tables.write(connection, kept(), TERMS, None)

    assert kept() == tables.read(connection, "acme")
    assert TERMS == tables.read_terms(connection, "acme")


def test_accounts_are_apart(connection: Connection) -> None:
    """Each account has its own, whatever its name holds."""
    odd = "a'; DROP TABLE section; --"
    tables.write(connection, kept(), TERMS, None)
    tables.write(connection, kept(odd, whole_list_at=None), replace(TERMS, detail="team"), None)

    assert kept() == tables.read(connection, "acme")
    assert kept(odd, whole_list_at=None) == tables.read(connection, odd)
    assert None is tables.read_terms(connection, "nobody")


def test_section_that_is_gone(connection: Connection) -> None:
    """A section that the report no longer has is not read any more: it may have been under other terms."""
    tables.write(connection, kept(), TERMS, None)
    tables.write(connection, list_alone(), TERMS, None)

    assert list_alone() == tables.read(connection, "acme")


def test_api_that_is_not_known(connection: Connection) -> None:
    """Where it was not known what the server speaks, it is not known afterwards."""
    unknown = kept(fetched={dataset: Fetched(NOW, None) for dataset in Dataset})
    tables.write(connection, unknown, TERMS, None)

    assert unknown == tables.read(connection, "acme")


def test_what_has_not_changed_is_not_written_again(connection: Connection) -> None:
    """A section that is the same gets its new age without its bytes being written; one that differs is written."""
    tables.write(connection, kept(), TERMS, None)
    connection.execute("UPDATE section SET payload = 'untouched'")
    changed = replace(INVOICES, latest_id=None)
    now = kept(report=replace(REPORT, invoices=changed), fetched=dict.fromkeys(Dataset, Fetched(NOW + 60, API)))
    tables.write(connection, now, TERMS, kept())
    rows = dict(connection.execute("SELECT dataset, payload = 'untouched' FROM section"))
    ages = dict(connection.execute("SELECT dataset, fetched_at FROM section"))

    assert {each: int(each is not Dataset.INVOICES) for each in Dataset} == rows
    assert dict.fromkeys(Dataset, NOW + 60) == ages


def test_all_or_nothing(connection: Connection) -> None:
    """A write that fails half-way leaves what was there before."""
    tables.write(connection, kept(), TERMS, None)
    (invoice,) = INVOICES.invoices
    other = replace(INVOICES, invoices=(replace(invoice, total=Decimal(1)),))
    connection.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON main.section WHEN NEW.dataset = 'invoice_details' "
        "BEGIN SELECT raise(ABORT, 'full'); END"
    )
    with pytest.raises(IntegrityError, match="full"):
        tables.write(connection, kept(report=replace(REPORT, invoices=other)), TERMS, None)

    assert kept() == tables.read(connection, "acme")


def test_damaged_payload(connection: Connection) -> None:
    """A section that cannot be read is said to be so, and is not shown in part."""
    tables.write(connection, kept(), TERMS, None)
    connection.execute("UPDATE section SET payload = substr(payload, 1, 9) WHERE dataset = 'invoices'")

    with pytest.raises(StoreError, match="InvoicesSection"):
        tables.read(connection, "acme")
