"""What has to be shown poll by poll: some of it depends on what was polled before."""

from collections.abc import Sequence

from exporter.domain.budget import Declared, Scope
from exporter.sandbox import Forgotten
from tests.e2e.dialect import Dialect, Ledger
from tests.e2e.expected import NAMES, UNPAID, Line, Series, World, as_series, invoice_lines
from tests.e2e.expected_budgets import add_budgets, add_credits
from tests.e2e.expected_forgotten import Before, Forgetful
from tests.e2e.expected_names import expected_names, names_shown
from tests.e2e.expected_periods import DAY, HOUR, hour_from, month, period
from tests.e2e.expected_resources import FAMILIES as RESOURCES
from tests.e2e.expected_resources import add_resources, resource_findings, with_resources
from tests.e2e.expected_running import Horizon, Listing, Running, horizon
from tests.e2e.expected_usage import add_usage, add_usage_details
from tests.e2e.exposition import differences
from tests.e2e.figures import Figures
from tests.faults.pair import Pair
from tests.faults.test_properties import series_of

ACCOUNT = "acme"
SINCE = "invoice_unpaid_since_timestamp_seconds"
NO_LIST = {"fault": "other_shape", "endpoint": "list_invoices"}
PENDING = "northflank_exporter_pending_requests"
MINUTE = 60
MOST_POLLS = 45


class Polls:
    """Polls an exporter, and tells what it has to show then."""

    def __init__(
        self,
        asked: Pair,
        dialect: Dialect,
        declared: Declared,
        listing: Listing = Listing(),  # noqa: B008 - a value that does not change
        forgets: Sequence[Forgotten] = (),
    ) -> None:
        self._asked = asked
        self._dialect = dialect
        self._declared = declared
        self._listing = listing
        self._forgets = forgets
        self._world: World | None = None
        self._since: dict[str, float] | None = None
        self._detailed: set[str] = set()
        self._known_since: int | None = None
        self._seen: set[int] = set()
        self._horizon = Horizon(0, 0)
        self._before: Before | None = None

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

    async def poll_until_caught_up(self, most: int = MOST_POLLS) -> None:
        """Poll every minute of the running hour until no request is left that the exporter wants to make."""
        for _ in range(most):
            await self.poll()
            if not any(self.pending().values()):
                break
            if (self._asked.hand.now + MINUTE) // HOUR == self._asked.hand.now // HOUR:
                self._asked.hand.now += MINUTE
        assert not any(self.pending().values()), f"not caught up after {most} polls: {self.pending()}"
        end = self._horizon.through
        self._seen |= set(range(min(month(end)[0], end - DAY), end, HOUR))

    def pending(self) -> dict[str, float]:
        """The requests that are still wanted, by dataset."""
        found = {
            dict(labels)["dataset"]: value
            for (name, labels), value in series_of(self._asked.app.exposition.plain().decode()).items()
            if name == PENDING
        }
        assert found, f"no series of {PENDING}"
        return found

    async def closings(self) -> int:
        """How many invoices for usage there are, polled or not."""
        return sum(each["kind"] == "usage" for each in (await self._asked.ledger())["invoices"])

    async def findings(self, *, caught_up: bool = False) -> list[str]:
        """What is wrong with what is shown, by the ledger; `caught_up` if every hour has to be known by resource."""
        shown = series_of(self._asked.billing())
        running = await self._running()
        figures = Figures(self._invoices(running.world))
        await add_running(running, figures)
        return [
            *await compare(running, figures, shown, self._before, caught_up=caught_up),
            *await resource_findings(running, shown),
        ]

    def _invoices(self, world: World) -> list[Line]:
        since = self._since or {}
        lines: list[Line] = [line for line in invoice_lines(world) if line[0] not in (SINCE, *NAMES)]
        return [*lines, *((SINCE, {"invoice_id": each}, moment) for each, moment in since.items())]

    async def _note(self) -> None:
        """Remember which hours are known from now on: all since anything account-wide begins, the newest by project."""
        self._horizon = await horizon(self._asked.http, self._asked.hand.now, self._listing)
        end = self._horizon.through
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
        self._seen.add(end - HOUR)
        if not self._forgotten:
            self._before = Before(end, series_of(self._asked.billing()))

    @property
    def _forgotten(self) -> tuple[Forgotten, ...]:
        return tuple(rule for rule in self._forgets if rule.at <= self._asked.hand.now)

    async def _running(self) -> Running:
        assert self._world is not None, "poll before you expect anything"
        assert self._known_since is not None
        return Running(
            http=self._asked.http,
            world=self._world,
            now=self._asked.hand.now,
            horizon=self._horizon,
            unbilled_from=await self._unbilled_from(),
            declared=self._declared,
            known_since=self._known_since,
            seen=frozenset(self._seen),
            forgotten=self._forgotten,
        )

    async def _unbilled_from(self) -> int | None:
        """The end of the newest invoice for usage that was polled; where the API itself tells, that is the newest."""
        assert self._world is not None
        ledger = self._world.ledger if self._dialect.has_hours else await self._asked.ledger()
        return billed_until(ledger, self._asked.hand.now)


async def add_running(running: Running, figures: Figures) -> None:
    """Add all that is shown beside the invoices, but for the sums by resource and the names."""
    await add_usage(running, figures)
    await add_usage_details(running, figures)
    await add_credits(running, figures)
    await add_budgets(running, figures)


async def compare(
    running: Running, figures: Figures, shown: Series, before: Before | None = None, *, caught_up: bool = False
) -> list[str]:
    """What differs from the figures, and which names are missing or wrong.

    Sums by resource are compared if the exporter has caught up.
    """
    if caught_up:
        await add_resources(running, figures)
    names = names_shown(shown)
    compared = {key: value for key, value in shown.items() if key not in names and key[0] not in RESOURCES}
    if caught_up:
        compared |= with_resources(shown)
    required, allowed = _series(figures.required), [_series(group) for group in figures.allowed]
    found: list[str] = []
    if running.forgotten:
        forgetful = Forgetful(running, before)
        found = await forgetful.findings(shown)
        compared, required, *allowed = (
            {key: value for key, value in each.items() if forgetful.is_compared(key)}
            for each in (compared, required, *allowed)
        )
    return [
        *differences(required, compared, allowed),
        *differences(expected_names(running, shown, ACCOUNT), names),
        *found,
    ]


def _series(lines: list[Line]) -> Series:
    return as_series(ACCOUNT, lines)


def billed_until(ledger: Ledger, now: float) -> int | None:
    """The end of the newest invoice that bills usage."""
    ends = [int(each["end"]) for each in ledger["invoices"] if each["kind"] == "usage" and each["end"] <= now]
    return max(ends, default=None)
