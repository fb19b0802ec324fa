"""What is kept in tests of what an account spends: each field of each section filled in, and a part of every kind."""

from decimal import Decimal

from exporter.domain.accumulated import Accumulated, Base
from exporter.domain.budget import Budget, BudgetSpend, Scope
from exporter.domain.calendar import PeriodKind
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Category, Cluster, HourDetail, Period
from exporter.domain.memory import AnsweredPage, Gathering, HoursSince, Memory, MonthHours, ProjectHour, TokenLimit
from exporter.domain.report import BudgetsSection, UsageDetailsSection, UsageSection
from exporter.domain.tree import Level
from exporter.domain.usage import HourTree, ScopedSpend, Spend, Usage
from tests.builders import DAY, JULY_START, JUNE, price, row

HOUR = 3600.0
THROUGH = JULY_START + 10 * DAY
JULY = Period(JULY_START, THROUGH)
NEWEST = Period(THROUGH - HOUR, THROUGH)

USED = Usage(
    "USD",
    {Category.PAAS: price("0.30000000000000004", cpu="1E-1"), Category.OTHER: price(None)},
    {Category.PAAS: {"vcpu_hours": Decimal("12.50")}},
)
USAGE = UsageSection(
    hour=Spend(NEWEST, USED),
    month_to_date=Spend(JULY, USED),
    trailing_day=Spend(Period(THROUGH - DAY, THROUGH), USED),
    past_months={1: Spend(JUNE, USED), 12: Spend(JUNE, USED)},
    unbilled=Spend(Period(JULY_START + 0.5, THROUGH), USED),
)
ROWS = {(): row("2"), ("web",): row("2", "Web"), ("web", "api/v1"): row(), ("web", "_other"): row("-1E-8")}
USAGE_DETAILS = UsageDetailsSection(
    hour=HourTree(
        start=NEWEST.start,
        currency="USD",
        level=Level.RESOURCE,
        rows=ROWS,
        clusters=(Cluster("c1", None, price("3")),),
        unattributed={Level.TEAM: Decimal("0.00")},
        vanished=frozenset({("web", "api/v1")}),
    ),
    month_to_date=ScopedSpend(JULY, "USD", ROWS),
    trailing_day=ScopedSpend(Period(THROUGH - DAY, THROUGH), "USD", ROWS),
    past_month=ScopedSpend(JUNE, "USD", ROWS),
)
CREDITS = CreditBalance("EUR", Decimal("120.50"), Decimal(0), None, Decimal(-1), Decimal("-3.25"), THROUGH + 0.25)
BUDGET = Budget(
    "all",
    Decimal("5000.00"),
    "USD",
    Scope("web", "api/v1", "service"),
    PeriodKind.WEEK,
    {"warning": Decimal("0.8")},
    {"owner": "platform ☃"},
)
BUDGETS = BudgetsSection(
    {
        "all": BudgetSpend(JULY, THROUGH, Decimal("1.10"), None),
        "web": BudgetSpend(JULY, THROUGH, Decimal(0), Decimal(1)),
    },
    (BUDGET, Budget("web", Decimal(1), "USD")),
)

PAGE = AnsweredPage(
    query=(("perPage", "100"), ("teamId", "web")),
    detail=HourDetail(
        timestamp=NEWEST.start,
        currency="USD",
        categories={Category.BYOC: price("1")},
        clusters=(Cluster("c1", "One", None),),
        rows=ROWS,
        places=14,
    ),
    has_more=None,
    is_paged=True,
)
PARTS: Memory = {
    f"hours.{JULY_START:.0f}": MonthHours({JULY_START: USED, JULY_START + HOUR: USED}),
    "hours_since": HoursSince(start=JULY_START, whole_at=THROUGH + 0.5),
    f"project_hour.{NEWEST.start:.0f}": ProjectHour(ROWS),
    "gathering": Gathering(NEWEST.start, (PAGE,)),
    f"accumulated.{JULY_START:.0f}": Accumulated(
        JULY_START,
        whole_through=None,
        bases={("web",): Base(THROUGH, price("7.10", cpu="7"), THROUGH + 0.25)},
    ),
    "token_limit": TokenLimit(60.0),
}
"""One of every kind of `domain.memory`, under such names as they have."""
