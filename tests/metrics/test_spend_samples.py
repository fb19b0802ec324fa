from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.budget import Declared
from exporter.domain.invoice import Category
from exporter.domain.report import AccountReport, UsageSection
from exporter.domain.usage import Spend, Usage
from tests.builders import JUNE, price
from tests.metrics.rendering import text_of
from tests.metrics.reports import INVOICES
from tests.metrics.running_reports import DECLARED, USAGE, WHOLE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_month_to_date_cost",
            """\
northflank_month_to_date_cost{account="acme-corp",category="paas",component="cpu",currency="USD"} 200.0
northflank_month_to_date_cost{account="acme-corp",category="paas",component="memory",currency="USD"} 100.0
northflank_month_to_date_cost{account="acme-corp",category="paas",component="other",currency="USD"} 0.5
northflank_month_to_date_cost{account="acme-corp",category="egress_ip",component="other",currency="USD"} 3.0
""",
            id="month_to_date_cost",
        ),
        pytest.param(
            "northflank_month_to_date_start_timestamp_seconds",
            """\
northflank_month_to_date_start_timestamp_seconds{account="acme-corp"} 1.782864e+09
""",
            id="month_to_date_start",
        ),
        pytest.param(
            "northflank_month_to_date_end_timestamp_seconds",
            """\
northflank_month_to_date_end_timestamp_seconds{account="acme-corp"} 1.7855424e+09
""",
            id="month_to_date_end",
        ),
        pytest.param(
            "northflank_month_to_date_through_timestamp_seconds",
            """\
northflank_month_to_date_through_timestamp_seconds{account="acme-corp"} 1.7841096e+09
""",
            id="month_to_date_through",
        ),
        pytest.param(
            "northflank_month_to_date_usage_quantity",
            """\
northflank_month_to_date_usage_quantity{account="acme-corp",category="paas",unit="vcpu_hours"} 1000.25
northflank_month_to_date_usage_quantity{account="acme-corp",category="paas",unit="gpu_spot_hours"} 0.0
northflank_month_to_date_usage_quantity{account="acme-corp",category="egress_ip",unit="hours"} 346.0
""",
            id="month_to_date_usage_quantity",
        ),
        pytest.param(
            "northflank_trailing_day_cost",
            """\
northflank_trailing_day_cost{account="acme-corp",category="paas",component="cpu",currency="USD"} 21.5
""",
            id="trailing_day_cost",
        ),
        pytest.param(
            "northflank_past_month_cost",
            """\
northflank_past_month_cost{account="acme-corp",category="paas",component="cpu",currency="USD",months_ago="1"} 590.0
northflank_past_month_cost{account="acme-corp",category="paas",component="storage",currency="USD",months_ago="1"} 10.0
northflank_past_month_cost{account="acme-corp",category="byoc",component="other",currency="EUR",months_ago="2"} 7.0
""",
            id="past_month_cost",
        ),
        pytest.param(
            "northflank_past_month_start_timestamp_seconds",
            """\
northflank_past_month_start_timestamp_seconds{account="acme-corp",months_ago="1"} 1.780272e+09
northflank_past_month_start_timestamp_seconds{account="acme-corp",months_ago="2"} 1.7775936e+09
""",
            id="past_month_start",
        ),
        pytest.param(
            "northflank_unbilled_cost",
            """\
northflank_unbilled_cost{account="acme-corp",category="paas",component="other",currency="USD"} 300.0
northflank_unbilled_cost{account="acme-corp",category="byoc",component="other",currency="USD"} 0.0
""",
            id="unbilled_cost",
        ),
        pytest.param(
            "northflank_unbilled_start_timestamp_seconds",
            """\
northflank_unbilled_start_timestamp_seconds{account="acme-corp"} 1.7828650005e+09
""",
            id="unbilled_start",
        ),
        pytest.param(
            "northflank_billing_threshold_amount",
            """\
northflank_billing_threshold_amount{account="acme-corp",currency="USD"} 500.0
""",
            id="billing_threshold_amount",
        ),
        pytest.param(
            "northflank_hourly_cost",
            """\
northflank_hourly_cost{account="acme-corp",category="paas",component="cpu",currency="USD"} 0.5
northflank_hourly_cost{account="acme-corp",category="paas",component="memory",currency="USD"} 0.3
northflank_hourly_cost{account="acme-corp",category="paas",component="other",currency="USD"} 0.1
northflank_hourly_cost{account="acme-corp",category="byoc",component="vcpu",currency="USD"} 0.2
northflank_hourly_cost{account="acme-corp",category="byoc",component="cluster",currency="USD"} 0.0
northflank_hourly_cost{account="acme-corp",category="load_balancer",component="other",currency="USD"} 0.0
northflank_hourly_cost{account="acme-corp",category="other",component="other",currency="USD"} 0.05
""",
            id="hourly_cost",
        ),
        pytest.param(
            "northflank_hourly_start_timestamp_seconds",
            """\
northflank_hourly_start_timestamp_seconds{account="acme-corp"} 1.784106e+09
""",
            id="hourly_start",
        ),
        pytest.param(
            "northflank_usage_listed_through_timestamp_seconds",
            """\
northflank_usage_listed_through_timestamp_seconds{account="acme-corp"} 1.784106e+09
""",
            id="usage_listed_through",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """What the account spends stands by category and component, each time in a family of its own."""
    assert expected == text_of(name, WHOLE)


@pytest.mark.parametrize(
    ("report", "currency"),
    [
        pytest.param(replace(WHOLE, usage=replace(USAGE, hour=None)), "USD", id="any_spend"),
        pytest.param(
            replace(WHOLE, usage=UsageSection(past_months={3: Spend(JUNE, (Usage("SEK", {}),))})),
            "SEK",
            id="past_month",
        ),
        pytest.param(replace(WHOLE, usage=UsageSection()), "USD", id="newest_invoice"),
        pytest.param(
            replace(WHOLE, usage=None, invoices=replace(INVOICES, invoices=INVOICES.invoices[::-1])),
            "EUR",
            id="newest_invoice_before_any_usage",
        ),
    ],
)
def test_the_currency_of_the_billing_threshold(report: AccountReport, currency: str) -> None:
    """The threshold is in the currency that the account spends, else in that of its newest invoice."""
    assert f'northflank_billing_threshold_amount{{account="acme-corp",currency="{currency}"}} 500.0\n' == text_of(
        "northflank_billing_threshold_amount", report
    )


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(AccountReport("acme", declared=DECLARED), id="no_currency_is_known"),
        pytest.param(replace(WHOLE, declared=Declared()), id="none_is_configured"),
    ],
)
def test_no_billing_threshold(report: AccountReport) -> None:
    """A threshold without a currency, or that the configuration does not state, is absent."""
    assert "" == text_of("northflank_billing_threshold_amount", report)


EUROS = Usage("EUR", {Category.PAAS: price("1.5")}, {Category.PAAS: {"vcpu_hours": Decimal(2)}})
DOLLARS = Usage("USD", {Category.PAAS: price("2.5")}, {Category.PAAS: {"vcpu_hours": Decimal(3)}})
IN_BOTH = Spend(JUNE, (EUROS, DOLLARS))
TWO_CURRENCIES = UsageSection(
    hour=IN_BOTH, month_to_date=IN_BOTH, trailing_day=IN_BOTH, unbilled=IN_BOTH, past_months={1: IN_BOTH}
)


@pytest.mark.parametrize("period", ["hourly", "month_to_date", "trailing_day", "unbilled", "past_month"])
def test_two_currencies(period: str) -> None:
    """What is spent in two currencies is one series for each, and nothing is added up across them."""
    lines = text_of(f"northflank_{period}_cost", replace(WHOLE, usage=TWO_CURRENCIES)).splitlines()

    assert [("EUR", "1.5"), ("USD", "2.5")] == [(line.split('currency="')[1][:3], line.split()[-1]) for line in lines]


def test_quantities_of_two_currencies() -> None:
    """A quantity has no currency: what was billed in either is one sum for each unit."""
    assert (
        'northflank_month_to_date_usage_quantity{account="acme-corp",category="paas",unit="vcpu_hours"} 5.0\n'
    ) == text_of("northflank_month_to_date_usage_quantity", replace(WHOLE, usage=TWO_CURRENCIES))


def test_hours_that_are_not_listed() -> None:
    """How far the API's own rows go is absent where no hour was ever listed."""
    report = replace(WHOLE, usage=replace(USAGE, listed_through=None))

    assert "" == text_of("northflank_usage_listed_through_timestamp_seconds", report)


def test_the_first_hour_of_a_month() -> None:
    """At the month's turn the month that begins is shown, from its first instant to its end, with what is in it."""
    turn = replace(USAGE, month_to_date=Spend(replace(JUNE, end=JUNE.start), (Usage("USD", {}),)))
    report = replace(WHOLE, usage=turn)

    assert "" == text_of("northflank_month_to_date_cost", report)
    assert [JUNE.start, JUNE.end, JUNE.start] == [
        float(text_of(f"northflank_month_to_date_{each}_timestamp_seconds", report).split()[-1])
        for each in ("start", "end", "through")
    ]
