"""What an answer of the usage list changes: hours that come, go, are corrected, or are in a currency of their own."""

from decimal import Decimal

import pytest

from exporter.domain.facts import ONLY, Correction, Facts
from exporter.domain.invoice import Category
from exporter.domain.question import ListHours, UsageList
from exporter.domain.report import Generation
from exporter.domain.usage import Usage, UsageRow
from tests.builders import invoice, price, usage_invoice
from tests.facts import HOUR, account, at, hourly, period, recorded, usage, usage_rows

NOW = "2026-11-18T12:10"
SINCE = at("2026-11-01")


def read(facts: Facts, hours: dict[float, Usage], asked_at: str = NOW, since: float = SINCE) -> Facts:
    """The facts with an answer of the usage list."""
    return recorded(facts, ListHours(since), UsageList(usage_rows(hours)), asked_at)


def test_the_first_answer() -> None:
    """All complete hours are kept, with the instant since when they were asked for; nothing is a correction."""
    facts = read(account(), hourly("2026-11-18", "2026-11-18T12:00"))

    assert hourly("2026-11-18", "2026-11-18T12:00") == facts.hours
    assert (SINCE, at(NOW), at(NOW)) == (
        facts.hours_read[ONLY].start,
        facts.hours_read[ONLY].read_at,
        facts.hours_read[ONLY].whole_at,
    )
    assert {} == facts.corrections


def test_the_hour_that_is_still_running() -> None:
    """An hour counts once it is over, not before: until then its price still grows."""
    hours = hourly("2026-11-18T10:00", "2026-11-18T14:00")

    assert at("2026-11-18T11:00") == max(read(account(), hours, "2026-11-18T12:59").hours)
    assert at("2026-11-18T12:00") == max(read(account(), hours, "2026-11-18T13:00").hours)


def test_a_row_that_disappears() -> None:
    """An hour once listed keeps its value when its row disappears, and that is no correction."""
    before = read(account(), hourly("2026-11-18", "2026-11-18T12:00", 5))
    after = read(before, hourly("2026-11-18", "2026-11-18T03:00", 5), "2026-11-18T12:20")

    assert before.hours == after.hours
    assert {} == after.corrections


def test_an_empty_answer() -> None:
    """An empty list takes nothing away, and says that it was read."""
    before = read(account(), hourly("2026-11-18", "2026-11-18T12:00", 5))
    after = read(before, {}, "2026-11-18T12:20")

    assert before.hours == after.hours
    assert at("2026-11-18T12:20") == after.hours_read[ONLY].read_at


def test_a_stated_zero() -> None:
    """A zero that the API states corrects an hour: it fell by all that it was."""
    before = read(account(), hourly("2026-11-18", "2026-11-18T12:00", 5))
    after = read(before, {at("2026-11-18T03:00"): usage("0")}, "2026-11-18T12:20")

    assert usage("0") == after.hours[at("2026-11-18T03:00")]
    fell = Correction(at("2026-11-18T12:20"), Decimal(5), Decimal(5))
    assert {at("2026-11-18T03:00"): (fell,)} == after.corrections


@pytest.mark.parametrize(
    ("now", "paas", "total"),
    [
        pytest.param({Category.PAAS: price("4"), Category.BYOC: price("9")}, "1", "0", id="paas_alone_fell"),
        pytest.param({Category.PAAS: price("6"), Category.BYOC: price("1")}, "0", "1", id="another_category_fell"),
        pytest.param({Category.PAAS: price("8"), Category.BYOC: price("3")}, "0", "0", id="it_rose"),
    ],
)
def test_by_how_much_an_hour_fell(now: dict[Category, object], paas: str, total: str) -> None:
    """A correction knows by how much PaaS and the whole hour fell: a total may fall by as much."""
    both = Usage("USD", {Category.PAAS: price("5"), Category.BYOC: price("3")})
    start = at("2026-11-18T03:00")
    before = read(account(), {start: both})
    after = read(before, {start: Usage("USD", now)}, "2026-11-18T12:20")  # type: ignore[arg-type] # prices

    assert (Correction(at("2026-11-18T12:20"), Decimal(paas), Decimal(total)),) == after.corrections[start]


def test_several_corrections_of_an_hour() -> None:
    """Each correction of an hour is kept with its time: what was asked for between two fell by one of them."""
    start = at("2026-11-18T03:00")
    facts = read(account(), {start: usage("5")})
    facts = read(facts, {start: usage("4")}, "2026-11-18T12:20")
    facts = read(facts, {start: usage("1")}, "2026-11-18T12:30")

    assert [(at("2026-11-18T12:20"), Decimal(1)), (at("2026-11-18T12:30"), Decimal(3))] == [
        (each.seen_at, each.paas) for each in facts.corrections[start]
    ]


def test_a_late_hour_in_the_middle() -> None:
    """An hour that is listed after a later one is a correction: it counted as zero until then."""
    before = read(account(), {at("2026-11-18T02:00"): usage(), at("2026-11-18T04:00"): usage()})
    after = read(before, {at("2026-11-18T03:00"): usage()}, "2026-11-18T12:20")

    assert {at("2026-11-18T03:00"): (Correction(at("2026-11-18T12:20")),)} == after.corrections


def test_an_hour_that_counted_as_zero_at_the_end() -> None:
    """An hour that comes long after it was over is a correction too, also where no later one is listed."""
    before = read(account(), hourly("2026-11-18", "2026-11-18T06:00"))
    after = read(before, hourly("2026-11-18", "2026-11-18T12:00"), "2026-11-18T12:20")

    assert {at("2026-11-18T06:00"), at("2026-11-18T07:00"), at("2026-11-18T08:00")} <= set(after.corrections)


def test_new_hours_are_no_corrections() -> None:
    """The next hour is none, nor are hours of before what was asked for until then."""
    before = read(account(), hourly("2026-11-18", "2026-11-18T12:00"), since=at("2026-11-18"))
    after = read(before, hourly("2026-11-17", "2026-11-18T13:00"), "2026-11-18T13:10", since=at("2026-11-17"))

    assert {} == after.corrections
    assert at("2026-11-17") == after.hours_read[ONLY].start


def test_corrections_are_kept_for_a_month() -> None:
    """A correction is forgotten a month after it was seen, or when it was seen by a clock that was ahead."""
    start = at("2026-11-18T03:00")
    before = read(account(), {start: usage("5")})
    corrected = read(before, {start: usage("4")}, "2026-11-18T12:20")

    assert start in read(corrected, {}, "2026-12-20T12:10").corrections
    assert {} == read(corrected, {}, "2026-12-20T12:20").corrections
    assert {} == read(corrected, {}, "2026-11-18T12:19").corrections


def test_a_clock_that_was_set_back() -> None:
    """Hours of the future are dropped once the clock is set back: they were not complete."""
    ahead = read(account(), hourly("2026-11-18", "2026-11-18T15:00"), "2026-11-18T15:10")
    back = read(ahead, hourly("2026-11-18", "2026-11-18T12:00"))

    assert at("2026-11-18T11:00") == max(back.hours)
    assert at(NOW) == back.hours_read[ONLY].read_at
    assert ahead.hours == read(back, hourly("2026-11-18", "2026-11-18T15:00"), "2026-11-18T15:10").hours


def test_the_whole_month_and_the_newest_hours() -> None:
    """An answer that begins with the month is the whole of it; one of the newest hours alone is not."""
    facts = read(account(), hourly("2026-11-18", "2026-11-18T12:00"))
    newest = read(facts, {}, "2026-11-18T12:20", since=at("2026-11-15"))
    again = read(newest, {}, "2026-11-18T12:30")

    assert [(SINCE, at(NOW)), (SINCE, at("2026-11-18T12:30"))] == [
        (each.hours_read[ONLY].start, each.hours_read[ONLY].whole_at) for each in (newest, again)
    ]


def test_earlier_hours() -> None:
    """Hours of before, asked for by themselves, extend what is known; the newest were not read with them."""
    facts = read(account(), hourly("2026-11-18", "2026-11-18T12:00"))
    question = ListHours(at("2026-10-01"), SINCE)
    extended = recorded(facts, question, UsageList(usage_rows(hourly("2026-10-31", "2026-11-01"))), "2026-11-18T15:00")

    assert (at("2026-10-01"), at(NOW)) == (extended.hours_read[ONLY].start, extended.hours_read[ONLY].read_at)
    assert at("2026-10-31") in extended.hours
    assert {} == extended.corrections


def read_b(facts: Facts, *rows: UsageRow) -> Facts:
    """The facts with rows that do not state their currency (2026-06)."""
    return recorded(facts, ListHours(SINCE), UsageList(rows), NOW)


def test_a_row_without_a_currency_keeps_its_first() -> None:
    """An hour's currency is fixed when it is first recorded, whatever the newest invoice is in later."""
    start = at("2026-11-18T03:00")
    facts = account(Generation.B)
    first = read_b(facts, UsageRow(start, usage("5"), states_currency=False))
    later = read_b(
        first,
        UsageRow(start, usage("5", "EUR"), states_currency=False),
        UsageRow(start + HOUR, usage("5", "EUR"), states_currency=False),
    )

    assert {start: usage("5"), start + HOUR: usage("5", "EUR")} == later.hours
    assert start not in later.corrections


def test_a_row_takes_the_currency_of_the_invoice_that_covers_it() -> None:
    """The invoice that covers an hour says what it is in; a subscription that spans it does not."""
    start = at("2026-11-18T03:00")
    covering = usage_invoice("usage", period=period("2026-11-18", "2026-11-18T06:00"))
    monthly = invoice("monthly", currency="GBP", period=period("2026-11-01", "2026-12-01"), categories={})
    facts = account(Generation.B, invoices=[monthly, covering])
    found = read_b(
        facts,
        UsageRow(start, usage("5", "EUR"), states_currency=False),
        UsageRow(at("2026-11-18T06:00"), usage("5", "EUR"), states_currency=False),
    )

    assert {start: usage("5"), at("2026-11-18T06:00"): usage("5", "EUR")} == found.hours


@pytest.mark.parametrize(
    ("read_in", "amount", "really", "expected"),
    [
        pytest.param("USD", "5.00", "JPY", "500", id="yen_read_as_dollars"),
        pytest.param("JPY", "500", "USD", "5.00", id="dollars_read_as_yen"),
        pytest.param("USD", "5.00", "EUR", "5.00", id="as_many_digits"),
        pytest.param("KWD", "0.500", "JPY", "500", id="three_digits"),
    ],
)
def test_minor_units_of_another_currency(read_in: str, amount: str, really: str, expected: str) -> None:
    """An amount in minor units is counted anew where its currency has other digits: yen have no minor unit."""
    start = at("2026-11-18T03:00")
    covering = invoice(currency=really, period=period("2026-11-18", "2026-11-19"))
    facts = account(Generation.B, invoices=[covering])
    (found,) = read_b(facts, UsageRow(start, usage(amount, read_in), states_currency=False)).hours.values()

    assert usage(expected, really) == found


def test_a_price_without_a_total_is_converted_part_by_part() -> None:
    """Where only components are stated, they are converted."""
    start, covering = at("2026-11-18T03:00"), invoice(currency="JPY", period=period("2026-11-18", "2026-11-19"))
    row = UsageRow(start, Usage("USD", {Category.PAAS: price(None, cpu="1.50")}), states_currency=False)
    found = read_b(account(Generation.B, invoices=[covering]), row).hours[start]

    assert Usage("JPY", {Category.PAAS: price(None, cpu="150")}) == found


def test_a_row_that_states_its_currency() -> None:
    """Where rows state their currency, that is what they are in, also beside an invoice in another."""
    covering = invoice(currency="JPY", period=period("2026-11-18", "2026-11-19"))

    assert {"EUR"} == {
        each.currency
        for each in read(
            account(invoices=[covering]), hourly("2026-11-18", "2026-11-18T12:00", 1, "EUR")
        ).hours.values()
    }
