"""Asks what the plan wants, most urgent first, and records each answer by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from exporter.background import Background
from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY
from exporter.domain.question import ListHours, ListInvoices, Question, Urgency
from exporter.domain.report import Dataset
from exporter.errors import GenerationError, NotFoundError, PollError, PostponedError
from exporter.ledger.ledger import Entry, Ledger
from exporter.northflank.requests.source import Source
from exporter.planning.plan import STEPS
from exporter.planning.task import Situation, Step, Task

# So that a poll never takes longer than its interval, whatever is left to be asked.
_MOST_BACKFILLED = 40

IsMeant = Callable[[Task], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """How asking went: why it stopped, None where nothing was left to be asked, and the step that is left.

    `backfilled` is how many answers completed the running month.
    """

    error: PollError | None
    step: Step
    backfilled: int = 0


class Asking:
    """Fills one account's ledger. At most `concurrency` questions of a task are asked at the same time."""

    def __init__(
        self, source: Source, ledger: Ledger, background: Background, *, extent: Extent, concurrency: int
    ) -> None:
        self._source = source
        self._ledger = ledger
        self._background = background
        self._extent = extent
        self._concurrency = concurrency

    async def ask_for(self, dataset: Dataset, now: float, asked: set[Question], is_meant: IsMeant) -> Asked:
        """Ask for a dataset until nothing is left of what is meant, or asking stops; adds to what was `asked`.

        No question is asked twice in one poll. `now` is when the poll began, in Unix seconds.
        """
        backfilled = 0
        error = await self._find_api(dataset)
        if error:
            return Asked(error, Step())
        while True:
            step = await self.next_step(dataset, now)
            task, questions = _next(step, asked, is_meant)
            if task and task.urgency is Urgency.BACKFILL:
                questions = questions[: _MOST_BACKFILLED - backfilled]
            if task is None or not questions:
                return Asked(None, step, backfilled)
            asked.update(questions)
            answered, error = await self._ask_all(task, questions, now)
            backfilled += answered if task.urgency is Urgency.BACKFILL else 0
            if error:
                return Asked(error, await self.next_step(dataset, now), backfilled)

    async def _find_api(self, dataset: Dataset) -> PollError | None:
        """Find out the generation where the list has not shown it: before that nothing else can be planned."""
        if dataset is Dataset.INVOICES or self._ledger.epoch.api:
            return None
        try:
            api = await self._source.find_api()
        except PollError as error:
            return error
        if self._ledger.epoch.api is None:
            await self._ledger.record({"api": {ONLY: api}})
        return None

    async def next_step(self, dataset: Dataset, now: float) -> Step:
        """What has to be asked for next: what answers add up to is recorded before.

        Raises PollError where answers contradict each other; they are asked for anew at the next poll.
        """
        while True:
            situation = Situation(self._ledger.facts, self._extent, now)
            step = await self._background.run(partial(STEPS[dataset], situation))
            if not step.is_to_be_recorded:
                return step
            await self._ledger.record(step.assembled, step.released)
            if step.fault:
                raise step.fault

    async def _ask_all(self, task: Task, questions: Sequence[Question], now: float) -> tuple[int, PollError | None]:
        """Ask side by side: how many were answered, and why it stopped, if it did.

        What is under way then is waited for, and recorded.
        """
        waiting = iter(questions)
        answered: list[Question] = []
        errors: list[PollError] = []

        async def work() -> None:
            for question in waiting:
                try:
                    await self._ask(question, task.urgency, now)
                    answered.append(question)
                except NotFoundError as error:
                    # A server may know the newest hours alone.
                    if task.is_needed:
                        errors.append(error)
                except PollError as error:
                    errors.append(error)
                if errors:
                    return

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(questions))):
                    group.create_task(work())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return len(answered), min(errors, key=lambda error: isinstance(error, PostponedError), default=None)

    async def _ask(self, question: Question, urgency: Urgency, now: float) -> None:
        epoch = self._ledger.epoch
        api = epoch.api or await self._source.find_api()
        answered = await self._source.ask(question, api, urgency)
        entry = Entry(question, answered.content, epoch, answered.api, answered.customer, asked_at=now)
        if not await self._ledger.record_answer(entry):
            raise GenerationError(
                "the server went over to another generation, or the token to another customer, while it was asked; "
                "nothing to do: it is asked anew"
            )


def _is_asked(question: Question, asked: set[Question]) -> bool:
    """Whether a question was asked in this poll; a list is read once, however much of it is wanted after its answer."""
    if isinstance(question, ListInvoices):
        return any(isinstance(each, ListInvoices) for each in asked)
    if isinstance(question, ListHours) and question.end is None:
        return any(isinstance(each, ListHours) and each.end is None for each in asked)
    return question in asked


def _next(step: Step, asked: set[Question], is_meant: IsMeant) -> tuple[Task | None, list[Question]]:
    """The most urgent task that has questions which were not asked in this poll, and those questions."""
    for task in step.tasks:
        questions = [question for question in task.questions if not _is_asked(question, asked)]
        if questions and is_meant(task):
            return task, questions
    return None, []
