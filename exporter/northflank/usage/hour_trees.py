"""The drill-down of billing hours: the newest one's whole tree, gathered over several polls where it has to be."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from exporter.background import Background
from exporter.domain.calendar import HOUR_SECONDS
from exporter.domain.invoice import HourDetail
from exporter.domain.memory import AnsweredPage, Gathering, Memory, part_name
from exporter.domain.money import Unit
from exporter.domain.tree import Level
from exporter.domain.usage import HourTree
from exporter.errors import DecodeError, GenerationError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.answers import Answers
from exporter.northflank.client import Client
from exporter.northflank.drill_down import drill_down
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.wire import Wire

_GATHERING = part_name("gathering")
_LONGEST_GATHERING_SECONDS = 24 * HOUR_SECONDS


@dataclass(frozen=True, slots=True)
class Asking:
    """What it takes to ask about an hour of one account, in one generation and unit."""

    client: Client
    background: Background
    wire: Wire
    unit: Unit

    def about(self, start: float, currency: str, top: Urgency = Urgency.PROJECTS) -> Answers[HourDetail]:
        """The answers about an hour, none so far; those in another currency, or about another hour, are refused."""
        read_usage_detail, usage_detail = self.wire.read_usage_detail, self.wire.usage_detail
        if read_usage_detail is None or usage_detail is None:
            raise GenerationError(f"generation {self.wire.generation} does not tell an hour's usage")

        def read(answer: Answer) -> Page[HourDetail]:
            page = read_usage_detail(answer, self.unit, currency)
            _refuse_another(answer, page.content, start, currency)
            return page

        return Answers(self.client, self.background, usage_detail(start), read, top=top)


class HourTrees:
    """The tree of the newest complete hour. One that was begun is completed before the next one is."""

    def __init__(self, asking: Asking, level: Level) -> None:
        self._asking = asking
        self._level = level
        self._start: float | None = None
        self._answers: Answers[HourDetail] | None = None
        self._begun: dict[float, Answers[HourDetail]] = {}
        self._part: Gathering | None = None
        self.newest: HourTree | None = None
        """The newest whole tree."""

    def answers(self, start: float, currency: str, top: Urgency = Urgency.PROJECTS) -> Answers[HourDetail]:
        """The answers about an hour, with what was answered about it before, until they are released."""
        if self._answers and self._start == start:
            return self._answers
        if start not in self._begun:
            self._begun[start] = self._asking.about(start, currency, top)
        return self._begun[start]

    def release(self, hours: AbstractSet[float], newest: float, oldest: float) -> None:
        """Let go of the answers about hours that are complete, or older than any that is still wanted.

        Those about the newest stay: its tree is gathered next.
        """
        kept = {start for start in self._begun if start == newest or (start not in hours and start >= oldest)}
        self._begun = {start: self._begun[start] for start in kept}

    def begin(self, start: float, currency: str) -> None:
        """Gather the tree of this hour, unless one is being gathered that is not too old."""
        if self.newest and self.newest.start == start:
            return
        if self._start is None or not 0 <= start - self._start < _LONGEST_GATHERING_SECONDS:
            begun = self._begun.pop(start, None)
            self._start, self._answers = start, begun or self._asking.about(start, currency)

    def drop_from(self, instant: float) -> None:
        """Let go of trees of hours that begin at or after an instant."""
        if self.newest and self.newest.start >= instant:
            self.newest = None
        if self._start is not None and self._start >= instant:
            self._end()
        self._begun = {start: each for start, each in self._begun.items() if start < instant}

    def doubt(self, corrected: AbstractSet[float], start: float, currency: str) -> None:
        """Let go of the trees of corrected hours, and begin anew with the one of this hour where it was one of them."""
        if self.newest and self.newest.start in corrected:
            self.newest = None
        if self._start in corrected:
            self._end()
        self._begun = {begun: each for begun, each in self._begun.items() if begun not in corrected}
        self.begin(start, currency)

    async def gather(self, start: float, currency: str) -> None:
        """Complete the tree that was begun, then the one of this hour; raises PollError, and what was told stays."""
        self.begin(start, currency)
        while self._answers and self._start is not None:
            self.newest = await self._tree(self._start, self._answers, currency, self._level)
            self._end()
            self.begin(start, currency)

    async def shallow(self, currency: str) -> HourTree | None:
        """The tree that is being gathered, down to its projects; None where none is. Raises PollError."""
        if self._answers is None or self._start is None:
            return None
        level = min(self._level, Level.PROJECT, key=lambda each: each.depth)
        return await self._tree(self._start, self._answers, currency, level)

    def memory(self) -> Memory:
        """What was answered about the tree that is not whole."""
        if self._answers is None or self._start is None:
            return MappingProxyType({})
        known = tuple(self._answers.known)
        if self._part is None or (self._part.start, len(self._part.pages)) != (self._start, len(known)):
            pages = (AnsweredPage(query, page.content, page.has_more, page.is_paged) for query, page in known)
            self._part = Gathering(self._start, tuple(pages))
        return MappingProxyType({_GATHERING: self._part})

    def resume(self, memory: Memory, newest: HourTree | None, currency: str | None) -> None:
        """Go on from what was known before a restart."""
        self.newest = newest if newest and newest.level is self._level else None
        part = memory.get(_GATHERING)
        if isinstance(part, Gathering) and currency is not None:
            self._start, self._answers = part.start, self._asking.about(part.start, currency)
            for each in part.pages:
                self._answers.resume(each.query, Page(each.detail, each.has_more, None, each.is_paged))

    def _end(self) -> None:
        """Gather no tree any more; what was kept of it is not taken for a later one's."""
        self._start = self._answers = self._part = None

    async def _tree(self, start: float, answers: Answers[HourDetail], currency: str, level: Level) -> HourTree:
        detail = (await answers.page({})).content
        drilled = await drill_down(answers.page, self._asking.wire, level)
        return await self._asking.background.run(
            lambda: HourTree(
                start=start,
                currency=detail.currency or currency,
                level=level,
                rows=drilled.rows,
                clusters=detail.clusters,
                unattributed=drilled.unattributed,
                vanished=drilled.vanished,
            )
        )


def _refuse_another(answer: Answer, detail: HourDetail, start: float, currency: str) -> None:
    if detail.timestamp is not None and not start <= detail.timestamp < start + HOUR_SECONDS:
        raise DecodeError(f"{answer.request}: asked for the hour of {start:.0f}, got one of {detail.timestamp:.0f}")
    if detail.currency not in {None, currency}:
        raise DecodeError(f"{answer.request}: in {detail.currency}, while the hours are in {currency}")
