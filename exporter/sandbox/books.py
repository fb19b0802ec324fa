"""The books of one organisation: all that the API and the ledger tell, made on first demand and then kept."""

from __future__ import annotations

import dataclasses
from functools import cached_property

from exporter.sandbox.invoices import Invoice, credits_invoice, subscription_invoice, usage_invoice
from exporter.sandbox.money import Money
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.organisation import Organisation, ProjectPlan, TeamPlan, organisation
from exporter.sandbox.periods import Frame, frames, midnight, preview_frame
from exporter.sandbox.pricing import SECONDS_AN_HOUR, Consumption, Pricer
from exporter.sandbox.shelf import Shelf

# All invoices but the newest tell of a smaller organisation, so that a list of many needs no large tree for each.
EARLY_TEAMS = 20
EARLY_PROJECTS = 6
EARLY_RESOURCES = 12


class Books:
    """What the seed and the day of the options make: the organisation and its invoices.

    `frames` are all finalized invoices without their figures, newest first. Usage and credits are in `money`.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self.today = midnight(options.now())
        self.organisation = organisation(options)
        self.frames = frames(self.organisation.number, self.today, options.invoices)
        moneys = [Money(name.lower(), self.organisation.grains, options.noise) for name in options.currencies]
        self.money = moneys[0]
        self._moneys = {frame.id: moneys[place % len(moneys)] for place, frame in enumerate(self.frames)}
        self._newest = next((frame.id for frame in self.frames if frame.kind == "usage"), None)
        self._invoices: Shelf[Invoice] = Shelf(max(1, len(self.frames)))
        self._pricer = Pricer()

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """All finalized invoices, newest first."""
        return tuple(map(self.invoice_of, self.frames))

    @cached_property
    def preview(self) -> Invoice:
        """What has accrued since the newest invoice that bills usage, until the beginning of the day."""
        frame = preview_frame(self.today)
        return usage_invoice(frame, self.money, self._pricer.consumption(self.organisation, frame))

    @cached_property
    def hour(self) -> Consumption:
        """What is used in an hour, every hour."""
        frame = Frame("hour", "usage", self.today, self.today + SECONDS_AN_HOUR, "draft", 0)
        return self._pricer.consumption(self.organisation, frame)

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice of that id, if there is one."""
        frame = next((frame for frame in self.frames if frame.id == invoice_id), None)
        return None if frame is None else self.invoice_of(frame)

    def invoice_of(self, frame: Frame) -> Invoice:
        """The invoice with its figures."""
        return self._invoices.get(frame.id, lambda: self._invoice(frame, self._moneys[frame.id]))

    def _invoice(self, frame: Frame, money: Money) -> Invoice:
        if frame.kind == "subscription":
            return subscription_invoice(frame, money)
        if frame.kind == "credits":
            return credits_invoice(frame, money)
        billed = self.organisation if frame.id == self._newest else early(self.organisation)
        return usage_invoice(frame, money, self._pricer.consumption(billed, frame))


def early(grown: Organisation) -> Organisation:
    """The organisation as it was: the same if it is small, else its first teams, projects and resources."""
    return dataclasses.replace(grown, teams=tuple(_early_team(team) for team in grown.teams[:EARLY_TEAMS]))


def _early_team(team: TeamPlan) -> TeamPlan:
    projects = (
        ProjectPlan(plan.id, plan.name, min(plan.resources, EARLY_RESOURCES)) for plan in team.projects[:EARLY_PROJECTS]
    )
    return dataclasses.replace(team, projects=tuple(projects))
