"""One small account, made by hand, in July: what it spends, by hour and month, its credits and its budgets."""

from dataclasses import replace
from decimal import Decimal

from exporter.domain.budget import Budget, BudgetSpend, Declared, Scope
from exporter.domain.calendar import PeriodKind
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Category, Cluster, Period
from exporter.domain.report import AccountReport, BudgetsSection, UsageDetailsSection, UsageSection
from exporter.domain.tree import Level
from exporter.domain.usage import HourTree, ScopedSpend, Spend, Usage
from tests.builders import DAY, JULY_START, JUNE, JUNE_START, price, row
from tests.metrics.reports import DETAILS, INVOICES

HOUR = 3600.0
THROUGH = JULY_START + 14 * DAY + 10 * HOUR  # 2026-07-15T10:00:00Z
MAY = Period(JUNE_START - 31 * DAY, JUNE_START)

USAGE = UsageSection(
    hour=Spend(
        Period(THROUGH - HOUR, THROUGH),
        (
            Usage(
                "USD",
                {
                    Category.PAAS: price("0.9", cpu="0.5", memory="0.3"),
                    Category.BYOC: price("0.2", vcpu="0.2", cluster="0"),
                    Category.LOAD_BALANCER: price("0"),
                    Category.OTHER: price("0.05"),
                },
            ),
        ),
    ),
    month_to_date=Spend(
        Period(JULY_START, THROUGH),
        (
            Usage(
                "USD",
                {Category.PAAS: price("300.5", cpu="200", memory="100"), Category.EGRESS_IP: price("3")},
                {
                    Category.PAAS: {"vcpu_hours": Decimal("1000.25"), "gpu_spot_hours": Decimal(0)},
                    Category.EGRESS_IP: {"hours": Decimal(346)},
                },
            ),
        ),
    ),
    trailing_day=Spend(Period(THROUGH - DAY, THROUGH), (Usage("USD", {Category.PAAS: price("21.5", cpu="21.5")}),)),
    past_months={
        2: Spend(MAY, (Usage("EUR", {Category.BYOC: price("7")}),)),
        1: Spend(JUNE, (Usage("USD", {Category.PAAS: price("600", cpu="590", storage="10")}),)),
    },
    unbilled=Spend(
        Period(JULY_START + 1000.5, THROUGH), (Usage("USD", {Category.PAAS: price("300"), Category.BYOC: price("0")}),)
    ),
    listed_through=THROUGH - HOUR,
)

# One hour behind the account's figures.
HOUR_TREE = HourTree(
    start=THROUGH - 2 * HOUR,
    currency="USD",
    level=Level.RESOURCE,
    rows={
        (): row("0.9", cpu="0.9"),
        ("acme",): row("0.9", "Acme Inc", cpu="0.9"),
        ("acme", "api"): row("0.8", cpu="0.7"),
        ("acme", "api", "service"): row("0.8", cpu="0.8"),
        ("acme", "api", "service", "gateway"): row("0.5", "Gateway", cpu="0.5"),
        ("acme", "api", "service", "new"): row("0.3", cpu="0"),
    },
    clusters=(Cluster("c-1", "Paris", price("0.2", vcpu="0.2")), Cluster("c-3", None, None)),
    unattributed={Level.TEAM: Decimal(0), Level.PROJECT: Decimal("0.1"), Level.RESOURCE: Decimal(0)},
    vanished=frozenset(),
)
USAGE_DETAILS = UsageDetailsSection(
    hour=HOUR_TREE,
    month_to_date=ScopedSpend(
        Period(JULY_START, THROUGH - HOUR),
        {
            "USD": {
                ("acme",): row("290", "Acme", cpu="280"),
                ("acme", "api"): row("250", "API", cpu="250"),
                ("acme", "_other"): row("40"),
                ("gamma",): row(name="Gamma"),
            }
        },
    ),
    trailing_day=ScopedSpend(
        Period(THROUGH - HOUR - DAY, THROUGH - HOUR), {"USD": {("delta", "jobs"): row("2", "Jobs", cpu="1.5")}}
    ),
    past_month=ScopedSpend(JUNE, {"USD": {("acme",): row("500"), ("acme", "gone"): row("500", "Gone", cpu="500")}}),
    month_resources=ScopedSpend(
        Period(JULY_START, THROUGH - HOUR),
        {
            "USD": {
                ("acme", "api", "service", "gateway"): row("200", "Gateway", cpu="200"),
                ("acme", "api", "_other", "_other"): row("50", cpu="50"),
                ("acme", "_other", "_other", "_other"): row("40"),
            }
        },
    ),
    day_resources=ScopedSpend(
        Period(THROUGH - HOUR - DAY, THROUGH - HOUR),
        {"USD": {("delta", "jobs", "job", "nightly"): row("2", "Nightly", cpu="1.5")}},
    ),
)

CREDITS = CreditBalance(
    currency="USD",
    available=Decimal("120.5"),
    pending=Decimal(0),
    grants_available=Decimal("120.5"),
    grants_pending=Decimal(0),
    customer_balance=Decimal("-3.25"),
    last_synced_at=THROUGH + 61.5,
)

DECLARED = Declared(
    budgets=(
        Budget(
            "all",
            Decimal(5000),
            "USD",
            thresholds={"warning": Decimal("0.8"), "critical": Decimal(1)},
            labels={"owner": "platform"},
        ),
        Budget(
            "api services",
            Decimal("10.5"),
            "EUR",
            Scope("acme", "api", "service"),
            PeriodKind.WEEK,
            {"page": Decimal("1.2")},
            {"cost_center": "42"},
        ),
        Budget("unknown", Decimal(1), "USD", Scope(team_id="nobody"), thresholds={}),
    ),
    billing_threshold=Decimal(500),
    project_labels={
        ("acme", "api"): {"owner": "platform"},
        ("acme", "gone"): {"cost_center": "42", "owner": "nobody"},
        ("beta", "unseen"): {"stage": "live"},
    },
)
BUDGETS = BudgetsSection(
    {
        "all": BudgetSpend(Period(JULY_START, JULY_START + 31 * DAY), THROUGH, Decimal("303.5"), Decimal("21.5")),
        "api services": BudgetSpend(Period(JULY_START + 12 * DAY, JULY_START + 19 * DAY), THROUGH, Decimal(0), None),
        "no longer configured": BudgetSpend(JUNE, THROUGH, Decimal(1), Decimal(1)),
    }
)

RUNNING = AccountReport(
    "acme-corp", usage=USAGE, usage_details=USAGE_DETAILS, credits=CREDITS, budgets=BUDGETS, declared=DECLARED
)
WHOLE = replace(RUNNING, invoices=INVOICES, invoice_details=DETAILS)
