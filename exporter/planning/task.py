"""A part of the plan: what is asked for, why, how urgently, and how many requests it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Changes, Facts, Subject
from exporter.domain.hours import Hours, hours_of
from exporter.domain.question import Question, Urgency
from exporter.domain.report import Dataset
from exporter.domain.tree import Level
from exporter.errors import PollError
from exporter.northflank.requests.drill_down import Drilled, Incomplete, drill_down
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import Wire


@dataclass(frozen=True, slots=True)
class Task:
    """Questions that can be asked side by side.

    `requests` is how many it takes in all, as far as that is known: answers may make more questions known.
    `is_routine` is whether it is asked at each poll, whatever is known, `is_needed` whether its dataset waits for it.
    """

    dataset: Dataset
    urgency: Urgency
    reason: str
    questions: tuple[Question, ...]
    requests: int
    is_routine: bool = False
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done next for a dataset: first what answers add up to is recorded, then the tasks are asked.

    `released` are the keys of facts, by kind, that need not be held in memory any more. `fault` is why pages that were
    answered are of no use; `assembled` takes them away, so that they are asked for anew at the next poll.
    """

    tasks: tuple[Task, ...] = ()
    assembled: Changes = field(default_factory=dict)
    released: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    fault: PollError | None = None

    @property
    def is_to_be_recorded(self) -> bool:
        """Whether anything is to be recorded or released before the tasks are asked."""
        return any(self.assembled.values()) or any(self.released.values())


@dataclass(frozen=True)
class Situation:
    """What a plan depends on: facts, what is exported, and the time in Unix seconds."""

    facts: Facts
    extent: Extent
    now: float

    @property
    def wire(self) -> Wire | None:
        """The generation in use; None until it is known."""
        api = self.facts.api.get(ONLY)
        return WIRES[api.generation] if api else None

    @cached_property
    def hours(self) -> Hours | None:
        """The account's hours; None as long as none was ever listed."""
        return hours_of(self.facts, self.extent.late_after_seconds)


class UnusablePagesError(Exception):
    """Pages of one drill-down contradict each other, or do not come to an end."""

    def __init__(self, subject: Subject, fault: PollError) -> None:
        super().__init__(str(fault))
        self.subject = subject
        self.fault = fault

    def step(self, facts: Facts) -> Step:
        """What to do about it."""
        pages = {key: None for key in facts.pages if key[0] == self.subject}
        return Step(assembled={"pages": pages}, fault=self.fault)


def drill_pages(facts: Facts, subject: Subject, wire: Wire, level: Level) -> Drilled | Incomplete:
    """The tree of an invoice or hour as far as its pages were answered; raises UnusablePagesError."""
    try:
        return drill_down(lambda query: facts.pages.get((subject, query)), wire, level)
    except PollError as fault:
        raise UnusablePagesError(subject, fault) from fault


def step_of(tasks: Iterable[Task | None]) -> Step:
    """The tasks that there are, most urgent first."""
    several: Iterator[Task] = (task for task in tasks if task and task.questions)
    return Step(tuple(sorted(several, key=lambda task: task.urgency)))
