"""What is recorded in tests: a fact of every kind with each of its fields filled in, and ledgers on real files."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from exporter.background import Background
from exporter.domain.budget import Scope
from exporter.domain.credit import CreditBalance
from exporter.domain.facts import (
    ONLY,
    Base,
    Changes,
    Correction,
    DetailFact,
    Facts,
    HourProjects,
    HourResources,
    HoursRead,
    ListRead,
    MonthsFact,
    PreviewFact,
    ProjectMonth,
    ResourceMonth,
    ScopeTotals,
    TokenLimit,
    TotalFact,
    TreeFact,
    about_hour,
    about_invoice,
)
from exporter.domain.invoice import Category, Cluster, HourDetail, InvoiceDetail, LineItem, Period
from exporter.domain.money import Unit
from exporter.domain.question import NO_QUERY, DetailPage, query_of
from exporter.domain.report import Api, Dataset, Generation, InvoiceTree
from exporter.domain.tree import Level, Row
from exporter.domain.usage import HourTree, Usage
from exporter.ledger.disk import Disk
from exporter.ledger.ledger import Ledger
from exporter.ledger.packing import pack_rows
from exporter.ledger.tables import Owner, kinds
from tests.builders import DAY, JULY_START, JUNE, JUNE_START, invoice, price, row

HOUR = 3600.0
NOW = JULY_START + 10 * DAY + 1234.25
THROUGH = JULY_START + 10 * DAY
JULY = Period(JULY_START, THROUGH)

API = Api(Generation.C, Unit.MAJOR)
MINOR = Api(Generation.B, Unit.MINOR)
OWNER = Owner("acme", "https://api.example", None)

HOSTILE = "a'; DROP TABLE fact; --\x00\r\n\u2028☃\U0001f680"
"""A name or id as somebody may choose it."""

INVOICE = invoice("usage-1", total="69.22000000000001", categories={Category.PAAS: price("10.00", cpu="1E+1")})
CREDIT_NOTE = invoice(HOSTILE, currency="JPY", total="-1200", subtotal=None, status=None)
DETAIL = InvoiceDetail(
    id="usage-1",
    currency="USD",
    period=JUNE,
    status="paid",
    total=Decimal("12.00"),
    subtotal=Decimal(10),
    discount=Decimal("-0.5"),
    tax_amount=Decimal(2),
    tax_percent=Decimal("20.0"),
    line_items=(LineItem(f"Compute {HOSTILE}", Decimal(1), None, Decimal("0.10")),),
    categories={Category.BYOC: price(None, vcpu="1")},
    clusters=(Cluster("c1", None, price("3")),),
    places=14,
)
ROWS = {
    (): row("10"),
    ("web",): row("10", name="Web", cpu="9.999999999999999999", memory="1E-18"),
    ("web", "api/v1"): row(),
    ("web", HOSTILE): row("-1E-8", HOSTILE),
    ("web", "_other", "service", "r\ud7ff"): Row("", price("0.00")),
}
TREE = InvoiceTree(
    invoice=INVOICE,
    rows=ROWS,
    clusters=(Cluster("c1", "One", None),),
    unattributed={Level.TEAM: Decimal("0.00"), Level.PROJECT: Decimal("-1E-8")},
    vanished=frozenset({("web", HOSTILE)}),
)
HOUR_DETAIL = HourDetail(
    timestamp=THROUGH - HOUR,
    currency="EUR",
    categories={Category.BYOC: price("1")},
    clusters=(Cluster("c1", "One", None),),
    rows=ROWS,
    places=14,
)
USED = Usage(
    "USD",
    {Category.PAAS: price("0.30000000000000004", cpu="1E-1"), Category.OTHER: price(None)},
    {Category.PAAS: {"vcpu_hours": Decimal("12.50")}},
)
USED_IN_EUROS = Usage("EUR", {Category.EGRESS_IP: price("0.10"), Category.LOAD_BALANCER: price("-0")})


def hour_projects(packed: Mapping[tuple[str, ...], Row] = ROWS) -> HourProjects:
    """The teams and projects of an hour."""
    return HourProjects(
        asked_at=NOW,
        currency="USD",
        level=Level.PROJECT,
        packed=pack_rows(packed),
        places=2,
        clusters=(Cluster("c1", None, price("3")),),
        unattributed={Level.TEAM: Decimal("0.00")},
        vanished=frozenset({("web", "api/v1")}),
    )


KEPT = Facts(
    api={ONLY: API},
    customers={"invoices": "customer-1", "usage": "customer-1"},
    list_read={ONLY: ListRead(("usage-1", HOSTILE), NOW, NOW - 0.5)},
    invoices={each.id: each for each in (INVOICE, CREDIT_NOTE)},
    unpaid={"usage-0": NOW - 0.1, HOSTILE: 1e9},
    details={"usage-1": DetailFact(INVOICE, DETAIL, is_final=True)},
    trees={
        "usage-1": TreeFact(INVOICE, Level.RESOURCE, TREE, is_final=False),
        HOSTILE: TreeFact(CREDIT_NOTE, Level.TEAM, None, is_final=True),
    },
    pages={
        (about_invoice("usage-1"), NO_QUERY): DetailPage(invoice=DETAIL, has_more=None, is_paged=True, asked_at=NOW),
        (about_hour(THROUGH), query_of({"perPage": "100", "teamId": HOSTILE})): DetailPage(hour=HOUR_DETAIL),
        (about_hour(THROUGH), NO_QUERY): DetailPage(),
    },
    hours_read={ONLY: HoursRead(JULY_START, NOW, NOW - 60, THROUGH)},
    hours={THROUGH - HOUR: USED, THROUGH - 2 * HOUR: USED_IN_EUROS},
    corrections={THROUGH - HOUR: (Correction(NOW, Decimal("0.10"), Decimal("1.2E-9")), Correction(NOW + 1))},
    months={ONLY: MonthsFact(JUNE, NOW, {JUNE_START: (USED, USED_IN_EUROS)})},
    totals={
        Scope(): ScopeTotals(((JULY, TotalFact((USED,), (USED,), NOW)),), NOW),
        Scope("web", HOSTILE, "service"): ScopeTotals(
            (
                (JULY, TotalFact((USED, USED_IN_EUROS), (), NOW, is_suspect=True)),
                (Period(JULY_START, THROUGH - HOUR), TotalFact((), (), NOW - HOUR)),
            )
        ),
    },
    hour_projects={THROUGH - HOUR: hour_projects()},
    hour_resources={THROUGH - HOUR: HourResources(NOW, "EUR", pack_rows(ROWS))},
    hour_tree={
        ONLY: HourTree(THROUGH - HOUR, "USD", Level.RESOURCE, ROWS, TREE.clusters, TREE.unattributed, TREE.vanished)
    },
    project_months={
        (JULY_START, "USD"): ProjectMonth(
            whole_through=THROUGH,
            bases={("web", HOSTILE): Base(THROUGH - HOUR, price("0.1", cpu="0.10"), NOW)},
            names={("web",): "Web", ("web", HOSTILE): None},
        ),
        (JULY_START, "EUR"): ProjectMonth(),
    },
    resource_months={(JULY_START, "USD"): ResourceMonth(frozenset({JULY_START, JULY_START + HOUR}), ROWS)},
    preview={ONLY: PreviewFact(DETAIL, "USD", NOW)},
    credits={
        ONLY: CreditBalance("EUR", Decimal("120.50"), Decimal(0), None, Decimal(-1), Decimal("-3.25"), NOW + 0.25)
    },
    polled={dataset: NOW + number for number, dataset in enumerate(Dataset)},
    waiting={Dataset.BUDGETS: NOW},
    token_limit={ONLY: TokenLimit(1000.0)},
)
"""An account with facts of every kind, in several currencies, with hostile names."""


def all_of(facts: Facts) -> Changes:
    """What records all of these facts."""
    return {kind: dict(facts.of(kind)) for kind in kinds()}


def spelled(value: object) -> object:
    """A value as it is written, so that `1.10` is another one than `1.1`."""
    if is_dataclass(value):
        return type(value).__name__, [(each.name, spelled(getattr(value, each.name))) for each in fields(value)]
    if isinstance(value, Mapping):
        return sorted((repr(spelled(key)), spelled(each)) for key, each in value.items())
    if isinstance(value, frozenset):
        return sorted(repr(spelled(each)) for each in value)
    if isinstance(value, tuple):
        return [spelled(each) for each in value]
    return repr(value)


@asynccontextmanager
async def opened(folder: Path, **options: float) -> AsyncIterator[Disk]:
    """A state file in that folder, closed in the end."""
    disk = Disk(folder, Background(), **options)
    try:
        yield disk
    finally:
        await disk.close()


def anything(_: Api) -> bool:
    """Whether facts can be used where neither generation nor unit is set by hand."""
    return True


async def begun(disk: Disk | None, owner: Owner = OWNER, is_comparable: Callable[[Api], bool] = anything) -> Ledger:
    """A ledger that was opened."""
    ledger = Ledger(owner, disk, clock=lambda: NOW)
    await ledger.open(is_comparable)
    return ledger


@asynccontextmanager
async def a_ledger(
    folder: Path, owner: Owner = OWNER, is_comparable: Callable[[Api], bool] = anything
) -> AsyncIterator[Ledger]:
    """An account's ledger in that folder, as a start opens it; the file is closed in the end."""
    async with opened(folder) as disk:
        yield await begun(disk, owner, is_comparable)


async def found(folder: Path, owner: Owner = OWNER, is_comparable: Callable[[Api], bool] = anything) -> Facts:
    """The facts that a start finds."""
    async with a_ledger(folder, owner, is_comparable) as ledger:
        return ledger.facts


async def record_all(folder: Path, facts: Facts = KEPT, owner: Owner = OWNER) -> None:
    """Record facts, and end."""
    async with a_ledger(folder, owner) as ledger:
        await ledger.record(all_of(facts))


def events(logs: list[Any]) -> list[str]:
    """What was logged, by name."""
    return [line["event"] for line in logs]
