"""What teams, projects and resources spend: each figure as of the newest instant for which it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.attribution import with_others
from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, month_of, months_before
from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Facts, ProjectMonth
from exporter.domain.hours import DAY_HOURS, Hours, hours_of, trailing_day
from exporter.domain.invoice import Category, Period
from exporter.domain.money import ROUNDING, ZERO, add_up, subtract
from exporter.domain.price import OTHER_FLOOR, Price, zero_of
from exporter.domain.project_month import RowsOf, known_paths, spent
from exporter.domain.question import EVERYTHING
from exporter.domain.report import UsageDetailsSection
from exporter.domain.resource_month import counted_hours, fillable, is_of_month, is_outdated, with_rows
from exporter.domain.selection import newest_first
from exporter.domain.totals import Totals
from exporter.domain.tree import NO_ROWS, OTHER_ID, Level, Path, Row, Rows, rows_at
from exporter.domain.usage import HourTree, ScopedSpend
from exporter.ledger.packing import unpack_rows
from exporter.northflank.wire.generations import WIRES

NOTHING_STATED = UsageDetailsSection()
_OTHER_RESOURCE = (OTHER_ID, OTHER_ID)


def usage_details_view(facts: Facts, extent: Extent) -> UsageDetailsSection | None:
    """The section; None as long as the account's own hours were never read."""
    hours = hours_of(facts, extent.late_after_seconds)
    if hours is None:
        return NOTHING_STATED if ONLY in facts.hours_read else None
    view = _View(facts, extent, hours)
    month_to_date, trailing = view.month_to_date(), view.trailing_day()
    has_resources = extent.level is Level.RESOURCE
    return UsageDetailsSection(
        hour=view.hour(),
        month_to_date=month_to_date,
        trailing_day=trailing,
        past_month=view.past_month(),
        month_resources=view.month_resources(month_to_date) if month_to_date and has_resources else None,
        day_resources=view.day_resources(trailing) if trailing and has_resources else None,
    )


@dataclass(frozen=True)
class _View:
    facts: Facts
    extent: Extent
    hours: Hours

    def hour(self) -> HourTree | None:
        """The newest hour whose tree is whole; one that counts as zero has no rows."""
        newest, tree = self.hours.through - HOUR_SECONDS, self.facts.hour_tree.get(ONLY)
        if newest not in self.hours.listed:
            currency = self.hours.currency_at(self.hours.through)
            return HourTree(newest, currency, self.extent.level, NO_ROWS, (), MappingProxyType({}), frozenset())
        if tree and tree.level.depth >= self.extent.level.depth:
            return _cut(tree, self.extent.level)
        return self._shallow()

    def _shallow(self) -> HourTree | None:
        """The newest hour down to its projects, while no whole tree is known."""
        newest = max(self.facts.hour_projects, default=None)
        if newest is None:
            return None
        known = self.facts.hour_projects[newest]
        return _cut(
            HourTree(
                start=newest,
                currency=known.currency,
                level=known.level,
                rows=unpack_rows(known.packed),
                clusters=known.clusters,
                unattributed=known.unattributed,
                vanished=known.vanished,
            ),
            self.extent.level,
        )

    def month_to_date(self) -> ScopedSpend | None:
        """By team and project, as of the newest instant for which each of them is known; None where none is."""
        month = Period(month_of(self.hours.through).start, self.hours.through)
        currencies = self.hours.currencies(month)
        missing = (
            start
            for start, usage in self.hours.within(month)
            if start not in self.facts.hour_projects and start >= self._counted_from(month.start, usage.currency)
        )
        through = next(missing, month.end)
        # A month that lacks days is not shown: after a start within it, they are read late.
        is_behind = month.end - through > DAY_SECONDS
        return None if is_behind else self._month(Period(month.start, through), currencies)

    def past_month(self) -> ScopedSpend | None:
        """By team and project in the last finished month; None while that is not known."""
        period = months_before(self.hours.through, 1)
        currencies = [currency for start, currency in self.facts.project_months if start == period.start]
        is_missing = any(
            start not in self.facts.hour_projects and start >= self._counted_from(period.start, usage.currency)
            for start, usage in self.hours.within(period)
        )
        return self._month(period, currencies) if currencies and not is_missing else None

    def _counted_from(self, start: float, currency: str) -> float:
        month = self.facts.project_months.get((start, currency))
        counted = month.counted_from if month else None
        return start if counted is None else counted

    def _month(self, period: Period, currencies: Iterable[str]) -> ScopedSpend | None:
        rows: dict[str, Rows] = {}
        for currency in currencies:
            month = self.facts.project_months.get((period.start, currency))
            if month is None or month.counted_from is None or month.counted_from > period.end:
                return None
            found = self._rows_of_month(period, currency, month)
            if found is None:
                return None
            rows[currency] = found
        return ScopedSpend(period, MappingProxyType(rows))

    def _rows_of_month(self, period: Period, currency: str, month: ProjectMonth) -> Rows | None:
        depth = self.extent.project_level.depth
        hours = [
            start
            for start, hour in self.facts.hour_projects.items()
            if max(period.start, month.counted_from or 0.0) <= start < period.end and hour.currency == currency
        ]
        found = spent(month, hours, self._rows_of, period.end)
        unasked = (path for path in known_paths(self.facts, depth) if month.base_of(path) is None)
        if found.unknown or any(True for _ in unasked):
            return None
        seen = found.used | month.names.keys()
        prices: Mapping[Path, Price] = {
            path: price
            for path, price in found.prices.items()
            if len(path) <= depth and OTHER_ID not in path and (path in seen or not price.is_zero)
        }
        if period.start == period.end:
            prices = self._zeros()
        rows = {path: Row(month.names.get(path), price) for path, price in prices.items()}
        addends = 1 + int((period.end - period.start) // HOUR_SECONDS)
        return with_others(rows, self._account_price(period, currency), addends=addends)

    def _zeros(self) -> Mapping[Path, Price]:
        """In a month's first instant: nothing, of the teams and projects of the newest hour."""
        newest = max(self.facts.hour_projects, default=None)
        rows = NO_ROWS if newest is None else self._rows_of(newest)
        return {path: zero_of(row.price) for path, row in rows.items() if path and row.price}

    def _account_price(self, period: Period, currency: str) -> Price | None:
        """The account's own PaaS price of a period, for what no known team holds; None where it is not known."""
        api = self.facts.api.get(ONLY)
        if api is None or period.start == period.end:
            return None
        if WIRES[api.generation].filters_usage:
            months = self.facts.months.get(ONLY)
            finished = months.usages.get(period.start) if months and period.end == months.period.end else None
            # A finished month is asked for anew when it is corrected, unlike the total that was asked for while it ran.
            is_mixed = len(self.hours.segments(period)) > 1
            added_up = Totals(self.facts, self.hours).spent(EVERYTHING, period) if is_mixed or not finished else None
            usages = added_up or finished
        else:
            usages = self.hours.used(period)
        prices = [each.categories.get(Category.PAAS) for each in usages or () if each.currency == currency]
        return prices[0] if prices else None

    def trailing_day(self) -> ScopedSpend | None:
        """By project in the 24 hours up to the newest hour that is known by project; None with fewer."""
        if self.extent.level.depth < Level.PROJECT.depth:
            return None
        through = self.hours.through
        while through - HOUR_SECONDS in self.hours.listed and through - HOUR_SECONDS not in self.facts.hour_projects:
            through -= HOUR_SECONDS
        day = trailing_day(through)
        hours = list(self.hours.within(day))
        if not self.hours.is_known(day.start) or any(start not in self.facts.hour_projects for start, _ in hours):
            return None
        rows = {
            currency: dict(rows_at(with_others(added, None, addends=DAY_HOURS), Level.PROJECT))
            for currency, added in self._added_up(day, self._rows_of)
        }
        return ScopedSpend(day, MappingProxyType(rows))

    def day_resources(self, day: ScopedSpend) -> ScopedSpend | None:
        """The same by resource; None unless all 24 hours are known by resource."""
        known = {start for start in self.facts.hour_resources if not is_outdated(self.facts, start)}
        if any(start not in known for start, _ in self.hours.within(day.period)):
            return None
        added = dict(self._added_up(day.period, self._resources_of))
        return ScopedSpend(
            day.period,
            MappingProxyType(
                {currency: _completed(added.get(currency, NO_ROWS), rows) for currency, rows in day.rows.items()}
            ),
        )

    def month_resources(self, month: ScopedSpend) -> ScopedSpend:
        """The month by resource as far as it is known, each instant once, and the rest of each project."""
        counted = counted_hours(self.facts, month.period)
        candidates = (each for each in newest_first(self.facts.listed) if is_of_month(each, month.period))
        invoices = [
            fact.tree
            for each in fillable(candidates, counted)
            if (fact := self.facts.trees.get(each.id)) and fact.tree and fact.level is Level.RESOURCE
        ]
        rows: dict[str, Rows] = {}
        for currency, projects in month.rows.items():
            of_hours = self._hours_of_month(month.period, currency)
            filled = of_hours
            for tree in invoices:
                if tree.invoice.currency == currency:
                    filled = with_rows(filled, dict(rows_at(tree.rows, Level.RESOURCE)))
            # An invoice may count what the hours do not: hours are believed first.
            rows[currency] = _completed(of_hours if _is_more(filled, projects) else filled, projects)
        return ScopedSpend(month.period, MappingProxyType(rows))

    def _hours_of_month(self, period: Period, currency: str) -> Mapping[Path, Row]:
        added_up = self.facts.resource_months.get((period.start, currency))
        rows: Mapping[Path, Row] = added_up.rows if added_up else {}
        for start in sorted(self.facts.hour_resources):
            is_added = added_up is not None and start in added_up.hours
            is_left_out = is_added or is_outdated(self.facts, start)
            hour = self.facts.hour_resources[start]
            if period.start <= start < period.end and hour.currency == currency and not is_left_out:
                rows = with_rows(rows, self._resources_of(start))
        return rows

    def _added_up(self, day: Period, rows_of: RowsOf) -> Iterator[tuple[str, Rows]]:
        """The rows of a day's hours added up, by currency; each currency of the day has an entry."""
        for currency in self.hours.currencies(day):
            rows: Mapping[Path, Row] = {}
            for start, usage in self.hours.within(day):
                if usage.currency == currency:
                    rows = with_rows(rows, {path: row for path, row in rows_of(start).items() if path})
            yield currency, rows

    def _rows_of(self, start: float) -> Rows:
        known = self.facts.hour_projects.get(start)
        return unpack_rows(known.packed) if known else NO_ROWS

    def _resources_of(self, start: float) -> Rows:
        return unpack_rows(self.facts.hour_resources[start].packed)


def keeping(section: UsageDetailsSection, before: UsageDetailsSection | None) -> UsageDetailsSection:
    """The section, with what it lacks for the moment as it was shown before, where that is of the same month.

    While another hour is asked for, what was known of the hour before stays.
    """
    if before is None or section.hour is None:
        return section
    is_same = _is_of_one_month(before.month_to_date, section.hour.start + HOUR_SECONDS)
    keeps_month = section.month_to_date is None and is_same
    return replace(
        section,
        month_to_date=before.month_to_date if keeps_month else section.month_to_date,
        month_resources=before.month_resources if keeps_month else section.month_resources,
        past_month=section.past_month or (before.past_month if is_same else None),
    )


def _is_of_one_month(spend: ScopedSpend | None, instant: float) -> bool:
    return spend is not None and spend.period.start == month_of(instant).start


def _cut(tree: HourTree, level: Level) -> HourTree:
    """The tree down to the level that is shown: more of it may be known."""
    if tree.level.depth <= level.depth:
        return tree
    return replace(
        tree,
        level=level,
        rows=MappingProxyType({path: row for path, row in tree.rows.items() if len(path) <= level.depth}),
        unattributed=MappingProxyType(
            {each: amount for each, amount in tree.unattributed.items() if each.depth <= level.depth}
        ),
    )


def _completed(resources: Mapping[Path, Row], projects: Rows) -> Rows:
    """Resources with a row for what of each project they lack, so that they always add up to the project."""
    known = _by_project(resources)
    completed = {path: row for path, row in resources.items() if path[: Level.PROJECT.depth] in projects}
    for path, row in rows_at(projects, Level.PROJECT):
        rest = subtract(row.price.total if row.price else ZERO, known.get(path, ZERO))
        if abs(rest) > OTHER_FLOOR:
            completed[(*path, *_OTHER_RESOURCE)] = Row(None, Price(stated_total=rest))
    return MappingProxyType(dict(sorted(completed.items())))


def _is_more(resources: Mapping[Path, Row], projects: Rows) -> bool:
    """Whether the resources of any project add up to more than the project, by more than rounding."""
    known = _by_project(resources)
    return any(
        subtract(known.get(path, ZERO), row.price.total) > ROUNDING
        for path, row in rows_at(projects, Level.PROJECT)
        if row.price
    )


def _by_project(resources: Mapping[Path, Row]) -> Mapping[Path, Decimal]:
    amounts: dict[Path, list[Decimal]] = {}
    for path, row in resources.items():
        if row.price:
            amounts.setdefault(path[: Level.PROJECT.depth], []).append(row.price.total)
    return {path: add_up(several) for path, several in amounts.items()}
