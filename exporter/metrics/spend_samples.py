"""The families of the dataset `usage`, what the account spends: report in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from exporter.domain.money import add_up
from exporter.domain.report import AccountReport, UsageSection
from exporter.domain.usage import Spend, Usage
from exporter.metrics.family import Sample
from exporter.metrics.row import Samples

Chosen = Callable[[UsageSection], Spend | None]


def cost(spend: Chosen) -> Samples:
    """The prices of a spend by category and component; none while it is not known."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        chosen = _of(report, spend)
        for usage in chosen.usages if chosen else ():
            yield from _by_component((report.account, usage.currency), usage)

    return samples


def instant(spend: Chosen, value: Callable[[Spend], float]) -> Samples:
    """An instant of a spend's period, Unix seconds; none while it is not known."""

    def samples(report: AccountReport) -> Iterator[Sample]:
        chosen = _of(report, spend)
        if chosen:
            yield Sample((report.account,), value(chosen))

    return samples


def month_to_date_quantity(report: AccountReport) -> Iterator[Sample]:
    """What was used in the month to date, as billing counts it, whatever currency it is billed in."""
    month = _of(report, lambda usage: usage.month_to_date)
    quantities: dict[tuple[str, str], list[Decimal]] = {}
    for usage in month.usages if month else ():
        for category, units in usage.quantities.items():
            for unit, quantity in units.items():
                quantities.setdefault((category, unit), []).append(quantity)
    for labels, several in quantities.items():
        yield Sample((report.account, *labels), add_up(several))


def past_month_cost(report: AccountReport) -> Iterator[Sample]:
    """The prices of finished months, the last one first."""
    for months_ago, month in _past_months(report):
        for usage in month.usages:
            yield from _by_component((report.account, usage.currency, str(months_ago)), usage)


def past_month_start(report: AccountReport) -> Iterator[Sample]:
    """Which months those are."""
    for months_ago, month in _past_months(report):
        yield Sample((report.account, str(months_ago)), month.period.start)


def listed_through(report: AccountReport) -> Iterator[Sample]:
    """The end of the newest hour that the API lists."""
    if report.usage and report.usage.listed_through is not None:
        yield Sample((report.account,), report.usage.listed_through)


def billing_threshold(report: AccountReport) -> Iterator[Sample]:
    """The billing threshold as configured, in the currency that the account is seen to spend."""
    threshold, currency = report.declared.billing_threshold, _currency(report)
    if threshold is not None and currency:
        yield Sample((report.account, currency), threshold)


def _of(report: AccountReport, spend: Chosen) -> Spend | None:
    return spend(report.usage) if report.usage else None


def _past_months(report: AccountReport) -> list[tuple[int, Spend]]:
    return sorted(report.usage.past_months.items()) if report.usage else []


def _by_component(start: tuple[str, ...], usage: Usage) -> Iterator[Sample]:
    for category, price in usage.categories.items():
        for component, amount in price.by_component():
            yield Sample((*start, category, component), amount)


def _currency(report: AccountReport) -> str | None:
    """That of what is being spent; where nothing tells of it, that of the newest invoice."""
    usage = report.usage or UsageSection()
    spends = (usage.hour, usage.month_to_date, usage.trailing_day, usage.unbilled, *usage.past_months.values())
    invoices = report.invoices.invoices if report.invoices else ()
    of_spends = (usage.currency for spend in spends if spend for usage in spend.usages)
    return next(iter((*of_spends, *(invoice.currency for invoice in invoices))), None)
