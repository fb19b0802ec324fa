"""What each generation can tell of the sandbox's ledger, as the API's documents say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Ledger = dict[str, Any]

NO_PARTS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generation: what it says of prices, statuses, levels and usage, and what it calls things.

    `has_hours`: it tells of usage by the hour, not only of what is unbilled. `filters_usage`: and of any time and
    scope at once, with quantities, so that nothing has to be added up; `usage_types` are the types that it tells of.
    """

    generation: str
    unit: str
    parts: Mapping[str, tuple[str, ...]]
    levels: tuple[str, ...]
    statuses: tuple[str, ...]
    has_ids: bool = True
    has_clusters: bool = False
    has_proration: bool = True
    has_project_names: bool = True
    types: Mapping[str, str] | None = None
    type_filters: int = 0
    has_hours: bool = False
    filters_usage: bool = False
    states_usage_currency: bool = False
    has_credits: bool = False
    usage_types: tuple[str, ...] = ()

    def status(self, status: str) -> str:
        """The status as this generation tells it."""
        return status if status in self.statuses else "open"

    def id(self, invoice: Ledger) -> str:
        """The id under which an invoice is shown."""
        return str(invoice["id"]) if self.has_ids else f"{int(invoice['start'])}-{int(invoice['end'])}"

    def type(self, resource_type: str) -> str:
        """The resource type as this generation calls it."""
        return (self.types or {}).get(resource_type, resource_type)


_PAAS = ("cpu", "memory", "storage", "gpu")
_BYOC = ("vcpu", "memory", "gpu_memory", "cluster")
_ALL_LEVELS = ("team", "project", "resource_type", "resource")

DIALECTS = {
    "2024": Dialect(
        "2024",
        "minor",
        parts={"paas": ("cpu", "memory", "storage"), "byoc": NO_PARTS},
        levels=("team", "project"),
        statuses=("paid", "open"),
        has_ids=False,
        has_proration=False,
        has_project_names=False,
    ),
    "2026-06": Dialect(
        "2026-06",
        "minor",
        parts={"paas": _PAAS, "byoc": _BYOC},
        levels=_ALL_LEVELS,
        statuses=("paid", "open"),
        types={"harness": "opentofu-job"},
        type_filters=7,
        has_hours=True,
        usage_types=("job", "service", "opentofu-job", "addon", "volume"),
    ),
    "2026-10": Dialect(
        "2026-10",
        "major",
        parts={"paas": _PAAS, "byoc": _BYOC, "egress_ip": NO_PARTS, "load_balancer": NO_PARTS},
        levels=_ALL_LEVELS,
        statuses=("draft", "open", "payment_failed", "paid", "uncollectible", "void"),
        has_clusters=True,
        type_filters=5,
        has_hours=True,
        filters_usage=True,
        states_usage_currency=True,
        has_credits=True,
        usage_types=("job", "service", "harness", "addon", "volume"),
    ),
}
