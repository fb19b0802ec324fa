"""What an answer about invoices changes: the list whole or in part, ids, what is unpaid since when, details, trees."""

from dataclasses import replace

import pytest

from exporter.domain.credit import CreditBalance
from exporter.domain.facts import ONLY, DetailFact, Facts, PreviewFact, about_hour, about_invoice
from exporter.domain.invoice import HourDetail, Invoice, InvoiceDetail, LineItem
from exporter.domain.money import ZERO
from exporter.domain.question import (
    DetailPage,
    GetCredits,
    GetHourPage,
    GetInvoicePage,
    GetPreview,
    InvoiceList,
    ListInvoices,
    Previewed,
    query_of,
)
from exporter.domain.report import Dataset, Generation
from exporter.ledger.record import is_about, is_final
from tests.builders import DAY, JULY_START, JUNE, JUNE_START, bill, invoice, row, usage_invoice
from tests.facts import HOUR, account, at, invoice_page, period, recorded, tree, with_tree

NOW = JULY_START + 10 * DAY
TREE = tree({("acme", "api", "job", "nightly"): "10"})


def listed(
    facts: Facts, *invoices: Invoice, asked_at: float = NOW, has_ids: bool = True, is_whole: bool = True
) -> Facts:
    """The facts with an answer of the invoice list."""
    return recorded(facts, ListInvoices(), InvoiceList(invoices, has_ids=has_ids, is_whole=is_whole), asked_at)


NEVER_READ = Facts(api=account().api)


def ids(facts: Facts) -> list[str]:
    """The invoices' ids in the list's order."""
    return [each.id for each in facts.listed]


def test_the_whole_list() -> None:
    """The whole list is all there is, in its order: what is not in it any more is gone."""
    facts = listed(NEVER_READ, invoice("b"), invoice("a"))
    assert (["b", "a"], NOW, NOW) == (ids(facts), facts.list_read[ONLY].read_at, facts.list_read[ONLY].whole_at)

    facts = listed(facts, invoice("c"), invoice("a"), asked_at=NOW + 600)
    assert (["c", "a"], {"c", "a"}) == (ids(facts), set(facts.invoices))
    assert [] == ids(listed(facts))


def test_a_part_of_the_list() -> None:
    """The list read in part brings its rows to the front; the others stay as they were."""
    facts = listed(NEVER_READ, invoice("b"), invoice("a", status="open"))
    facts = listed(facts, invoice("c"), invoice("b", status="void"), asked_at=NOW + 600, is_whole=False)

    assert [("c", "paid"), ("b", "void"), ("a", "open")] == [(each.id, each.status) for each in facts.listed]
    assert (NOW + 600, NOW) == (facts.list_read[ONLY].read_at, facts.list_read[ONLY].whole_at)


def test_the_first_answer_in_part() -> None:
    """Where nothing was read before, a part is all that is known."""
    facts = listed(NEVER_READ, invoice("b"), is_whole=False)

    assert (["b"], NOW) == (ids(facts), facts.list_read[ONLY].whole_at)


def nameless(total: str = "12.00", **changes: object) -> Invoice:
    """An invoice of a list without ids (2024): called by its period."""
    return replace(invoice("1780272000-1782864000", total=total), **changes)  # type: ignore[arg-type] # fields


def read_2024(facts: Facts, *invoices: Invoice) -> Facts:
    """The facts with a list that has no ids."""
    return listed(facts, *invoices, has_ids=False)


BY_PERIOD = "1780272000-1782864000"
FIRST = read_2024(NEVER_READ, nameless("12"))
TWO = read_2024(FIRST, nameless("50"), nameless("12"))


def test_an_invoice_alone_has_its_period() -> None:
    """Without another of its period an invoice is called by its period."""
    assert [BY_PERIOD] == ids(FIRST)


def test_an_id_stays() -> None:
    """An invoice keeps its id when another of its period appears, wherever in the list that one stands."""
    assert {BY_PERIOD: 12, f"{BY_PERIOD}-2": 50} == {each.id: each.total for each in TWO.listed}
    assert [f"{BY_PERIOD}-2", BY_PERIOD, f"{BY_PERIOD}-3"] == ids(
        read_2024(TWO, nameless("50"), nameless("12"), nameless("7"))
    )


def test_a_status_that_changes() -> None:
    """An invoice that is paid is still the same one."""
    assert ids(TWO) == ids(read_2024(TWO, nameless("50", status="open"), nameless("12", status="void")))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([nameless("50"), nameless("13")], {f"{BY_PERIOD}-2": 50, BY_PERIOD: 13}, id="the_first"),
        pytest.param([nameless("51"), nameless("12")], {f"{BY_PERIOD}-2": 51, BY_PERIOD: 12}, id="the_second"),
        pytest.param([nameless("13"), nameless("50")], {f"{BY_PERIOD}-2": 50, BY_PERIOD: 13}, id="in_another_order"),
    ],
)
def test_an_amended_total(rows: list[Invoice], expected: dict[str, int]) -> None:
    """An invoice whose total is amended keeps its id: it is the one of its period that is not there any more."""
    facts = read_2024(TWO, *rows)

    assert expected == {each.id: each.total for each in facts.listed}
    assert expected == {each.id: each.total for each in read_2024(facts, *rows).listed}


def test_amended_again_and_again() -> None:
    """However often a total is amended, the invoice has the id that it had at first."""
    facts = FIRST
    for total in ("13", "14", "15"):
        facts = read_2024(facts, nameless(total))
        assert [BY_PERIOD] == ids(facts)


def test_another_period_or_currency() -> None:
    """Invoices of other periods or currencies take no id of each other."""
    july = nameless("12", id="july", period=period("2026-07-01", "2026-08-01"))
    euros = nameless("12", currency="EUR")

    assert ["july", BY_PERIOD] == ids(read_2024(FIRST, july, nameless("12")))
    assert {"USD": BY_PERIOD, "EUR": f"{BY_PERIOD}-2"} == {
        each.currency: each.id for each in read_2024(FIRST, euros, nameless("12")).listed
    }


def open_invoice(invoice_id: str = "usage-1") -> Invoice:
    """An invoice that was not paid."""
    return usage_invoice(invoice_id, status="open")


def test_unpaid_at_the_first_start() -> None:
    """One that is found unpaid when the list is read for the very first time is so since its period's end."""
    assert {"usage-1": JULY_START} == listed(NEVER_READ, open_invoice()).unpaid


def test_unpaid_later() -> None:
    """One that is unpaid later is so since it was first seen, as long as it stays unpaid."""
    facts = listed(listed(NEVER_READ, usage_invoice()), usage_invoice(), open_invoice("new"))
    again = listed(facts, usage_invoice(), usage_invoice("new", status="payment_failed"), asked_at=NOW + DAY)

    assert {"new": NOW} == facts.unpaid == again.unpaid
    assert {} == listed(again, usage_invoice(), usage_invoice("new"), asked_at=NOW + DAY).unpaid


def test_unpaid_and_read_in_part() -> None:
    """One that was not in the part that was read stays unpaid."""
    facts = listed(NEVER_READ, usage_invoice("new"), open_invoice())

    assert {"usage-1": JULY_START} == listed(facts, usage_invoice("new"), is_whole=False).unpaid


def test_unpaid_over_another_generation() -> None:
    """Since when one is unpaid outlives the answers of another generation."""
    facts = listed(replace(NEVER_READ, unpaid={"usage-1": 5.0}), open_invoice(), open_invoice("new"))

    assert {"usage-1": 5.0, "new": NOW} == facts.unpaid


def page(facts: Facts, of: Invoice, detail: InvoiceDetail | None, asked_at: float = NOW, **query: str) -> Facts:
    """The facts with a page of an invoice's drill-down."""
    return recorded(facts, GetInvoicePage(of, query_of(query)), invoice_page(detail), asked_at)


UNSTATED = usage_invoice(status=None)
OPEN, PAID = InvoiceDetail(status="open"), InvoiceDetail(status="paid")


def test_unpaid_by_the_detail_at_the_first_start() -> None:
    """Where the detail alone states the status, what it finds unpaid at first is so since the period's end."""
    facts = page(listed(NEVER_READ, UNSTATED), UNSTATED, OPEN)

    assert {"usage-1": JULY_START} == facts.unpaid
    # The list says nothing of it, neither that it is unpaid nor that it is not.
    assert {"usage-1": JULY_START} == listed(facts, UNSTATED, asked_at=NOW + 600).unpaid
    assert {} == page(facts, UNSTATED, PAID, NOW + 600).unpaid


def test_unpaid_by_the_detail_later() -> None:
    """What the detail finds unpaid later is so since then."""
    polled = listed(NEVER_READ, UNSTATED).with_changes({"polled": {Dataset.INVOICE_DETAILS: NOW - DAY}})
    facts = page(polled, UNSTATED, OPEN)

    assert {"usage-1": NOW} == facts.unpaid == page(facts, UNSTATED, OPEN, NOW + DAY).unpaid


KNOWN = with_tree(page(listed(NEVER_READ, usage_invoice()), usage_invoice(), bill(tax="2")), usage_invoice(), TREE)


def test_a_detail() -> None:
    """The first page has what the detail adds; its rows are the drill-down's, and are kept with the page."""
    with_rows = replace(bill(tax="2"), rows={("acme",): row("10")}, line_items=(LineItem("Plan", None, None, None),))
    facts = page(listed(NEVER_READ, usage_invoice()), usage_invoice(), with_rows)

    assert DetailFact(usage_invoice(), replace(with_rows, rows={}), is_final=True) == facts.details["usage-1"]
    assert NOW == facts.pages[about_invoice("usage-1"), ()].asked_at
    assert with_rows == facts.pages[about_invoice("usage-1"), ()].detail


def test_a_page_below() -> None:
    """A page with a filter says nothing of the invoice itself."""
    facts = page(listed(NEVER_READ, usage_invoice()), usage_invoice(), bill(tax="2"), teamId="acme")

    assert {} == facts.details
    assert [(("teamId", "acme"),)] == [query for _, query in facts.pages]
    gone = page(facts, usage_invoice(), None, teamId="gone")
    assert None is gone.pages[about_invoice("usage-1"), (("teamId", "gone"),)].detail


def test_a_status_in_the_list() -> None:
    """A status that changes drops nothing of a final invoice."""
    facts = listed(KNOWN, usage_invoice(status="void"))

    assert ({"usage-1"}, {"usage-1"}, 1) == (set(facts.details), set(facts.trees), len(facts.pages))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"total": ZERO}, id="total"),
        pytest.param({"period": period("2026-06-01", "2026-06-20")}, id="period"),
        pytest.param({"status": "draft"}, id="a_draft_again"),
    ],
)
def test_an_amended_invoice(changed: dict[str, object]) -> None:
    """What was answered of an invoice that is not the same any more is dropped: detail, tree and pages."""
    facts = listed(KNOWN, replace(usage_invoice(), **changed))  # type: ignore[arg-type] # fields

    assert ({}, {}, {}) == (facts.details, facts.trees, facts.pages)


def test_an_invoice_that_is_gone() -> None:
    """What was answered of an invoice that is not in the list any more is dropped; an hour's pages stay."""
    hour = KNOWN.with_changes({"pages": {(about_hour(JUNE_START), ()): DetailPage(hour=HourDetail())}})
    facts = listed(hour, usage_invoice("other"))

    assert ({}, {}, {(about_hour(JUNE_START), ())}) == (facts.details, facts.trees, set(facts.pages))


def test_a_draft() -> None:
    """What was answered of a draft is not taken for the final bill, also when the list shows the same total."""
    draft = usage_invoice(status="draft")
    facts = with_tree(page(listed(NEVER_READ, draft), draft, bill(tax="2")), draft, TREE)

    for status in ("draft", "paid"):
        later = listed(facts, usage_invoice(status=status))
        assert ({}, {}, {}) == (later.details, later.trees, later.pages)


@pytest.mark.parametrize(("status", "expected"), [("open", set()), ("draft", set()), ("paid", {"usage-1"})])
def test_a_status_that_the_detail_states(status: str, expected: set[str]) -> None:
    """Where the detail alone states the status, it is asked for again until it is paid."""
    facts = page(listed(NEVER_READ, UNSTATED), UNSTATED, InvoiceDetail(status=status))

    assert expected == set(listed(facts, UNSTATED).details)


@pytest.mark.parametrize(
    ("listed_status", "detail_status", "expected"),
    [
        pytest.param("paid", None, True, id="paid"),
        pytest.param("open", None, True, id="open: the list says when it is paid"),
        pytest.param("draft", None, False, id="draft"),
        pytest.param(None, "paid", True, id="paid by the detail"),
        pytest.param(None, "open", False, id="open by the detail"),
        pytest.param(None, None, True, id="not stated anywhere"),
    ],
)
def test_final(listed_status: str | None, detail_status: str | None, expected: bool) -> None:  # noqa: FBT001 - a column
    """An invoice is final where asking again would show nothing new."""
    assert expected == is_final(usage_invoice(status=listed_status), InvoiceDetail(status=detail_status))


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        pytest.param(InvoiceDetail(), True, id="no_period"),
        pytest.param(InvoiceDetail(period=JUNE), True, id="its_period"),
        pytest.param(replace(bill(total="12"), period=JUNE), True, id="its_total"),
        pytest.param(replace(bill(total="13"), period=JUNE), False, id="another_of_its_period"),
        pytest.param(InvoiceDetail(period=period("2026-05-01", "2026-06-01")), False, id="another_period"),
    ],
)
def test_about_the_invoice(detail: InvoiceDetail, expected: bool) -> None:  # noqa: FBT001 - a column
    """A detail that was asked for by an instant (2024) may be another invoice's: then nothing of it is shown."""
    assert expected == is_about(invoice(), detail)
    shown = page(listed(NEVER_READ, invoice()), invoice(), detail).details["usage-1"].detail
    assert (detail if expected else InvoiceDetail()) == shown


def test_an_hour_s_page() -> None:
    """An hour's page is kept under its hour and filter, with when it was asked for."""
    answer = DetailPage(hour=HourDetail(timestamp=at("2026-11-18")), has_more=None)
    question = GetHourPage(at("2026-11-18"), "USD", query_of({"teamId": "acme"}))
    facts = recorded(account(), question, answer, "2026-11-18T01:10")

    assert {
        (about_hour(at("2026-11-18")), (("teamId", "acme"),)): replace(answer, asked_at=at("2026-11-18T01:10"))
    } == facts.pages


def test_preview_and_credits() -> None:
    """What has accrued and what is left are the newest answer's."""
    facts = recorded(account(Generation.A), GetPreview("USD"), Previewed(bill(total="3")), NOW)
    assert PreviewFact(bill(total="3"), "USD", NOW) == facts.preview[ONLY]

    balance = CreditBalance("USD", ZERO, None, None, None, None, None)
    assert balance == recorded(account(), GetCredits(), balance, NOW + HOUR).credits[ONLY]
