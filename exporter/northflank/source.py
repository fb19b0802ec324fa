"""The billing of one account as domain objects: which generation it speaks, what is asked, what is known."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from exporter.background import Background
from exporter.domain.invoice import Invoice
from exporter.domain.money import Unit
from exporter.domain.report import Api, Generation, InvoiceDetailsSection
from exporter.domain.tree import Level
from exporter.errors import DecodeError, GenerationError, RefusedError
from exporter.northflank.client import Client
from exporter.northflank.detect import detect, detect_by_endpoints
from exporter.northflank.finalized import Finalized
from exporter.northflank.invoice_list import read_list
from exporter.northflank.wire.generations import WIRES

# Parameters of one generation may be refused by another, and its rows need not have the shape.
_SIGNS_OF_ANOTHER = (GenerationError, RefusedError, DecodeError)


class Source:
    """One account's billing. `generation` and `unit` are what the configuration sets by hand, None to find out."""

    def __init__(
        self,
        client: Client,
        background: Background,
        *,
        generation: Generation | None,
        unit: Unit | None,
        level: Level,
    ) -> None:
        self._client = client
        self._background = background
        self._set_generation = generation
        self._set_unit = unit
        self._level = level
        self._found: Generation | None = None
        self._finalized: Finalized | None = None

    @property
    def api(self) -> Api | None:
        """The generation and unit in use; None until they are known."""
        generation = self._set_generation or self._found
        return Api(generation, self._unit(generation)) if generation else None

    @property
    def known_statuses(self) -> tuple[str, ...]:
        """The invoice statuses that the generation in use is known to have; empty until it is known."""
        return WIRES[self.api.generation].statuses if self.api else ()

    @property
    def requests_made(self) -> int:
        """How many requests were made so far, retries too."""
        return self._client.requests_made

    async def fetch_invoices(self, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        """The invoice list, newest first: whole, or with `until` as far as the page that completes those ids.

        Raises PollError; a part of a list is never returned.
        """
        if self._set_generation:
            return await self._read_list(self._set_generation, until)
        if self._found is None:
            self._found = await detect(self._client)
            return await self._read_list(self._found, until)
        try:
            invoices = await self._read_list(self._found, until)
        except _SIGNS_OF_ANOTHER:
            if not self._speak(await detect(self._client)):
                raise
            return await self._read_list(self._found, until)
        if self._could_be_another(invoices) and self._speak(await detect_by_endpoints(self._client)):
            return await self._read_list(self._found, until)
        return invoices

    async def fetch_details(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """What the detail of each invoice adds, and the trees of some; only what is not known yet is asked for.

        Raises PollError; what was answered until then is not asked for again.
        """
        api = self.api
        if api is None:
            raise GenerationError("the generation is not known before the invoice list was read")
        if self._finalized is None:
            self._finalized = self._nothing_known(api)
        return await self._finalized.fetch(shown, with_tree)

    def resume(self, api: Api, details: InvoiceDetailsSection | None) -> None:
        """Go on from what was found out and fetched before a restart: it is not asked for again.

        Under another generation or unit than is set by hand, the details are not comparable and are left alone.
        """
        if self._set_generation is None:
            self._found = api.generation
        if details and api == self.api:
            self._finalized = self._nothing_known(api)
            self._finalized.resume(details)

    def _nothing_known(self, api: Api) -> Finalized:
        return Finalized(self._client, self._background, WIRES[api.generation], api.unit, self._level)

    def _unit(self, generation: Generation) -> Unit:
        return self._set_unit or WIRES[generation].unit

    def _speak(self, generation: Generation) -> bool:
        """Go over to another generation; whether it is another. What was read in the one before is not comparable."""
        if generation is self._found:
            return False
        self._found = generation
        self._finalized = None
        return True

    def _could_be_another(self, invoices: Sequence[Invoice]) -> bool:
        # A service that moved on to decimal amounts would be off by a factor of 100 where no row tells so.
        tells = any(invoice.categories for invoice in invoices)
        return bool(invoices) and not tells and self._found is not Generation.A

    async def _read_list(self, generation: Generation, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        return await read_list(self._client, WIRES[generation], self._unit(generation), until=until)
