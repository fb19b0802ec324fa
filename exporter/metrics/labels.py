"""Label names that several families share, in their order, and those that the configuration adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from exporter.domain.report import AccountReport
from exporter.domain.tree import Level

CURRENCY = ("account", "currency")
INVOICE = ("account", "invoice_id")
INVOICE_AMOUNT = (*INVOICE, "currency")
PRICE = ("category", "component")

_TEAM = ("team_id",)
_PROJECT = (*_TEAM, "project_id")
_TYPE = (*_PROJECT, "resource_type")
_RESOURCE = (*_TYPE, "resource_id")
BY_LEVEL: Mapping[Level, tuple[str, ...]] = MappingProxyType(
    {Level.TEAM: _TEAM, Level.PROJECT: _PROJECT, Level.RESOURCE_TYPE: _TYPE, Level.RESOURCE: _RESOURCE}
)


def of_projects(report: AccountReport) -> tuple[str, ...]:
    """The names of all labels that the configuration gives to any project of the account."""
    return _names(report.declared.project_labels.values())


def of_budgets(report: AccountReport) -> tuple[str, ...]:
    """The names of all labels that any budget of the account is given."""
    return _names(budget.labels for budget in report.declared.budgets)


def values(labels: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """The values in the order of the names; empty, which to Prometheus is no label, where there is none."""
    return tuple(labels.get(name, "") for name in names)


def _names(several: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({name for labels in several for name in labels}))
