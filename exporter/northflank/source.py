"""The billing of one account as domain objects: which generation it speaks, what is asked, what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType

from exporter.background import Background
from exporter.domain.budget import Budget
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Invoice
from exporter.domain.memory import Memory
from exporter.domain.money import Unit
from exporter.domain.report import (
    AccountReport,
    Api,
    Dataset,
    Generation,
    InvoiceDetailsSection,
    UsageSection,
)
from exporter.domain.tree import NO_ROWS, Path, Rows
from exporter.errors import DecodeError, GenerationError, RefusedError
from exporter.northflank.client import Client
from exporter.northflank.count import Count
from exporter.northflank.detect import detect, detect_by_endpoints
from exporter.northflank.given_ids import GivenIds
from exporter.northflank.invoice_list import read_list
from exporter.northflank.readers import Depth, Readers, readers_of
from exporter.northflank.usage.budget_spends import Budgeted, fetch_budgets
from exporter.northflank.usage.running import Bill
from exporter.northflank.usage.running_details import NOTHING_TOLD, Gathered
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import GET_CREDIT_BALANCE

# Parameters of one generation may be refused by another, and its rows need not have the shape.
_SIGNS_OF_ANOTHER = (GenerationError, RefusedError, DecodeError)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What an account is gone on with after a restart: what the server spoke, and what is comparable with it."""

    api: Api
    report: AccountReport
    memory: Memory


class Source:
    """One account's billing. `generation` and `unit` are what the configuration sets by hand, None to find out."""

    def __init__(
        self,
        client: Client,
        background: Background,
        *,
        generation: Generation | None,
        unit: Unit | None,
        depth: Depth,
    ) -> None:
        self._client = client
        self._background = background
        self._set_generation = generation
        self._set_unit = unit
        self._depth = depth
        self._found: Generation | None = None
        self._known: tuple[Api, Readers] | None = None
        # Two datasets are polled at once: only one of them finds out.
        self._detecting = asyncio.Lock()
        self._ids = GivenIds()

    @property
    def api(self) -> Api | None:
        """The generation and unit in use; None until they are known."""
        generation = self._set_generation or self._found
        return Api(generation, self._unit(generation)) if generation else None

    @property
    def known_statuses(self) -> tuple[str, ...]:
        """The invoice statuses that the generation in use is known to have; empty until it is known."""
        return WIRES[self.api.generation].statuses if self.api else ()

    def counting(self) -> AbstractContextManager[Count]:
        """The count of the requests that are made inside."""
        return self._client.counter.counting()

    async def fetch_invoices(self, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        """The invoice list, newest first: whole, or with `until` as far as the page that completes those ids.

        Raises PollError; a part of a list is never returned.
        """
        spoken = self._found
        if spoken is None or self._set_generation:
            return await self._read_list((await self._detected()).generation, until)
        try:
            invoices = await self._read_list(spoken, until)
        except _SIGNS_OF_ANOTHER:
            found = await detect(self._client)
            if not self._speak(found, instead_of=spoken):
                raise
            return await self._read_list(found, until)
        if _could_be_another(invoices, spoken):
            found = await detect_by_endpoints(self._client)
            if self._speak(found, instead_of=spoken):
                return await self._read_list(found, until)
        return invoices

    async def fetch_details(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """What the detail of each invoice adds, and the trees of some; only what is not known yet is asked for.

        Raises PollError; what was answered until then is not asked for again.
        """
        return await (await self._readers()).finalized.fetch(shown, with_tree)

    async def fetch_usage(self, bill: Bill, now: float) -> UsageSection:
        """What the account spends, as of its newest complete hour; raises PollError."""
        spoken = (await self._detected()).generation
        try:
            return await self._read_usage(bill, now)
        except GenerationError:
            # As a rule the list tells that the server moved on; an empty one does not.
            if self._set_generation or not self._speak(await detect(self._client), instead_of=spoken):
                raise
            return await self._read_usage(bill, now)

    async def fetch_usage_details(self, usage: UsageSection, known: AbstractSet[Path], now: float) -> Gathered:
        """What teams, projects and resources spend, as far as the allowance goes; raises PollError.

        `known` are teams and projects that are seen elsewhere.
        """
        readers = await self._readers()
        if readers.details is None or readers.spends is None:
            return Gathered(NOTHING_TOLD)
        gathered = await readers.details.fetch(usage, readers.spends.newest, known, now)
        if gathered.postponed is None:
            self._client.spread()
        return gathered

    async def fetch_projects(self, usage: UsageSection) -> Rows:
        """The teams and projects of the newest complete hour; raises PollError."""
        details = (await self._readers()).details
        return await details.look(usage) if details else NO_ROWS

    async def fetch_credits(self) -> CreditBalance:
        """What is left to be spent; raises PollError."""
        api = await self._detected()
        read = WIRES[api.generation].read_credit_balance
        if read is None:
            raise GenerationError(f"generation {api.generation} has no credit balance")
        return read(await self._client.get(GET_CREDIT_BALANCE), api.unit)

    async def fetch_budgets(
        self, budgets: tuple[Budget, ...], usage: UsageSection, known: AbstractSet[Path]
    ) -> Budgeted:
        """What was spent of the budgets, as of the same hour as the account's figures; raises PollError."""
        return await fetch_budgets((await self._readers()).spends, budgets, usage, known)

    def tells(self, dataset: Dataset) -> bool:
        """Whether the generation in use tells of a dataset; False until it is known."""
        if self.api is None:
            return False
        if dataset is Dataset.CREDITS:
            return WIRES[self.api.generation].read_credit_balance is not None
        if dataset is Dataset.USAGE_DETAILS:
            return self._readers_of(self.api).details is not None
        return True

    def memory(self) -> Memory:
        """What to know after a restart, beyond what is shown."""
        # What another generation told is not comparable with what is shown by now.
        readers = self._known[1] if self._known and self._known[0] == self.api else None
        parts = [each.memory() for each in (readers.spends, readers.details) if each] if readers else []
        memories = (self._client.memory(), *parts)
        return MappingProxyType({name: part for memory in memories for name, part in memory.items()})

    def resume(self, resumed: Resumed) -> None:
        """Go on from what was found out and fetched before a restart: it is not asked for again.

        Under another generation or unit than is set by hand, the figures are not comparable and are left alone.
        """
        self._client.resume(resumed.memory)
        if self._set_generation is None:
            self._found = resumed.api.generation
        if self.api != resumed.api:
            return
        readers, report = self._readers_of(resumed.api), resumed.report
        self._client.spread()
        if report.invoices and not WIRES[resumed.api.generation].asks_by_id:
            self._ids.resume(report.invoices.invoices)
        if report.invoice_details:
            readers.finalized.resume(report.invoice_details)
        if readers.spends:
            readers.spends.resume(resumed.memory)
        if readers.details:
            hour = report.usage.hour if report.usage else None
            readers.details.resume(resumed.memory, report.usage_details, hour.usage.currency if hour else None)

    async def _detected(self) -> Api:
        async with self._detecting:
            if self.api is None:
                self._found = await detect(self._client)
        if self.api is None:
            raise GenerationError("the generation was looked for, but not found")
        return self.api

    async def _readers(self) -> Readers:
        return self._readers_of(await self._detected())

    def _readers_of(self, api: Api) -> Readers:
        if self._known is None or self._known[0] != api:
            self._known = (api, readers_of(self._client, self._background, api, self._depth))
        return self._known[1]

    def _unit(self, generation: Generation) -> Unit:
        return self._set_unit or WIRES[generation].unit

    def _speak(self, generation: Generation, *, instead_of: Generation) -> bool:
        """Go over to a generation; whether it is another. What was read in the one before is not comparable.

        `instead_of` is the one that was asked in: the other poll may have gone over meanwhile.
        """
        self._found = generation
        return generation is not instead_of

    async def _read_usage(self, bill: Bill, now: float) -> UsageSection:
        reader = (await self._readers()).usage
        return await reader.fetch(bill, now) if reader else UsageSection()

    async def _read_list(self, generation: Generation, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        wire = WIRES[generation]
        # Ids that were given here are no sign of how far the list has to be read.
        invoices = await read_list(
            self._client, wire, self._unit(generation), until=until if wire.asks_by_id else frozenset()
        )
        return invoices if wire.asks_by_id else self._ids.give(invoices)


def _could_be_another(invoices: Sequence[Invoice], spoken: Generation) -> bool:
    # A service that moved on to decimal amounts would be off by a factor of 100 where no row tells so.
    tells = any(invoice.categories for invoice in invoices)
    # In 2026-06 usage is not asked for as long as no invoice tells the currency, and so cannot tell it either.
    may_move = bool(invoices) or spoken is Generation.B
    return may_move and not tells and spoken is not Generation.A
