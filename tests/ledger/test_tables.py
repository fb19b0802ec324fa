from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from sqlite3 import Connection, IntegrityError
from typing import Any

import pytest

from exporter.domain.facts import ANY_API, NO_FACTS, ONLY, Facts, ProjectMonth, ResourceMonth
from exporter.domain.money import Unit
from exporter.domain.report import Api, Dataset, Generation
from exporter.errors import StoreError
from exporter.ledger import tables
from exporter.ledger.tables import Owner
from tests.builders import DAY, JULY_START, JUNE_START, row
from tests.ledger.keeping import API, HOSTILE, HOUR, KEPT, MINOR, NOW, OWNER, THROUGH, all_of, hour_projects, spelled

KINDS = [pytest.param(each.name, id=each.name) for each in fields(Facts)]
MAY_START = JUNE_START - 31 * DAY


def written(connection: Connection, facts: Facts = KEPT, owner: Owner = OWNER, api: Api = API) -> int:
    """The number under which these facts are now."""
    book = tables.open_book(connection, owner)
    tables.write(connection, book, all_of(facts), api, NOW)
    return book


def touched(connection: Connection) -> set[str]:
    """The kinds of facts that were written since `mark`."""
    return {kind for (kind,) in connection.execute("SELECT kind FROM fact WHERE payload <> 'untouched'")}


def mark(connection: Connection) -> None:
    """Make each row of the file show whether it is written again."""
    connection.execute("UPDATE fact SET payload = 'untouched'")


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip(connection: Connection, kind: str) -> None:
    """Facts of every kind are read as they were recorded, digit for digit, under their keys."""
    book = written(connection)
    found = tables.read(connection, book, API).of(kind)

    assert {} != found
    assert KEPT.of(kind) == found
    assert spelled(KEPT.of(kind)) == spelled(found)


def test_every_field_is_tried() -> None:
    """The facts that these tests record have a value in every kind, so that none is left out of the round trip."""
    assert [] == [each.name for each in fields(Facts) if not KEPT.of(each.name)]


def test_only_what_changed_is_written(connection: Connection) -> None:
    """A write touches the facts that changed and no others, however many there are."""
    book = written(connection)
    mark(connection)
    tables.write(connection, book, {"polled": {Dataset.USAGE: NOW + 60}}, API, NOW)

    assert {"polled"} == touched(connection)


def test_fact_that_is_gone(connection: Connection) -> None:
    """A fact that is no longer held is no longer in the file: it does not grow without bound."""
    book = written(connection)
    for kind in tables.kinds():
        tables.write(connection, book, {kind: dict.fromkeys(KEPT.of(kind))}, API, NOW)

    assert NO_FACTS == tables.read(connection, book, API)
    assert [(0,)] == connection.execute("SELECT count(*) FROM fact").fetchall()


def test_fact_that_is_replaced(connection: Connection) -> None:
    """A newer fact takes the place of the one before under the same key."""
    book = written(connection)
    rows = connection.execute("SELECT count(*) FROM fact").fetchall()
    invoice = replace(KEPT.invoices["usage-1"], total=Decimal("1.10"))
    tables.write(connection, book, {"invoices": {"usage-1": invoice}}, API, NOW)

    assert {**KEPT.invoices, "usage-1": invoice} == tables.read(connection, book, API).invoices
    assert rows == connection.execute("SELECT count(*) FROM fact").fetchall()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(OWNER, account=HOSTILE.replace("\x00", "")), id="account"),
        pytest.param(replace(OWNER, base_url="https://other.example"), id="base_url"),
        pytest.param(replace(OWNER, team_id="team"), id="team_id"),
        pytest.param(replace(OWNER, customer="customer-2"), id="customer"),
    ],
)
def test_owners_are_apart(connection: Connection, other: Owner) -> None:
    """Each account, server, team and billing customer has facts of its own, whatever the names hold."""
    first = replace(OWNER, customer="customer-1")
    fewer = Facts(unpaid={"usage-9": 1.0})
    book = written(connection, owner=first)
    apart = written(connection, fewer, replace(other, customer=other.customer or "customer-1"))

    assert KEPT == tables.read(connection, book, API)
    assert fewer == tables.read(connection, apart, API)


def test_customer_that_is_named_later(connection: Connection) -> None:
    """Facts that were recorded before any answer named the customer are those of the first customer that is named."""
    book = written(connection)
    named = tables.open_book(connection, replace(OWNER, customer="customer-1"))

    assert (book, "customer-1") == (named, tables.customer_of(connection, named))
    assert book != tables.open_book(connection, replace(OWNER, customer="customer-2"))


def test_customer_that_was_used_last(connection: Connection) -> None:
    """A start, which does not know the customer yet, finds the facts of the one that was used last."""
    books = [tables.open_book(connection, replace(OWNER, customer=each)) for each in ("one", "two", "one")]

    assert books[0] == books[2] == tables.open_book(connection, OWNER) != books[1]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(MINOR, id="generation"),
        pytest.param(replace(API, unit=Unit.MINOR), id="unit"),
        pytest.param(None, id="not_known"),
    ],
)
def test_facts_of_another_api(connection: Connection, other: Api | None) -> None:
    """Facts that were read in another generation or unit are not comparable; those that depend on neither stay."""
    book = written(connection)
    found = tables.read(connection, book, other)

    assert Facts(**{kind: KEPT.of(kind) for kind in ANY_API}) == found
    assert ANY_API >= {"unpaid", "token_limit", "waiting"}


def test_api_that_was_read_in(connection: Connection) -> None:
    """The file says in which generation and unit was read last, before any fact is read."""
    book = tables.open_book(connection, OWNER)
    assert None is tables.api_of(connection, book)

    tables.write(connection, book, {"api": {ONLY: Api(Generation.A, Unit.MAJOR)}}, API, NOW)
    assert Api(Generation.A, Unit.MAJOR) == tables.api_of(connection, book)


def test_all_or_nothing(connection: Connection) -> None:
    """A write that fails half-way leaves the facts of before, all of them."""
    book = written(connection)
    connection.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON main.fact WHEN NEW.kind = 'polled' "
        "BEGIN SELECT raise(ABORT, 'full'); END"
    )
    changes: Mapping[str, Mapping[Any, Any]] = {
        "invoices": dict.fromkeys(KEPT.invoices),
        "unpaid": {"usage-7": 7.0},
        "polled": {Dataset.USAGE: 1.0},
    }
    with pytest.raises(IntegrityError, match="full"):
        tables.write(connection, book, changes, API, NOW)

    assert KEPT == tables.read(connection, book, API)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("UPDATE fact SET key = CAST(x'c1' || key AS BLOB) WHERE kind = ?", id="key"),
        pytest.param("UPDATE fact SET payload = substr(payload, 1, length(payload) - 1) WHERE kind = ?", id="payload"),
    ],
)
def test_damaged_fact(connection: Connection, kind: str, damage: str) -> None:
    """A fact that cannot be read fails the whole read: nothing is shown from the rest, which may not fit it."""
    book = written(connection)
    connection.execute(damage, (kind,))

    with pytest.raises(StoreError, match="what is kept is damaged"):
        tables.read(connection, book, API)


@pytest.mark.parametrize("kind", [tables.HOURS_KEPT, *tables.MONTHS_KEPT])
def test_damage_is_found_once(connection: Connection, kind: str) -> None:
    """Damage in what outlives a write of all facts is taken away when it is found: the next start is a good one."""
    book = written(connection)
    connection.execute("UPDATE fact SET payload = x'c1' WHERE kind = ?", (kind,))
    with pytest.raises(StoreError):
        tables.read(connection, book, API)
    tables.write(connection, book, {"api": {ONLY: API}}, API, NOW, in_place_of=NO_FACTS)

    assert {} == tables.read(connection, book, API).of(kind)


def test_kind_of_a_newer_version(connection: Connection) -> None:
    """A kind of fact that is not known is left alone."""
    book = written(connection)
    connection.execute("UPDATE fact SET kind = 'prophecies' WHERE kind = 'credits'")

    assert replace(KEPT, credits={}) == tables.read(connection, book, API)


def hours_from(start: float, count: int) -> dict[float, Any]:
    """So many hours by project."""
    return {start + number * HOUR: hour_projects() for number in range(count)}


def test_hours_that_are_held(connection: Connection) -> None:
    """Of the hours in the file those are read that a month is still to be counted from, and the newest 75."""
    hours = hours_from(JULY_START, 10 * 24)
    counted = Facts(hour_projects=hours, project_months={(JULY_START, "USD"): ProjectMonth(whole_through=THROUGH)})
    book = written(connection, counted)
    assert [THROUGH - 76 * HOUR, THROUGH - HOUR] == [
        min(tables.read(connection, book, API).hour_projects),
        max(tables.read(connection, book, API).hour_projects),
    ]

    for since, month in ((JULY_START + HOUR, ProjectMonth(JULY_START + HOUR)), (JULY_START, ProjectMonth())):
        tables.write(connection, book, {"project_months": {(JULY_START, "USD"): month}}, API, NOW)
        assert since == min(tables.read(connection, book, API).hour_projects)


def test_months_that_are_held(connection: Connection) -> None:
    """Of the months in the file the two newest are read, in all of their currencies; the others stay there."""
    starts = (MAY_START, JUNE_START, JULY_START)
    months = {(start, currency): ProjectMonth(whole_through=start) for start in starts for currency in ("USD", "EUR")}
    resources = {key: ResourceMonth(frozenset({key[0]})) for key in months}
    book = written(connection, Facts(project_months=months, resource_months=resources))
    found = tables.read(connection, book, API)
    rows = connection.execute("SELECT count(*) FROM fact WHERE instant = ?", (MAY_START,)).fetchall()

    assert {(JUNE_START, "USD"), (JUNE_START, "EUR"), (JULY_START, "USD"), (JULY_START, "EUR")} == (
        found.project_months.keys()
    )
    assert found.project_months.keys() == found.resource_months.keys()
    assert [(4,)] == rows


def test_what_is_not_held_is_not_forgotten(connection: Connection) -> None:
    """Writing all facts anew leaves the hours and months that are older than those in memory."""
    book = written(connection, Facts(hour_projects=hours_from(JULY_START, 3)))
    held = Facts(hour_projects={JULY_START + 2 * HOUR: hour_projects({(): row("2")})})
    tables.write(connection, book, all_of(held), API, NOW, in_place_of=held)

    assert {**hours_from(JULY_START, 2), **held.hour_projects} == tables.read(connection, book, API).hour_projects


def test_old_hours_and_months(connection: Connection) -> None:
    """What began before an instant is taken away, from all customers of the account and from no other account."""
    facts = Facts(
        hour_projects=hours_from(JULY_START - HOUR, 2),
        project_months={(start, "USD"): ProjectMonth(whole_through=start) for start in (JUNE_START, JULY_START)},
        resource_months={(start, "USD"): ResourceMonth() for start in (JUNE_START, JULY_START)},
        unpaid={"usage-1": 1.0},
    )
    owners = [replace(OWNER, customer="one"), replace(OWNER, customer="two"), replace(OWNER, account="other")]
    books = [written(connection, facts, owner) for owner in owners]
    tables.forget_old(connection, OWNER.account, JULY_START)

    kept = Facts(
        hour_projects=hours_from(JULY_START, 1),
        project_months={(JULY_START, "USD"): ProjectMonth(whole_through=JULY_START)},
        resource_months={(JULY_START, "USD"): ResourceMonth()},
        unpaid={"usage-1": 1.0},
    )
    assert [kept, kept, facts] == [tables.read(connection, book, API) for book in books]


def test_requests(connection: Connection) -> None:
    """Each account's requests of the last hour are what was kept last."""
    tables.write_requests(connection, "acme", {29_750_000: 3, 29_750_001: 20})
    tables.write_requests(connection, "other", {29_750_000: 1})
    tables.write_requests(connection, "acme", {29_750_001: 21, 29_750_060: 2})

    assert {29_750_001: 21, 29_750_060: 2} == tables.read_requests(connection, "acme")
    assert {29_750_000: 1} == tables.read_requests(connection, "other")
    assert {} == tables.read_requests(connection, "nobody")


def test_requests_are_apart_from_facts(connection: Connection) -> None:
    """Requests were made by the account, whoever its customer was: facts neither bring nor replace any."""
    tables.write_requests(connection, "acme", {1: 2})
    book = written(connection)
    tables.write(connection, book, {}, API, NOW, in_place_of=NO_FACTS)

    assert {1: 2} == tables.read_requests(connection, "acme")


def test_requests_are_replaced_all_or_not_at_all(connection: Connection) -> None:
    """A write of requests that fails leaves those of before: none is forgotten."""
    tables.write_requests(connection, "acme", {1: 2})
    connection.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON main.requests BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(IntegrityError, match="full"):
        tables.write_requests(connection, "acme", {2: 3})

    assert {1: 2} == tables.read_requests(connection, "acme")
