"""One account's ledger: the facts in memory, and in the state file where there is one."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import structlog

from exporter.domain.facts import ANY_API, NO_FACTS, ONLY, Changes, Facts
from exporter.domain.question import Content, ListInvoices, Question
from exporter.domain.report import Api
from exporter.ledger import tables
from exporter.ledger.disk import Disk
from exporter.ledger.record import changes_of
from exporter.ledger.tables import Owner

NOTHING_RELEASED: Mapping[str, Iterable[Any]] = MappingProxyType({})


_WrittenTo = tuple[sqlite3.Connection, int]


@dataclass(frozen=True, slots=True)
class Epoch:
    """What answers are comparable under: the billing customer, counted, and the generation and unit."""

    customer: int
    api: Api | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer to be recorded: what it was asked under, what it was read in, and the customer that it names."""

    question: Question
    content: Content
    asked_in: Epoch
    api: Api
    customer: str | None
    asked_at: float


class Ledger:
    """Everything Northflank has answered about one account.

    Without a `disk` it is held in memory alone. A restart is opening it: there is nothing else to know.
    """

    def __init__(self, owner: Owner, disk: Disk | None, *, clock: Callable[[], float] = time.time) -> None:
        self.facts: Facts = NO_FACTS
        self._owner = owner
        self._disk = disk
        self._clock = clock
        self._customers = 0
        self._recording = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._unwritten: dict[str, dict[Any, Any]] = {}
        self._written_to: _WrittenTo | None = None

    @property
    def epoch(self) -> Epoch:
        """What an answer to a question that is asked now is comparable under."""
        return Epoch(self._customers, self.facts.api.get(ONLY))

    async def open(self, is_comparable: Callable[[Api], bool]) -> None:
        """Read what was recorded before a restart, as far as it is comparable; call it before anything is asked."""
        if self._disk:
            owner = self._owner
            self._take(await self._disk.run(owner.account, lambda connection: _read(connection, owner, is_comparable)))

    def _take(self, found: _Found | None) -> None:
        """Go on with what was read. What a disk answers too late is not taken: it is written anew."""
        if found:
            self.facts, self._owner, self._written_to = found.facts, found.owner, found.written_to

    async def record_answer(self, entry: Entry) -> bool:
        """Record an answer; False where it is not comparable with what was recorded since it was asked for."""
        async with self._recording:
            epoch = self.epoch
            if epoch.customer != entry.asked_in.customer or epoch.api not in {entry.asked_in.api, entry.api}:
                return False
            if entry.customer:
                named_by = "invoices" if isinstance(entry.question, ListInvoices) else "usage"
                await self._of_customer(named_by, entry.customer)
            if self.facts.api.get(ONLY) != entry.api:
                self._begin(entry.api)
            self._change(changes_of(self.facts, entry.question, entry.content, entry.asked_at))
        await self._write_unless_failing()
        return True

    async def record(self, changes: Changes, released: Mapping[str, Iterable[Any]] = NOTHING_RELEASED) -> None:
        """Record facts that answers add up to; what is `released`, by kind and key, stays in the file alone."""
        async with self._recording:
            self._change(changes)
            await self._write_unless_failing()
            self.facts = self.facts.with_changes({kind: dict.fromkeys(keys) for kind, keys in released.items()})

    def note(self, changes: Changes) -> None:
        """Record facts that are written with the next ones."""
        self._change(changes)

    async def flush(self) -> None:
        """Write what could not be written so far; never raises."""
        await self._write()

    async def forget_old(self, before: float) -> None:
        """Take away the hours and months that are older than what is kept; never raises."""
        account = self._owner.account
        if self._disk:
            await self._disk.run(account, lambda connection: tables.forget_old(connection, account, before))

    async def load_requests(self) -> Mapping[int, int]:
        """How many requests the account made in each Unix minute that is kept; never raises."""
        if self._disk is None:
            return MappingProxyType({})
        account = self._owner.account
        found = await self._disk.run(account, lambda connection: tables.read_requests(connection, account))
        return found or MappingProxyType({})

    async def save_requests(self, requests: Mapping[int, int]) -> None:
        """Keep these in place of those before; never raises."""
        account = self._owner.account
        if self._disk:
            await self._disk.run(account, lambda connection: tables.write_requests(connection, account, requests))

    async def _of_customer(self, named_by: str, customer: str) -> None:
        """Go over to the ledger of another billing customer where an answer names one."""
        known, named = self.facts.customers.get(named_by), {named_by: customer}
        if known not in {None, customer}:
            # Endpoints that named one customer go on to do so; whether all do is not documented.
            named |= {each: customer for each, before in self.facts.customers.items() if before == known}
            structlog.get_logger().warning(
                "ledger.another_customer",
                account=self._owner.account,
                error="the token is of another billing customer; the figures of the one before are kept apart",
            )
            await self._go_over_to(replace(self._owner, customer=customer))
        new = {each: customer for each in named if self.facts.customers.get(each) != customer}
        if new and not self._owner.customer:
            self._owner, self._written_to = replace(self._owner, customer=customer), None
        if new:
            self._change({"customers": new})

    async def _go_over_to(self, owner: Owner) -> None:
        # Whoever writes meanwhile must not take the facts of one customer for those of the other.
        async with self._writing:
            await self._write_all()
            found = None
            if self._disk:
                found = await self._disk.run(owner.account, lambda connection: _read(connection, owner, lambda _: True))
            self._customers += 1
            self._owner, self._written_to, self._unwritten = owner, None, {}
            limit, self.facts = self.facts.token_limit, NO_FACTS
            self._take(found)
            self._change({"token_limit": limit})

    def _begin(self, api: Api) -> None:
        """Begin with facts of another generation or unit: those of the one before are not comparable."""
        self._unwritten = _of_any_api(self._unwritten)
        gone = {kind: dict.fromkeys(self.facts.of(kind)) for kind in tables.kinds() if kind not in ANY_API}
        self._change({**gone, "api": {ONLY: api}})

    def _change(self, changes: Changes) -> None:
        self.facts = self.facts.with_changes(changes)
        if self._disk:
            for kind, by_key in changes.items():
                self._unwritten.setdefault(kind, {}).update(by_key)

    async def _write_unless_failing(self) -> None:
        # A disk that fails is tried again at the end of a poll, not with each answer.
        if self._disk and self._disk.is_well(self._owner.account):
            await self._write()

    async def _write(self) -> None:
        async with self._writing:
            await self._write_all()

    async def _write_all(self) -> None:
        if self._disk is None or not any(self._unwritten.values()):
            return
        changes, self._unwritten = self._unwritten, {}
        writing = _Writing(self._owner, self._written_to, changes, self.facts, self._clock())
        written_to = await self._disk.run(self._owner.account, writing.to)
        if written_to:
            self._written_to = written_to
            return
        # What was read in another generation since must not be written as of this one.
        is_comparable = writing.facts.api == self.facts.api
        for kind, by_key in (changes if is_comparable else _of_any_api(changes)).items():
            self._unwritten[kind] = {**by_key, **self._unwritten.get(kind, {})}


def _of_any_api(changes: dict[str, dict[Any, Any]]) -> dict[str, dict[Any, Any]]:
    return {kind: by_key for kind, by_key in changes.items() if kind in ANY_API}


@dataclass(frozen=True, slots=True)
class _Found:
    """What the file has of a billing customer; `written_to` is None where all of it is to be written anew."""

    facts: Facts
    owner: Owner
    written_to: _WrittenTo | None


def _read(connection: sqlite3.Connection, owner: Owner, is_comparable: Callable[[Api], bool]) -> _Found:
    book = tables.open_book(connection, owner)
    owner = replace(owner, customer=tables.customer_of(connection, book))
    api = tables.api_of(connection, book)
    if api and not is_comparable(api):
        structlog.get_logger().warning(
            "store.ignored",
            account=owner.account,
            error=f"what is kept was read as {api.generation} in {api.unit} units, which the configuration rules out; "
            "nothing to do: it is fetched anew",
        )
        return _Found(replace(tables.read(connection, book, None), api={}), owner, None)
    return _Found(tables.read(connection, book, api), owner, (connection, book))


@dataclass(frozen=True, slots=True)
class _Writing:
    """One write: what has changed, or all facts where another connection wrote last."""

    owner: Owner
    written_to: _WrittenTo | None
    changes: Changes
    facts: Facts
    now: float

    def to(self, connection: sqlite3.Connection) -> _WrittenTo:
        """Write to the file; where to it was."""
        changes, api = self.changes, self.facts.api.get(ONLY)
        if self.written_to and self.written_to[0] is connection:
            tables.write(connection, self.written_to[1], changes, api, self.now)
            return self.written_to
        # Another connection may be to another file, or to one that another process wrote to in between.
        book = tables.open_book(connection, self.owner)
        # What is held in memory no more is among the changes alone.
        everything = {kind: {**changes.get(kind, {}), **self.facts.of(kind)} for kind in tables.kinds()}
        tables.write(connection, book, everything, api, self.now, in_place_of=self.facts)
        return connection, book
