"""What stays of what the API forgets: what was shown as spent is spent, and the sums are those of the account."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from exporter.domain.budget import Budget, Scope
from exporter.sandbox import Forgotten
from tests.e2e.dialect import Ledger
from tests.e2e.expected import Labels, Series
from tests.e2e.expected_budgets import spent_within
from tests.e2e.expected_periods import DAY, HOUR, month, period
from tests.e2e.expected_resources import OTHER, sums
from tests.e2e.expected_running import Running

ROUNDING = 1e-6
SUMS = ("month_to_date_team_cost", "month_to_date_project_cost", "trailing_day_project_cost", "past_month_project_cost")
TEAM, PROJECT = ("currency", "team_id"), ("currency", "team_id", "project_id")
HOURLY = "northflank_hourly_"
ACCOUNTS = ("northflank_hourly_cost", "northflank_hourly_start_timestamp_seconds")
OF_SPENT = ("northflank_budget_spent_", "northflank_budget_trailing_", "northflank_budget_period_")
INVOICE_TREES = tuple(
    f"northflank_invoice_{level}_cost" for level in ("team", "project", "resource_type", "resource", "unattributed")
)


@dataclass(frozen=True, slots=True)
class Before:
    """What the last poll before the API forgot something showed."""

    through: int
    shown: Series


@dataclass(frozen=True, slots=True)
class Forgetful:
    """An instant at which the API has forgotten something; `before` is None if the exporter started later."""

    running: Running
    before: Before | None

    def is_compared(self, key: tuple[str, Labels]) -> bool:
        """Whether the series has to be the ledger's, however much was forgotten."""
        name, labels = key[0], dict(key[1])
        if name.startswith(HOURLY) and name not in ACCOUNTS and self._newest_hour < self._forgot_at:
            return name == "northflank_hourly_details_start_timestamp_seconds"
        if name.startswith(INVOICE_TREES) and self.before is None:
            return False
        if name.startswith(OF_SPENT):
            return not self._touches_budget(labels["budget"])
        if name.removeprefix("northflank_") in SUMS:
            return OTHER not in labels.values() and not self._touches(labels)
        return not (name.startswith(HOURLY) and self._deletes(labels))

    async def findings(self, shown: Series) -> list[str]:
        """What is wrong with the series that are not compared."""
        found = [*await self._total_findings(shown)]
        for family in SUMS:
            labels = TEAM if "team" in family else PROJECT
            found += await self._sum_findings(shown, family, labels)
        for budget in self.running.declared.budgets:
            if self._touches_budget(budget.name):
                found += await self._budget_findings(shown, budget)
        return found

    async def _total_findings(self, shown: Series) -> list[str]:
        """Teams and projects sum to the account's PaaS, with what nobody can attribute under `_other`."""
        found = []
        start = month(self.running.through)[0]
        if not await self.running.has_trees(start, self.running.through):
            return []
        for currency, used in (await self.running.by_currency(start, self.running.through)).items():
            paas = float(Decimal(used["categories"]["paas"]["total"]))
            for family in SUMS[:2]:
                total = sums(shown, f"northflank_{family}", ("currency",)).get((currency,), 0.0)
                if abs(total - paas) > ROUNDING:
                    found.append(f"{family} sums to {total}, the account's PaaS is {paas}")
        return found

    async def _sum_findings(self, shown: Series, family: str, labels: tuple[str, ...]) -> list[str]:
        """A figure of something forgotten is at most the ledger's, and at least what it was."""
        now = sums(shown, f"northflank_{family}", labels)
        earlier = sums(self.before.shown, f"northflank_{family}", labels) if self.before else {}
        spent = await self._spent(family, labels)
        found = []
        for key in sorted(now.keys() | earlier.keys()):
            told = dict(zip(labels, key, strict=True))
            if OTHER in key or not self._touches(told):
                continue
            value, was, most = now.get(key, 0.0), earlier.get(key, 0.0), spent.get(key, 0.0)
            if family.startswith("month_to_date") and self._is_same_month and key in earlier and self._deletes(told):
                most = was
            if family.startswith("trailing_day"):
                most = max(most, was)
                was = was if self._is_same_hour else 0.0
            elif not self._is_same_month:
                was = 0.0
            if not was - ROUNDING <= value <= most + ROUNDING:
                found.append(f"{family} of {key} is {value}, not from {was} to {most}")
        return found

    async def _spent(self, family: str, labels: tuple[str, ...]) -> dict[tuple[str, ...], float]:
        through = self.running.through
        start, end = {
            "month_to_date": (month(through)[0], through),
            "trailing_day": (through - DAY, through),
            "past_month": month(through, 1),
        }[family.rpartition("_")[0].rpartition("_")[0]]
        spent: dict[tuple[str, ...], float] = {}
        for currency, used in (await self.running.by_currency(start, end, "project")).items():
            spent |= {(currency, *ids): value for ids, value in _prices(used, len(labels) - 1)}
        return spent

    async def _budget_findings(self, shown: Series, budget: Budget) -> list[str]:
        """What was spent of a budget stays; of a scope that was never seen nothing is shown."""
        kind = budget.period.value
        start, _ = period(kind, self.running.through)
        spent, trailing = "northflank_budget_spent_amount", "northflank_budget_trailing_day_amount"
        now, day = (sums(shown, family, ("budget",)).get((budget.name,)) for family in (spent, trailing))
        most = float(await spent_within(self.running, budget, start))
        is_wholly = any(_names(rule, budget.scope) for rule in self._rules)
        if self.before is None:
            if is_wholly and now == 0:
                return [f"budget {budget.name}: 0 spent of what was never seen"]
            return [f"budget {budget.name}: {now} is more than {most}"] if (now or 0.0) > most + ROUNDING else []
        was, was_day = (
            sums(self.before.shown, family, ("budget",)).get((budget.name,)) for family in (spent, trailing)
        )
        if was is None or was_day is None:
            return []
        if now is None or day is None:
            return [f"budget {budget.name} is not shown any more"]
        least = was if period(kind, self.before.through)[0] == start else 0.0
        most = least if is_wholly else most
        most_day = max(was_day, float(await spent_within(self.running, budget, self.running.through - DAY)))
        least_day = was_day if self._is_same_hour else 0.0
        found = []
        if not least - ROUNDING <= now <= most + ROUNDING:
            found.append(f"budget {budget.name}: spent is {now}, not from {least} to {most}")
        if not least_day - ROUNDING <= day <= most_day + ROUNDING:
            found.append(f"budget {budget.name}: the day is {day}, not from {least_day} to {most_day}")
        return found

    @property
    def _rules(self) -> tuple[Forgotten, ...]:
        return self.running.forgotten

    @property
    def _forgot_at(self) -> int:
        return max(rule.at for rule in self._rules)

    @property
    def _newest_hour(self) -> int:
        return self.running.through - HOUR

    @property
    def _is_same_hour(self) -> bool:
        return self.before is not None and self.before.through == self.running.through

    @property
    def _is_same_month(self) -> bool:
        return self.before is not None and month(self.before.through) == month(self.running.through)

    def _touches(self, labels: dict[str, str]) -> bool:
        """Whether something of the team or project was forgotten."""
        return any(
            rule.team_id in (None, labels.get("team_id", rule.team_id))
            and rule.project_id in (None, labels.get("project_id", rule.project_id))
            for rule in self._rules
        )

    def _deletes(self, labels: dict[str, str]) -> bool:
        """Whether all of the team or project was forgotten."""
        return any(
            rule.resource_type is None
            and rule.team_id in (None, labels.get("team_id"))
            and rule.project_id in (None, labels.get("project_id"))
            for rule in self._rules
            if "team_id" in labels
        )

    def _touches_budget(self, name: str) -> bool:
        budget = next(each for each in self.running.declared.budgets if each.name == name)
        return budget.scope != Scope() and any(_overlap(rule, budget.scope) for rule in self._rules)


def _names(rule: Forgotten, scope: Scope) -> bool:
    """Whether nothing of the scope is left."""
    return all(gone in (None, own) for gone, own in _pairs(rule, scope))


def _overlap(rule: Forgotten, scope: Scope) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in _pairs(rule, scope))


def _pairs(rule: Forgotten, scope: Scope) -> tuple[tuple[str | None, str | None], ...]:
    return (
        (rule.team_id, scope.team_id),
        (rule.project_id, scope.project_id),
        (rule.resource_type, scope.resource_type),
    )


def _prices(used: Ledger, depth: int) -> Iterator[tuple[tuple[str, ...], float]]:
    for team in used["teams"]:
        if depth == 1:
            yield (team["id"],), float(Decimal(team["price"]["total"]))
        for project in team["projects"] if depth > 1 else ():
            yield (team["id"], project["id"]), float(Decimal(project["price"]["total"]))
