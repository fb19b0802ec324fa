"""What has to be shown of an account's running spend, credits and budgets: by family, from the sandbox's ledger alone.

Lines carry the names of what their ids are, and whatever else a panel adds up by. Forecasts and shares are families
too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from exporter.domain.budget import Budget
from tests.dashboards.books import DIALECT, MONTHS, Books
from tests.dashboards.history import GONE, Organisation
from tests.e2e.dialect import Ledger
from tests.e2e.expected import components, rows
from tests.e2e.expected_periods import DAY, month, period
from tests.e2e.expected_usage import UNITS

Labels = dict[str, str]
Line = tuple[str, Labels, Decimal]
"""A family, its labels, the value."""


@dataclass(frozen=True, slots=True)
class Charged:
    """An account, its ledger at the end of the history, and that of a week before, if the account was there then."""

    organisation: Organisation
    books: Books
    week_ago: Books | None = None

    @property
    def key(self) -> Labels:
        """The labels of all its money."""
        return {"account": self.organisation.name, "currency": self.books.currency}


def running(charged: Charged) -> Iterator[Line]:
    """What is spent now, by category and component."""
    books = charged.books
    yield from _parts("month_to_date_cost", books.month)
    yield from _parts("trailing_day_cost", books.day)
    yield from _parts("hourly_cost", books.hour)
    yield from _parts("unbilled_cost", books.unbilled)
    for ago in range(1, MONTHS + 1):
        first = datetime.fromtimestamp(month(books.through, ago)[0], UTC)
        of = f"{first:%Y-%m} {books.currency}"
        yield from _parts("past_month_cost", books.past_month(ago), months_ago=str(ago), of=of)
    if charged.week_ago:
        yield from _parts("trailing_day_cost_week_ago", charged.week_ago.day)
        yield from _parts("trailing_day_cost_change", books.day)
        yield from _negated(_parts("trailing_day_cost_change", charged.week_ago.day))
    for category, units in books.month["quantities"].items():
        for unit, value in units.items():
            yield "quantity", {"category": category, "unit": UNITS.get(unit, unit)}, Decimal(value)


def derived(charged: Charged) -> Iterator[Line]:
    """The month's forecast, the share of the billing threshold, and how many seconds the credits last."""
    books = charged.books
    day = Decimal(books.day["total"])
    rest = Decimal(month(books.through)[1] - books.through) / DAY
    yield "forecast", {}, Decimal(books.month["total"]) + day * rest
    if threshold := charged.organisation.declared.billing_threshold:
        yield "share_of_threshold", {}, Decimal(books.unbilled["total"]) / threshold
    if available := Decimal(books.credits["available"]):
        yield "runway", {}, available / day * DAY


def places(charged: Charged) -> Iterator[Line]:
    """What is spent now, by team, project, resource and cluster."""
    books = charged.books
    for level in ("team", "project"):
        yield from _tree(charged, f"month_to_date_{level}_cost", books.month, level)
    for level in ("team", "project", "resource_type", "resource"):
        yield from _tree(charged, f"hourly_{level}_cost", books.hour, level)
    yield from _tree(charged, "trailing_day_project_cost", books.day, "project")
    yield from _tree(charged, "trailing_day_resource_cost", books.day, "resource")
    yield from _tree(charged, "month_to_date_resource_cost", books.month, "resource")
    yield from _tree(charged, "past_month_project_cost", books.past_month(1), "project")
    if charged.week_ago:
        yield from _tree(charged, "trailing_day_project_cost_week_ago", charged.week_ago.day, "project")
        yield from _tree(charged, "trailing_day_project_cost_change", books.day, "project")
        yield from _negated(_tree(charged, "trailing_day_project_cost_change", charged.week_ago.day, "project"))
    for cluster in books.hour["clusters"]:
        labels = {"cluster_id": cluster["id"], "cluster_name": cluster["name"]}
        yield "hourly_cluster_cost", labels, Decimal(cluster["price"]["total"])


def credit_balance(charged: Charged) -> Iterator[Line]:
    """What is left to be spent, and where it comes from."""
    left = charged.books.credits
    yield "credit_available", {}, Decimal(left["available"])
    yield "credit_pending", {}, Decimal(left["grants_pending"])
    yield "credit_source", {"source": "grants", "state": "available"}, Decimal(left["grants_available"])
    yield "credit_source", {"source": "grants", "state": "pending"}, Decimal(left["grants_pending"])
    yield "credit_source", {"source": "customer_balance", "state": "available"}, Decimal(left["customer_balance"])


def budgets(charged: Charged) -> Iterator[Line]:
    """Of each budget the amount, what was spent, the forecast, both as shares, and how much of a threshold that is."""
    for budget in charged.organisation.declared.budgets:
        labels = {"budget": budget.name}
        spent, forecast = _spent(charged.books, budget), _forecast(charged.books, budget)
        yield "budget", {**labels, "period": budget.period.value}, budget.amount
        yield "budget_spent", labels, spent
        yield "budget_share", labels, spent / budget.amount
        yield "budget_forecast", labels, forecast
        yield "budget_share_then", labels, forecast / budget.amount
        for severity, ratio in budget.thresholds.items():
            yield "budget_threshold", {**labels, "severity": severity}, ratio
            yield "budget_reached", {**labels, "severity": severity}, spent / budget.amount / ratio


RUNNING: tuple[Callable[[Charged], Iterator[Line]], ...] = (running, derived, places, credit_balance, budgets)


def tree(books: Books, used: Ledger) -> Iterator[tuple[str, Labels, Decimal]]:
    """Level, labels with names, and price of everything in a tree."""
    names: Labels = {}
    for level, ids, row in rows(books.world, used):
        if level != "resource_type":
            names[f"{level}_name"] = row["name"]
        shown = {name: names[name] for name in _names_of(level)}
        yield level, {**ids, **shown}, Decimal(row["price"]["total"])


def _names_of(level: str) -> tuple[str, ...]:
    above = ("team_name", "project_name", "resource_name")
    return {"team": above[:1], "project": above[:2], "resource_type": above[:2], "resource": above}[level]


def _parts(family: str, used: Ledger, **labels: str) -> Iterator[Line]:
    for category, parts in DIALECT.parts.items():
        for component, value in components(used["categories"][category], parts):
            yield family, {**labels, "category": category, "component": component}, value


def _tree(charged: Charged, family: str, used: Ledger, level: str) -> Iterator[Line]:
    """The lines of one level; of a team that is gone only what the hour says of it."""
    for each, labels, value in tree(charged.books, used):
        if each == level and (labels["team_id"] != GONE or family == "hourly_team_cost"):
            yield family, labels, value


def _negated(lines: Iterator[Line]) -> Iterator[Line]:
    return ((family, labels, -value) for family, labels, value in lines)


def _spent(books: Books, budget: Budget) -> Decimal:
    return _within(books.since(budget.period.value), budget)


def _forecast(books: Books, budget: Budget) -> Decimal:
    rest = period(budget.period.value, books.through)[1] - books.through
    return _spent(books, budget) + _within(books.day, budget) * rest / DAY


def _within(used: Ledger, budget: Budget) -> Decimal:
    """The price of a budget's team, or of the whole account: the history has no budgets of other scopes."""
    team_id = budget.scope.team_id
    if team_id is None:
        return Decimal(used["total"])
    return Decimal(next(team for team in used["teams"] if team["id"] == team_id)["price"]["total"])
