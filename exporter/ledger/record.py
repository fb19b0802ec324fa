"""What an answer changes in the facts: pure functions from facts, a question and its answer to new facts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS, hour_before, month_of
from exporter.domain.credit import CreditBalance
from exporter.domain.facts import (
    NO_TOTALS,
    ONLY,
    Changes,
    Correction,
    DetailFact,
    Facts,
    HoursRead,
    ListRead,
    MonthsFact,
    PreviewFact,
    ScopeTotals,
    TotalFact,
    TreeFact,
    about_hour,
    about_invoice,
)
from exporter.domain.hours import paas_price, total_price
from exporter.domain.invoice import UNPAID, Invoice, InvoiceDetail, Period, Status
from exporter.domain.money import EXACT, ROUNDING, ZERO, Unit, minor_digits, subtract
from exporter.domain.price import Price
from exporter.domain.question import (
    Content,
    DetailPage,
    GetCredits,
    GetHourPage,
    GetInvoicePage,
    GetPreview,
    GetTotal,
    InvoiceList,
    ListHours,
    ListInvoices,
    ListMonths,
    Previewed,
    Question,
    UsageList,
)
from exporter.domain.report import Dataset
from exporter.domain.tree import NO_ROWS
from exporter.domain.unpaid import unpaid_since
from exporter.domain.usage import Usage, less, totals_of

# The least that `poll.late_after` may be.
_SHORTEST_LATE_AFTER_SECONDS = HOUR_SECONDS
_KEPT_CORRECTIONS_SECONDS = 32 * DAY_SECONDS
_KEPT_TOTALS_SECONDS = 2 * DAY_SECONDS
_KEPT_LONG_TOTALS_SECONDS = 400 * DAY_SECONDS


def changes_of(facts: Facts, question: Question, content: Content, asked_at: float) -> Changes:
    """The facts that an answer to a question adds or replaces; `asked_at` in Unix seconds."""
    return _RECORD[type(question)](facts, question, content, asked_at)


def is_final(invoice: Invoice, detail: InvoiceDetail) -> bool:
    """Whether asking again would show nothing new, be it that only the detail states the status."""
    if invoice.status is None:
        return detail.status not in {Status.DRAFT, *UNPAID}
    return invoice.is_final


def is_same_bill(before: Invoice, now: Invoice) -> bool:
    """Whether nothing but the status has changed."""
    return replace(before, status=now.status) == now


def _list_invoices(facts: Facts, _: ListInvoices, listed: InvoiceList, asked_at: float) -> Changes:
    before = facts.list_read.get(ONLY)
    invoices = listed.invoices if listed.has_ids else _with_ids(listed.invoices, facts.listed)
    rows = {invoice.id: invoice for invoice in invoices}
    rest = () if listed.is_whole or before is None else tuple(each for each in before.ids if each not in rows)
    current = (*invoices, *(facts.invoices[each] for each in rest))
    whole_at = asked_at if listed.is_whole or before is None else before.whole_at
    ids = tuple(invoice.id for invoice in current)
    return {
        "list_read": {ONLY: ListRead(ids, asked_at, whole_at)},
        "invoices": {**dict.fromkeys(facts.invoices.keys() - set(ids)), **_changed(facts.invoices, rows)},
        "details": _no_longer(facts.details, current),
        "trees": _no_longer(facts.trees, current),
        "pages": _without_pages_of(facts, current),
        "unpaid": _unpaid(facts, current, asked_at),
    }


def _with_ids(rows: Iterable[Invoice], known: Iterable[Invoice]) -> tuple[Invoice, ...]:
    """Invoices to which the API gives no ids, each under the id that it had; of one period the later ones are numbered.

    An invoice whose total was amended is the one of its period that is not in the list any more.
    """
    several = tuple(rows)
    ids: dict[int, str] = {}
    free = list(known)
    for is_same in (_is_equal, _is_of_one_period):
        for position, row in enumerate(several):
            found = next((each for each in free if position not in ids and is_same(each, row)), None)
            if found:
                free.remove(found)
                ids[position] = found.id
    for position, row in enumerate(several):
        if position not in ids:
            numbered = (f"{row.id}-{number}" for number in itertools.count(2))
            taken = set(ids.values())
            ids[position] = next(each for each in itertools.chain((row.id,), numbered) if each not in taken)
    return tuple(replace(row, id=ids[position]) for position, row in enumerate(several))


def _is_equal(known: Invoice, row: Invoice) -> bool:
    return _is_of_one_period(known, row) and known.total == row.total


def _is_of_one_period(known: Invoice, row: Invoice) -> bool:
    return (known.period, known.currency) == (row.period, row.currency)


def _no_longer(
    known: Mapping[str, DetailFact] | Mapping[str, TreeFact], current: Iterable[Invoice]
) -> Mapping[str, None]:
    """The invoices of which what was answered no longer holds: amended, gone, or a draft then or now."""
    invoices = {invoice.id: invoice for invoice in current}
    return {
        each: None
        for each, fact in known.items()
        if each not in invoices or not is_same_bill(fact.invoice, invoices[each]) or not _holds(fact, invoices[each])
    }


def _holds(fact: DetailFact | TreeFact, invoice: Invoice) -> bool:
    if invoice.status is None:
        return fact.is_final
    return fact.invoice.is_final and invoice.is_final


def _without_pages_of(facts: Facts, current: Iterable[Invoice]) -> Mapping[Any, None]:
    """The pages of invoices that changed, or are drafts; and what the API did not know of trees that lack it."""
    invoices = {about_invoice(invoice.id): invoice for invoice in current}

    def holds(subject: tuple[str, str]) -> bool:
        if subject[0] != "invoice":
            return True
        before, now = facts.invoices.get(subject[1]), invoices.get(subject)
        is_same = before is not None and now is not None and is_same_bill(before, now)
        return is_same and before is not None and before.is_final and now is not None and now.is_final

    lacking = {about_invoice(each) for each, fact in facts.trees.items() if not fact.is_whole}
    return {
        key: None
        for key, page in facts.pages.items()
        if not holds(key[0]) or (key[0] in lacking and page.detail is None)
    }


def _unpaid(facts: Facts, current: Iterable[Invoice], now: float) -> Mapping[str, float | None]:
    invoices = tuple(current)
    # Of an invoice whose status only the detail states, the detail says whether it is unpaid.
    by_detail = {invoice.id for invoice in invoices if invoice.status is None}
    unpaid = [invoice for invoice in invoices if invoice.is_unpaid]
    # What was unpaid is known beyond a change of the generation, after which no list was read yet.
    is_first = not (facts.list_read or facts.unpaid)
    since = unpaid_since(unpaid, None if is_first else facts.unpaid, now)
    return _replaced({key: at for key, at in facts.unpaid.items() if key not in by_detail}, since)


def _list_hours(facts: Facts, question: ListHours, listed: UsageList, asked_at: float) -> Changes:
    read = facts.hours_read.get(ONLY)
    end = hour_before(asked_at)
    rows = _in_their_currency(facts, listed, asked_at)
    # What a clock that was set back since has recorded of the future is no complete hour.
    future = {start: None for start in facts.hours if start >= end}
    hours = {**future, **_changed(facts.hours, rows)}
    if question.end is not None:
        start = min(question.start, read.start if read else question.start)
        extended = replace(read, start=start) if read else HoursRead(start, asked_at, asked_at)
        return {"hours": hours, "hours_read": {ONLY: extended}}
    is_whole = read is None or question.start <= month_of(asked_at).start
    since = question.start if read is None else min(read.start, question.start)
    whole_at = asked_at if is_whole or read is None else read.whole_at
    newest = max((row.timestamp for row in listed.rows), default=0.0)
    now_read = HoursRead(since, asked_at, whole_at, newest=min(newest, asked_at))
    corrected = _corrections(facts, rows, read, asked_at) if read else {}
    return {"hours": hours, "hours_read": {ONLY: now_read}, "corrections": corrected}


def _in_their_currency(facts: Facts, listed: UsageList, asked_at: float) -> Mapping[float, Usage]:
    """The complete hours. One that states no currency (2026-06) has the one that it had at first.

    That is the currency of the invoice that covers it, else the one that it was asked for in.
    """
    hours: dict[float, Usage] = {}
    for row in listed.rows:
        if row.timestamp + HOUR_SECONDS > asked_at:
            continue
        usage = row.usage
        if not row.states_currency:
            before = facts.hours.get(row.timestamp)
            currency = before.currency if before else _covering_currency(facts, row.timestamp) or usage.currency
            usage = _converted(facts, usage, currency)
        hours[row.timestamp] = usage
    return hours


def _covering_currency(facts: Facts, start: float) -> str | None:
    covering = (each for each in facts.listed if each.period.start <= start < each.period.end and each.may_bill_usage)
    return next((invoice.currency for invoice in covering), None)


def _converted(facts: Facts, usage: Usage, currency: str) -> Usage:
    """A usage that was read in a wrong currency: minor units are counted otherwise where that has other digits."""
    api = facts.api.get(ONLY)
    digits = minor_digits(usage.currency) - minor_digits(currency) if api and api.unit is Unit.MINOR else 0
    if not digits:
        return replace(usage, currency=currency)
    prices = {category: _scaled(price, digits) for category, price in usage.categories.items()}
    return replace(usage, currency=currency, categories=MappingProxyType(prices))


def _scaled(price: Price, digits: int) -> Price:
    total = None if price.stated_total is None else price.stated_total.scaleb(digits, EXACT)
    return Price(total, tuple((component, amount.scaleb(digits, EXACT)) for component, amount in price.parts))


def _corrections(
    facts: Facts, rows: Mapping[float, Usage], read: HoursRead, asked_at: float
) -> Mapping[float, tuple[Correction, ...] | None]:
    """What is stated otherwise than before, or later than others; what is older than a month is left out."""
    # What was listed neither in time nor before a later hour has counted as zero until now.
    overdue = hour_before(read.read_at - _SHORTEST_LATE_AFTER_SECONDS)
    zero_before = max(*facts.hours, read.newest, overdue) if facts.hours else 0.0
    seen: dict[float, tuple[Correction, ...] | None] = {}
    for start, usage in rows.items():
        before = facts.hours.get(start)
        is_late = before is None and read.start <= start < zero_before
        if is_late or (before is not None and before != usage):
            paas, total = (_fall(value, before, usage) for value in (paas_price, total_price))
            seen[start] = (*facts.corrections.get(start, ()), Correction(asked_at, paas, total))
    old = [
        start
        for start, several in facts.corrections.items()
        if start not in seen and not 0 <= asked_at - several[-1].seen_at < _KEPT_CORRECTIONS_SECONDS
    ]
    return {**seen, **dict.fromkeys(old)}


def _fall(value: Callable[[Usage], Decimal], before: Usage | None, now: Usage) -> Decimal:
    return max(subtract(value(before), value(now)), ZERO) if before else ZERO


def _list_months(facts: Facts, question: ListMonths, listed: UsageList, asked_at: float) -> Changes:
    rows: dict[float, list[Usage]] = {}
    for row in listed.rows:
        rows.setdefault(month_of(row.timestamp).start, []).append(row.usage)
    months = {start: totals_of(several) for start, several in rows.items()}
    before = facts.months.get(ONLY)
    for start, usages in before.usages.items() if before else ():
        is_asked = question.period.start <= start < question.period.end
        fell = fell_since(facts, month_of(start), before.asked_at, is_account=True) if before else ZERO
        if is_asked and is_less(usages, months.get(start, ()), fell, is_account=True):
            months[start] = usages
    return {"months": {ONLY: MonthsFact(question.period, asked_at, MappingProxyType(months))}}


def _get_total(facts: Facts, question: GetTotal, listed: UsageList, asked_at: float) -> Changes:
    scope, period = question.scope, question.period
    known = facts.totals.get(scope, NO_TOTALS)
    stated = totals_of(listed.usages)
    fact = _settled(facts, question, stated, asked_at)
    totals = {**dict(known.totals), period: fact}
    for longer, later in known.totals:
        # What was assumed of a longer period is known now.
        if longer.start == period.start and longer.end > period.end and later.is_suspect:
            usages = totals_of((*later.stated, *less(fact.usages, fact.stated)))
            totals[longer] = replace(later, usages=usages, is_suspect=False)
    is_seen = any(_is_something(usage) for usage in fact.usages)
    seen_at = asked_at if is_seen and known.seen_at is None else known.seen_at
    return {"totals": {scope: ScopeTotals(_still_held(totals, period, asked_at), seen_at)}}


def _settled(facts: Facts, question: GetTotal, stated: tuple[Usage, ...], asked_at: float) -> TotalFact:
    """What was spent, given what the API states of it and what it stated before."""
    scope, period = question.scope, question.period
    earlier = facts.totals.get(scope, NO_TOTALS).before(period)
    if earlier is None:
        return TotalFact(stated, stated, asked_at)
    before, known = earlier
    if not _falls(facts, question, before, known, stated):
        return TotalFact(stated, stated, asked_at)
    if before == period:
        return TotalFact(known.usages, stated, asked_at)
    usages = totals_of((*stated, *less(known.usages, known.stated)))
    if not _falls(facts, question, before, known, usages):
        return TotalFact(usages, stated, asked_at)
    return TotalFact(known.usages, stated, asked_at, is_suspect=True)


def _still_held(
    totals: Mapping[Period, TotalFact], newest: Period, asked_at: float
) -> tuple[tuple[Period, TotalFact], ...]:
    """Of those that begin at one instant the two newest; what is not asked for any more is let go after some time."""
    ends = sorted(each.end for each in totals if each.start == newest.start and each != newest)
    outdated = {Period(newest.start, end) for end in ends[:-1]}
    kept: list[tuple[Period, TotalFact]] = []
    for period, fact in totals.items():
        is_short = period.end - period.start <= DAY_SECONDS
        seconds = _KEPT_TOTALS_SECONDS if is_short else _KEPT_LONG_TOTALS_SECONDS
        if period not in outdated and (period == newest or 0 <= asked_at - fact.asked_at < seconds):
            kept.append((period, fact))
    return tuple(kept)


def _falls(facts: Facts, question: GetTotal, before: Period, known: TotalFact, now: tuple[Usage, ...]) -> bool:
    """Whether less is stated than was known, by more than the account's own hours of that period fell since."""
    fell = fell_since(facts, before, known.asked_at, is_account=question.scope.is_account)
    return is_less(known.usages, now, fell, is_account=question.scope.is_account)


def is_less(before: tuple[Usage, ...], now: tuple[Usage, ...], fell: Decimal, *, is_account: bool) -> bool:
    """Whether any currency has less than before, by more than it may have fallen and than may be rounding."""
    value = total_price if is_account else paas_price
    amounts = {usage.currency: value(usage) for usage in now}
    return any(subtract(subtract(value(usage), amounts.get(usage.currency, ZERO)), fell) > ROUNDING for usage in before)


def fell_since(facts: Facts, period: Period, since: float, *, is_account: bool) -> Decimal:
    """By how much the account's own hours of a period were corrected downwards since an instant, in major units."""
    fell = ZERO
    for start, several in facts.corrections.items():
        if period.start <= start < period.end:
            for each in several:
                if each.seen_at > since:
                    fell += each.total if is_account else each.paas
    return fell


def _is_something(usage: Usage) -> bool:
    return any(not price.is_zero for price in usage.categories.values())


def _get_invoice_page(facts: Facts, question: GetInvoicePage, page: DetailPage, asked_at: float) -> Changes:
    key = (about_invoice(question.invoice.id), question.query)
    changes: dict[str, Mapping[Any, Any]] = {"pages": {key: replace(page, asked_at=asked_at)}}
    if not question.query and page.invoice:
        detail = replace(page.invoice, rows=NO_ROWS)
        invoice = question.invoice
        fact = DetailFact(invoice, detail if is_about(invoice, detail) else InvoiceDetail(), is_final(invoice, detail))
        changes["details"] = {invoice.id: fact}
        if invoice.status is None:
            unpaid = [invoice] if fact.detail.status in UNPAID else []
            is_first = Dataset.INVOICE_DETAILS not in facts.polled and invoice.id not in facts.unpaid
            since = unpaid_since(unpaid, None if is_first else facts.unpaid, asked_at)
            changes["unpaid"] = {invoice.id: since.get(invoice.id)}
    return changes


def is_about(invoice: Invoice, detail: InvoiceDetail) -> bool:
    """Whether a detail is the invoice's, also where it was asked for by an instant and not by its id (2024)."""
    if detail.period is None:
        return True
    asked, got = invoice.period, detail.period
    # Two invoices may be of one period: a month's usage and its subscription.
    is_of_its_total = detail.total in {None, invoice.total}
    return is_of_its_total and (int(asked.start), int(asked.end)) == (int(got.start), int(got.end))


def _get_hour_page(_: Facts, question: GetHourPage, page: DetailPage, asked_at: float) -> Changes:
    return {"pages": {(about_hour(question.start), question.query): replace(page, asked_at=asked_at)}}


def _get_preview(_: Facts, question: GetPreview, previewed: Previewed, asked_at: float) -> Changes:
    return {"preview": {ONLY: PreviewFact(previewed.detail, question.currency, asked_at)}}


def _get_credits(_: Facts, __: GetCredits, balance: CreditBalance, ___: float) -> Changes:
    return {"credits": {ONLY: balance}}


def _changed(before: Mapping[Any, Any], now: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """What is new, or not as it was: the rest need not be written again."""
    return {key: value for key, value in now.items() if before.get(key) != value}


def _replaced(before: Mapping[str, float], now: Mapping[str, float]) -> Mapping[str, float | None]:
    return {**dict.fromkeys(before.keys() - now.keys()), **_changed(before, now)}


_RECORD: Mapping[type[Any], Callable[[Facts, Any, Any, float], Changes]] = MappingProxyType(
    {
        ListInvoices: _list_invoices,
        ListHours: _list_hours,
        ListMonths: _list_months,
        GetTotal: _get_total,
        GetInvoicePage: _get_invoice_page,
        GetHourPage: _get_hour_page,
        GetPreview: _get_preview,
        GetCredits: _get_credits,
    }
)
