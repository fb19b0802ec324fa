"""What is kept of an account over a restart, and what it was fetched under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

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
    last read to its end.
    """

    report: AccountReport
    fetched: Mapping[Dataset, Fetched]
    whole_list_at: float | None

    def api_of(self, dataset: Dataset) -> Api | None:
        """What the server spoke when the dataset was fetched; None where that is not known."""
        return self.fetched[dataset].api if dataset in self.fetched else None


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
