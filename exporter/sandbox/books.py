"""The books of one organisation: all that the API and the ledger tell, made on first demand and then kept."""

from __future__ import annotations

import dataclasses
from functools import cached_property

from exporter.sandbox.invoices import Invoice, credits_invoice, subscription_invoice, usage_invoice
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.organisation import Organisation, ProjectPlan, TeamPlan, organisation
from exporter.sandbox.periods import Frame, frames, midnight, preview_frame
from exporter.sandbox.pricing import SECONDS_AN_HOUR, Consumption, consumption

# Older invoices tell of a smaller organisation, so that a list of many needs no large tree for each.
FULL_SIZE_MONTHS_AGO = 1
EARLY_TEAMS = 20
EARLY_PROJECTS = 6
EARLY_RESOURCES = 12


class Books:
    """What the seed and the day of the options make: the organisation and its invoices."""

    def __init__(self, options: SandboxOptions) -> None:
        self._invoices_wanted = options.invoices
        self.today = midnight(options.now())
        self.organisation = organisation(options)

    @cached_property
    def invoices(self) -> tuple[Invoice, ...]:
        """All finalized invoices, newest first."""
        places = frames(self.organisation.number, self.today, self._invoices_wanted)
        return tuple(self._invoice(frame) for frame in places)

    @cached_property
    def preview(self) -> Invoice:
        """What has accrued since the newest invoice that bills usage, until the beginning of the day."""
        return self._invoice(preview_frame(self.today))

    @cached_property
    def hour(self) -> Consumption:
        """What is used in an hour, every hour."""
        frame = Frame("hour", "usage", self.today, self.today + SECONDS_AN_HOUR, "draft", 0)
        return consumption(self.organisation, frame)

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice of that id, if there is one."""
        return next((invoice for invoice in self.invoices if invoice.frame.id == invoice_id), None)

    def _invoice(self, frame: Frame) -> Invoice:
        if frame.kind == "subscription":
            return subscription_invoice(frame)
        if frame.kind == "credits":
            return credits_invoice(frame)
        billed = self.organisation if frame.months_ago <= FULL_SIZE_MONTHS_AGO else early(self.organisation)
        return usage_invoice(frame, consumption(billed, frame))


def early(grown: Organisation) -> Organisation:
    """The organisation as it was: the same if it is small, else its first teams, projects and resources."""
    return dataclasses.replace(grown, teams=tuple(_early_team(team) for team in grown.teams[:EARLY_TEAMS]))


def _early_team(team: TeamPlan) -> TeamPlan:
    projects = (
        ProjectPlan(plan.id, plan.name, min(plan.resources, EARLY_RESOURCES)) for plan in team.projects[:EARLY_PROJECTS]
    )
    return dataclasses.replace(team, projects=tuple(projects))
