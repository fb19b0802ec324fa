"""What the file declares of each account's money."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TypeVar

from exporter.config.declared_keys import BudgetKeys, ProjectKeys
from exporter.config.expected import nearest
from exporter.config.keys import FileKeys
from exporter.config.place import Place
from exporter.config.unique import find_repeated
from exporter.domain.budget import Budget, Declared, Scope

E = TypeVar("E", BudgetKeys, ProjectKeys)


def declare(stated: FileKeys, accounts: Sequence[str], at: Place) -> tuple[Declared, ...]:
    """What is declared of each of these accounts, in their order.

    Raise ConfigError for the first entry whose account cannot be told, or that repeats another.
    """
    budgets = _with_accounts(stated.budgets, accounts, at.key("budgets"))
    projects = _with_accounts(stated.labels, accounts, at.key("labels"))
    _check_budgets(budgets, at.key("budgets"))
    _check_projects(projects, at.key("labels"))
    thresholds = {each.name: each.billing_threshold for each in stated.accounts}
    return tuple(
        Declared(
            budgets=tuple(_budget(each) for each in _of(account, budgets)),
            billing_threshold=thresholds.get(account),
            project_labels=MappingProxyType(
                {(each.team_id, each.project_id): each.labels for each in _of(account, projects)}
            ),
        )
        for account in accounts
    )


def _with_accounts(entries: Sequence[E], accounts: Sequence[str], at: Place) -> list[tuple[str, E]]:
    return [
        (_account(each.account, accounts, at.item(index).key("account")), each) for index, each in enumerate(entries)
    ]


def _account(stated: str | None, accounts: Sequence[str], at: Place) -> str:
    if stated is None and len(accounts) > 1:
        raise at.fault(f"missing; expected one of {', '.join(accounts)}")
    name = accounts[0] if stated is None else stated
    if name not in accounts:
        raise at.fault(f"unknown account; {nearest(name, accounts, 'accounts')}")
    return name


def _of(account: str, entries: Sequence[tuple[str, E]]) -> list[E]:
    return [each for owner, each in entries if owner == account]


def _check_budgets(budgets: Sequence[tuple[str, BudgetKeys]], at: Place) -> None:
    repeated = find_repeated((account, each.name) for account, each in budgets)
    if repeated:
        index, first = repeated
        raise at.item(index).key("name").fault(f"{at.item(first).keys} has this name too; give each its own")


def _check_projects(projects: Sequence[tuple[str, ProjectKeys]], at: Place) -> None:
    repeated = find_repeated((account, each.team_id, each.project_id) for account, each in projects)
    if repeated:
        index, first = repeated
        raise at.item(index).fault(f"{at.item(first).keys} is for this project too; put all its labels there")


def _budget(stated: BudgetKeys) -> Budget:
    scope = stated.scope
    return Budget(
        name=stated.name,
        amount=stated.amount,
        currency=stated.currency.upper(),
        scope=Scope(team_id=scope.team_id, project_id=scope.project_id, resource_type=scope.resource_type),
        period=stated.period,
        thresholds=stated.thresholds,
        labels=stated.labels,
    )
