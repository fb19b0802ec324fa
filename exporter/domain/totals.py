"""Which totals of the API make up a figure, and what they add up to: what a plan asks for is what a view reads."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.domain.budget import Scope
from exporter.domain.calendar import HOUR_SECONDS, month_of
from exporter.domain.facts import NO_TOTALS, Facts, TotalFact
from exporter.domain.hours import Hours
from exporter.domain.invoice import Period
from exporter.domain.question import GetTotal
from exporter.domain.usage import Usage, totals_of


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of one account as they are known."""

    facts: Facts
    hours: Hours

    def questions(self, scope: Scope, period: Period, currency: str | None = None) -> tuple[GetTotal, ...]:
        """All totals that a period is made up of; with a currency, those of its hours in that one."""
        return tuple(
            GetTotal(scope, segment.period, segment.currency)
            for segment in self.hours.segments(period)
            if currency in {None, segment.currency}
        )

    def wanted(self, scope: Scope, period: Period, currency: str | None = None) -> tuple[GetTotal, ...]:
        """Those of them that have to be asked for: never asked, or before an hour of theirs was corrected.

        Where the API states less than before although the hours did not fall, the period before is asked for again.
        """
        wanted: list[GetTotal] = []
        for question in self.questions(scope, period, currency):
            known = self._known(question)
            if known is None or known.asked_at < self._corrected_at(question.period):
                wanted.append(question)
            elif known.is_suspect:
                wanted += self._compared(question)
        return tuple(wanted)

    def spent(self, scope: Scope, period: Period, currency: str | None = None) -> tuple[Usage, ...] | None:
        """What was used in a period, one usage a currency; None while a total of it was never asked for."""
        found: list[Usage] = []
        for question in self.questions(scope, period, currency):
            known = self._known(question)
            if known is None:
                return None
            found += known.usages
        return totals_of(found)

    def _corrected_at(self, period: Period) -> float:
        seen = (
            several[-1].seen_at
            for start, several in self.facts.corrections.items()
            if period.start <= start < period.end
        )
        return max(seen, default=0.0)

    def _compared(self, question: GetTotal) -> list[GetTotal]:
        """The same total of the period before, to be asked for again: only like can be compared with like."""
        period = question.period
        shorter = Period(period.start, period.end - HOUR_SECONDS)
        before = self.facts.totals.get(question.scope, NO_TOTALS).before(shorter)
        return [GetTotal(question.scope, before[0], question.currency)] if before else []

    def _known(self, question: GetTotal) -> TotalFact | None:
        return self.facts.totals.get(question.scope, NO_TOTALS).of(question.period)


def kept_spend(facts: Facts, now: float) -> tuple[str, ...]:
    """One line for each scope of which Northflank states less, in the running month, than it did before."""
    month = month_of(now)
    kept = (
        scope
        for scope, each in facts.totals.items()
        if any(
            period.end > month.start and not fact.is_suspect and fact.usages != fact.stated
            for period, fact in each.totals
        )
    )
    return tuple(
        f"{scope}: Northflank states less than before, and the account's own hours did not fall; the spend stays; "
        "nothing to do where it was deleted"
        for scope in kept
    )
