from dataclasses import replace

import pytest

from exporter.domain.budget import Budget, Declared
from exporter.domain.report import AccountReport
from tests.metrics.rendering import text_of
from tests.metrics.running_reports import DECLARED, WHOLE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_budget_amount",
            """\
northflank_budget_amount{account="acme-corp",budget="all",currency="USD"} 5000.0
northflank_budget_amount{account="acme-corp",budget="api services",currency="EUR"} 10.5
northflank_budget_amount{account="acme-corp",budget="unknown",currency="USD"} 1.0
""",
            id="budget_amount",
        ),
        pytest.param(
            "northflank_budget_spent_amount",
            """\
northflank_budget_spent_amount{account="acme-corp",budget="all",currency="USD"} 303.5
northflank_budget_spent_amount{account="acme-corp",budget="api services",currency="EUR"} 0.0
""",
            id="budget_spent_amount",
        ),
        pytest.param(
            "northflank_budget_trailing_day_amount",
            """\
northflank_budget_trailing_day_amount{account="acme-corp",budget="all",currency="USD"} 21.5
""",
            id="budget_trailing_day_amount",
        ),
        pytest.param(
            "northflank_budget_threshold_ratio",
            """\
northflank_budget_threshold_ratio{account="acme-corp",budget="all",cost_center="",owner="platform",\
severity="warning"} 0.8
northflank_budget_threshold_ratio{account="acme-corp",budget="all",cost_center="",owner="platform",\
severity="critical"} 1.0
northflank_budget_threshold_ratio{account="acme-corp",budget="api services",cost_center="42",owner="",\
severity="page"} 1.2
""",
            id="budget_threshold_ratio",
        ),
        pytest.param(
            "northflank_budget_period_start_timestamp_seconds",
            """\
northflank_budget_period_start_timestamp_seconds{account="acme-corp",budget="all"} 1.782864e+09
northflank_budget_period_start_timestamp_seconds{account="acme-corp",budget="api services"} 1.7839008e+09
""",
            id="budget_period_start",
        ),
        pytest.param(
            "northflank_budget_period_end_timestamp_seconds",
            """\
northflank_budget_period_end_timestamp_seconds{account="acme-corp",budget="all"} 1.7855424e+09
northflank_budget_period_end_timestamp_seconds{account="acme-corp",budget="api services"} 1.7845056e+09
""",
            id="budget_period_end",
        ),
        pytest.param(
            "northflank_budget_spent_through_timestamp_seconds",
            """\
northflank_budget_spent_through_timestamp_seconds{account="acme-corp",budget="all"} 1.7841096e+09
northflank_budget_spent_through_timestamp_seconds{account="acme-corp",budget="api services"} 1.7841096e+09
""",
            id="budget_spent_through",
        ),
        pytest.param(
            "northflank_budget_info",
            """\
northflank_budget_info{account="acme-corp",budget="all",cost_center="",owner="platform",period="month",project_id="",\
resource_type="",team_id=""} 1.0
northflank_budget_info{account="acme-corp",budget="api services",cost_center="42",owner="",period="week",\
project_id="api",resource_type="service",team_id="acme"} 1.0
northflank_budget_info{account="acme-corp",budget="unknown",cost_center="",owner="",period="month",project_id="",\
resource_type="",team_id="nobody"} 1.0
""",
            id="budget_info",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """Budgets stand as configured, with the labels they are given; what was spent of one where it is known."""
    assert expected == text_of(name, WHOLE)


@pytest.mark.parametrize(
    "name", ["northflank_budget_amount", "northflank_budget_threshold_ratio", "northflank_budget_info"]
)
def test_before_any_poll(name: str) -> None:
    """What the configuration says is shown from the start."""
    assert text_of(name, WHOLE) == text_of(name, AccountReport("acme-corp", declared=DECLARED)) != ""


def test_no_labels() -> None:
    """Where no budget is given labels there are none; another account's budgets change nothing."""
    budget = Budget(name="b", amount=DECLARED.budgets[0].amount, currency="USD")

    assert (
        'northflank_budget_info{account="acme-corp",budget="b",period="month",project_id="",resource_type="",'
        'team_id=""} 1.0\n'
    ) == text_of("northflank_budget_info", replace(WHOLE, declared=Declared(budgets=(budget,))))


def test_a_budget_that_is_no_longer_configured() -> None:
    """What was spent of a budget that the configuration does not name any more is not shown."""
    report = replace(WHOLE, declared=Declared(budgets=DECLARED.budgets[1:]))

    assert (
        'northflank_budget_spent_amount{account="acme-corp",budget="api services",currency="EUR"} 0.0\n'
    ) == text_of("northflank_budget_spent_amount", report)
