"""The books of one organisation: all that the API and the ledger tell, made on first demand and then kept."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from exporter.sandbox.accrual import EVERYTHING, Accrual
from exporter.sandbox.closings import Closed, Terms
from exporter.sandbox.credits import Credits, credits_at
from exporter.sandbox.hours import Metered, account_began, metered
from exporter.sandbox.invoices import Invoice, credits_invoice, subscription_invoice, usage_invoice
from exporter.sandbox.money import Money
from exporter.sandbox.narrow import Filters
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.organisation import Organisation, ProjectPlan, TeamPlan, organisation
from exporter.sandbox.periods import Frame, frames, midnight, month_of, month_start
from exporter.sandbox.pricing import Consumption, Pricer
from exporter.sandbox.rates import GRAINS_OF_A_MINOR_UNIT
from exporter.sandbox.shelf import Shelf
from exporter.sandbox.span import Span
from exporter.sandbox.timeline import Timeline

# All invoices but the newest tell of a smaller organisation, so that a list of many needs no large tree for each.
EARLY_TEAMS = 20
EARLY_PROJECTS = 6
EARLY_RESOURCES = 12
NEW_INVOICES_KEPT = 16
# Parts of a minor unit to which usage is rounded where every figure is rounded: an hour's are small.
ROUNDED_PARTS = 100


class Books:
    """What the seed, the clock and the other options make: the organisation, its invoices, usage and credits.

    What accrues with the clock is in `money`: usage, credits, and the invoices that have closed since the start.
    """

    def __init__(self, options: SandboxOptions) -> None:
        began = options.now()
        self.options = options
        self.organisation = organisation(options)
        self._today = midnight(began)
        past = frames(self.organisation.number, self._today, options.invoices)
        self.money = _accruing_money(options)
        moneys = [Money(name.lower(), self.organisation.grains, options.noise) for name in options.currencies]
        self._moneys = {frame.id: moneys[place % len(moneys)] for place, frame in enumerate(past)}
        self._newest = next((frame.id for frame in past if frame.kind == "usage"), None)
        self._accrual = Accrual(self.organisation, self._today, corrections=options.corrections)
        self._timeline = _timeline(options, self.organisation, int(began), past, self._terms(int(began)))
        self._invoices: Shelf[Invoice] = Shelf(len(past) + NEW_INVOICES_KEPT)
        self._pricer = Pricer()

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All finalized invoices without their figures, as they stand now, newest first."""
        return self._timeline.frames(self.options.now())

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """All finalized invoices, newest first."""
        return tuple(map(self.invoice_of, self.frames))

    @property
    def preview(self) -> Invoice:
        """What has accrued since the newest invoice that bills usage, to the second."""
        now = int(self.options.now())
        frame = Frame("preview", "usage", self._timeline.billed_until(now), now, "draft", 0)
        return usage_invoice(frame, self.money, self.consumption(Span(frame.start, now, now)))

    @property
    def metered(self) -> Metered:
        """The usage that can be asked for now."""
        told = self.options
        return metered(
            told.now(), account_began(self._today), running_hour=told.running_hour, late_hours=told.late_hours
        )

    @property
    def credits(self) -> Credits:
        """The credits as of the last full hour; an invoice that cannot be paid is owed."""
        now = self.options.now()
        left = credits_at(now, self._timeline.began, self._cost, self.money.grains)
        newest = next(
            (frame for frame in self._timeline.frames(left.synced) if self._timeline.has_accrued(frame)), None
        )
        if newest is None or newest.status != "payment_failed":
            return left
        return dataclasses.replace(left, customer_balance=left.customer_balance - self.invoice_of(newest).total)

    def consumption(self, span: Span) -> Consumption:
        """All that was used in a span, with the tree."""
        return self._accrual.consumption(span)

    def flat(self, span: Span, filters: Filters = EVERYTHING) -> Consumption:
        """What was used in a span, of PaaS within the filters, without the rows beneath."""
        return self._accrual.flat(span, filters)

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice of that id, if there is one."""
        frame = next((frame for frame in self.frames if frame.id == invoice_id), None)
        return None if frame is None else self.invoice_of(frame)

    def invoice_of(self, frame: Frame) -> Invoice:
        """The invoice with its figures; they stay, while its status may change."""
        kept = self._invoices.get(frame.id, lambda: self._invoice(frame, self._moneys.get(frame.id, self.money)))
        return dataclasses.replace(kept, frame=frame)

    def _terms(self, began: int) -> Terms:
        threshold = int(Decimal(self.options.threshold) * self.money.units * self.money.grains)
        return Terms(began, threshold, self._cost)

    def _cost(self, start: int, end: int) -> int:
        return self.flat(Span(start, end, end)).total

    def _invoice(self, frame: Frame, money: Money) -> Invoice:
        if frame.kind == "subscription":
            return subscription_invoice(frame, money)
        if frame.kind == "credits":
            return credits_invoice(frame, money)
        if self._timeline.has_accrued(frame):
            return usage_invoice(frame, money, self.consumption(Span(frame.start, frame.end, frame.end)))
        billed = self.organisation if frame.id == self._newest else early(self.organisation)
        return usage_invoice(frame, money, self._pricer.consumption(billed, frame))


def _accruing_money(options: SandboxOptions) -> Money:
    parts = GRAINS_OF_A_MINOR_UNIT if options.rounding == "exact" else ROUNDED_PARTS
    return Money(options.currencies[0].lower(), GRAINS_OF_A_MINOR_UNIT, options.noise, parts)


def _timeline(
    options: SandboxOptions, billed: Organisation, began: int, past: tuple[Frame, ...], terms: Terms
) -> Timeline:
    closed = Closed(terms, month_start(month_of(began)))
    return Timeline(
        customer=billed.number,
        seed=options.seed,
        began=began,
        past=past,
        closed=closed,
        payments_fail=options.payments_fail,
    )


def early(grown: Organisation) -> Organisation:
    """The organisation as it was: the same if it is small, else its first teams, projects and resources."""
    return dataclasses.replace(grown, teams=tuple(_early_team(team) for team in grown.teams[:EARLY_TEAMS]))


def _early_team(team: TeamPlan) -> TeamPlan:
    projects = (
        ProjectPlan(plan.id, plan.name, min(plan.resources, EARLY_RESOURCES)) for plan in team.projects[:EARLY_PROJECTS]
    )
    return dataclasses.replace(team, projects=tuple(projects))
