"""Budgets: what the configuration allows, and what has been spent of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.calendar import PeriodKind
from exporter.domain.invoice import Period
from exporter.domain.tree import Path


@dataclass(frozen=True, slots=True)
class Scope:
    """What a budget is for; None is everything. With any of the three it is PaaS alone."""

    team_id: str | None = None
    project_id: str | None = None
    resource_type: str | None = None

    @property
    def is_account(self) -> bool:
        """Whether nothing is left out."""
        return self == Scope()

    def __str__(self) -> str:
        stated = {"team_id": self.team_id, "project_id": self.project_id, "resource_type": self.resource_type}
        return ", ".join(f"{name} {value}" for name, value in stated.items() if value is not None) or "the account"


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget as configured: `amount` in major units, `thresholds` as shares of it by severity."""

    name: str
    amount: Decimal
    currency: str
    scope: Scope = Scope()
    period: PeriodKind = PeriodKind.MONTH
    thresholds: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class BudgetSpend:
    """What was spent within a budget's scope, in major units of its currency.

    `period` is the whole calendar period, `through` the instant up to which `spent` is complete. `trailing_day` is
    None with less than 24 complete hours.
    """

    period: Period
    through: float
    spent: Decimal
    trailing_day: Decimal | None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the configuration says of an account's money, and Northflank does not.

    `billing_threshold` is in major units of the account's currency; `project_labels` are by team and project id.
    """

    budgets: tuple[Budget, ...] = ()
    billing_threshold: Decimal | None = None
    project_labels: Mapping[Path, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
