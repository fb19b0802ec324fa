"""What the sandbox says that it charged, of that only what a Prometheus is compared with."""

from decimal import Decimal

import httpx
import msgspec


class Price(msgspec.Struct, frozen=True):
    """An amount in major units."""

    total: Decimal


class Project(msgspec.Struct, frozen=True):
    """A project's price in one invoice."""

    id: str
    price: Price


class Team(msgspec.Struct, frozen=True):
    """A team's projects in one invoice; ids of projects repeat between teams."""

    id: str
    projects: list[Project]


class Invoice(msgspec.Struct, frozen=True):
    """One invoice of any kind."""

    id: str
    kind: str
    teams: list[Team] = []

    def project_totals(self) -> dict[tuple[str, str], Decimal]:
        """What each project was charged, by team and project id."""
        return {(team.id, each.id): each.price.total for team in self.teams for each in team.projects}


class Ledger(msgspec.Struct, frozen=True):
    """All invoices, newest first."""

    invoices: list[Invoice]

    def usage_invoice(self, invoice_id: str) -> Invoice:
        """The invoice of that id, which bills usage."""
        return next(each for each in self.invoices if each.id == invoice_id and each.kind == "usage")


def read_ledger(sandbox: str) -> Ledger:
    """The ledger of the sandbox at this address."""
    answer = httpx.get(f"{sandbox}/-/ledger", trust_env=False).raise_for_status()
    return msgspec.json.decode(answer.content, type=Ledger)
