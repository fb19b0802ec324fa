"""What is kept of an account over a restart, and what it was fetched under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import PeriodKind
from exporter.domain.memory import Memory
from exporter.domain.report import AccountReport, Api, BudgetsSection, Dataset


@dataclass(frozen=True, slots=True)
class Fetched:
    """When a section was fetched, in Unix seconds, and what the server spoke then, where that was known."""

    at: float
    api: Api | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The last good figures of one account.

    `fetched` has each section that the report has; `whole_list_at` is the Unix second at which the invoice list was
    last read to its end; `memory` is what has to be known beyond what is shown. What the configuration declares is
    not kept.
    """

    report: AccountReport
    fetched: Mapping[Dataset, Fetched]
    whole_list_at: float | None
    memory: Memory = field(default_factory=lambda: MappingProxyType({}))

    @property
    def api(self) -> Api | None:
        """What the server spoke last, by whichever is newer of those that tell: the list, and the account's usage."""
        told = [self.fetched[each] for each in (Dataset.INVOICES, Dataset.USAGE) if each in self.fetched]
        return max(told, key=lambda each: each.at).api if told else None

    def api_of(self, dataset: Dataset) -> Api | None:
        """What the server spoke when the dataset was fetched; None where that is not known."""
        return self.fetched[dataset].api if dataset in self.fetched else None

    def report_under(self, declared: Declared) -> AccountReport:
        """The figures with what the configuration declares by now; of budgets those that are counted as before."""
        section = self.report.budgets
        budgets = _still_counted(section, declared.budgets) if section else None
        return replace(self.report, declared=declared, budgets=budgets)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account's figures are fetched under, as configured: under other terms they would be other figures.

    The token is not among them, since it is kept nowhere.
    """

    base_url: str
    team_id: str | None
    api: str
    amounts: str
    detail: str
    history: int
    details: int

    def differences(self, other: Terms) -> tuple[str, ...]:
        """The names of what differs."""
        names = (field.name for field in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


def _still_counted(section: BudgetsSection, budgets: tuple[Budget, ...]) -> BudgetsSection | None:
    """What was spent of those budgets that are counted as they were then; None where none is."""
    before = {_counted(each) for each in section.budgets}
    same = tuple(each for each in budgets if _counted(each) in before)
    spends = {each.name: section.spends[each.name] for each in same if each.name in section.spends}
    return BudgetsSection(MappingProxyType(spends), same) if same else None


def _counted(budget: Budget) -> tuple[str, str, Scope, PeriodKind]:
    """What a budget is asked for by; another amount, threshold or label changes nothing of what was spent."""
    return budget.name, budget.currency, budget.scope, budget.period
