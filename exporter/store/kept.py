"""What is kept of an account over a restart, and what it was fetched under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from exporter.domain.budget import Declared
from exporter.domain.memory import Memory
from exporter.domain.report import AccountReport, Api, Dataset


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

    def api_of(self, dataset: Dataset) -> Api | None:
        """What the server spoke when the dataset was fetched; None where that is not known."""
        return self.fetched[dataset].api if dataset in self.fetched else None

    def report_under(self, declared: Declared) -> AccountReport:
        """The figures with what the configuration declares by now; those of other budgets than before are left out."""
        budgets = (
            self.report.budgets if self.report.budgets and self.report.budgets.budgets == declared.budgets else None
        )
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
