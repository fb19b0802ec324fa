"""The books of one organisation: all that the API and the ledger tell, made on first demand and then kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from exporter.sandbox.accrual import EVERYTHING, Accrual
from exporter.sandbox.activity import Activity
from exporter.sandbox.closings import Closed, Terms
from exporter.sandbox.credits import Credits, credits_at
from exporter.sandbox.forgetting import Forgetting, refuse
from exporter.sandbox.hours import Metered, account_began, metered
from exporter.sandbox.invoices import Invoice, credits_invoice, subscription_invoice, usage_invoice
from exporter.sandbox.money import Money
from exporter.sandbox.narrow import Filters, filters_of
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.organisation import Organisation, ProjectPlan, TeamPlan, organisation
from exporter.sandbox.periods import Frame, frames, midnight, month_of, month_start
from exporter.sandbox.pricing import Consumption, Pricer
from exporter.sandbox.question import Question
from exporter.sandbox.rates import GRAINS_OF_A_MINOR_UNIT
from exporter.sandbox.shelf import Shelf
from exporter.sandbox.span import Span
from exporter.sandbox.timeline import Timeline
from exporter.sandbox.tree import Tree

# All invoices but the newest tell of a smaller organisation, so that a list of many needs no large tree for each.
EARLY_TEAMS = 20
EARLY_PROJECTS = 6
EARLY_RESOURCES = 12
NEW_INVOICES_KEPT = 16
# Parts of a minor unit to which usage is rounded where every figure is rounded: an hour's are small.
ROUNDED_PARTS = 100


class Books:
    """What the seed, the clock and the other options make: the organisation, its invoices, usage and credits.

    What accrues with the clock is in `money`, until the currency changes: usage, credits, and the invoices that have
    closed since the start. `place` is that of the organisation among the sandbox's customers.
    """

    def __init__(self, options: SandboxOptions, place: int = 0) -> None:
        began = options.now()
        self.options = options
        self.organisation = organisation(options, place)
        self.activity = Activity(options.idle_nights, options.pauses)
        self._forgetting = Forgetting(options.forgets)
        self._today = midnight(began)
        past = frames(self.organisation.number, self._today, options.invoices)
        self.money = _accruing_money(options)
        moneys = [Money(name.lower(), self.organisation.grains, options.noise) for name in options.currencies]
        self._moneys = {frame.id: moneys[place % len(moneys)] for place, frame in enumerate(past)}
        self._newest = next((frame.id for frame in past if frame.kind == "usage"), None)
        self._accrual = Accrual(
            self.organisation,
            self._today,
            corrections=options.corrections,
            activity=self.activity,
            forgetting=self._forgetting,
        )
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
        return usage_invoice(frame, self.money_until(now), self.consumption(Span(frame.start, now, now)))

    @property
    def metered(self) -> Metered:
        """The usage that can be asked for now."""
        told = self.options
        return metered(
            told.now(),
            account_began(self._today),
            running_hour=told.running_hour,
            late_hours=told.late_hours,
            activity=self.activity,
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

    @property
    def credit_money(self) -> Money:
        """What the credits are in now."""
        return self.money_until(int(self.options.now()) + 1)

    def money_until(self, end: int) -> Money:
        """What the usage of a time that ends then is in; if the currency changes within it, the new one."""
        return self._changed(self.money, is_new=end > self._currency_changes) if self._currency_changes else self.money

    def currencies(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """The currencies from start to end, each with the time of the usage that is in it."""
        change = self._currency_changes
        edges = [start, *([change] if change and start < change < end else []), end]
        return [(self.money_until(last).currency, first, last) for first, last in pairwise(edges)]

    def consumption(self, span: Span) -> Consumption:
        """All that was used in a span, with the tree."""
        return self._accrual.consumption(span)

    def flat(self, span: Span, filters: Filters = EVERYTHING) -> Consumption:
        """What was used in a span, of PaaS within the filters, without the rows beneath.

        Filters do not find what is forgotten; without them it counts.
        """
        if filters == EVERYTHING:
            return self._accrual.flat(span)
        return self._accrual.flat(span, filters, self._forgotten_now)

    def visible(self, tree: Tree) -> Tree:
        """The rows of a tree that are not forgotten; the price at its root stays."""
        return self._forgotten_now.visible(tree)

    def filters(self, question: Question, types: Mapping[str, str]) -> Filters:
        """The filters that a question names, by the names of types that a generation takes.

        Raises UnknownRefusal or InvalidRefusal for what is not known, and for what is forgotten so.
        """
        filters = filters_of(question, types, self.organisation)
        if rule := self._forgotten_now.rule_for(filters, self._accrual.scopes(filters)):
            refuse(rule, filters)
        return filters

    def is_forgotten(self, filters: Filters) -> bool:
        """Whether the filters select nothing, because it is forgotten."""
        return self._forgotten_now.rule_for(filters, self._accrual.scopes(filters)) is not None

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice of that id, if there is one."""
        frame = next((frame for frame in self.frames if frame.id == invoice_id), None)
        return None if frame is None else self.invoice_of(frame)

    def invoice_of(self, frame: Frame) -> Invoice:
        """The invoice with its figures; they stay, while its status may change."""
        kept = self._invoices.get(frame.id, lambda: self._invoice(frame, self._money_of(frame)))
        return dataclasses.replace(kept, frame=frame)

    @property
    def _forgotten_now(self) -> Forgetting:
        return self._forgetting.at(self.options.now())

    @property
    def _currency_changes(self) -> int | None:
        change = self.options.currency_change
        return None if change is None else change[0]

    def _money_of(self, frame: Frame) -> Money:
        """What an invoice is in: a subscription is billed when its period begins, the others when it ends."""
        billed = frame.start + 1 if frame.kind == "subscription" else frame.end
        money, change = self._moneys.get(frame.id, self.money), self._currency_changes
        return self._changed(money, is_new=billed > change) if change else money

    def _changed(self, money: Money, *, is_new: bool) -> Money:
        change = self.options.currency_change
        return dataclasses.replace(money, currency=change[1].lower()) if change and is_new else money

    def _terms(self, began: int) -> Terms:
        threshold = int(Decimal(self.options.threshold) * self.money.units * self.money.grains)
        return Terms(began, threshold, self._cost, self._currency_changes)

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
