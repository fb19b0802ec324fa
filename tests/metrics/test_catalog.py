from dataclasses import replace

import pytest

from exporter.domain.budget import Declared
from exporter.domain.report import AccountReport, Dataset, Section
from exporter.metrics.catalog import FAMILIES, ROWS
from exporter.metrics.family import Family, Type, lines_of
from exporter.metrics.reference import render_markdown
from exporter.metrics.row import Row
from tests.metrics.running_reports import WHOLE

INVOICE = "account, invoice_id"
AMOUNT = "account, invoice_id, currency"
SPEND = "account, currency"
BUDGET = "account, budget"

CONTRACT = {
    "northflank_invoice_amount": AMOUNT,
    "northflank_invoice_subtotal_amount": AMOUNT,
    "northflank_invoice_discount_amount": AMOUNT,
    "northflank_invoice_tax_amount": AMOUNT,
    "northflank_invoice_tax_ratio": INVOICE,
    "northflank_invoice_paid": INVOICE,
    "northflank_invoice_status": f"{INVOICE}, status",
    "northflank_invoice_unpaid_since_timestamp_seconds": INVOICE,
    "northflank_invoice_period_start_timestamp_seconds": INVOICE,
    "northflank_invoice_period_end_timestamp_seconds": INVOICE,
    "northflank_invoice_info": f"{INVOICE}, kind, period_start, period_end",
    "northflank_latest_invoice_info": INVOICE,
    "northflank_invoice_cost": f"{AMOUNT}, category, component",
    "northflank_invoice_line_item_amount": f"{AMOUNT}, position, title",
    "northflank_invoice_line_item_base_amount": f"{AMOUNT}, position, title",
    "northflank_invoice_line_item_proration_amount": f"{AMOUNT}, position, title",
    "northflank_invoice_team_cost": f"{AMOUNT}, team_id, component",
    "northflank_invoice_project_cost": f"{AMOUNT}, team_id, project_id, component",
    "northflank_invoice_resource_type_cost": f"{AMOUNT}, team_id, project_id, resource_type, component",
    "northflank_invoice_resource_cost": f"{AMOUNT}, team_id, project_id, resource_type, resource_id, component",
    "northflank_invoice_cluster_cost": f"{AMOUNT}, cluster_id, component",
    "northflank_invoice_unattributed_cost": f"{AMOUNT}, level",
    "northflank_month_to_date_cost": f"{SPEND}, category, component",
    "northflank_month_to_date_start_timestamp_seconds": "account",
    "northflank_month_to_date_end_timestamp_seconds": "account",
    "northflank_month_to_date_through_timestamp_seconds": "account",
    "northflank_month_to_date_usage_quantity": "account, category, unit",
    "northflank_trailing_day_cost": f"{SPEND}, category, component",
    "northflank_past_month_cost": f"{SPEND}, months_ago, category, component",
    "northflank_past_month_start_timestamp_seconds": "account, months_ago",
    "northflank_unbilled_cost": f"{SPEND}, category, component",
    "northflank_unbilled_start_timestamp_seconds": "account",
    "northflank_billing_threshold_amount": SPEND,
    "northflank_hourly_cost": f"{SPEND}, category, component",
    "northflank_hourly_start_timestamp_seconds": "account",
    "northflank_usage_listed_through_timestamp_seconds": "account",
    "northflank_month_to_date_team_cost": f"{SPEND}, team_id, component",
    "northflank_month_to_date_project_cost": f"{SPEND}, team_id, project_id, component",
    "northflank_month_to_date_resource_cost": (f"{SPEND}, team_id, project_id, resource_type, resource_id, component"),
    "northflank_month_to_date_details_through_timestamp_seconds": "account",
    "northflank_trailing_day_project_cost": f"{SPEND}, team_id, project_id, component",
    "northflank_trailing_day_resource_cost": f"{SPEND}, team_id, project_id, resource_type, resource_id, component",
    "northflank_past_month_project_cost": f"{SPEND}, months_ago, team_id, project_id, component",
    "northflank_hourly_team_cost": f"{SPEND}, team_id, component",
    "northflank_hourly_project_cost": f"{SPEND}, team_id, project_id, component",
    "northflank_hourly_resource_type_cost": f"{SPEND}, team_id, project_id, resource_type, component",
    "northflank_hourly_resource_cost": f"{SPEND}, team_id, project_id, resource_type, resource_id, component",
    "northflank_hourly_cluster_cost": f"{SPEND}, cluster_id, component",
    "northflank_hourly_unattributed_cost": f"{SPEND}, level",
    "northflank_hourly_details_start_timestamp_seconds": "account",
    "northflank_credit_available_amount": SPEND,
    "northflank_credit_pending_amount": SPEND,
    "northflank_credit_source_amount": f"{SPEND}, source, state",
    "northflank_credit_last_synced_timestamp_seconds": "account",
    "northflank_budget_amount": f"{BUDGET}, currency",
    "northflank_budget_spent_amount": f"{BUDGET}, currency",
    "northflank_budget_trailing_day_amount": f"{BUDGET}, currency",
    "northflank_budget_threshold_ratio": f"{BUDGET}, severity",
    "northflank_budget_period_start_timestamp_seconds": BUDGET,
    "northflank_budget_period_end_timestamp_seconds": BUDGET,
    "northflank_budget_spent_through_timestamp_seconds": BUDGET,
    "northflank_budget_info": f"{BUDGET}, period, team_id, project_id, resource_type",
    "northflank_team_info": "account, team_id, team_name",
    "northflank_project_info": "account, team_id, project_id, project_name",
    "northflank_resource_info": "account, team_id, project_id, resource_type, resource_id, resource_name",
    "northflank_cluster_info": "account, cluster_id, cluster_name",
    "northflank_up": "account, dataset",
    "northflank_last_success_timestamp_seconds": "account, dataset",
    "northflank_api_info": "account, generation, amounts",
    "northflank_exporter_token_accepted": "account",
    "northflank_exporter_poll_interval_seconds": "account, dataset",
    "northflank_exporter_pending_requests": "account, dataset",
    "northflank_exporter_polls_total": "account, dataset, outcome",
    "northflank_exporter_poll_duration_seconds": "account, dataset",
    "northflank_exporter_api_requests_total": "account, endpoint, code",
    "northflank_exporter_api_request_duration_seconds": "endpoint",
    "northflank_exporter_api_rate_limit": "account",
    "northflank_exporter_api_rate_limit_remaining": "account",
    "northflank_exporter_api_rate_limit_reset_timestamp_seconds": "account",
    "northflank_exporter_api_share_ratio": "account",
    "northflank_exporter_series": "account, dataset",
    "northflank_exporter_folded_resources": "account, dataset",
    "northflank_exporter_build_info": "version, revision, python_version",
    "northflank_exporter_config_last_reload_successful": "",
    "northflank_exporter_config_last_reload_success_timestamp_seconds": "",
}
"""The names and labels that users were promised."""

TYPES = {
    "northflank_exporter_polls_total": Type.COUNTER,
    "northflank_exporter_api_requests_total": Type.COUNTER,
    "northflank_exporter_api_request_duration_seconds": Type.HISTOGRAM,
}

# Labels that users' scrape targets carry of their own.
COLLIDING = {"team", "service", "type", "environment", "region", "job", "instance"}

every_family = pytest.mark.parametrize("family", [pytest.param(each, id=each.name) for each in FAMILIES])


def test_names_and_labels() -> None:
    """The catalogue is the contract: the same families with the same labels, none more and none less."""
    assert list(CONTRACT.items()) == [(each.name, ", ".join(each.labels)) for each in FAMILIES]


def test_types() -> None:
    """All are gauges but for two counters and a histogram."""
    assert TYPES == {each.name: each.type for each in FAMILIES if each.type is not Type.GAUGE}


@every_family
def test_help(family: Family) -> None:
    """HELP is a sentence on one line, of characters that need no escaping in a document."""
    assert family.help.endswith(".")
    assert not set("\\\n|") & set(family.help)


@every_family
def test_counters_end_in_total(family: Family) -> None:
    """A name that ends in `_total` is a counter, and every counter's does."""
    assert (family.type is Type.COUNTER) is family.name.endswith("_total")


@every_family
def test_labels_do_not_collide(family: Family) -> None:
    """No label is one that users' targets carry, or twice in a family."""
    assert set() == COLLIDING & set(family.labels)
    assert len(family.labels) == len(set(family.labels))


@every_family
def test_money_has_a_currency(family: Family) -> None:
    """Every family of money names its currency, and no other does."""
    is_money = family.name.endswith(("_amount", "_cost"))

    assert is_money is ("currency" in family.labels)


every_row = pytest.mark.parametrize(
    "row", [pytest.param(each, id=f"{each.family.name}-{each.dataset}") for each in ROWS]
)
RUNNING_HELP = "usage at Northflank's prices: before tax, discounts and credits, without subscriptions"


@every_row
def test_what_a_family_reads(row: Row) -> None:
    """A family depends on the sections that it is said to read, and on nothing else."""
    only_what_it_reads = AccountReport(WHOLE.account, declared=WHOLE.declared if row.reads_declared else Declared())
    for dataset in row.reads:
        only_what_it_reads = only_what_it_reads.with_section(dataset, _section(dataset))

    assert [*row.samples(WHOLE)] == [*row.samples(only_what_it_reads)] != []


@every_row
def test_where_a_family_is_counted(row: Row) -> None:
    """Without the dataset that its series are counted to a family has none, if the configuration alone states none."""
    without = replace(WHOLE, **{row.dataset.value: None})  # type: ignore[arg-type] # a dataset names its field

    assert row.reads_declared or [*row.samples(without)] == []


@every_row
def test_what_the_configuration_says(row: Row) -> None:
    """A family follows what the configuration says of budgets, thresholds and labels if it is said to, and else not."""
    declared, undeclared = (
        lines_of(row.family_of(report), row.samples(report)) for report in (WHOLE, replace(WHOLE, declared=Declared()))
    )

    assert row.reads_declared is (declared != undeclared)


@every_row
def test_nothing_was_fetched_yet(row: Row) -> None:
    """Before anything was fetched there is no sample: what is not known is absent."""
    assert [] == [*row.samples(AccountReport("acme"))]


# Their HELP is short: the chapter of the document says what holds for all running spend.
SHORT = {"northflank_month_to_date_resource_cost", "northflank_trailing_day_resource_cost"}


@every_row
def test_help_of_running_figures(row: Row) -> None:
    """HELP of what is being spent says what is cached, at which prices, and what not to add."""
    is_spend = row.family.name.endswith("_cost") and "unattributed" not in row.family.name
    if row.family.name in SHORT:
        assert len(row.family.help) <= 120
        assert RUNNING_HELP in " ".join(render_markdown().partition("## Running spend")[2].split()).lower().replace(
            "northflank's", "Northflank's"
        )
    elif row.dataset in {Dataset.USAGE, Dataset.USAGE_DETAILS} and is_spend:
        assert RUNNING_HELP in row.family.help
        assert "cached" in row.family.help
        assert "never add" in row.family.help


def _section(dataset: Dataset) -> Section:
    section = WHOLE.section(dataset)
    assert section
    return section
