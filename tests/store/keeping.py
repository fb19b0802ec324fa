"""What is kept in tests: an account with a section of every dataset, and stores on real files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from exporter.background import Background
from exporter.domain.invoice import Category, Cluster, InvoiceDetail, LineItem
from exporter.domain.money import Unit
from exporter.domain.report import (
    AccountReport,
    Api,
    Dataset,
    Generation,
    InvoiceDetailsSection,
    InvoicesSection,
    InvoiceTree,
)
from exporter.domain.tree import Level
from exporter.store.kept import Fetched, Kept, Terms
from exporter.store.store import AccountStore, Store
from tests.builders import JUNE, invoice, price, row
from tests.store.spending import BUDGETS, CREDITS, PARTS, USAGE, USAGE_DETAILS

NOW = 1_785_000_000.25
API = Api(Generation.C, Unit.MAJOR)
TERMS = Terms(
    base_url="https://api.example", team_id=None, api="auto", amounts="auto", detail="resource", history=12, details=1
)

INVOICE = invoice("usage-1", total="69.22000000000001", categories={Category.PAAS: price("10.00", cpu="1E+1")})
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
    line_items=(LineItem("Compute ☃", Decimal(1), None, Decimal("0.10")),),
    categories={Category.BYOC: price(None, vcpu="1")},
    clusters=(Cluster("c1", None, price("3")),),
    places=14,
)
TREE = InvoiceTree(
    invoice=INVOICE,
    rows={(): row("10"), ("web",): row("10", name="Web"), ("web", "api/v1"): row()},
    clusters=(Cluster("c1", "One", None),),
    unattributed={Level.TEAM: Decimal("0.00"), Level.PROJECT: Decimal("-1E-8")},
    vanished=frozenset({("web", "api/v1")}),
)
INVOICES = InvoicesSection(
    invoices=(INVOICE,), latest_id="usage-1", unpaid_since={"usage-0": NOW - 0.1}, known_statuses=("open", "paid")
)
DETAILS = InvoiceDetailsSection(details=((INVOICE, DETAIL),), trees=(TREE,), unpaid_since={"usage-1": NOW})


REPORT = AccountReport("acme", INVOICES, DETAILS, USAGE, USAGE_DETAILS, CREDITS, BUDGETS)


def kept(account: str = "acme", **changes: object) -> Kept:
    """All sections of an account, fetched a second after each other, and a part of every kind of its memory."""
    whole = Kept(
        report=replace(REPORT, account=account),
        fetched={dataset: Fetched(NOW + seconds, API) for seconds, dataset in enumerate(Dataset)},
        whole_list_at=NOW - 7200,
        memory=PARTS,
    )
    return replace(whole, **changes)  # type: ignore[arg-type] # the caller names fields


def list_alone() -> Kept:
    """An account of which nothing but the list was fetched yet."""
    return kept(report=AccountReport("acme", INVOICES), fetched={Dataset.INVOICES: Fetched(NOW, API)}, memory={})


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """A store on that folder, closed in the end."""
    store = Store(folder, Background())
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def account_store(folder: Path, terms: Terms = TERMS) -> AsyncIterator[AccountStore]:
    """The same for the account `acme`."""
    async with opened(folder) as store:
        yield store.of("acme", terms)


async def loaded(folder: Path, terms: Terms = TERMS) -> Kept | None:
    """What a start finds."""
    async with account_store(folder, terms) as store:
        return await store.load()


def events(logs: list[Any]) -> list[str]:
    """What was logged, by name."""
    return [line["event"] for line in logs]
