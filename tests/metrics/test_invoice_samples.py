from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.invoice import Category, InvoiceDetail
from exporter.domain.report import AccountReport
from tests.builders import invoice, price
from tests.metrics.rendering import text_of
from tests.metrics.reports import DETAILS, INVOICES, REPORT, REPORT_2024, USAGE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_invoice_amount",
            """\
northflank_invoice_amount{account="acme-corp",currency="USD",invoice_id="u-3"} 74.73
northflank_invoice_amount{account="acme-corp",currency="USD",invoice_id="s-2"} 20.0
northflank_invoice_amount{account="acme-corp",currency="EUR",invoice_id="u-1"} 7.5
""",
            id="amount",
        ),
        pytest.param(
            "northflank_invoice_subtotal_amount",
            """\
northflank_invoice_subtotal_amount{account="acme-corp",currency="USD",invoice_id="u-3"} 72.22000000000001
northflank_invoice_subtotal_amount{account="acme-corp",currency="EUR",invoice_id="u-1"} 8.0
""",
            id="subtotal",
        ),
        pytest.param(
            "northflank_invoice_discount_amount",
            """\
northflank_invoice_discount_amount{account="acme-corp",currency="USD",invoice_id="u-3"} 10.0
northflank_invoice_discount_amount{account="acme-corp",currency="EUR",invoice_id="u-1"} 0.5
""",
            id="discount",
        ),
        pytest.param(
            "northflank_invoice_tax_amount",
            """\
northflank_invoice_tax_amount{account="acme-corp",currency="USD",invoice_id="u-3"} 12.51
northflank_invoice_tax_amount{account="acme-corp",currency="EUR",invoice_id="u-1"} 0.0
""",
            id="tax",
        ),
        pytest.param(
            "northflank_invoice_tax_ratio",
            """\
northflank_invoice_tax_ratio{account="acme-corp",invoice_id="u-3"} 0.2
northflank_invoice_tax_ratio{account="acme-corp",invoice_id="u-1"} 0.0
""",
            id="tax_ratio",
        ),
        pytest.param(
            "northflank_invoice_paid",
            """\
northflank_invoice_paid{account="acme-corp",invoice_id="u-3"} 1.0
northflank_invoice_paid{account="acme-corp",invoice_id="s-2"} 0.0
northflank_invoice_paid{account="acme-corp",invoice_id="u-1"} 0.0
""",
            id="paid",
        ),
        pytest.param(
            "northflank_invoice_unpaid_since_timestamp_seconds",
            'northflank_invoice_unpaid_since_timestamp_seconds{account="acme-corp",invoice_id="u-1"} 1.780271999e+09\n',
            id="unpaid_since",
        ),
        pytest.param(
            "northflank_invoice_period_start_timestamp_seconds",
            """\
northflank_invoice_period_start_timestamp_seconds{account="acme-corp",invoice_id="u-3"} 1.780272e+09
northflank_invoice_period_start_timestamp_seconds{account="acme-corp",invoice_id="s-2"} 1.780272e+09
northflank_invoice_period_start_timestamp_seconds{account="acme-corp",invoice_id="u-1"} 1.7775936e+09
""",
            id="period_start",
        ),
        pytest.param(
            "northflank_invoice_period_end_timestamp_seconds",
            """\
northflank_invoice_period_end_timestamp_seconds{account="acme-corp",invoice_id="u-3"} 1.782864e+09
northflank_invoice_period_end_timestamp_seconds{account="acme-corp",invoice_id="s-2"} 1.782864e+09
northflank_invoice_period_end_timestamp_seconds{account="acme-corp",invoice_id="u-1"} 1.780271999e+09
""",
            id="period_end",
        ),
        pytest.param(
            "northflank_latest_invoice_info",
            'northflank_latest_invoice_info{account="acme-corp",invoice_id="u-3"} 1.0\n',
            id="latest",
        ),
        pytest.param(
            "northflank_invoice_cost",
            """\
northflank_invoice_cost{account="acme-corp",category="paas",component="cpu",currency="USD",invoice_id="u-3"} 60.0
northflank_invoice_cost{account="acme-corp",category="paas",component="memory",currency="USD",invoice_id="u-3"} 9.0
northflank_invoice_cost{account="acme-corp",category="paas",component="other",currency="USD",invoice_id="u-3"} \
0.22000000000001
northflank_invoice_cost{account="acme-corp",category="byoc",component="vcpu",currency="USD",invoice_id="u-3"} 2.5
northflank_invoice_cost{account="acme-corp",category="egress_ip",component="other",currency="USD",invoice_id="u-3"} 0.5
northflank_invoice_cost{account="acme-corp",category="load_balancer",component="other",currency="USD",\
invoice_id="u-3"} 0.0
northflank_invoice_cost{account="acme-corp",category="paas",component="cpu",currency="EUR",invoice_id="u-1"} 8.0
""",
            id="cost",
        ),
        pytest.param(
            "northflank_invoice_line_item_amount",
            """\
northflank_invoice_line_item_amount{account="acme-corp",currency="USD",invoice_id="u-3",position="0",\
title="Pro plan"} 20.0
northflank_invoice_line_item_amount{account="acme-corp",currency="USD",invoice_id="u-3",position="1",\
title="Pro plan"} 5.0
""",
            id="line_item",
        ),
        pytest.param(
            "northflank_invoice_line_item_base_amount",
            'northflank_invoice_line_item_base_amount{account="acme-corp",currency="USD",invoice_id="u-3",'
            'position="0",title="Pro plan"} 40.0\n',
            id="line_item_base",
        ),
        pytest.param(
            "northflank_invoice_line_item_proration_amount",
            'northflank_invoice_line_item_proration_amount{account="acme-corp",currency="USD",invoice_id="u-3",'
            'position="0",title="Pro plan"} -20.0\n',
            id="line_item_proration",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """Each family of the invoices says what list and details state, and is absent where they state nothing."""
    assert expected == text_of(name, REPORT)


def test_info() -> None:
    """Each invoice has its kind and its dates, the end exclusive."""
    expected = """\
northflank_invoice_info{account="acme-corp",invoice_id="u-3",kind="usage",period_end="2026-07-01",\
period_start="2026-06-01"} 1.0
northflank_invoice_info{account="acme-corp",invoice_id="s-2",kind="other",period_end="2026-07-01",\
period_start="2026-06-01"} 1.0
northflank_invoice_info{account="acme-corp",invoice_id="u-1",kind="usage",period_end="2026-06-01",\
period_start="2026-05-01"} 1.0
"""

    assert expected == text_of("northflank_invoice_info", REPORT)


def test_status() -> None:
    """Each invoice has a 1 at its status and a 0 at each other one that is known."""
    known = ("draft", "open", "payment_failed", "paid", "uncollectible", "void")
    expected = "".join(
        f'northflank_invoice_status{{account="acme-corp",invoice_id="{key}",status="{status}"}} '
        f"{float(status == current)}\n"
        for key, current in (("u-3", "paid"), ("s-2", "void"), ("u-1", "payment_failed"))
        for status in known
    )

    assert expected == text_of("northflank_invoice_status", REPORT)


def test_a_status_that_nobody_knew() -> None:
    """An unknown status is shown as it is, beside the known ones at 0; it is not paid."""
    section = replace(INVOICES, invoices=(invoice("i", status="reversed"),), known_statuses=("paid", "open"))
    report = AccountReport("acme", invoices=section)

    assert """\
northflank_invoice_status{account="acme",invoice_id="i",status="paid"} 0.0
northflank_invoice_status{account="acme",invoice_id="i",status="open"} 0.0
northflank_invoice_status{account="acme",invoice_id="i",status="reversed"} 1.0
""" == text_of("northflank_invoice_status", report)
    assert 'northflank_invoice_paid{account="acme",invoice_id="i"} 0.0\n' == text_of("northflank_invoice_paid", report)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_invoice_paid",
            """\
northflank_invoice_paid{account="old",invoice_id="1780272000-1782864000"} 0.0
northflank_invoice_paid{account="old",invoice_id="paid"} 1.0
""",
            id="paid",
        ),
        pytest.param(
            "northflank_invoice_status",
            """\
northflank_invoice_status{account="old",invoice_id="1780272000-1782864000",status="paid"} 0.0
northflank_invoice_status{account="old",invoice_id="1780272000-1782864000",status="open"} 1.0
northflank_invoice_status{account="old",invoice_id="paid",status="paid"} 1.0
northflank_invoice_status{account="old",invoice_id="paid",status="open"} 0.0
""",
            id="status",
        ),
        pytest.param(
            "northflank_invoice_cost",
            """\
northflank_invoice_cost{account="old",category="paas",component="cpu",currency="USD",\
invoice_id="1780272000-1782864000"} 1.0
northflank_invoice_cost{account="old",category="paas",component="other",currency="USD",\
invoice_id="1780272000-1782864000"} 2.0
""",
            id="cost",
        ),
        pytest.param(
            "northflank_invoice_unpaid_since_timestamp_seconds",
            'northflank_invoice_unpaid_since_timestamp_seconds{account="old",invoice_id="1780272000-1782864000"} '
            "1.782864e+09\n",
            id="unpaid_since",
        ),
    ],
)
def test_what_only_the_detail_tells(name: str, expected: str) -> None:
    """Where the list does not state status or prices, the detail does; where neither does, nothing is shown."""
    assert expected == text_of(name, REPORT_2024)


def test_kind_is_unknown_where_the_list_does_not_tell() -> None:
    """The kind is what the list says."""
    assert 3 == text_of("northflank_invoice_info", REPORT_2024).count('kind="unknown"')


def test_the_list_goes_before_the_detail() -> None:
    """Status and prices of the list, which is refreshed at each poll, are not overruled by an older detail."""
    stale = InvoiceDetail(status="open", categories={Category.PAAS: price("1")})
    report = replace(REPORT, invoice_details=replace(DETAILS, details=((USAGE, stale),)))

    assert text_of("northflank_invoice_paid", REPORT) == text_of("northflank_invoice_paid", report)
    assert text_of("northflank_invoice_cost", REPORT) == text_of("northflank_invoice_cost", report)


def test_no_invoice_bills_usage() -> None:
    """Without an invoice that bills usage there is no latest one."""
    report = AccountReport("acme", invoices=replace(INVOICES, latest_id=None))

    assert "" == text_of("northflank_latest_invoice_info", report)


def test_a_tax_rate_is_exact() -> None:
    """A percentage becomes a ratio without rounding on the way."""
    detail = InvoiceDetail(tax_percent=Decimal("7.7"))
    report = AccountReport("acme", invoice_details=replace(DETAILS, details=((invoice("i"), detail),)))

    assert 'northflank_invoice_tax_ratio{account="acme",invoice_id="i"} 0.077\n' == text_of(
        "northflank_invoice_tax_ratio", report
    )
