"""A poller under test: a source that gives what it is told, and what is exposed after a poll."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from exporter.background import Background
from exporter.board import Board
from exporter.datasets import Extent
from exporter.domain.invoice import Invoice, InvoiceDetail
from exporter.domain.money import Unit
from exporter.domain.report import Api, Dataset, Generation, InvoiceDetailsSection
from exporter.errors import OUTCOMES
from exporter.metrics.own import Build, OwnMetrics
from exporter.metrics.snapshot import Exposition
from exporter.poller import SUCCESS, Poller, Store
from exporter.store.store import NoStore

NOW = 1_785_000_000.0  # 2026-07-25T17:20:00Z


@dataclass
class Billing:
    """A source: its list and details, or the error that each ends with; it keeps what it was asked."""

    invoices: tuple[Invoice, ...] = ()
    list_fault: Exception | None = None
    details_fault: Exception | None = None
    detail: InvoiceDetail = field(default_factory=InvoiceDetail)
    api: Api | None = field(default_factory=lambda: Api(Generation.C, Unit.MAJOR))
    known_statuses: tuple[str, ...] = ("open", "paid")
    requests_made: int = 0
    untils: list[AbstractSet[str]] = field(default_factory=list)
    asked: list[tuple[list[str], list[str]]] = field(default_factory=list)
    resumed: tuple[Api, InvoiceDetailsSection | None] | None = None

    async def fetch_invoices(self, until: AbstractSet[str]) -> tuple[Invoice, ...]:
        """The list, in one request."""
        self.requests_made += 1
        self.untils.append(until)
        if self.list_fault:
            raise self.list_fault
        return self.invoices

    async def fetch_details(self, shown: Sequence[Invoice], with_tree: Sequence[Invoice]) -> InvoiceDetailsSection:
        """The details, in two requests; no trees."""
        self.requests_made += 2
        self.asked.append(([each.id for each in shown], [each.id for each in with_tree]))
        if self.details_fault:
            raise self.details_fault
        return InvoiceDetailsSection(details=tuple((invoice, self.detail) for invoice in shown), trees=())

    def resume(self, api: Api, details: InvoiceDetailsSection | None) -> None:
        """Keep what it is told."""
        self.resumed = (api, details)


class Polled:
    """Pollers of some accounts on one board, with a clock that is set."""

    def __init__(self) -> None:
        self.now = NOW
        self.own = OwnMetrics(
            Build("0", "", "3"), endpoints=("list_invoices",), outcomes=(SUCCESS, *OUTCOMES), config_read_at=NOW
        )
        self.exposition = Exposition(self.own.render)
        self.board = Board(self.exposition, Background())

    def poller(
        self,
        billing: Billing,
        account: str = "acme",
        *,
        history: int = 12,
        details: int = 1,
        store: Store | None = None,
    ) -> Poller:
        """A poller of an account, which keeps nothing over a restart where no store is given."""
        self.own.add_account(account, dict.fromkeys(Dataset, 1800.0), 1.0)
        extent = Extent(history=history, details=details)
        kept = store or NoStore()
        return Poller(account, billing, self.board, self.own, kept, extent=extent, clock=lambda: self.now)

    def value(self, sample: str) -> float | None:
        """The value of a series by its name and labels as they are written, None where it is absent."""
        start = f"{sample} ".encode()
        found = [line[len(start) :] for line in self.exposition.plain().splitlines() if line.startswith(start)]
        assert len(found) <= 1
        return float(found[0]) if found else None

    def health(self, name: str, dataset: str, account: str = "acme", more: str = "") -> float | None:
        """The value of a family of health by dataset."""
        return self.value(f'{name}{{account="{account}",dataset="{dataset}"{more}}}')

    def polls(self, dataset: str, outcome: str, account: str = "acme") -> float | None:
        """How many polls ended so."""
        return self.health("northflank_exporter_polls_total", dataset, account, f',outcome="{outcome}"')
