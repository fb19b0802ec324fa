"""The ledger: what the API of a generation can say of an invoice, or of a time, in one piece and in major units.

Every amount is a decimal string, and exact where the API rounds. Tests compare what a consumer has made of the API's
answers with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, TypeAlias

from exporter.sandbox import speak_2024, speak_2026_06, speak_2026_10
from exporter.sandbox.bill import BYOC_PARTS, PAAS_PARTS, PARTS_OF_AN_HOUR, Bill
from exporter.sandbox.breakdown import parts_json, stated_parts
from exporter.sandbox.invoices import TAX_PERCENT, Invoice, LineItem
from exporter.sandbox.options import Generation
from exporter.sandbox.pricing import Cluster, Consumption
from exporter.sandbox.question import Json
from exporter.sandbox.style import Style
from exporter.sandbox.tree import Project, Resource, ResourceType, Team

BYOC_WORDS = tuple("gpu_memory" if part == "gpuMemory" else part for part in BYOC_PARTS)
Depth: TypeAlias = Literal["account", "team", "project", "resource_type", "resource"]
DEPTHS: tuple[Depth, ...] = ("account", "team", "project", "resource_type", "resource")
FEES = ("egress_ip", "load_balancer")
PAAS_UNITS = ("vcpu_hours", "memory_gib_hours", "storage_gib_hours", "gpu_on_demand_hours", "gpu_spot_hours")
BYOC_UNITS = ("vcpu_hours", "memory_gib_hours", "gpu_memory_gib_hours", "cluster_hours")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a generation says: which parts of a price, which categories, levels and fields."""

    paas_parts: Sequence[str]
    byoc_parts: Sequence[str]
    type_names: Mapping[str, str]
    has_fees_and_clusters: bool = False
    has_status: bool = False
    has_quantities: bool = False
    has_project_names: bool = True
    has_line_item_bases: bool = True


EXTENTS: Mapping[Generation, Extent] = MappingProxyType(
    {
        "2024": Extent(speak_2024.PAAS_PARTS_SAID, ("total",), {}, has_project_names=False, has_line_item_bases=False),
        "2026-06": Extent(PAAS_PARTS, BYOC_WORDS, speak_2026_06.TYPE_NAMES),
        "2026-10": Extent(
            PAAS_PARTS,
            BYOC_WORDS,
            speak_2026_10.TYPES,
            has_fees_and_clusters=True,
            has_status=True,
            has_quantities=True,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """Writes an invoice as far as the generation tells of it, and no deeper than to the level `depth`."""

    extent: Extent
    style: Style
    depth: Depth

    def summary(self, invoice: Invoice) -> Json:
        """The invoice without its tree."""
        usage, exact = invoice.usage, invoice.money.exact
        paid_or_open = "paid" if invoice.is_paid else "open"
        return {
            "id": invoice.frame.id,
            "start": invoice.frame.start,
            "end": invoice.frame.end,
            "status": invoice.frame.status if self.extent.has_status else paid_or_open,
            "kind": invoice.frame.kind,
            "currency": invoice.money.currency,
            "total": exact(invoice.total),
            "sub_total": exact(invoice.sub_total),
            "discount": exact(invoice.discount),
            "tax_amount": exact(invoice.tax),
            "tax_percent": str(TAX_PERCENT),
            "line_items": [self._line_item(line) for line in invoice.line_items],
            **(self._prices(usage) if usage else {"categories": {}, "clusters": []}),
        }

    def usage(self, usage: Consumption) -> Json:
        """What was used in a time, without its tree; quantities are in unit-hours."""
        quantities = _quantities(usage) if self.extent.has_quantities else {}
        return {"total": self.style.money.exact(self._total(usage)), **self._prices(usage), "quantities": quantities}

    def teams(self, usage: Consumption | None) -> Iterator[Json]:
        """The tree, team by team."""
        if usage and self._reaches("team"):
            yield from map(self._team, usage.paas.teams)

    def _prices(self, usage: Consumption) -> Json:
        return {"categories": self._categories(usage), "clusters": self._clusters(usage.clusters)}

    def _total(self, usage: Consumption) -> int:
        """All that the generation tells of."""
        return usage.total if self.extent.has_fees_and_clusters else usage.paas.bill.total + usage.byoc.total

    def _categories(self, usage: Consumption) -> Json:
        categories: Json = {"paas": self._paas(usage.paas.bill, PAAS_PARTS), "byoc": self._byoc(usage.byoc)}
        fees = zip(FEES, (usage.egress_ip, usage.load_balancer), strict=True)
        said = fees if self.extent.has_fees_and_clusters else ()
        return categories | {name: {"total": self.style.money.exact(bill.total)} for name, bill in said}

    def _line_item(self, line: LineItem) -> Json:
        row: Json = {"title": line.title, "total": self.style.money.exact(line.total)}
        if self.extent.has_line_item_bases:
            row |= {"base": self.style.money.exact(line.base), "proration": self.style.money.exact(line.proration)}
        return row

    def _clusters(self, clusters: Sequence[Cluster]) -> list[Json]:
        said = clusters if self.extent.has_fees_and_clusters else ()
        return [{**self._named(row.id, row.name), "price": self._byoc(row.bill)} for row in said]

    def _team(self, team: Team) -> Json:
        said = team.projects if self._reaches("project") else ()
        projects = [self._project(project) for project in said]
        return {**self._named(team.id, team.name), "price": self._paas(team.bill, PAAS_PARTS), "projects": projects}

    def _project(self, project: Project) -> Json:
        said = project.resource_types if self.extent.type_names and self._reaches("resource_type") else ()
        return {
            **self._named(project.id, project.name if self.extent.has_project_names else None),
            "price": self._paas(project.bill, PAAS_PARTS),
            "resource_types": [self._resource_type(row) for row in said],
        }

    def _resource_type(self, row: ResourceType) -> Json:
        stated = stated_parts(row.name)
        said = row.resources if self._reaches("resource") else ()
        return {
            "resource_type": self.style.type_name(row.name),
            "price": self._paas(row.bill, PAAS_PARTS),
            "resources": [self._resource(resource, stated) for resource in said],
        }

    def _resource(self, resource: Resource, stated: Sequence[str]) -> Json:
        return {**self._named(resource.id, resource.name), "price": self._paas(resource.bill, stated)}

    def _reaches(self, level: Depth) -> bool:
        return DEPTHS.index(level) <= DEPTHS.index(self.depth)

    def _named(self, id_: str, name: str | None) -> Json:
        """The id and the name that a consumer shows: the id itself where the API gives none."""
        spelled = None if name is None else self.style.spell(id_, name)
        return {"id": id_, "name": id_ if spelled is None else spelled}

    def _paas(self, bill: Bill, stated: Sequence[str]) -> Json:
        said = [part for part in stated if part in self.extent.paas_parts]
        return parts_json(PAAS_PARTS, bill.grains, self.style.money.exact, said)

    def _byoc(self, bill: Bill) -> Json:
        return parts_json(BYOC_WORDS, bill.grains, self.style.money.exact, self.extent.byoc_parts)


def _quantities(usage: Consumption) -> Json:
    categories = (
        ("paas", PAAS_UNITS, usage.paas.bill),
        ("byoc", BYOC_UNITS, usage.byoc),
        ("egress_ip", ("hours",), usage.egress_ip),
        ("load_balancer", ("hours",), usage.load_balancer),
    )
    return {name: parts_json(units, bill.hours, _exact_hours) for name, units, bill in categories}


def _exact_hours(thousandths: int) -> str:
    return f"{Decimal(thousandths) / PARTS_OF_AN_HOUR:f}"
