"""The plan: what is asked for next of each dataset, and all that is left to be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from exporter.domain.report import Dataset
from exporter.domain.tree import Level
from exporter.planning.details import details_step as usage_details_step
from exporter.planning.invoices import details_step, list_step
from exporter.planning.task import Situation, Step, Task
from exporter.planning.usage import budgets_step, credits_step, usage_step

STEPS: Mapping[Dataset, Callable[[Situation], Step]] = MappingProxyType(
    {
        Dataset.INVOICES: list_step,
        Dataset.INVOICE_DETAILS: details_step,
        Dataset.USAGE: usage_step,
        Dataset.CREDITS: credits_step,
        Dataset.BUDGETS: budgets_step,
        Dataset.USAGE_DETAILS: usage_details_step,
    }
)
"""What is done next for each dataset."""


def has_dataset(situation: Situation, dataset: Dataset) -> bool:
    """Whether the generation in use has a dataset, and the configuration wants it; False until it is known."""
    wire, extent = situation.wire, situation.extent
    if wire is None:
        return False
    if dataset is Dataset.CREDITS:
        return wire.read_credit_balance is not None
    if dataset is Dataset.USAGE_DETAILS:
        return wire.usage_detail is not None and extent.level is not Level.ACCOUNT
    if dataset is Dataset.BUDGETS:
        return bool(extent.declared.budgets)
    return True


def plan(situation: Situation) -> tuple[Task, ...]:
    """All tasks of all datasets as far as they are known, most urgent first."""
    tasks = [task for step in STEPS.values() for task in step(situation).tasks]
    return tuple(sorted(tasks, key=lambda task: task.urgency))


def pending_requests(step: Step) -> int:
    """How many requests a dataset still wants, as far as they are known; what is asked at each poll does not count."""
    return sum(task.requests for task in step.tasks if not task.is_routine)
