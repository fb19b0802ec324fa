"""What has to be shown poll by poll: some of it depends on what was polled before."""

from exporter.domain.budget import Declared, Scope
from tests.e2e.dialect import Dialect, Ledger
from tests.e2e.expected import UNPAID, Line, Series, World, as_series, invoice_lines
from tests.e2e.expected_budgets import budget_lines, credit_lines, with_project_labels
from tests.e2e.expected_periods import DAY, HOUR, hour_from, month, period
from tests.e2e.expected_running import Running, through
from tests.e2e.expected_usage import usage_detail_lines, usage_lines
from tests.faults.pair import Pair

ACCOUNT = "acme"
SINCE = "invoice_unpaid_since_timestamp_seconds"
NO_LIST = {"fault": "other_shape", "endpoint": "list_invoices"}


class Polls:
    """Polls an exporter, and tells what it has to show then."""

    def __init__(self, asked: Pair, dialect: Dialect, declared: Declared, *, told_after_hours: int = 0) -> None:
        self._asked = asked
        self._dialect = dialect
        self._declared = declared
        self._told_after_hours = told_after_hours
        self._world: World | None = None
        self._since: dict[str, float] | None = None
        self._detailed: set[str] = set()
        self._known_since: int | None = None
        self._seen: set[int] = set()

    async def poll(self) -> None:
        """Poll everything."""
        await self._asked.poll()
        self._world = world = World(
            await self._asked.ledger(), self._dialect, ACCOUNT, self._asked.hand.now, kept=frozenset(self._detailed)
        )
        self._detailed |= {self._dialect.id(each) for each in world.shown if world.has_detail(each)}
        unpaid = [each for each in world.shown if self._dialect.status(each["status"]) in UNPAID]
        before, now = self._since, world.now
        self._since = {
            self._dialect.id(each): min(each["end"], now) if before is None else before.get(self._dialect.id(each), now)
            for each in unpaid
        }
        await self._note()

    async def poll_without_invoices(self) -> None:
        """Poll while the list of invoices cannot be read: what closed meanwhile is not known yet."""
        await self._asked.spoil(NO_LIST)
        await self._asked.poll()
        await self._asked.spoil()
        await self._note()

    async def closings(self) -> int:
        """How many invoices for usage there are, polled or not."""
        return sum(each["kind"] == "usage" for each in (await self._asked.ledger())["invoices"])

    async def expected(self) -> Series:
        """Every billing series, by the ledger."""
        running = await self._running()
        lines = [
            *self._invoices(running.world),
            *await usage_lines(running),
            *await usage_detail_lines(running),
            *await credit_lines(running),
            *await budget_lines(running),
        ]
        return with_project_labels(as_series(ACCOUNT, lines), self._declared)

    def _invoices(self, world: World) -> list[Line]:
        since = self._since or {}
        lines: list[Line] = [line for line in invoice_lines(world) if line[0] != SINCE]
        return [*lines, *((SINCE, {"invoice_id": each}, moment) for each, moment in since.items())]

    async def _note(self) -> None:
        """Remember which hours are known from now on: all since anything account-wide begins, a day's by project."""
        end = through(self._asked.hand.now, self._told_after_hours)
        budgets = [each for each in self._declared.budgets if each.scope == Scope() and each.currency == "USD"]
        unbilled_from = await self._unbilled_from()
        begins = [
            month(end)[0],
            end - DAY,
            *(period(each.period.value, end)[0] for each in budgets),
            *([] if unbilled_from is None else [hour_from(unbilled_from)]),
            *([] if self._known_since is None else [self._known_since]),
        ]
        self._known_since = min(begins)
        self._seen |= set(range(end - DAY, end, HOUR))

    async def _running(self) -> Running:
        assert self._world is not None, "poll before you expect anything"
        assert self._known_since is not None
        return Running(
            http=self._asked.http,
            world=self._world,
            now=self._asked.hand.now,
            told_after_hours=self._told_after_hours,
            unbilled_from=await self._unbilled_from(),
            declared=self._declared,
            known_since=self._known_since,
            seen=frozenset(self._seen),
        )

    async def _unbilled_from(self) -> int | None:
        """The end of the newest invoice for usage that was polled; where the API itself tells, that is the newest."""
        assert self._world is not None
        ledger = self._world.ledger if self._dialect.has_hours else await self._asked.ledger()
        return billed_until(ledger, self._asked.hand.now)


def billed_until(ledger: Ledger, now: float) -> int | None:
    """The end of the newest invoice that bills usage."""
    ends = [int(each["end"]) for each in ledger["invoices"] if each["kind"] == "usage" and each["end"] <= now]
    return max(ends, default=None)
