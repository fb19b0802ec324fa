"""Budgets, labels and a threshold as a configuration may declare them, and what a budget is called."""

from decimal import Decimal
from types import MappingProxyType
from typing import Any

from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import PeriodKind

THRESHOLDS = MappingProxyType({"warning": Decimal("0.8"), "critical": Decimal(1)})
TEAM, PROJECT = "platform", "staging"


def budget(name: str, period: PeriodKind = PeriodKind.MONTH, scope: Scope | None = None, **more: Any) -> Budget:  # noqa: ANN401 - Budget says what it takes
    """A budget of a thousand dollars."""
    return Budget(**{
        "name": name, "amount": Decimal(1000), "currency": "USD", "scope": scope or Scope(), "period": period,
        "thresholds": THRESHOLDS, **more,
    })  # fmt: skip


SHORT = tuple(budget(f"account a {kind}", kind) for kind in (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH))
LONG = tuple(budget(f"account a {kind}", kind) for kind in (PeriodKind.QUARTER, PeriodKind.YEAR))
SCOPED = (
    budget("team", scope=Scope(team_id=TEAM), labels=MappingProxyType({"owner": "platform-team"})),
    budget("project", scope=Scope(team_id=TEAM, project_id=PROJECT), labels=MappingProxyType({"pager": "no"})),
    budget("project of any team", PeriodKind.DAY, Scope(project_id=PROJECT), thresholds=MappingProxyType({})),
    budget("type", PeriodKind.WEEK, Scope(resource_type="addon")),
    budget("type in a project", PeriodKind.QUARTER, Scope(TEAM, PROJECT, "service")),
    budget("nobody", scope=Scope(team_id="nobody")),
    budget("no such type", scope=Scope(resource_type="spaceship")),
    budget("euros", currency="EUR", amount=Decimal("0.10")),
)
DECLARED = Declared(
    budgets=(*SHORT, *SCOPED),
    billing_threshold=Decimal("499.99"),
    project_labels=MappingProxyType(
        {(TEAM, PROJECT): {"cost_centre": "4711"}, ("nobody", "nothing"): {"owner": "nobody"}}
    ),
)
