"""What panels show in situations that the history does not have."""

from pathlib import Path

import pytest

from tests.dashboards.case import Case, asked_of

pytestmark = pytest.mark.prometheus

_TEAM = 'team_id="web"'
_PROJECT = f'{_TEAM}, project_id="shop"'
_RESOURCE = f'{_PROJECT}, resource_type="service", resource_id="r1"'
_PRICE = 'currency="USD", component="cpu"'
_OF_TOKYO = tuple(f'team_id="tokyo", project_id="p{number}"' for number in range(12))
_NOT_KNOWN = f'{_PROJECT}, resource_type="_other", resource_id="_other"'
_IN_TOKYO = tuple(
    f'team_id="tokyo", project_id="p", resource_type="job", resource_id="r{number}"' for number in range(25)
)
_PRICE_IN_YEN = 'currency="JPY", component="cpu"'
_OLD, _NEW = 'invoice_id="I1"', 'invoice_id="I2"'

DISAGREEMENTS = [
    pytest.param(
        Case(
            "spend",
            "Teams this month",
            both=(f"northflank_month_to_date_team_cost{{{_TEAM}, {_PRICE}}} 5",),
            first=(f'northflank_team_info{{{_TEAM}, team_name="Web"}} 1',),
            second=(f'northflank_team_info{{{_TEAM}, team_name="Website"}} 1',),
            total=5,
        ),
        id="a team is renamed",
    ),
    pytest.param(
        Case(
            "spend",
            "Top projects this month",
            both=(f"northflank_month_to_date_project_cost{{{_PROJECT}, {_PRICE}}} 5",),
            first=(f'northflank_project_info{{{_PROJECT}, project_name="Shop"}} 1',),
            second=(f'northflank_project_info{{{_PROJECT}, project_name="Web Shop"}} 1',),
            total=5,
        ),
        id="a project is renamed",
    ),
    pytest.param(
        Case(
            "spend",
            "Top resources in the newest hour",
            both=(f"northflank_hourly_resource_cost{{{_RESOURCE}, {_PRICE}}} 5",),
            first=(f'northflank_resource_info{{{_RESOURCE}, resource_name="front"}} 1',),
            second=(f'northflank_resource_info{{{_RESOURCE}, resource_name="frontend"}} 1',),
            total=5,
            part="Cost",
        ),
        id="a resource is renamed",
    ),
    pytest.param(
        Case(
            "spend",
            "Top resources this month",
            both=(f'northflank_resource_info{{{_RESOURCE}, resource_name="front"}} 1',),
            first=(
                f"northflank_month_to_date_resource_cost{{{_RESOURCE}, {_PRICE}}} 980",
                'northflank_last_success_timestamp_seconds{dataset="usage_details"} 100',
            ),
            second=(
                f"northflank_month_to_date_resource_cost{{{_RESOURCE}, {_PRICE}}} 5",
                'northflank_last_success_timestamp_seconds{dataset="usage_details"} 200',
            ),
            total=5,
            part="Cost",
        ),
        id="one stopped fetching resources before the month's turn",
    ),
    pytest.param(
        Case(
            "spend",
            "Top resources today",
            both=(f"northflank_trailing_day_resource_cost{{{_RESOURCE}, {_PRICE}}} 5",),
            first=(f'northflank_resource_info{{{_RESOURCE}, resource_name="front"}} 1',),
            second=(f'northflank_resource_info{{{_RESOURCE}, resource_name="frontend"}} 1',),
            total=5,
            part="Cost",
        ),
        id="a resource of today is renamed",
    ),
    pytest.param(
        Case(
            "spend",
            "Budgets",
            both=('northflank_budget_amount{budget="all", currency="USD"} 5',),
            first=('northflank_budget_info{budget="all", period="month", team_id=""} 1',),
            second=('northflank_budget_info{budget="all", period="month", team_id="web"} 1',),
            total=5,
            part="Amount",
        ),
        id="a budget has another scope",
    ),
    pytest.param(
        Case(
            "invoices",
            "Invoices",
            both=(f'northflank_invoice_subtotal_amount{{{_NEW}, currency="USD"}} 5',),
            first=(f'northflank_invoice_status{{{_NEW}, status="open"}} 1',),
            second=(f'northflank_invoice_status{{{_NEW}, status="paid"}} 1',),
            total=5,
            part="Subtotal",
        ),
        id="an invoice is paid",
    ),
    pytest.param(
        Case(
            "invoices",
            "Invoices by status",
            both=(),
            first=(f'northflank_invoice_status{{{_NEW}, status="open"}} 1',),
            second=(f'northflank_invoice_status{{{_NEW}, status="paid"}} 1',),
            total=1,
        ),
        id="an invoice is paid, counted",
    ),
    pytest.param(
        Case(
            "invoices",
            "Newest invoice",
            both=(
                f'northflank_invoice_amount{{{_OLD}, currency="USD"}} 3',
                f"northflank_invoice_period_end_timestamp_seconds{{{_OLD}}} 100",
            ),
            first=(f"northflank_latest_invoice_info{{{_OLD}}} 1",),
            second=(
                f'northflank_invoice_amount{{{_NEW}, currency="USD"}} 5',
                f"northflank_invoice_period_end_timestamp_seconds{{{_NEW}}} 200",
                f"northflank_latest_invoice_info{{{_NEW}}} 1",
            ),
            total=5,
        ),
        id="an invoice closes",
    ),
    pytest.param(
        Case(
            "exporter",
            "Configuration read",
            both=(),
            first=("northflank_exporter_config_last_reload_successful{} 1",),
            second=("northflank_exporter_config_last_reload_successful{} 0",),
            total=0,
        ),
        id="one has a configuration with a fault",
    ),
    pytest.param(
        Case(
            "spend",
            "This month",
            both=(),
            first=(
                f'northflank_month_to_date_cost{{category="paas", {_PRICE}}} 980',
                'northflank_last_success_timestamp_seconds{dataset="usage"} 100',
            ),
            second=(
                f'northflank_month_to_date_cost{{category="paas", {_PRICE}}} 5',
                'northflank_last_success_timestamp_seconds{dataset="usage"} 200',
            ),
            total=5,
        ),
        id="one stopped fetching before the month's turn",
    ),
]


UNUSUAL = [
    pytest.param(
        Case(
            "spend",
            "Top projects this month",
            both=(
                f"northflank_month_to_date_project_cost{{{_PROJECT}, {_PRICE}}} 5",
                f'northflank_project_info{{{_PROJECT}, project_name="Shop"}} 1',
                *(f"northflank_month_to_date_project_cost{{{each}, {_PRICE_IN_YEN}}} 900" for each in _OF_TOKYO),
                *(f'northflank_project_info{{{each}, project_name="P"}} 1' for each in _OF_TOKYO),
            ),
            total=9005,
        ),
        id="ten projects in yen do not push out one in dollars",
    ),
    pytest.param(
        Case(
            "spend",
            "Top resources this month",
            both=(
                f"northflank_month_to_date_resource_cost{{{_RESOURCE}, {_PRICE}}} 5",
                f"northflank_month_to_date_resource_cost{{{_NOT_KNOWN}, {_PRICE}}} 7",
                f'northflank_resource_info{{{_RESOURCE}, resource_name="front"}} 1',
                f'northflank_resource_info{{{_NOT_KNOWN}, resource_name="_other"}} 1',
                *(f"northflank_month_to_date_resource_cost{{{each}, {_PRICE_IN_YEN}}} 900" for each in _IN_TOKYO),
                *(f'northflank_resource_info{{{each}, resource_name="R{n}"}} 1' for n, each in enumerate(_IN_TOKYO)),
            ),
            total=18_012,
            part="Cost",
        ),
        id="what is not known by resource is shown beside what is, and twenty of each currency",
    ),
    pytest.param(
        Case(
            "invoices",
            "Amounts by the end of the period",
            both=(
                f'northflank_invoice_amount{{{_NEW}, currency="USD"}} 60',
                f'northflank_invoice_info{{{_NEW}, kind="usage", period_end="2026-11-01"}} 1',
            ),
            total=60,
            part="Without tax",
        ),
        id="an invoice whose tax is not known is there",
    ),
    pytest.param(
        Case(
            "invoices",
            "Unattributed on the newest invoices",
            both=(
                f'northflank_invoice_unattributed_cost{{{_NEW}, currency="USD", level="project"}} 1',
                f'northflank_invoice_cost{{{_NEW}, category="paas", {_PRICE}}} 50',
                f'northflank_invoice_cost{{{_NEW}, category="byoc", {_PRICE}}} 450',
            ),
            total=0.02,
        ),
        id="what is unattributed is a share of PaaS, as in the alert",
    ),
    pytest.param(
        Case(
            "spend",
            "Credits last for",
            both=(
                'northflank_credit_available_amount{currency="USD"} 70',
                f'northflank_month_to_date_cost{{category="paas", {_PRICE}}} 5',
                "northflank_month_to_date_start_timestamp_seconds{} 0",
                "northflank_month_to_date_through_timestamp_seconds{} 43200",
            ),
            total=7 * 86400,
        ),
        id="credits last for a week at the rate of half a day",
    ),
]


@pytest.mark.parametrize("case", DISAGREEMENTS)
def test_a_figure_is_shown_once_while_exporters_disagree(case: Case, tmp_path: Path) -> None:
    """Until the second one has polled too, a panel neither fails nor doubles."""
    said = asked_of(case, tmp_path)
    assert 0 == said.returncode, said.stdout + said.stderr


@pytest.mark.parametrize("case", UNUSUAL)
def test_an_unusual_account_is_shown(case: Case, tmp_path: Path) -> None:
    """Where something is not known or of another kind, the rest is shown as it is."""
    said = asked_of(case, tmp_path)
    assert 0 == said.returncode, said.stdout + said.stderr
