"""An allowance under test, its two clocks, and requests that are made within it."""

from dataclasses import dataclass
from decimal import Decimal

from exporter.domain.question import Urgency
from exporter.errors import PostponedError
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.http.rate_limit import RateLimit
from tests.northflank.asking import NOW

ACCOUNT, PROJECTS, RESOURCES, LATER, BACKFILL = Urgency


@dataclass
class Times:
    """The clock, which may be set, and the monotonic one, which only goes on."""

    clock: float = NOW
    monotonic: float = 4_321.5

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.clock += seconds
        self.monotonic += seconds


def allowance_of(
    times: Times, *, share: Decimal | float = 0.5, reserve: int = 0, limit: float = 1000, quick: bool = True
) -> Allowance:
    """An allowance at these times; by default half of a thousand."""
    allowance = Allowance(
        share=share, reserve=reserve, limit=limit, clock=lambda: times.clock, monotonic=lambda: times.monotonic
    )
    allowance.quick = quick
    return allowance


async def ask(allowance: Allowance, urgency: Urgency = ACCOUNT, stated: RateLimit | None = None) -> None:
    """Make one request, whose answer states that."""
    async with allowance.turn(urgency, "GET /x") as learn:
        if stated:
            learn(stated)


async def refusal(allowance: Allowance, urgency: Urgency = ACCOUNT) -> PostponedError | None:
    """Why a request is refused; None where it was made."""
    try:
        await ask(allowance, urgency)
    except PostponedError as error:
        return error
    return None


async def fill(allowance: Allowance, urgency: Urgency, most: int = 10_000) -> int:
    """Make requests until one is refused; how many were made."""
    for made in range(most):
        if await refusal(allowance, urgency):
            return made
    return most
