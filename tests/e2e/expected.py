"""What `/metrics` has to show of a ledger: written from the metric contract, not from the exporter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.e2e.dialect import Dialect, Ledger

Labels = frozenset[tuple[str, str]]
Series = dict[tuple[str, Labels], float]
UNPAID = ("open", "payment_failed")
NAMES = ("team_info", "project_info", "resource_info", "cluster_info")
FLOOR = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class World:
    """A ledger, how it is told, and how much of it is shown.

    `kept` are the ids of invoices whose details were read before: they are final, and not asked for again.
    """

    ledger: Ledger
    dialect: Dialect
    account: str
    now: float
    history: int = 12
    kept: frozenset[str] = frozenset()

    @property
    def invoices(self) -> list[Ledger]:
        """Newest first, by the end of the period, then by its start."""
        return sorted(self.ledger["invoices"], key=lambda each: (-each["end"], -each["start"]))

    @property
    def shown(self) -> list[Ledger]:
        """The newest that have ended, those that have not, and older ones that are unpaid."""
        ended = [each for each in self.invoices if each["end"] <= self.now][: self.history]
        return [
            each
            for each in self.invoices
            if each in ended or each["end"] > self.now or self.dialect.status(each["status"]) in UNPAID
        ]

    @property
    def latest(self) -> Ledger | None:
        """The newest that bills usage; where the list has no ids it has no usage either: the newest."""
        ended = (each for each in self.shown if each["end"] <= self.now)
        return next((each for each in ended if each["kind"] == "usage" or not self.dialect.has_ids), None)

    def has_detail(self, invoice: Ledger) -> bool:
        """Whether its detail can be had: asked for by an instant, only if no other invoice answers."""
        if self.dialect.has_ids or self.dialect.id(invoice) in self.kept:
            return True
        middle = int(invoice["start"] + (invoice["end"] - invoice["start"]) / 2)
        containing = [each for each in self.ledger["invoices"] if each["start"] <= middle <= each["end"]]
        answering = next((each for each in containing if each["kind"] == "usage"), containing[0])
        return answering is invoice


Line = tuple[str, dict[str, str], Decimal | float]


def expected(world: World) -> Series:
    """Every series of the families of invoices, and the names of their ids."""
    return as_series(world.account, invoice_lines(world))


def as_series(account: str, lines: Iterable[Line]) -> Series:
    """Lines as series of an account; a name may be told several times, a figure once."""
    series: Series = {}
    for name, labels, value in lines:
        key = (f"northflank_{name}", frozenset({"account": account, **labels}.items()))
        assert key not in series or name in NAMES, key
        series[key] = float(value)
    return series


def invoice_lines(world: World) -> Iterator[Line]:
    """The same as lines: the family without its prefix, the labels without the account, the value."""
    for invoice in world.shown:
        yield from _listed(world, invoice)
        if world.has_detail(invoice):
            yield from _detailed(world, invoice)
    if world.latest is not None:
        yield "latest_invoice_info", {"invoice_id": world.dialect.id(world.latest)}, 1
        if world.has_detail(world.latest):
            yield from _tree(world, world.latest)


def _listed(world: World, invoice: Ledger) -> Iterator[Line]:
    key = {"invoice_id": world.dialect.id(invoice)}
    amount = {**key, "currency": invoice["currency"].upper()}
    status = world.dialect.status(invoice["status"])
    yield "invoice_amount", amount, Decimal(invoice["total"])
    yield "invoice_subtotal_amount", amount, Decimal(invoice["sub_total"])
    yield "invoice_paid", key, status == "paid"
    for each in world.dialect.statuses:
        yield "invoice_status", {**key, "status": each}, each == status
    if status in UNPAID:
        yield "invoice_unpaid_since_timestamp_seconds", key, min(invoice["end"], world.now)
    yield "invoice_period_start_timestamp_seconds", key, invoice["start"]
    yield "invoice_period_end_timestamp_seconds", key, invoice["end"]
    kind = ("usage" if invoice["kind"] == "usage" else "other") if world.dialect.has_ids else "unknown"
    days = {"period_start": _day(invoice["start"], 0), "period_end": _day(invoice["end"], -1)}
    yield "invoice_info", {**key, "kind": kind, **days}, 1


def _detailed(world: World, invoice: Ledger) -> Iterator[Line]:
    key = {"invoice_id": world.dialect.id(invoice)}
    amount = {**key, "currency": invoice["currency"].upper()}
    yield "invoice_discount_amount", amount, Decimal(invoice["discount"])
    yield "invoice_tax_amount", amount, Decimal(invoice["tax_amount"])
    yield "invoice_tax_ratio", key, Decimal(invoice["tax_percent"]) / 100
    for position, item in enumerate(invoice["line_items"]):
        labels = {**amount, "position": str(position), "title": item["title"]}
        yield "invoice_line_item_amount", labels, Decimal(item["total"])
        if world.dialect.has_proration:
            yield "invoice_line_item_base_amount", labels, Decimal(item["base"])
            yield "invoice_line_item_proration_amount", labels, Decimal(item["proration"])
    for category, price in invoice["categories"].items():
        if category in world.dialect.parts:
            for component, value in components(price, world.dialect.parts[category]):
                yield "invoice_cost", {**amount, "category": category, "component": component}, value


def _tree(world: World, invoice: Ledger) -> Iterator[Line]:
    amount = {"invoice_id": world.dialect.id(invoice), "currency": invoice["currency"].upper()}
    for level, labels, row in rows(world, invoice):
        if level not in world.dialect.levels:
            continue
        for component, value in components(row["price"], world.dialect.parts["paas"]):
            yield f"invoice_{level}_cost", {**amount, **labels, "component": component}, value
        if level != "resource_type":
            is_named = level != "project" or world.dialect.has_project_names
            yield (
                f"{level}_info",
                {**labels, f"{level}_name": row["name"] if is_named and row["name"] else row["id"]},
                1,
            )
    for level in world.dialect.levels if "paas" in invoice["categories"] else ():
        yield "invoice_unattributed_cost", {**amount, "level": level}, 0
    for cluster in invoice["clusters"] if world.dialect.has_clusters and world.dialect.levels else ():
        labels = {"cluster_id": cluster["id"]}
        for component, value in components(cluster["price"], world.dialect.parts["byoc"]):
            yield "invoice_cluster_cost", {**amount, **labels, "component": component}, value
        yield "cluster_info", {**labels, "cluster_name": cluster["name"] or cluster["id"]}, 1


def rows(world: World, invoice: Ledger) -> Iterator[tuple[str, dict[str, str], Mapping[str, Any]]]:
    """Level, ids and row of everything in the tree of an invoice, or of a time."""
    for team in invoice["teams"]:
        in_team = {"team_id": team["id"]}
        yield "team", in_team, team
        for project in team["projects"]:
            in_project = {**in_team, "project_id": project["id"]}
            yield "project", in_project, project
            for each in project["resource_types"]:
                in_type = {**in_project, "resource_type": world.dialect.type(each["resource_type"])}
                yield "resource_type", in_type, each
                for resource in each["resources"]:
                    yield "resource", {**in_type, "resource_id": resource["id"]}, resource


def components(price: Mapping[str, str], parts: tuple[str, ...]) -> Iterator[tuple[str, Decimal]]:
    """A price by component: the parts that are told of, then what the total holds beyond them."""
    stated = {part: Decimal(price[part]) for part in parts if part in price}
    yield from stated.items()
    other = Decimal(price["total"]) - sum(stated.values())
    if not stated or abs(other) > FLOOR:
        yield "other", other


def _day(instant: float, before: float) -> str:
    """The day of an instant; with -1 the day after the last second before it."""
    moment = datetime.fromtimestamp(instant + before, UTC)
    return (moment + timedelta(days=1 if before else 0)).date().isoformat()
