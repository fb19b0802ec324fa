"""What each team and project spent in a calendar month: asked for once where that can be asked, then added up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from exporter.domain.accumulated import NOTHING, Accumulated, Base, Hours, missing_hours, newest_names
from exporter.domain.attribution import with_others
from exporter.domain.budget import Scope
from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, month_of
from exporter.domain.invoice import Category, Period
from exporter.domain.price import Price, zero_of
from exporter.domain.tree import OTHER_ID, Level, Path, Row
from exporter.domain.usage import ScopedSpend, Spend
from exporter.errors import NotFoundError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.parallel import in_parallel
from exporter.northflank.usage.spends import DAY_HOURS, RECENT_HOURS, Recent, Spends


class ProjectMonth:
    """One month of one account. `accumulated` is what to know after a restart."""

    def __init__(self, spends: Spends, level: Level, accumulated: Accumulated) -> None:
        self._spends = spends
        self._depth = min(level.depth, Level.PROJECT.depth)
        self.accumulated = accumulated
        # Kept with the bases: what was asked for anew shortly before a restart is not again after it.
        self._refreshed_at = max((base.fetched_at for base in accumulated.bases.values()), default=0.0)

    def rewind(self, through: float) -> None:
        """Let go of what was counted up to later than an instant."""
        self.accumulated = self.accumulated.rewound(through)

    def missing(self, hours: Hours, through: float) -> tuple[float, ...]:
        """The hours that are not there of those that the month is added up from to an instant, oldest first."""
        counted_from = self.accumulated.counted_from
        return missing_hours(hours, self.accumulated.start if counted_from is None else counted_from, through)

    def is_sooner_asked(self, missing: Sequence[float], known: Iterable[Path], hours: Hours) -> bool:
        """Whether every team and project is to be asked for anew: the missing hours are more requests, or too many."""
        requests = len(missing) * (1 + self._teams(hours))
        is_more = len(missing) > RECENT_HOURS or requests > len(self._paths(known, hours))
        return self._spends.has_scopes and is_more

    def count_from_the_start(self) -> None:
        """Where nothing is counted from yet: at the month's first instant nobody has spent anything."""
        if self.accumulated.counted_from is None:
            self.accumulated = replace(self.accumulated, whole_through=self.accumulated.start)

    def settle(self, hours: Hours, gap: float) -> None:
        """Take what was seen before a gap into what is counted from; nobody is taken to have spent nothing in it."""
        self.accumulated = replace(self._folded(hours, gap), whole_through=None)

    async def ask(  # noqa: PLR0913 - what the month is added up from
        self,
        known: Iterable[Path],
        hours: Hours,
        period: Period,
        *,
        recent: Recent,
        now: float,
        urgency: Urgency = Urgency.PROJECTS,
    ) -> None:
        """Ask for each team and project that cannot be counted on, or was corrected since; raises PollError."""
        if not self._spends.has_scopes:
            return
        gap = max(self.missing(hours, period.end), default=-math.inf)
        wanted = [path for path in self._paths(known, hours) if self._is_wanting(path, gap, recent)]
        await in_parallel(self._ask(path, hours, period, urgency, now) for path in wanted)

    async def refresh(self, known: Iterable[Path], hours: Hours, period: Period, now: float) -> None:
        """Ask anew for those that were asked for longest ago, each about once a day; raises PollError.

        A finished month is asked for once more, when it has been over for a day.
        """
        # Of what was asked for by a clock that was set back since, nobody knows how long ago that was.
        if not self._spends.has_scopes or 0 <= now - self._refreshed_at < HOUR_SECONDS:
            return
        paths = self._paths(known, hours)
        settled = month_of(self.accumulated.start).end + DAY_SECONDS
        ages = {path: base.fetched_at for path in paths if (base := self.accumulated.base_of(path))}
        old = [path for path, at in ages.items() if not 0 <= now - at <= DAY_SECONDS and at < settled]
        for path in sorted(old, key=ages.__getitem__)[: math.ceil(len(paths) / DAY_HOURS)]:
            await self._ask(path, hours, period, Urgency.LATER, now)
        self._refreshed_at = now

    def spend(
        self, known: Iterable[Path], hours: Hours, period: Period, whole: Spend | None, currency: str
    ) -> ScopedSpend | None:
        """What each spent in the part of the month that `period` is; None as long as it is not known of all.

        `whole` is the account's own spend, for what no known team holds.
        """
        paths = self._paths(known, hours)
        counted_from = self.accumulated.counted_from
        if counted_from is None or missing_hours(hours, counted_from, period.end):
            return None
        prices = {path: self.accumulated.spent(path, hours, period.end) for path in paths}
        if not all(prices.values()):
            return None
        names = newest_names(hours[each] for each in sorted(hours, reverse=True))
        rows = {path: Row(names.get(path), price) for path, price in self._shown(prices, hours, period)}
        addends = 1 + int((period.end - counted_from) // HOUR_SECONDS)
        is_same = whole is not None and whole.period == period
        total = whole.usage.categories.get(Category.PAAS) if whole and is_same else None
        return ScopedSpend(period, currency, with_others(rows, total, addends=addends))

    def _shown(self, prices: Mapping[Path, Price | None], hours: Hours, period: Period) -> Iterator[tuple[Path, Price]]:
        """Those that were used in the period; where it has just begun, those of the newest hour, at nothing."""
        if period.start == period.end:
            newest = hours[max(hours)] if hours else {}
            yield from ((path, zero_of(row.price)) for path, row in newest.items() if path in prices and row.price)
            return
        used = {path for start, rows in hours.items() if period.start <= start < period.end for path in rows}
        yield from ((path, price) for path, price in prices.items() if price and (path in used or not price.is_zero))

    def fold(self, hours: Hours, before: float, month: Period) -> None:
        """Take the hours before an instant into what is counted from, so that they need not be kept."""
        end = min(before, month.end)
        counted_from = self.accumulated.counted_from
        if counted_from is not None and counted_from < end and not missing_hours(hours, counted_from, end):
            self.accumulated = self._folded(hours, end)

    def _folded(self, hours: Hours, before: float) -> Accumulated:
        inside = {start: rows for start, rows in hours.items() if start >= self.accumulated.start}
        return self.accumulated.folded(inside, before)

    async def _ask(self, path: Path, hours: Hours, period: Period, urgency: Urgency, now: float) -> None:
        price = await self._spent(path, period, urgency) if period.start < period.end else NOTHING
        # Of what vanished, what is known stays true.
        known = self.accumulated.spent(path, hours, period.end) if price is None else price
        self.accumulated = self.accumulated.with_bases({path: Base(period.end, known or NOTHING, now)})

    async def _spent(self, path: Path, period: Period, urgency: Urgency) -> Price | None:
        """What the API says that it spent; None where it tells nothing of it (any more)."""
        scope = Scope(team_id=path[0], project_id=path[1] if len(path) > 1 else None)
        try:
            usage = await self._spends.of(period, scope, urgency)
        except NotFoundError:
            return None
        return usage.categories.get(Category.PAAS, NOTHING) if usage else None

    def _is_wanting(self, path: Path, gap: float, recent: Recent) -> bool:
        base = self.accumulated.base_of(path)
        return (
            base is None
            or base.through <= gap
            or any(
                base.fetched_at < seen and self.accumulated.start <= hour < base.through
                for hour, seen in recent.corrected.items()
            )
        )

    def _paths(self, known: Iterable[Path], hours: Hours) -> list[Path]:
        paths = {*known, *self.accumulated.bases, *(path for rows in hours.values() for path in rows)}
        return sorted(path for path in paths if 0 < len(path) <= self._depth and OTHER_ID not in path)

    def _teams(self, hours: Hours) -> int:
        """How many teams an hour's projects are asked for by; none where they come at once, or are not shown."""
        teams = sum(1 for path in (hours[max(hours)] if hours else ()) if len(path) == 1)
        return teams if self._depth > 1 and teams > 1 else 0
