"""What the ledger holds: every answer of Northflank about one billing customer, in one generation and unit, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from exporter.domain.budget import Scope
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Cluster, Invoice, InvoiceDetail, Period
from exporter.domain.money import ZERO
from exporter.domain.price import Price
from exporter.domain.question import DetailPage, Query
from exporter.domain.report import Api, Dataset, InvoiceTree
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import HourTree, Usage

NOTHING = Price(stated_total=ZERO)

Subject = tuple[str, str]
"""What a drill-down is of: `("invoice", id)` or `("hour", its beginning in Unix seconds)`."""
ONLY = ""
"""The key of a kind of fact of which there is one."""


@dataclass(frozen=True, slots=True)
class ListRead:
    """The invoice list: the ids in its order, when it was read last and when to its end (Unix seconds)."""

    ids: tuple[str, ...]
    read_at: float
    whole_at: float


@dataclass(frozen=True, slots=True)
class DetailFact:
    """What the detail of an invoice adds, and the invoice as the list had it then; `is_final` where nothing changes."""

    invoice: Invoice
    detail: InvoiceDetail
    is_final: bool


@dataclass(frozen=True, slots=True)
class TreeFact:
    """An invoice's tree, and how deep it goes; no `tree` where the API answers about another invoice.

    `is_whole` is False where the API does not know a team or project of it: it is asked for again at each poll.
    """

    invoice: Invoice
    level: Level
    tree: InvoiceTree | None
    is_final: bool
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class HoursRead:
    """Since when every hour was asked for; when the list was read last, and when for the whole month (Unix seconds).

    `newest` is the beginning of the newest hour that the last answer had, be it one that was still running.
    """

    start: float
    read_at: float
    whole_at: float
    newest: float = 0.0


@dataclass(frozen=True, slots=True)
class Correction:
    """An hour that was listed otherwise, or later than others: when that was seen, and by how much it fell.

    `paas` and `total` are in major units of the hour's currency; 0 where it did not fall.
    """

    seen_at: float
    paas: Decimal = ZERO
    total: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TotalFact:
    """What was spent within a scope and period, one usage a currency.

    `stated` is what the API answered. `usages` is more where the API has forgotten something that it stated before,
    although the account's hours did not fall: what was spent stays spent. `is_suspect` is whether that is assumed until
    the period before is asked for again.
    """

    usages: tuple[Usage, ...]
    stated: tuple[Usage, ...]
    asked_at: float
    is_suspect: bool = False


@dataclass(frozen=True, slots=True)
class ScopeTotals:
    """The totals of one scope by their periods, and when anything was first spent in it (Unix seconds), if ever."""

    totals: tuple[tuple[Period, TotalFact], ...] = ()
    seen_at: float | None = None

    def of(self, period: Period) -> TotalFact | None:
        """What was answered of a period."""
        return next((fact for each, fact in self.totals if each == period), None)

    def before(self, period: Period) -> tuple[Period, TotalFact] | None:
        """What was answered last from the same instant on, up to no later one than the period's end."""
        earlier = [each for each in self.totals if each[0].start == period.start and each[0].end <= period.end]
        return max(earlier, key=lambda each: each[0].end, default=None)


NO_TOTALS = ScopeTotals()


@dataclass(frozen=True, slots=True)
class MonthsFact:
    """The account's finished months, by their beginnings: those of `period`."""

    period: Period
    asked_at: float
    usages: Mapping[float, tuple[Usage, ...]]


@dataclass(frozen=True, slots=True)
class HourProjects:
    """One hour's teams and projects, packed, as known at `asked_at` (Unix seconds).

    `level` is how deep the rows go, `places` are the decimal places of the amounts; the rest is as for an hour's tree.
    """

    asked_at: float
    currency: str
    level: Level
    packed: bytes
    places: int
    clusters: tuple[Cluster, ...]
    unattributed: Mapping[Level, Decimal]
    vanished: frozenset[Path]


@dataclass(frozen=True, slots=True)
class HourResources:
    """One hour's resources, packed, as known at `asked_at` (Unix seconds)."""

    asked_at: float
    currency: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class Base:
    """What a team or project spent from the month's start to `through`, as known at `fetched_at` (Unix seconds)."""

    through: float
    price: Price
    fetched_at: float


@dataclass(frozen=True, slots=True)
class ProjectMonth:
    """What teams and projects spent in a month, in one currency, up to an instant for each.

    `whole_through` is the instant before which teams and projects without a base spent nothing, since every hour until
    then was seen; None where hours before it were not seen. `names` has every team and project that was seen in an hour
    of the month, with its newest name.
    """

    whole_through: float | None = None
    bases: Mapping[Path, Base] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[Path, str | None] = field(default_factory=lambda: MappingProxyType({}))

    def base_of(self, path: Path) -> Base | None:
        """Where to count from; None where that is not known yet."""
        found = self.bases.get(path)
        if found is None and self.whole_through is not None:
            return Base(self.whole_through, NOTHING, fetched_at=self.whole_through)
        return found

    @property
    def counted_from(self) -> float | None:
        """The first hour that still has to be added to some base; None where there is no base at all."""
        throughs = [base.through for base in self.bases.values()]
        return min([*throughs, *([] if self.whole_through is None else [self.whole_through])], default=None)


@dataclass(frozen=True, slots=True)
class ResourceMonth:
    """What resources spent in those hours of a month that are added up, in one currency."""

    hours: frozenset[float] = frozenset()
    rows: Rows = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class PreviewFact:
    """What has accrued since the last invoice (2024), and when it was asked for; no detail where nothing is stated."""

    detail: InvoiceDetail
    currency: str
    asked_at: float


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """How many requests an hour the token may make, as an answer stated it."""

    requests: float


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts by kind, and by key within a kind. Immutable: a new answer makes a new object.

    Keys of `hours`, `corrections`, `hour_projects` and `hour_resources` are the beginnings of billing hours; those of
    `project_months` and `resource_months` a month's beginning and a currency; those of `totals` a scope. Keys of
    `invoices`, `unpaid`, `details` and `trees` are invoice ids; `customers` are by the endpoint that named them.
    """

    api: Mapping[str, Api] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    list_read: Mapping[str, ListRead] = field(default_factory=dict)
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    unpaid: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, DetailFact] = field(default_factory=dict)
    trees: Mapping[str, TreeFact] = field(default_factory=dict)
    pages: Mapping[tuple[Subject, Query], DetailPage] = field(default_factory=dict)
    hours_read: Mapping[str, HoursRead] = field(default_factory=dict)
    hours: Mapping[float, Usage] = field(default_factory=dict)
    corrections: Mapping[float, tuple[Correction, ...]] = field(default_factory=dict)
    months: Mapping[str, MonthsFact] = field(default_factory=dict)
    totals: Mapping[Scope, ScopeTotals] = field(default_factory=dict)
    hour_projects: Mapping[float, HourProjects] = field(default_factory=dict)
    hour_resources: Mapping[float, HourResources] = field(default_factory=dict)
    hour_tree: Mapping[str, HourTree] = field(default_factory=dict)
    project_months: Mapping[tuple[float, str], ProjectMonth] = field(default_factory=dict)
    resource_months: Mapping[tuple[float, str], ResourceMonth] = field(default_factory=dict)
    preview: Mapping[str, PreviewFact] = field(default_factory=dict)
    credits: Mapping[str, CreditBalance] = field(default_factory=dict)
    polled: Mapping[Dataset, float] = field(default_factory=dict)
    waiting: Mapping[Dataset, float] = field(default_factory=dict)
    token_limit: Mapping[str, TokenLimit] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[Any, Any]:
        """The facts of a kind, by key."""
        found: Mapping[Any, Any] = getattr(self, kind)
        return found

    def with_changes(self, changes: Changes) -> Facts:
        """The facts with these in place of those before; None takes one away."""
        replaced: dict[str, Mapping[Any, Any]] = {}
        for kind, by_key in changes.items():
            merged = {**self.of(kind), **by_key}
            replaced[kind] = {key: fact for key, fact in merged.items() if fact is not None}
        return replace(self, **replaced)

    @property
    def listed(self) -> tuple[Invoice, ...]:
        """The invoices in the list's order."""
        read = self.list_read.get(ONLY)
        return tuple(self.invoices[each] for each in read.ids) if read else ()


Changes = Mapping[str, Mapping[Any, Any]]
"""New facts by kind and key; None in place of one that is no longer to be held."""
NO_FACTS = Facts()

ANY_API = frozenset({"api", "customers", "unpaid", "waiting", "token_limit"})
"""The kinds of facts that do not depend on the generation and unit of the answers."""


def about_invoice(invoice_id: str) -> Subject:
    """The drill-down of an invoice."""
    return ("invoice", invoice_id)


def about_hour(start: float) -> Subject:
    """The drill-down of a billing hour."""
    return ("hour", str(int(start)))
