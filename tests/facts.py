"""Facts for tests: what a ledger holds of an account, written in a few words. Instants are texts or Unix seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.budget import Scope
from exporter.domain.facts import (
    NO_TOTALS,
    ONLY,
    Base,
    Facts,
    HourProjects,
    HourResources,
    HoursRead,
    ListRead,
    MonthsFact,
    ProjectMonth,
    ResourceMonth,
    ScopeTotals,
    TotalFact,
    TreeFact,
)
from exporter.domain.invoice import Category, Invoice, InvoiceDetail, Period
from exporter.domain.money import ZERO
from exporter.domain.price import Price
from exporter.domain.question import EVERYTHING, Content, DetailPage, Question
from exporter.domain.report import Api, Generation, InvoiceTree
from exporter.domain.tree import Level, Path, Row, Rows, rows_at
from exporter.domain.usage import HourTree, Usage, UsageRow
from exporter.ledger.packing import pack_rows
from exporter.ledger.record import changes_of
from exporter.northflank.wire.generations import WIRES
from tests.builders import price

HOUR = 3600.0
DAY = 24 * HOUR
LATE_AFTER = 3 * HOUR

Instant = str | float
Amount = str | float


def at(instant: Instant) -> float:
    """An instant in UTC as Unix seconds: `2026-11-18` or `2026-11-18T12:20`."""
    if isinstance(instant, str):
        return datetime.fromisoformat(instant).replace(tzinfo=UTC).timestamp()
    return instant


def period(start: Instant, end: Instant) -> Period:
    """The time between two instants."""
    return Period(at(start), at(end))


def usage(amount: Amount = "1", currency: str = "USD", category: Category = Category.PAAS) -> Usage:
    """So much of one category, all of it for CPU."""
    return Usage(currency, {category: price(str(amount), cpu=str(amount))})


def hourly(start: Instant, end: Instant, amount: Amount = "1", currency: str = "USD") -> dict[float, Usage]:
    """Hours of the same usage, one after the other; the end is exclusive."""
    count = int((at(end) - at(start)) // HOUR)
    return {at(start) + place * HOUR: usage(amount, currency) for place in range(count)}


def usage_rows(hours: Mapping[float, Usage], *, states_currency: bool = True) -> tuple[UsageRow, ...]:
    """Hours as rows of the API's list, newest first."""
    return tuple(UsageRow(start, hours[start], states_currency) for start in sorted(hours, reverse=True))


def account(
    generation: Generation = Generation.C,
    *,
    hours: Mapping[float, Usage] | None = None,
    since: Instant | None = None,
    read_at: Instant | None = None,
    invoices: Iterable[Invoice] = (),
    listed_at: Instant | None = None,
) -> Facts:
    """What is known of an account itself.

    All its hours were asked for from the oldest on, and read right after the newest, if nothing else is said; its
    invoices were read then too.
    """
    known, several = hours or {}, tuple(invoices)
    end = max(known, default=at("2026-11-01")) + HOUR
    read = at(end if read_at is None else read_at)
    listed = at(read if listed_at is None else listed_at)
    return Facts(
        api={ONLY: Api(generation, WIRES[generation].unit)},
        list_read={ONLY: ListRead(tuple(each.id for each in several), listed, listed)},
        invoices={each.id: each for each in several},
        hours_read={}
        if hours is None
        else {ONLY: HoursRead(at(min(known, default=read) if since is None else since), read, read)},
        hours=dict(known),
    )


def recorded(facts: Facts, question: Question, content: Content, asked_at: Instant) -> Facts:
    """The facts with an answer."""
    return facts.with_changes(changes_of(facts, question, content, at(asked_at)))


def with_total(
    facts: Facts,
    within: Period,
    *usages: Usage,
    scope: Scope = EVERYTHING,
    asked_at: Instant | None = None,
    stated: tuple[Usage, ...] | None = None,
    is_suspect: bool = False,
) -> Facts:
    """With what the API stated of a period; by default it was asked for at the period's end."""
    known = facts.totals.get(scope, NO_TOTALS)
    asked = within.end if asked_at is None else at(asked_at)
    fact = TotalFact(usages, usages if stated is None else stated, asked, is_suspect)
    is_seen = any(not each.is_zero for usage in usages for each in usage.categories.values())
    seen_at = asked if is_seen and known.seen_at is None else known.seen_at
    return facts.with_changes({"totals": {scope: ScopeTotals((*known.totals, (within, fact)), seen_at)}})


def with_months(facts: Facts, asked_at: Instant, usages: Mapping[str, tuple[Usage, ...]], end: Instant) -> Facts:
    """With the finished months, by their first days; `end` is the end of the last of them."""
    months = {at(start): each for start, each in usages.items()}
    start = datetime.fromtimestamp(at(end), UTC)
    first = start.replace(year=start.year - 1).timestamp()
    return facts.with_changes(
        {"months": {ONLY: MonthsFact(Period(first, at(end)), at(asked_at), MappingProxyType(months))}}
    )


def tree(amounts: Mapping[Path, Amount]) -> Rows:
    """The rows of a tree, from what its resources cost: those above them are their sums."""
    sums: dict[Path, Decimal] = {}
    for path, amount in amounts.items():
        for depth in range(len(path) + 1):
            sums[path[:depth]] = sums.get(path[:depth], ZERO) + Decimal(str(amount))
    return {path: Row(None, Price(total, (("cpu", total),))) for path, total in sorted(sums.items())}


def projects_of(rows: Rows) -> Rows:
    """The rows down to the projects."""
    return {path: row for path, row in rows.items() if len(path) <= Level.PROJECT.depth}


def with_hour(
    facts: Facts,
    start: Instant,
    rows: Rows,
    *,
    asked_at: Instant | None = None,
    currency: str = "USD",
    has_resources: bool = True,
) -> Facts:
    """With an hour's teams and projects, and its resources; by default it was asked for right after its end."""
    begins = at(start)
    asked = begins + HOUR if asked_at is None else at(asked_at)
    projects = HourProjects(
        asked_at=asked,
        currency=currency,
        level=Level.PROJECT,
        packed=pack_rows(projects_of(rows)),
        places=2,
        clusters=(),
        unattributed={},
        vanished=frozenset(),
    )
    resources = HourResources(asked, currency, pack_rows(dict(rows_at(rows, Level.RESOURCE))))
    return facts.with_changes(
        {"hour_projects": {begins: projects}, "hour_resources": {begins: resources} if has_resources else {}}
    )


def with_tree_of_hour(facts: Facts, start: Instant, rows: Rows, *, currency: str = "USD") -> Facts:
    """With the newest hour's whole tree."""
    newest = HourTree(at(start), currency, Level.RESOURCE, rows, (), {}, frozenset())
    return facts.with_changes({"hour_tree": {ONLY: newest}})


def with_project_month(
    facts: Facts,
    start: Instant,
    *,
    whole_through: Instant | None = None,
    bases: Mapping[Path, Base] | None = None,
    names: Mapping[Path, str | None] | None = None,
    currency: str = "USD",
) -> Facts:
    """With what a month's teams and projects are counted from."""
    month = ProjectMonth(
        None if whole_through is None else at(whole_through),
        MappingProxyType(dict(bases or {})),
        MappingProxyType(dict(names or {})),
    )
    return facts.with_changes({"project_months": {(at(start), currency): month}})


def base(through: Instant, amount: Amount, *, fetched_at: Instant | None = None) -> Base:
    """What was spent until an instant, asked for right then."""
    return Base(at(through), price(str(amount), cpu=str(amount)), at(through if fetched_at is None else fetched_at))


def with_resource_month(
    facts: Facts, start: Instant, hours: Iterable[float], rows: Rows, *, currency: str = "USD"
) -> Facts:
    """With hours that are added up by resource."""
    month = ResourceMonth(frozenset(hours), dict(rows_at(rows, Level.RESOURCE)))
    return facts.with_changes({"resource_months": {(at(start), currency): month}})


def with_tree(facts: Facts, invoice: Invoice, rows: Rows, *, level: Level = Level.RESOURCE) -> Facts:
    """With the whole tree of an invoice."""
    whole = InvoiceTree(invoice, rows, (), {}, frozenset())
    return facts.with_changes({"trees": {invoice.id: TreeFact(invoice, level, whole, is_final=True)}})


def invoice_page(detail: InvoiceDetail | None = None) -> DetailPage:
    """A page of an invoice's drill-down; without a detail the API does not know what it was asked for."""
    return DetailPage(invoice=detail)


def totals(rows: Rows) -> dict[Path, Decimal]:
    """What each row costs."""
    return {path: row.price.total for path, row in rows.items() if row.price}


def moved(facts: Facts, **instants: Instant) -> Facts:
    """With the account's hours read at other instants: `read_at`, `whole_at` or `start`."""
    read = replace(facts.hours_read[ONLY], **{name: at(instant) for name, instant in instants.items()})
    return facts.with_changes({"hours_read": {ONLY: read}})
