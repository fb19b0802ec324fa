"""A month by resource: which hours are counted, which invoices fill in the rest, and sums under the newest names."""

from dataclasses import replace

import pytest

from exporter.domain.facts import ResourceMonth
from exporter.domain.invoice import Invoice
from exporter.domain.resource_month import counted_hours, fillable, is_of_month, with_hour, with_rows
from exporter.domain.tree import Path, Row
from tests.builders import price, row, subscription, usage_invoice
from tests.facts import account, at, period, tree, with_resource_month
from tests.facts import with_hour as with_known_hour

NOVEMBER = period("2026-11-01", "2026-12-01")
JOB, SITE = ("acme", "api", "job", "nightly"), ("acme", "web", "service", "site")
TREE = tree({JOB: 2, SITE: 1})


def test_counted_hours() -> None:
    """Counted are the month's hours that are known by resource, one by one or added up, in any currency."""
    facts = with_known_hour(account(), "2026-11-03", TREE)
    facts = with_known_hour(facts, "2026-10-31T23:00", TREE)
    facts = with_known_hour(facts, "2026-11-04", TREE, has_resources=False)
    facts = with_resource_month(facts, "2026-11-01", [at("2026-11-01")], TREE)
    facts = with_resource_month(facts, "2026-11-01", [at("2026-11-02")], TREE, currency="EUR")
    facts = with_resource_month(facts, "2026-10-01", [at("2026-10-02")], TREE)

    assert {at(f"2026-11-0{day}") for day in (1, 2, 3)} == counted_hours(facts, NOVEMBER)


@pytest.mark.parametrize(
    ("invoice", "expected"),
    [
        pytest.param(usage_invoice(period=NOVEMBER), True, id="the_whole_month"),
        pytest.param(usage_invoice(period=period("2026-11-05", "2026-11-06"), status="open"), True, id="a_part_of_it"),
        pytest.param(usage_invoice(period=period("2026-10-31", "2026-11-06")), False, id="it_begins_before"),
        pytest.param(usage_invoice(period=period("2026-11-05", "2026-12-01T01:00")), False, id="it_ends_later"),
        pytest.param(usage_invoice(period=NOVEMBER, status="draft"), False, id="draft"),
        pytest.param(usage_invoice(period=NOVEMBER, status="void"), False, id="void"),
        pytest.param(subscription(period=NOVEMBER), False, id="subscription"),
        pytest.param(replace(usage_invoice(period=NOVEMBER), categories=None), True, id="the_list_does_not_say"),
    ],
)
def test_of_the_month(invoice: Invoice, expected: bool) -> None:  # noqa: FBT001 - a column
    """Invoices of usage that lie wholly in the month, and are neither drafts nor void."""
    assert expected == is_of_month(invoice, NOVEMBER)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2026-11-05T00:00", "2026-11-05T06:00", True, id="up_to_the_counted_hour"),
        pytest.param("2026-11-05T07:00", "2026-11-05T09:00", True, id="from_its_end_on"),
        pytest.param("2026-11-05T00:00", "2026-11-05T06:01", False, id="into_it"),
        pytest.param("2026-11-05T06:59", "2026-11-05T09:00", False, id="from_within_it"),
        pytest.param("2026-11-05T06:10", "2026-11-05T06:20", False, id="within_it"),
        pytest.param("2026-11-05T00:00", "2026-11-05T12:00", False, id="around_it"),
    ],
)
def test_no_counted_hour(start: str, end: str, expected: bool) -> None:  # noqa: FBT001 - a column
    """An invoice fills in where no instant of it is in a counted hour."""
    invoice = usage_invoice(period=period(start, end))

    assert ([invoice] if expected else []) == list(fillable([invoice], {at("2026-11-05T06:00")}))


def test_no_two_invoices_of_one_instant() -> None:
    """Of invoices that overlap the first counts; those that touch each other both do."""
    first, touching, overlapping = (
        usage_invoice(name, period=period(start, end))
        for name, start, end in (
            ("first", "2026-11-05", "2026-11-06"),
            ("touching", "2026-11-04", "2026-11-05"),
            ("overlapping", "2026-11-05T23:59", "2026-11-07"),
        )
    )

    assert [first, touching] == list(fillable([first, touching, overlapping], frozenset()))
    assert [overlapping, touching] == list(fillable([overlapping, first, touching], frozenset()))


def test_rows_added_to_others() -> None:
    """Resources add up under their newest names; one without a price adds nothing and hides no name."""
    before: dict[Path, Row] = {JOB: row("1", "Old", cpu="1"), SITE: Row("Site", None)}
    rows = {JOB: row("2", "New", memory="2"), SITE: Row(None, price("3")), ("x",): Row(None, None)}

    assert {
        JOB: row("3", "New", cpu="1", memory="2"),
        SITE: row("3", "Site"),
        ("x",): Row(None, None),
    } == with_rows(before, rows)
    assert {JOB: row("1", "Old", cpu="1"), SITE: Row("Site", None)} == before


def test_an_hour_more() -> None:
    """An hour that is added up is one of the month's, with its resources."""
    month = with_hour(ResourceMonth(frozenset({at("2026-11-01")}), {JOB: row("1")}), at("2026-11-02"), {JOB: row("2")})

    assert ResourceMonth(frozenset({at("2026-11-01"), at("2026-11-02")}), {JOB: row("3")}) == month
