"""One small account, made by hand: a usage invoice with its tree, a subscription, an unpaid invoice."""

from decimal import Decimal

from exporter.domain.invoice import Category, Cluster, InvoiceDetail, LineItem, Period, Status
from exporter.domain.report import AccountReport, InvoiceDetailsSection, InvoicesSection, InvoiceTree
from exporter.domain.tree import Level, Rows
from tests.builders import DAY, JULY_START, JUNE, JUNE_START, NO_USAGE, invoice, price, row

USAGE = invoice(
    "u-3",
    total="74.73",
    subtotal="72.22000000000001",
    categories={
        Category.PAAS: price("69.22000000000001", cpu="60", memory="9"),
        Category.BYOC: price("2.5", vcpu="2.5"),
        Category.EGRESS_IP: price("0.5"),
        Category.LOAD_BALANCER: price("0"),
    },
)
SUBSCRIPTION = invoice("s-2", total="20", subtotal=None, status="void", categories=NO_USAGE)
UNPAID = invoice(
    "u-1",
    period=Period(JUNE_START - 31 * DAY, JUNE_START - 1),
    currency="EUR",
    total="7.5",
    subtotal="8",
    status="payment_failed",
    categories={Category.PAAS: price(None, cpu="8")},
)

USAGE_DETAIL = InvoiceDetail(
    discount=Decimal(10),
    tax_amount=Decimal("12.51"),
    tax_percent=Decimal(20),
    line_items=(
        LineItem("Pro plan", Decimal(20), Decimal(40), Decimal(-20)),
        LineItem("Pro plan", Decimal(5), None, None),
    ),
)
UNPAID_DETAIL = InvoiceDetail(
    subtotal=Decimal(8), discount=Decimal("-0.5"), tax_amount=Decimal(0), tax_percent=Decimal(0), total=Decimal("7.5")
)

ROWS: Rows = {
    (): row("69.22000000000001", cpu="60", memory="9"),
    ("acme",): row("60", "Acme", cpu="60"),
    ("beta",): row("9", memory="8"),
    ("acme", "api"): row("60", "API", cpu="60"),
    ("beta", "api"): row("8"),
    ("acme", "api", "service"): row("60", cpu="60"),
    ("acme", "api", "service", "gateway"): row("61", "Gateway", cpu="60"),
    ("acme", "api", "service", "unpriced"): row(name="Unpriced"),
}
TREE = InvoiceTree(
    invoice=USAGE,
    rows=ROWS,
    clusters=(Cluster("c-1", "Frankfurt", price("2.5", vcpu="2", cluster="0.5")), Cluster("c-2", None, None)),
    unattributed={
        Level.TEAM: Decimal("0.22000000000001"),
        Level.PROJECT: Decimal(1),
        Level.RESOURCE_TYPE: Decimal(0),
        Level.RESOURCE: Decimal(-1),
    },
    vanished=frozenset(),
)

INVOICES = InvoicesSection(
    invoices=(USAGE, SUBSCRIPTION, UNPAID),
    latest_id="u-3",
    unpaid_since={"u-1": JUNE_START - 1},
    known_statuses=tuple(Status),
)
DETAILS = InvoiceDetailsSection(
    details=((USAGE, USAGE_DETAIL), (SUBSCRIPTION, InvoiceDetail()), (UNPAID, UNPAID_DETAIL)), trees=(TREE,)
)
REPORT = AccountReport("acme-corp", invoices=INVOICES, invoice_details=DETAILS)

# Generation 2024 states status and prices only in the detail.
UNTOLD = invoice("1780272000-1782864000", status=None)
REPORT_2024 = AccountReport(
    "old",
    invoices=InvoicesSection(
        invoices=(UNTOLD, invoice("paid", status=None), invoice("silent", status=None)),
        latest_id=UNTOLD.id,
        unpaid_since={},
        known_statuses=("paid", "open"),
    ),
    invoice_details=InvoiceDetailsSection(
        details=(
            (UNTOLD, InvoiceDetail(status="open", period=JUNE, categories={Category.PAAS: price("3", cpu="1")})),
            (invoice("paid", status=None), InvoiceDetail(status="paid", categories={})),
            (invoice("silent", status=None), InvoiceDetail()),
        ),
        trees=(),
        unpaid_since={UNTOLD.id: JULY_START},
    ),
)
