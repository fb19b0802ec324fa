"""The ledger: what the API of a generation can say of all invoices, in one piece and in major units.

Every amount is a decimal string. Tests compare what a consumer has made of the API's answers with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from exporter.sandbox import speak_2024, speak_2026_06, speak_2026_10
from exporter.sandbox.bill import BYOC_PARTS, CENTS_A_DOLLAR, PAAS_PARTS, Bill
from exporter.sandbox.books import Books
from exporter.sandbox.breakdown import parts_json, stated_parts
from exporter.sandbox.invoices import CURRENCY, TAX_PERCENT, Invoice, LineItem
from exporter.sandbox.options import Generation
from exporter.sandbox.pricing import Cluster, Consumption
from exporter.sandbox.question import Json
from exporter.sandbox.tree import Project, Resource, ResourceType, Team

BYOC_WORDS = tuple("gpu_memory" if part == "gpuMemory" else part for part in BYOC_PARTS)
FEES = ("egress_ip", "load_balancer")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a generation says: which parts of a price, which categories, levels and fields."""

    paas_parts: Sequence[str]
    byoc_parts: Sequence[str]
    type_names: Mapping[str, str]
    has_fees_and_clusters: bool = False
    has_status: bool = False
    has_project_names: bool = True
    has_line_item_bases: bool = True


EXTENTS: Mapping[Generation, Extent] = MappingProxyType(
    {
        "2024": Extent(speak_2024.PAAS_PARTS_SAID, ("total",), {}, has_project_names=False, has_line_item_bases=False),
        "2026-06": Extent(PAAS_PARTS, BYOC_WORDS, speak_2026_06.TYPE_NAMES),
        "2026-10": Extent(PAAS_PARTS, BYOC_WORDS, speak_2026_10.TYPES, has_fees_and_clusters=True, has_status=True),
    }
)


def ledger(books: Books, generation: Generation) -> Json:
    """All invoices, newest first, as far as the generation tells of them."""
    writer = _Writer(EXTENTS[generation])
    return {"currency": CURRENCY, "invoices": [writer.invoice(invoice) for invoice in books.invoices]}


def decimal(cents: int) -> str:
    """Cents as a decimal string of major units: 6922 is 69.22."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), CENTS_A_DOLLAR)
    return f"{sign}{whole}.{rest:02d}"


@dataclass(frozen=True, slots=True)
class _Writer:
    extent: Extent

    def invoice(self, invoice: Invoice) -> Json:
        usage = invoice.usage
        paid_or_open = "paid" if invoice.is_paid else "open"
        return {
            "id": invoice.frame.id,
            "start": invoice.frame.start,
            "end": invoice.frame.end,
            "status": invoice.frame.status if self.extent.has_status else paid_or_open,
            "kind": invoice.frame.kind,
            "total": decimal(invoice.total),
            "sub_total": decimal(invoice.sub_total),
            "discount": decimal(invoice.discount),
            "tax_amount": decimal(invoice.tax),
            "tax_percent": str(TAX_PERCENT),
            "categories": self._categories(usage) if usage else {},
            "line_items": [self._line_item(line) for line in invoice.line_items],
            "teams": [self._team(team) for team in usage.paas.teams] if usage else [],
            "clusters": self._clusters(usage.clusters) if usage else [],
        }

    def _categories(self, usage: Consumption) -> Json:
        categories: Json = {"paas": self._paas(usage.paas.bill, PAAS_PARTS), "byoc": self._byoc(usage.byoc)}
        fees = zip(FEES, (usage.egress_ip, usage.load_balancer), strict=True)
        said = fees if self.extent.has_fees_and_clusters else ()
        return categories | {name: {"total": decimal(bill.total)} for name, bill in said}

    def _line_item(self, line: LineItem) -> Json:
        row: Json = {"title": line.title, "total": decimal(line.total)}
        if self.extent.has_line_item_bases:
            row |= {"base": decimal(line.base), "proration": decimal(line.proration)}
        return row

    def _clusters(self, clusters: Sequence[Cluster]) -> list[Json]:
        said = clusters if self.extent.has_fees_and_clusters else ()
        return [{"id": row.id, "name": row.name, "price": self._byoc(row.bill)} for row in said]

    def _team(self, team: Team) -> Json:
        projects = [self._project(project) for project in team.projects]
        return {"id": team.id, "name": team.name, "price": self._paas(team.bill, PAAS_PARTS), "projects": projects}

    def _project(self, project: Project) -> Json:
        said = project.resource_types if self.extent.type_names else ()
        return {
            "id": project.id,
            "name": project.name if self.extent.has_project_names else project.id,
            "price": self._paas(project.bill, PAAS_PARTS),
            "resource_types": [self._resource_type(row) for row in said],
        }

    def _resource_type(self, row: ResourceType) -> Json:
        stated = stated_parts(row.name)
        return {
            "resource_type": self.extent.type_names[row.name],
            "price": self._paas(row.bill, PAAS_PARTS),
            "resources": [self._resource(resource, stated) for resource in row.resources],
        }

    def _resource(self, resource: Resource, stated: Sequence[str]) -> Json:
        return {"id": resource.id, "name": resource.name, "price": self._paas(resource.bill, stated)}

    def _paas(self, bill: Bill, stated: Sequence[str]) -> Json:
        said = [part for part in stated if part in self.extent.paas_parts]
        return parts_json(PAAS_PARTS, bill.cents, decimal, said)

    def _byoc(self, bill: Bill) -> Json:
        return parts_json(BYOC_WORDS, bill.cents, decimal, self.extent.byoc_parts)
