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
        self._written_to: tuple[sqlite3.Connection, int] | None = None

    @property
    def epoch(self) -> Epoch:
        """What an answer to a question that is asked now is comparable under."""
        return Epoch(self._customers, self.facts.api.get(ONLY))

    async def open(self, is_comparable: Callable[[Api], bool]) -> None:
        """Read what was recorded before a restart, as far as it is comparable; call it before anything is asked."""
        if self._disk:
            found = await self._disk.run(self._owner.account, lambda connection: self._read(connection, is_comparable))
            self.facts = found or NO_FACTS

    def _read(self, connection: sqlite3.Connection, is_comparable: Callable[[Api], bool]) -> Facts:
        book = tables.open_book(connection, self._owner)
        self._owner = replace(self._owner, customer=tables.customer_of(connection, book))
        api = tables.api_of(connection, book)
        if api and not is_comparable(api):
            structlog.get_logger().warning(
                "store.ignored",
                account=self._owner.account,
                error=f"what is kept was read as {api.generation} in {api.unit} units, which the configuration rules out; "
                "nothing to do: it is fetched anew",
            )
            return replace(NO_FACTS, unpaid=tables.read(connection, book, None).unpaid)
        facts = tables.read(connection, book, api)
        self._written_to = (connection, book)
        return facts

    async def record_answer(self, entry: Entry) -> bool:
        """Record an answer; False where it is not comparable with what was recorded since it was asked for."""
        async with self._recording:
            epoch = self.epoch
            if epoch.customer != entry.asked_in.customer or epoch.api not in {entry.asked_in.api, entry.api}:
                return False
            if entry.customer:
                await self._of_customer("invoices" if isinstance(entry.question, ListInvoices) else "usage", entry)
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

    async def forget_hours(self, before: float) -> None:
        """Take away the hours by project that are older than what is kept."""
        if self._disk and self._written_to:
            book = self._written_to[1]
            await self._disk.run(self._owner.account, lambda connection: tables.forget_hours(connection, book, before))

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

    async def _of_customer(self, named_by: str, entry: Entry) -> None:
        """Go over to the ledger of another billing customer where an answer names one."""
        known = self.facts.customers.get(named_by)
        if entry.customer and known not in {None, entry.customer}:
            structlog.get_logger().warning(
                "ledger.another_customer",
                account=self._owner.account,
                error="the token is of another billing customer; the figures of the one before are kept apart",
            )
            await self._write()
            self._customers += 1
            self._owner = replace(self._owner, customer=entry.customer)
            self._written_to, self._unwritten = None, {}
            self.facts = replace(NO_FACTS, token_limit=self.facts.token_limit)
            if self._disk:
                found = await self._disk.run(self._owner.account, self._read_again)
                self.facts = found or self.facts
        if entry.customer and self.facts.customers.get(named_by) != entry.customer:
            if not self._owner.customer:
                self._owner = replace(self._owner, customer=entry.customer)
                self._written_to = None
            self._change({"customers": {named_by: entry.customer}})

    def _read_again(self, connection: sqlite3.Connection) -> Facts:
        return self._read(connection, lambda _: True)

    def _begin(self, api: Api) -> None:
        """Begin with facts of another generation or unit: those of the one before are not comparable."""
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
            if self._disk is None or not any(self._unwritten.values()):
                return
            changes, self._unwritten = self._unwritten, {}
            facts = self.facts
            done = await self._disk.run(
                self._owner.account, lambda connection: self._write_to(connection, changes, facts)
            )
            if not done:
                for kind, by_key in changes.items():
                    self._unwritten[kind] = {**by_key, **self._unwritten.get(kind, {})}

    def _write_to(self, connection: sqlite3.Connection, changes: Changes, facts: Facts) -> bool:
        api, now = facts.api.get(ONLY), self._clock()
        if self._written_to is None or self._written_to[0] is not connection:
            # Another connection may be to another file, or to one that another process wrote to in between.
            book = tables.open_book(connection, self._owner)
            tables.forget(connection, book, facts)
            changes = {kind: facts.of(kind) for kind in tables.kinds()}
        else:
            book = self._written_to[1]
        tables.write(connection, book, changes, api, now)
        self._written_to = (connection, book)
        return True
