"""Whatever is asked for, and whenever: the share holds, the account is served, and nothing waits for ever."""

import asyncio
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.domain.question import Urgency
from exporter.errors import PostponedError
from exporter.northflank.http.advance import MOST_IN_ADVANCE
from exporter.northflank.http.allowance import Allowance, Learn
from exporter.northflank.http.rate_limit import RateLimit
from tests.northflank.http.allowed import ACCOUNT, Times, allowance_of, ask, refusal

HOUR, TEN_MINUTES = 3600, 600
Turn = AbstractAsyncContextManager[Learn]
LEFT_OF_THE_SHARE = {
    Urgency.PROJECTS: Decimal(0),
    Urgency.RESOURCES: Decimal("0.1"),
    Urgency.LATER: Decimal("0.5"),
    Urgency.BACKFILL: Decimal("0.6"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Time passes, perhaps the clock is set, then so many requests are wanted."""

    pause: float
    jump: float
    urgency: Urgency
    wanted: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What an allowance is made with."""

    limit: int
    share: Decimal
    reserve: int
    quick: bool

    @property
    def most(self) -> int:
        """The share, as the documents define it."""
        return max(1, int(self.limit * self.share))

    def begin(self, times: Times) -> Allowance:
        """An allowance under these terms."""
        return allowance_of(times, share=self.share, reserve=self.reserve, limit=self.limit, quick=self.quick)


@dataclass
class Made:
    """When requests were made, in monotonic seconds."""

    urgent: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)

    def add(self, urgency: Urgency, instant: float) -> None:
        """Remember one."""
        (self.urgent if urgency is ACCOUNT else self.other).append(instant)


pauses = st.one_of(st.just(0.0), st.floats(0, 90), st.floats(0, 1200), st.sampled_from([59.5, 60, 599.5, 3599.5, 3600]))
jumps = st.one_of(st.just(0.0), st.just(0.0), st.floats(-1e7, 1e7), st.floats(-200, 200))
steps = st.lists(st.builds(Step, pauses, jumps, st.sampled_from(Urgency), st.integers(0, 30)), max_size=40)
terms = st.builds(
    Terms,
    limit=st.integers(1, 120),
    share=st.decimals("0.01", 1, places=2),
    reserve=st.integers(0, 40),
    quick=st.booleans(),
)


def most_within(instants: Sequence[float], seconds: float) -> int:
    """The most of them in any window of so many seconds, its end exclusive."""
    ordered = sorted(instants)
    return max((bisect_left(ordered, each + seconds) - at for at, each in enumerate(ordered)), default=0)


async def run(allowance: Allowance, times: Times, plan: Sequence[Step]) -> Made:
    """Make the requests of a plan that are not refused."""
    made = Made()
    for step in plan:
        times.go_on(step.pause)
        times.clock += step.jump
        for _ in range(step.wanted):
            if await refusal(allowance, step.urgency):
                break
            made.add(step.urgency, times.monotonic)
    return made


@given(terms=terms, plan=steps)
@settings(max_examples=150, deadline=None)
def test_no_hour_holds_more_than_the_share(terms: Terms, plan: list[Step]) -> None:
    """No hour holds more requests than the share, no ten minutes more of the deep ones than a sixth of it."""
    times = Times()
    made = asyncio.run(run(terms.begin(times), times, plan))

    assert most_within([*made.urgent, *made.other], HOUR) <= terms.most
    assert most_within(made.other, HOUR) <= max(0, terms.most - terms.reserve)
    assert terms.quick or most_within(made.other, TEN_MINUTES) <= max(1, terms.most // 6)


@given(terms=terms, plan=steps)
@settings(max_examples=150, deadline=None)
def test_the_account_is_not_starved(terms: Terms, plan: list[Step]) -> None:
    """As long as the account has not used its reserve in an hour and a minute, it is not refused."""
    times = Times()

    async def check() -> None:
        allowance, urgent = terms.begin(times), list[float]()
        for step in plan:
            made = await run(allowance, times, [step])
            urgent += made.urgent
            recent = sum(each > times.monotonic - HOUR - 60 for each in urgent)
            if recent < min(terms.reserve, terms.most):
                await ask(allowance, ACCOUNT)
                urgent.append(times.monotonic)

    asyncio.run(check())


@given(terms=terms, plan=steps, urgency=st.sampled_from(Urgency))
@settings(max_examples=150, deadline=None)
def test_a_refusal_says_when_to_ask_again(terms: Terms, plan: list[Step], urgency: Urgency) -> None:
    """A request is made after the wait that a refusal states and not before, unless the reserve leaves nothing."""
    times = Times()

    async def check() -> None:
        allowance = terms.begin(times)
        await run(allowance, times, plan)
        error = await refusal(allowance, urgency)
        if error is None:
            return
        assert 0 < error.seconds <= HOUR + 60
        times.go_on(error.seconds - 0.01)
        assert await refusal(allowance, urgency)
        times.go_on(0.02)
        leaves = 0 if urgency is ACCOUNT else terms.reserve + math.ceil(terms.most * LEFT_OF_THE_SHARE[urgency])
        assert (leaves >= terms.most) == (await refusal(allowance, urgency) is not None)

    asyncio.run(check())


@dataclass
class Server:
    """States what is left of its limit, at the moment at which it sees a request."""

    limit: int
    left: int
    stated: dict[int, float] = field(default_factory=dict)

    def see(self, request: int) -> RateLimit:
        """Count a request, once; what its answer states."""
        if request not in self.stated:
            self.left -= 1
            self.stated[request] = self.left
        return RateLimit(self.limit, self.stated[request], reset=None)


async def end(turn: Turn, learn: Learn, stated: RateLimit | None) -> None:
    """End a request, with an answer or without."""
    if stated:
        learn(stated)
    await turn.__aexit__(None, None, None)


@given(
    limit=st.integers(10, 60),
    used=st.integers(0, 30),
    plan=st.lists(
        st.tuples(st.sampled_from(["begin", "begin", "see", "answer", "lose"]), st.integers(0, 3)), max_size=80
    ),
)
@settings(max_examples=300, deadline=None)
def test_the_last_tenth_is_left_to_others(limit: int, used: int, plan: list[tuple[str, int]]) -> None:
    """In whatever order four parallel requests reach the server and are answered: no last tenth is touched."""
    server = Server(limit, max(limit - used, limit // 10 + 2))

    async def check() -> None:
        allowance = allowance_of(Times(), share=1, limit=limit)
        await ask(allowance, stated=server.see(-1))
        under_way: dict[int, tuple[Turn, Learn]] = {}
        for number, (act, at) in enumerate(plan):
            if act == "begin" and len(under_way) < 4:
                with suppress(PostponedError):
                    turn = allowance.turn(ACCOUNT, "GET /x")
                    under_way[number] = (turn, await turn.__aenter__())
            elif act != "begin" and under_way:
                request = list(under_way)[at % len(under_way)]
                stated = server.see(request)
                if act != "see":
                    await end(*under_way.pop(request), stated if act == "answer" else None)
            assert server.left - sum(each not in server.stated for each in under_way) >= limit / 10

    asyncio.run(check())


@given(terms=terms, plan=steps, killed_after=st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_a_process_that_is_killed_has_not_counted_too_few(terms: Terms, plan: list[Step], killed_after: int) -> None:
    """What is kept when a process is killed has each request in its minute, and at most twenty too many."""
    times, disk = Times(), dict[int, int]()

    async def keep(requests: Mapping[int, int]) -> None:
        disk.clear()
        disk.update(requests)

    async def check() -> None:
        allowance = terms.begin(times)
        allowance.keep = keep
        steady = [Step(step.pause, 0.0, step.urgency, step.wanted) for step in plan]
        await run(allowance, times, steady[:killed_after])
        restarted, made = terms.begin(times), allowance.requests
        restarted.open(disk, None)
        assert all(restarted.requests.get(minute, 0) >= count for minute, count in made.items())
        assert 0 <= restarted.used - allowance.used <= MOST_IN_ADVANCE
        assert restarted.used <= terms.most

    asyncio.run(check())


@given(terms=terms, plan=steps, restarts=st.lists(st.integers(0, 40), max_size=6))
@settings(max_examples=150, deadline=None)
def test_restarts_do_not_add_to_the_share(terms: Terms, plan: list[Step], restarts: list[int]) -> None:
    """However often a process is killed in between: no hour holds more requests than the share."""
    times, disk, instants = Times(), dict[int, int](), list[float]()

    async def keep(requests: Mapping[int, int]) -> None:
        disk.clear()
        disk.update(requests)

    async def check() -> None:
        allowance = terms.begin(times)
        for at, step in enumerate(plan):
            if at in restarts:
                allowance = terms.begin(times)
                allowance.open(disk, None)
            allowance.keep = keep
            made = await run(allowance, times, [Step(step.pause, 0.0, step.urgency, step.wanted)])
            instants.extend((*made.urgent, *made.other))

    asyncio.run(check())
    assert most_within(instants, HOUR) <= terms.most
